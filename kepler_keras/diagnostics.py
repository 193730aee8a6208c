"""The part of a record that says how far the comparison itself can be trusted."""

from typing import Literal

from pydantic import BaseModel, ConfigDict

# Labels dealt out anew among the stars, or views of nothing but noise.
CanaryKind = Literal["permuted", "noise"]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class CanaryFold(_Part):
    """What a canary reached in one test fold.

    Attributes:
        n: What was ranked: stars where labels were permuted, rows where views are noise.
        n_planets: How many of them count as planets.
    """

    repeat: int
    fold: int
    average_precision: float
    n: int
    n_planets: int


class CanaryRun(_Part):
    """A cheap model that cannot know anything, sent through the pipeline of some entries.

    Attributes:
        entries: Who shares the pipeline.
        pipeline: Views, scaling, remedy and augmentations in words.
        model: What was fitted.
        folds: Empty where it could not be fitted.
        reason: Why it could not; a sentence.
    """

    kind: CanaryKind
    entries: list[str]
    pipeline: str
    model: str
    folds: list[CanaryFold] = []
    reason: str | None = None


class Canaries(_Part):
    """All canaries of a comparison.

    Attributes:
        runs: Two a pipeline.
        seconds: Wall seconds that they took.
        n_pipelines: Different pipelines among the entries; of more than `MOST_PIPELINES` some have
            no canary.
        n_stars: Stars that were used.
    """

    runs: list[CanaryRun]
    seconds: float
    n_pipelines: int
    n_stars: int


class CurvePoint(_Part):
    """One entry fitted on a share of a fold's training stars.

    Attributes:
        n_stars: Training stars.
        average_precision: Of the fold's test rows; None where it could not be fitted.
        train_average_precision: Of the rows that were trained on.
        reason: Why it could not be fitted; a sentence.
    """

    entry: str
    repeat: int
    fold: int
    share: float
    n_stars: int
    average_precision: float | None
    train_average_precision: float | None
    reason: str | None = None


class LearningCurve(_Part):
    """Fits on shares of the training stars.

    Attributes:
        points: Entry by entry; the whole share 1 is there too.
        expected_seconds: Wall seconds foretold from the whole fits, before any of these ran.
        seconds: Wall seconds that they took.
    """

    points: list[CurvePoint]
    expected_seconds: float
    seconds: float


class SharedStar(_Part):
    """A star that stands in two parts of one fold."""

    star: str
    repeat: int
    fold: int
    parts: list[str]


class EqualCurves(_Part):
    """Curves of one shape that carry different names and stand in different parts of a fold."""

    stars: list[str]
    labels: list[int]


class SplitFaults(_Part):
    """What is wrong with the folds; the lists hold the first few.

    Attributes:
        n_shared: Stars that stand in two parts of a fold.
        n_equal: Groups of equal curves that stand in two parts of a fold.
    """

    n_shared: int = 0
    shared: list[SharedStar] = []
    n_equal: int = 0
    equal: list[EqualCurves] = []


class Diagnostics(_Part):
    """All of it; None where it was not asked for."""

    split: SplitFaults = SplitFaults()
    canaries: Canaries | None = None
    learning_curve: LearningCurve | None = None
