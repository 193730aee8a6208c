"""An experiment: what is compared, on which data, and how, as its YAML file says it."""

from typing import Annotated, Any, Literal, Self

from pydantic import Field, ValidationError, model_validator

from kepler_keras.choice import NAME_PATTERN, refusal
from kepler_keras.choice import Choice as Choice
from kepler_keras.choice import Settings as Settings
from kepler_keras.data_settings import Conditioning as Conditioning
from kepler_keras.data_settings import Data as Data
from kepler_keras.data_settings import DataPath as DataPath
from kepler_keras.data_settings import Search as Search
from kepler_keras.data_settings import StarTable as StarTable
from kepler_keras.data_settings import TrainTestPaths as TrainTestPaths
from kepler_keras.entry import Ensemble as Ensemble
from kepler_keras.entry import Entry as Entry
from kepler_keras.entry import Training as Training
from kepler_keras.errors import suggestion
from kepler_keras.remedies import with_remedies
from kepler_keras.threshold_rule import Threshold as Threshold
from kepler_keras.tuning_space import Tuning as Tuning
from kepler_keras.tuning_space import extremes, with_settings
from kepler_keras.visible import hidden_places, shortened

PrimaryMetric = Literal[
    "average_precision", "roc_auc", "recall_at_precision", "precision", "recall", "f1"
]


class Protocol(Settings):
    """How the data are split and what decides.

    Attributes:
        split: ``kfold`` draws folds by star; ``given`` takes the test set that came with the data.
        folds: Folds of a repeat (``given`` has one fold).
        repeats: How often the folds are drawn anew.
        seed: Seed of the folds.
        validation_share: Share of the training stars kept for early stopping and the threshold.
        test_stars: Star ids that form the test set of a ``given`` split, where files do not.
        prevalence: The share of planets at which entries are compared: training and validation
            rows are thinned to it, test rows are weighted to it. None takes the data as they are.
        primary_metric: The measure that the verdict is about.
        threshold: How the score from which on a row is called a planet is chosen.
        margin: A difference smaller than this makes no difference in practice.
        threads: Threads of each fold's worker; results depend on it.
        refit: Whether each entry is fitted once more on all stars at the end, and that model kept
            in MLflow; the figures are the folds' either way.
        canaries: Whether cheap models that cannot know anything go the way of the entries, which
            shows leaks.
        learning_curve: Shares of each fold's training stars, rising, on which every competitor is
            fitted too, in the folds of the first repeat; empty fits none.
    """

    split: Literal["kfold", "given"] = "kfold"
    folds: int = Field(default=5, ge=2)
    repeats: int = Field(default=1, ge=1)
    seed: int = Field(default=0, ge=0)
    validation_share: float = Field(default=0.2, gt=0, lt=0.5)
    test_stars: tuple[Annotated[str, Field(coerce_numbers_to_str=True)], ...] = ()
    prevalence: float | None = Field(default=None, gt=0, lt=1)
    primary_metric: PrimaryMetric = "average_precision"
    threshold: Threshold = Threshold(f_beta=1)
    margin: float = Field(default=0.02, ge=0)
    threads: int = Field(default=1, ge=1)
    refit: bool = True
    canaries: bool = True
    learning_curve: tuple[Annotated[float, Field(gt=0, lt=1)], ...] = ()

    @model_validator(mode="after")
    def _shares_rise(self) -> Self:
        if list(self.learning_curve) != sorted(set(self.learning_curve)):
            raise ValueError(f"learning_curve must rise, got {list(self.learning_curve)}")
        return self

    @model_validator(mode="after")
    def _stars_need_a_given_split(self) -> Self:
        if self.test_stars and self.split != "given":
            raise ValueError("test_stars needs split: given")
        return self


class Question(Settings):
    """A question that the comparison of two entries answers in words.

    Attributes:
        ask: As a reader would ask it.
        better: The entry that a yes is about.
        than: The entry that it would be better than.
    """

    ask: str = Field(min_length=1)
    better: str
    than: str


