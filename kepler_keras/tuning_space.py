"""What tuning tries: settings of an entry by key, and the values that they may take."""

from collections.abc import Mapping
from typing import Annotated, Any, Self

from pydantic import Discriminator, Field, Tag, model_validator

from kepler_keras.choice import Choice, Settings
from kepler_keras.entry import Entry
from kepler_keras.errors import suggestion

NAMED = ("model", "imbalance")  # parts that are chosen by name, with options
PARTS = (*NAMED, "training", "augmentations")  # views are the data's, and seeds are no setting


class Range(Settings):
    """Numbers from `low` to `high`, both included; whole ones where both are whole.

    Attributes:
        log: Whether equal ratios are equally likely, and not equal differences.
        step: Distance of neighbouring values; None takes any number.
    """

    low: int | float
    high: int | float
    log: bool = False
    step: int | float | None = Field(default=None, gt=0)

    @model_validator(mode="after")
    def _is_a_range(self) -> Self:
        if self.high <= self.low:
            raise ValueError(f"high must be above low ({self.low}), got {self.high}")
        if self.log and self.low <= 0:
            raise ValueError(f"log needs low above 0, got {self.low}")
        if self.log and self.step is not None:
            raise ValueError("log and step: one of them at most, got both")
        return self

    @property
    def whole(self) -> bool:
        """Whether its numbers are whole."""
        return all(isinstance(value, int) for value in (self.low, self.high, self.step or 1))


# The tags stand in pydantic's places of errors, which leave out whatever begins with "<".
Values = Annotated[
    Annotated[Range, Tag("<range>")]
    | Annotated[tuple[Any, ...], Field(min_length=2), Tag("<list>")],
    Discriminator(lambda value: "<range>" if isinstance(value, dict | Range) else "<list>"),
]


class Tuning(Settings):
    """How an entry is tuned: inside the training part of each outer fold, anew.

    Attributes:
        entry: Which; as it is written it is the first trial, and what the tuned one is held to.
        trials: Settings tried in each fold.
        seed: Of the settings that are drawn.
        stop_share: Share of a fold's training stars that a trial stops its training on; the fold's
            validation stars, which no trial has seen, judge it.
        pruning: Whether a trial ends early that stands below the median of those before it.
        space: Values by key, as ``training.learning_rate`` or ``model.kernel_size``: a list of
            them, or a range.
    """

    entry: str
    trials: int = Field(default=20, ge=1)
    seed: int = Field(default=0, ge=0)
    stop_share: float = Field(default=0.2, gt=0, lt=0.5)
    pruning: bool = True
    space: dict[str, Values] = Field(min_length=1)

    @model_validator(mode="after")
    def _keys_can_be_set(self) -> Self:
        for key in self.space:
            part = key.partition(".")[0]
            if part not in PARTS:
                raise ValueError(f"space: {key!r} cannot be tuned; {suggestion(part, PARTS)}")
        return self

    @property
    def tuned_name(self) -> str:
        """Name of the tuned entry."""
        return f"{self.entry}_tuned"


def extremes(values: Range | tuple[Any, ...]) -> tuple[Any, ...]:
    """The values that must be allowed for all to be: ends of a range, or all of a list."""
    return (values.low, values.high) if isinstance(values, Range) else values


def with_settings(entry: Entry, settings: Mapping[str, Any]) -> Entry:
    """The entry with some settings changed.

    Args:
        entry: As the file has it.
        settings: Values by key, as of `Tuning.space`.

    Raises:
        ValidationError: A setting does not exist or cannot have this value.
    """
    written = entry.model_dump()
    for key, value in settings.items():
        part, dot, name = key.partition(".")
        if not dot:
            written[part] = value
        elif part in NAMED:
            written[part] = _with_option(Choice.model_validate(written[part]), name, value)
        else:
            written[part] = {**written[part], name: value}
    return Entry.model_validate(written)


def _with_option(choice: Choice, name: str, value: Any) -> Choice:
    return Choice(name=choice.name, options={**choice.options, name: value})
