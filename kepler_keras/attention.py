"""The parts of a record that the report's gallery of mistakes is drawn from."""

from pydantic import BaseModel, ConfigDict

Line = list[float | None]  # evenly spaced along an axis; None in gaps


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class SeenView(_Part):
    """One view of one example, and what a fitted model took from it.

    Attributes:
        view: Its name.
        length: Its steps along the last axis before the channels; of features their number.
        curve: The lowest and the highest value of each run of steps, in their order, unscaled and
            of the first channel; every value of short curves and of features. Empty for images.
        image: Means of blocks of cells, unscaled; empty for all but images.
        names: Of features, as far as known.
        window: Steps that are hidden at once; 1 for features.
        occlusion: Log-odds (decision values of models without probabilities) as they are less those
            with a window hidden, for evenly spaced windows from the first step to the last:
            positive where what was hidden spoke for a planet.
        saliency: The largest size of the gradient of the logit by the scaled view in each run of
            steps, over rows and channels; None of models that are no networks.
    """

    view: str
    length: int
    curve: Line = []
    image: list[list[float]] = []
    names: list[str] = []
    window: int
    occlusion: Line
    saliency: Line | None = None


class Mistake(_Part):
    """A star without a planet that a model scored high, or one with a planet that it scored low.

    Attributes:
        fold: Of the first repeat.
        example_id: Of the row; its score stands in the predictions table.
        views: What the model saw; of an ensemble its first member.
    """

    entry: str
    fold: int
    example_id: int
    label: int
    views: list[SeenView]


class ShownStar(_Part):
    """The curves of one example, whoever was wrong about it.

    Attributes:
        kind: What a simulation made of it; empty where nobody knows.
        raw: Flux as the source gave it, thinned as `SeenView.curve`; empty where it came folded.
        days: From the first cadence to the last; None where it came folded.
        folded: Lowest and highest flux of each bin of phase from -0.5 to 0.5, conditioned as views
            are made of it; where it came folded, that curve. Empty where no period is known.
        folded_median: Median of each bin; empty where it came folded.
        period, t0, duration: Days, that it was folded at.
        searched: Whether they came from the period search.
    """

    star: str
    kind: str = ""
    raw: Line = []
    days: float | None = None
    folded: Line = []
    folded_median: Line = []
    period: float | None = None
    t0: float | None = None
    duration: float | None = None
    searched: bool = False
