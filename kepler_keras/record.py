"""What a comparison leaves behind: all that evaluation and report need, and no model.

A record is written once, as `record.json` and `predictions.parquet`, into the report folder and
into MLflow; results and report are functions of it alone.
"""

from pathlib import Path
from typing import Annotated, Any, Literal

import pandas as pd
from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError

from kepler_keras.attention import Mistake, ShownStar
from kepler_keras.diagnostics import Diagnostics
from kepler_keras.errors import InputError, first_fault
from kepler_keras.evaluation.calibration import UNCORRECTED, Correction
from kepler_keras.evaluation.predictions import read_predictions, write_predictions
from kepler_keras.experiment import Experiment
from kepler_keras.models.anatomy.scaled_card import ScaledCard


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class GalleryCurve(_Part):
    """One light curve for the report's gallery.

    Attributes:
        x: Days from the first cadence, or phase for folded curves.
        flux: Flux as the source gave it; None in gaps.
    """

    star: str
    label: int
    x: list[float]
    flux: list[float | None]


class DataSummary(_Part):
    """The data set in numbers.

    Attributes:
        cadence: Days between columns; None for folded curves.
        notes: Sentences from the source and the preparation (what was repaired, merged, dropped).
        warnings: Sentences that belong at the head of the report.
    """

    source: str
    n_examples: int
    n_positive: int
    n_stars: int
    n_positive_stars: int
    fingerprint: str
    n_columns: int
    cadence: float | None
    notes: list[str]
    warnings: list[str]
    gallery: list[GalleryCurve]


class PartSummary(_Part):
    """How many rows, stars and positive stars one part of one fold holds."""

    repeat: int
    fold: int
    part: str
    n_examples: int
    n_stars: int
    n_positive_stars: int


# What scores are: probabilities, or decision values of any size that only rank. Nobody may ask
# whether the latter are calibrated.
ScoreKind = Literal["probability", "decision"]


class MemberFit(_Part):
    """One fit of an ensemble; attributes as of `FoldFit`."""

    seed: int
    epochs: int | None
    train_seconds: float
    cpu_seconds: float | None = None
    history: dict[str, list[float]]
    train_average_precision: float | None = None
    correction: Correction = UNCORRECTED


class LeftOut(_Part):
    """An entry that takes no part in the comparison.

    Attributes:
        reason: A sentence.
        failed: Whether it broke while it was built or fitted; else the data cannot give its views.
    """

    entry: str
    reason: str
    failed: bool


class FoldFit(_Part):
    """One fitted model of one fold.

    Attributes:
        epochs: The epoch whose weights were kept, counted from 1; None where nothing is iterated.
        history: A list by epoch for each measure: `loss`, `val_loss`, `val_average_precision`.
        train_average_precision: Of the training rows, as far as they were scored.
        train_seconds: Wall seconds of fitting, libraries being loaded already.
        cpu_seconds: Processor seconds of it, which other work on the machine does not lengthen.
        correction: What was done to the model's log-odds before they became the scores of the
            predictions table.
        score_kind: What the scores of the predictions table are.
        members: The fits of an ensemble, by seed; then `epochs` and `train_average_precision` are
            None, `history` is empty, `correction` none; `n_parameters` and both times are those of
            all together.
    """

    entry: str
    repeat: int
    fold: int
    epochs: int | None
    n_parameters: int | None
    train_seconds: float
    cpu_seconds: float | None = None
    history: dict[str, list[float]]
    train_average_precision: float | None = None
    correction: Correction = UNCORRECTED
    score_kind: ScoreKind = "probability"
    members: list[MemberFit] = []


class FeaturePicture(_Part):
    """One planet through the layers of a trained network.

    Attributes:
        star: The test planet of the first fold that the network scores highest.
        svg: The picture, to stand in a page.
    """

    star: str
    score: float
    svg: str


TrialEnd = Literal["complete", "pruned", "failed"]


class TrialRecord(_Part):
    """One setting that tuning tried in one outer fold.

    Attributes:
        number: From 0, which is the entry as it is written.
        settings: What differs from the entry, by key; empty in trial 0.
        end: ``pruned`` ended early, below the median of earlier ones; ``failed`` could not be
            fitted, as `reason` says.
        average_precision: On the fold's validation rows; None unless complete.
    """

    number: int
    settings: dict[str, Any]
    end: TrialEnd
    average_precision: float | None
    epochs: int | None
    cpu_seconds: float
    reason: str | None = None


