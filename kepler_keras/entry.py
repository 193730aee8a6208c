"""One competitor of an experiment: a model with everything that goes with it."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import Field, model_validator

from kepler_keras.choice import NAME_PATTERN, Choice, Settings


class Training(Settings):
    """How a network is fitted.

    Attributes:
        epochs: Most training epochs.
        patience: Epochs without a better validation average precision before stopping.
        batch_size: Examples in a batch.
        learning_rate: Adam's step size, at its largest.
        schedule: ``constant``, or ``cosine``: down to 0 along a half cosine over all `epochs`
            (Loshchilov & Hutter 2017, arXiv:1608.03983, Eq. 5 without restarts).
        warmup_epochs: Epochs in which the step size first rises from 0 in a line; fewer than
            `epochs`, so that it gets to its largest.
        weight_decay: Share of each weight that a step of size 1 takes off (AdamW, Loshchilov &
            Hutter 2019, arXiv:1711.05101); 0 is plain Adam.
        label_smoothing: Labels 0 and 1 become half of this and 1 less half of this in the loss.
        precision: ``float32``, or ``mixed_bfloat16`` or ``mixed_float16`` arithmetic, which help
            where the processor has units for them (`benchmarks/training_settings.py`).
        steps_per_execution: Batches between two returns to Python.
        scaling: ``standard`` subtracts the mean and divides by the standard deviation of the
            training rows' view; ``none`` leaves the view as it is.
    """

    epochs: int = Field(default=30, ge=1)
    patience: int = Field(default=8, ge=1)
    batch_size: int = Field(default=64, ge=1)
    learning_rate: float = Field(default=1e-3, gt=0)
    schedule: Literal["constant", "cosine"] = "constant"
    warmup_epochs: int = Field(default=0, ge=0)
    weight_decay: float = Field(default=0.0, ge=0)
    label_smoothing: float = Field(default=0.0, ge=0, lt=1)
    precision: Literal["float32", "mixed_bfloat16", "mixed_float16"] = "float32"
    steps_per_execution: int = Field(default=1, ge=1)
    scaling: Literal["standard", "none"] = "standard"

    @model_validator(mode="after")
    def _warmup_needs_a_schedule(self) -> Self:
        if self.warmup_epochs and self.schedule == "constant":
            raise ValueError("warmup_epochs needs schedule: cosine")
        if self.warmup_epochs >= self.epochs:
            raise ValueError(
                f"warmup_epochs must be less than epochs ({self.epochs}), got {self.warmup_epochs}"
            )
        return self


class Ensemble(Settings):
    """Several fits of one entry, scored as one: the mean of their scores.

    Attributes:
        members: How many; their seeds are the entry's own and those after it.
        reversal: Whether each member also scores every curve mirrored in time, and takes the mean.
    """

    members: int = Field(ge=2)
    reversal: bool = False


class Entry(Settings):
    """One competitor: a model with everything that goes with it.

    Attributes:
        views: What the model sees of each star, each under its own name; ``view: name`` is short
            for a list of one.
        ensemble: Makes the entry the mean of several fits; None fits it once.
        optional: Whether the entry is left out, and the report says why, where the data cannot give
            its views; else the experiment is refused.
        against: Name of the entry that this one is an ablation of: the two are compared with each
            other, and this one takes no place among the competitors.
        data_options: Source options that differ for this entry alone. The source must give the
            same stars and labels, so that the folds stay identical.
    """

    name: str = Field(pattern=NAME_PATTERN)
    model: Choice
    views: tuple[Choice, ...] = Field(min_length=1)
    imbalance: Choice = Choice(name="none")
    augmentations: tuple[Choice, ...] = ()
    training: Training = Training()
    seed: int = Field(default=0, ge=0)
    data_options: dict[str, Any] = Field(default_factory=dict)
    ensemble: Ensemble | None = None
    optional: bool = False
    against: str | None = None

    @model_validator(mode="before")
    @classmethod
    def _one_view_is_a_list_of_one(cls, value: Any) -> Any:
        if not isinstance(value, Mapping) or "view" not in value:
            return value
        if "views" in value:
            raise ValueError("view and views: one of them is needed, got both")
        rest = {key: item for key, item in value.items() if key != "view"}
        return {**rest, "views": [value["view"]]}

    @model_validator(mode="after")
    def _views_have_their_own_names(self) -> Self:
        names = self.view_names
        for name in names:
            if names.count(name) > 1:
                raise ValueError(f"views: the view {name!r} stands {names.count(name)} times")
        return self

    @property
    def view_names(self) -> tuple[str, ...]:
        """Names of the views, in order."""
        return tuple(view.name for view in self.views)

    @property
    def reads(self) -> tuple[Path, ...]:
        """The file of a user's own builder, where the model comes from one."""
        file = self.model.options.get("file")
        return (Path(str(file)),) if file else ()

    def at(self, places: Mapping[Path, Path]) -> Self:
        """The same entry with that file at another place."""
        if not self.reads:
            return self
        options = {**self.model.options, "file": str(places[self.reads[0]])}
        model = self.model.model_copy(update={"options": options})
        return self.model_copy(update={"model": model})

    @property
    def seeds(self) -> tuple[int, ...]:
        """The seed of each fit: one, or one a member of the ensemble."""
        members = 1 if self.ensemble is None else self.ensemble.members
        return tuple(range(self.seed, self.seed + members))
