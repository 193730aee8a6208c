"""The experiment file: one YAML that says what is compared, on which data, and how."""

import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal, Self, cast

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from kepler_keras.errors import InputError, suggestion

NAME_PATTERN = r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$"
PrimaryMetric = Literal["average_precision", "roc_auc", "precision", "recall", "f1"]


class Settings(BaseModel):
    """Base of every part of the file: unknown keys are refused, values never change."""

    model_config = ConfigDict(extra="forbid", frozen=True, protected_namespaces=())


class Choice(Settings):
    """One registered thing by name, with its options: ``conv1d`` or ``{name: conv1d, ...}``."""

    name: str
    options: dict[str, Any] = {}

    @model_validator(mode="before")
    @classmethod
    def _from_short_form(cls, value: Any) -> Any:
        if isinstance(value, str):
            return {"name": value}
        if isinstance(value, Mapping) and set(value) != {"name", "options"}:
            rest = {key: item for key, item in value.items() if key != "name"}
            return {"name": value["name"], "options": rest} if "name" in value else value
        return value

    @property
    def label(self) -> str:
        """The choice in one line: ``conv1d(filters=16)``."""
        options = ", ".join(f"{key}={value}" for key, value in self.options.items())
        return f"{self.name}({options})" if options else self.name


def _expanded(value: Any) -> Any:
    """Puts environment variables into a path; an unset one is an error that names it."""
    if not isinstance(value, str):
        return value
    for variable in re.findall(r"\$\{(\w+)\}", value):
        if variable not in os.environ:
            raise ValueError(f"the environment variable {variable} is not set (in {value!r})")
    return re.sub(r"\$\{(\w+)\}", lambda match: os.environ[match.group(1)], value)


DataPath = Annotated[str, BeforeValidator(_expanded)]


class TrainTestPaths(Settings):
    """A pair of files whose second one is the published test set."""

    train: DataPath
    test: DataPath


class Data(Settings):
    """Where the light curves come from."""

    source: str
    path: DataPath | TrainTestPaths | None = None
    options: dict[str, Any] = {}


class Conditioning(Settings):
    """What is done to each unfolded curve by itself, before any view.

    Attributes:
        interpolate_gaps: Replace NaN flux linearly in time; without it NaN flux is refused.
        detrend: Remove slow variability with a running median of `window` days, or not.
        window: Width of that median in days; must be longer than any transit.
    """

    interpolate_gaps: bool = False
    detrend: Literal["none", "running_median"] = "running_median"
    window: float = Field(default=1.5, gt=0)


class Search(Settings):
    """The box-least-squares period search, used where a view needs an ephemeris that is not given.

    Attributes:
        min_period: Shortest period in days.
        max_period: Longest period in days; None means a third of the time span.
        durations: Trial transit durations in days.
    """

    min_period: float = Field(default=0.5, gt=0)
    max_period: float | None = Field(default=None, gt=0)
    durations: tuple[float, ...] = (0.08, 0.16, 0.32)


class Protocol(Settings):
    """How the data are split and what decides.

    Attributes:
        split: ``kfold`` draws folds by star; ``given`` takes the test set that came with the data.
        folds: Folds of a repeat (``given`` has one fold).
        repeats: How often the folds are drawn anew.
        seed: Seed of the folds.
        validation_share: Share of the training stars kept for early stopping and the threshold.
        test_stars: Star ids that form the test set of a ``given`` split, where files do not.
        primary_metric: The measure that the verdict is about.
        margin: A difference smaller than this makes no difference in practice.
        threads: Threads of each fold's worker; results depend on it.
    """

    split: Literal["kfold", "given"] = "kfold"
    folds: int = Field(default=5, ge=2)
    repeats: int = Field(default=1, ge=1)
    seed: int = Field(default=0, ge=0)
    validation_share: float = Field(default=0.2, gt=0, lt=0.5)
    test_stars: tuple[str, ...] = ()
    primary_metric: PrimaryMetric = "average_precision"
    margin: float = Field(default=0.02, ge=0)
    threads: int = Field(default=1, ge=1)

    @model_validator(mode="after")
    def _stars_need_a_given_split(self) -> Self:
        if self.test_stars and self.split != "given":
            raise ValueError("test_stars needs split: given")
        return self


class Training(Settings):
    """How a network is fitted.

    Attributes:
        epochs: Most training epochs.
        patience: Epochs without a better validation average precision before stopping.
        batch_size: Examples in a batch.
        learning_rate: Adam's step size.
        scaling: ``standard`` subtracts the mean and divides by the standard deviation of the
            training rows' view; ``none`` leaves the view as it is.
    """

    epochs: int = Field(default=30, ge=1)
    patience: int = Field(default=8, ge=1)
    batch_size: int = Field(default=64, ge=1)
    learning_rate: float = Field(default=1e-3, gt=0)
    scaling: Literal["standard", "none"] = "standard"