class FoldTuning(_Part):
    """How an entry was tuned in the training part of one outer fold.

    Attributes:
        entry: Name of the tuned entry.
        of: Name of the entry as it is written.
        chosen: Number of the trial whose settings were fitted on the fold.
        importance: Share of the trials' spread that each setting explains; empty if unknown.
    """

    entry: str
    of: str
    repeat: int
    fold: int
    trials: list[TrialRecord]
    chosen: int
    importance: dict[str, float]


class Environment(_Part):
    """What the figures depend on besides the data and the experiment."""

    git_commit: str | None
    git_dirty: bool | None
    python: str
    platform: str
    processor: str
    threads: int
    onednn: bool
    versions: dict[str, str]


def _shapes_by_view(value: Any) -> Any:
    """What entries had before they could see several views: one shape, of a view without name."""
    return {"view": value} if isinstance(value, list) else value


class RecordSettings(_Part):
    """The part of a record that is JSON.

    Attributes:
        left_out: Who cannot take part; that an ablation goes with its entry, the report works out.
        cards: What each entry that is a network is, by the entry's name; of an ensemble its first
            member, of the first fold.
        pictures: The same networks at work, where they see curves.
        tunings: One a tuned entry and outer fold.
        faults: Sentences on entries of which no model could be kept; their figures stand.
        diagnostics: How far the comparison itself can be trusted.
        planets: What is known of rows with a planet: by property, as ``depth_ppm``, the value of
            each example; empty in records of before.
        mistakes: The worst of each competitor, in the first repeat.
        shown: The curves of the examples among them.
    """

    experiment: Experiment
    quick: bool
    command: str
    data: DataSummary
    parts: list[PartSummary]
    fits: list[FoldFit]
    view_shapes: dict[str, Annotated[dict[str, list[int]], BeforeValidator(_shapes_by_view)]]
    left_out: list[LeftOut] = []
    tunings: list[FoldTuning] = []
    cards: dict[str, ScaledCard] = {}
    pictures: dict[str, FeaturePicture] = {}
    faults: list[str] = []
    diagnostics: Diagnostics = Diagnostics()
    planets: dict[str, dict[int, float]] = {}
    mistakes: list[Mistake] = []
    shown: dict[int, ShownStar] = {}
    environment: Environment


class Record(RecordSettings):
    """A comparison, complete: the JSON part and the tables.

    Attributes:
        predictions: The predictions table.
        members: A predictions table of the ensembles' members alone, each under the name
            `member_name` gives and scored without reversal; None where there are no ensembles.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)

    predictions: pd.DataFrame
    members: pd.DataFrame | None = None

    def write(self, folder: Path) -> None:
        """Writes `record.json`, `predictions.parquet` and `members.parquet` into a folder."""
        text = self.model_dump_json(exclude={"predictions", "members"}, indent=1)
        (folder / "record.json").write_text(text + "\n", encoding="utf-8")
        write_predictions(self.predictions, folder / "predictions.parquet")
        if self.members is not None:
            write_predictions(self.members, folder / "members.parquet")


def member_name(entry: str, seed: int) -> str:
    """How a table of members calls one of them; no entry can have such a name."""
    return f"{entry}, seed {seed}"


def read_record(folder: Path) -> Record:
    """Reads what `Record.write` wrote.

    Raises:
        InputError: A file is missing or is not a record.
    """
    path = folder / "record.json"
    try:
        settings = RecordSettings.model_validate_json(path.read_bytes())
    except OSError as error:
        raise InputError(f"{path}: cannot read the record: {error.strerror}") from error
    except ValidationError as error:
        raise InputError(f"{path}: not a record of a comparison: {first_fault(error)}") from error
    parts = {name: getattr(settings, name) for name in RecordSettings.model_fields}
    members = folder / "members.parquet"
    return Record(
        **parts,
        predictions=read_predictions(folder / "predictions.parquet"),
        members=read_predictions(members) if members.exists() else None,
    )