class Experiment(Settings):
    """A whole experiment file.

    Its `remedies` are written out when it is read: from then on there are entries only. `tuning` is
    for `kepler-keras tune` alone; a comparison takes the entries as they are written.
    """

    name: str = Field(pattern=NAME_PATTERN)
    question: str = Field(min_length=1)
    data: Data
    conditioning: Conditioning = Conditioning()
    search: Search = Search()
    protocol: Protocol = Protocol()
    entries: tuple[Entry, ...] = Field(min_length=1)
    baseline: str
    questions: tuple[Question, ...] = ()
    tuning: tuple[Tuning, ...] = ()

    @model_validator(mode="before")
    @classmethod
    def _text_can_be_shown(cls, value: Any) -> Any:
        """What is written here stands in reports, file names and MLflow."""
        for place, text in hidden_places(value):
            came = shortened(repr(text), 80)
            reason = f"control characters and halves of characters are refused, got {came}"
            raise refusal(place, reason, text)
        return value

    @model_validator(mode="before")
    @classmethod
    def _remedies_become_entries(cls, value: Any) -> Any:
        return with_remedies(value)

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

    @model_validator(mode="after")
    def _questions_are_about_two_competitors(self) -> Self:
        competitors = [entry.name for entry in self.entries if entry.against is None]
        for place, question in enumerate(self.questions):
            for key in ("better", "than"):
                name = getattr(question, key)
                if name not in competitors:
                    hint = suggestion(name, competitors)
                    reason = f"there is no competitor {name!r}; {hint}"
                    raise refusal(("questions", place, key), reason, name)
            if question.better == question.than:
                reason = "two different entries are needed"
                raise refusal(("questions", place, "than"), reason, question.than)
        return self

    @model_validator(mode="after")
    def _ablations_stand_against_competitors(self) -> Self:
        against = {entry.name: entry.against for entry in self.entries}
        competitors = [name for name, other in against.items() if other is None]
        for place, (name, other) in enumerate(against.items()):
            if other is None or other in competitors:
                continue
            if other == name:
                reason = "an entry cannot be an ablation of itself"
            elif other in against:
                reason = f"entry {other!r} is itself an ablation, of {against[other]!r}"
            else:
                reason = f"there is no entry {other!r}; {suggestion(other, competitors)}"
            raise refusal(("entries", place, "against"), reason, other)
        if against[self.baseline] is not None:
            raise refusal(
                ("baseline",),
                f"entry {self.baseline!r} is an ablation, of {against[self.baseline]!r}; the "
                "baseline must be a competitor",
                self.baseline,
            )
        return self

    @model_validator(mode="after")
    def _tuning_is_of_competitors(self) -> Self:
        competitors = {entry.name: entry for entry in self.entries if entry.against is None}
        for place, tuning in enumerate(self.tuning):
            if tuning.entry not in competitors:
                hint = suggestion(tuning.entry, competitors)
                reason = f"there is no competitor {tuning.entry!r}; {hint}"
                raise refusal(("tuning", place, "entry"), reason, tuning.entry)
            if [other.entry for other in self.tuning].count(tuning.entry) > 1:
                reason = f"entry {tuning.entry!r} is tuned more than once"
                raise refusal(("tuning", place, "entry"), reason, tuning.entry)
            for key, values in tuning.space.items():
                for value in extremes(values):
                    _check_setting(competitors[tuning.entry], place, key, value)
        return self


def _check_setting(entry: Entry, place: int, key: str, value: Any) -> None:
    """Refuses a value of a tuned setting that the entry could not have."""
    try:
        with_settings(entry, {key: value})
    except ValidationError as error:
        message = error.errors(include_url=False)[0]["msg"].removeprefix("Value error, ")
        reason = f"{message[0].lower()}{message[1:]}, got {value!r}"
        raise refusal(("tuning", place, "space", key), reason, value) from error


def quick_version(experiment: Experiment) -> Experiment:
    """The same experiment cut down to end within a minute; its figures mean nothing."""
    changes: dict[str, Any] = {"folds": 2, "repeats": 1}
    changes["learning_curve"] = experiment.protocol.learning_curve[-1:]
    if experiment.protocol.prevalence is not None:  # of so few stars no class may become rare
        changes["prevalence"] = min(max(experiment.protocol.prevalence, 0.1), 0.5)
    protocol = experiment.protocol.model_copy(update=changes)
    entries = tuple(_quick_entry(entry) for entry in experiment.entries)
    tuning = tuple(
        one.model_copy(update={"trials": min(one.trials, QUICK_TRIALS)})
        for one in experiment.tuning
    )
    changed = {"protocol": protocol, "entries": entries, "tuning": tuning}
    return experiment.model_copy(update=changed)


def _quick_entry(entry: Entry) -> Entry:
    """The entry with few epochs, and an ensemble with the fewest members it may have."""
    warmup = min(entry.training.warmup_epochs, QUICK_EPOCHS - 1)
    short = {"epochs": QUICK_EPOCHS, "warmup_epochs": warmup}
    changes: dict[str, Any] = {"training": entry.training.model_copy(update=short)}
    if entry.ensemble is not None:
        changes["ensemble"] = entry.ensemble.model_copy(update={"members": 2})
    return entry.model_copy(update=changes)


QUICK_EPOCHS = 3
QUICK_TRIALS = 2
QUICK_STARS = 240