class Entry(Settings):
    """One competitor: a model with everything that goes with it.

    Attributes:
        data_options: Source options that differ for this entry alone. The source must give the
            same stars and labels, so that the folds stay identical.
    """

    name: str = Field(pattern=NAME_PATTERN)
    model: Choice
    view: Choice
    imbalance: Choice = Choice(name="none")
    augmentations: tuple[Choice, ...] = ()
    training: Training = Training()
    seed: int = Field(default=0, ge=0)
    data_options: dict[str, Any] = {}


class Experiment(Settings):
    """A whole experiment file."""

    name: str = Field(pattern=NAME_PATTERN)
    question: str = Field(min_length=1)
    data: Data
    conditioning: Conditioning = Conditioning()
    search: Search = Search()
    protocol: Protocol = Protocol()
    entries: tuple[Entry, ...] = Field(min_length=1)
    baseline: str

    @model_validator(mode="after")
    def _entries_have_their_own_names(self) -> Self:
        names = [entry.name for entry in self.entries]
        for name in names:
            if names.count(name) > 1:
                raise ValueError(f"entries: the name {name!r} is used {names.count(name)} times")
        if self.baseline not in names:
            raise ValueError(
                f"baseline: there is no entry {self.baseline!r}; {suggestion(self.baseline, names)}"
            )
        return self


def read_experiment(path: Path, overrides: Sequence[str] = ()) -> Experiment:
    """Reads and checks an experiment file.

    Args:
        path: The YAML file.
        overrides: ``key=value`` with dotted keys, as ``protocol.folds=3`` or
            ``entries.conv1d.training.epochs=5``; values are read as YAML.

    Raises:
        InputError: The file is missing, not YAML, or says what the model above does not allow.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8 text"
        raise InputError(f"{path}: cannot read the experiment file: {reason}") from error
    try:
        document = yaml.safe_load(text)
    except yaml.YAMLError as error:
        problem = " ".join(str(error).split())
        raise InputError(f"{path}: not valid YAML: {problem}") from error
    if not isinstance(document, dict):
        raise InputError(f"{path}: an experiment is a mapping of keys, got {_kind(document)}")
    for override in overrides:
        _apply(document, override)
    try:
        return Experiment.model_validate(document)
    except ValidationError as error:
        raise InputError(f"{path}: {_sentence(error)}") from error


def _kind(value: Any) -> str:
    return "nothing" if value is None else f"a {type(value).__name__}"


def _apply(document: dict[str, Any], override: str) -> None:
    """Changes one value in place; list items are addressed by their `name`."""
    key, equals, text = override.partition("=")
    if not equals or not key:
        raise InputError(f"--set needs key=value, got {override!r}")
    try:
        value = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise InputError(f"--set {key}: the value {text!r} is not valid YAML") from error
    *path, last = key.split(".")
    node: Any = document
    for part in path:
        node = _child(node, part, key)
    if not isinstance(node, dict):
        raise InputError(f"--set {key}: {path[-1] if path else key} holds no keys")
    node[last] = value


def _child(node: Any, part: str, key: str) -> Any:
    if isinstance(node, list):
        named = {item["name"]: item for item in node if isinstance(item, dict) and "name" in item}
        if part not in named:
            raise InputError(f"--set {key}: there is no {part!r}; {suggestion(part, named)}")
        return named[part]
    if not isinstance(node, dict):
        raise InputError(f"--set {key}: {part!r} lies below a plain value")
    if isinstance(node.get(part), str):  # the short form of a choice: `model: conv1d`
        node[part] = {"name": node[part]}
    return node.setdefault(part, {})


def _sentence(error: ValidationError) -> str:
    """The first thing wrong, as one sentence."""
    first = error.errors(include_url=False)[0]
    location = [str(part) for part in first["loc"]]
    place = ".".join(location)
    if first["type"] == "extra_forbidden":
        known = _fields_at(first["loc"][:-1])
        return f"{place}: unknown key {location[-1]!r}; {suggestion(location[-1], known)}"
    if first["type"] == "missing":
        return f"{place}: this key is required"
    message = first["msg"].removeprefix("Value error, ")
    if first["type"] == "value_error":
        return f"{place}: {message}" if place else message
    return f"{place}: {message[0].lower()}{message[1:]}, got {first['input']!r}"


def _fields_at(location: Sequence[str | int]) -> list[str]:
    """Names of the keys that exist at a place of the file."""
    parts: dict[str, type[Settings]] = {
        "data": Data,
        "conditioning": Conditioning,
        "search": Search,
        "protocol": Protocol,
        "entries": Entry,
        "training": Training,
        "path": TrainTestPaths,
    }
    model: type[Settings] = Experiment
    for part in location:
        model = parts.get(cast(str, part), model)
    return list(model.model_fields)


def quick_version(experiment: Experiment) -> Experiment:
    """The same experiment cut down to end within a minute; its figures mean nothing."""
    protocol = experiment.protocol.model_copy(update={"folds": 2, "repeats": 1})
    entries = tuple(
        entry.model_copy(
            update={"training": entry.training.model_copy(update={"epochs": QUICK_EPOCHS})}
        )
        for entry in experiment.entries
    )
    return experiment.model_copy(update={"protocol": protocol, "entries": entries})


QUICK_EPOCHS = 3
QUICK_STARS = 240
