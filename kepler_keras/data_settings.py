"""Where light curves come from, and what is done to each by itself, as an experiment file says."""

import os
import re
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Discriminator, Field, Tag, model_validator

from kepler_keras.choice import Settings
from kepler_keras.visible import HIDDEN


def _expanded(value: Any) -> Any:
    """Puts environment variables into a path; an unset one is an error that names it."""
    if not isinstance(value, str):
        return value
    for variable in re.findall(r"\$\{(\w+)\}", value):
        if variable not in os.environ:
            raise ValueError(f"the environment variable {variable} is not set (in {value!r})")
    path = re.sub(r"\$\{(\w+)\}", lambda match: os.environ[match.group(1)], value)
    if HIDDEN.search(path):
        raise ValueError(f"a path of text without control characters is needed, got {path!r}")
    return path


DataPath = Annotated[str, BeforeValidator(_expanded)]


class TrainTestPaths(Settings):
    """A pair of files whose second one is the published test set."""

    train: DataPath
    test: DataPath


# The tags stand in pydantic's places of errors; `_place` leaves out whatever begins with "<".
AnyPath = Annotated[
    Annotated[DataPath, Tag("<file>")] | Annotated[TrainTestPaths, Tag("<pair>")],
    Discriminator(lambda value: "<pair>" if isinstance(value, dict | TrainTestPaths) else "<file>"),
]


class StarTable(Settings):
    """Properties of the stars that stand beside their curves.

    Attributes:
        table: CSV of the NASA Exoplanet Archive with a column `kepid`.
        columns: Which of its columns; only properties of the star itself are taken.
        missing: What becomes of rows that lack a value: ``keep`` leaves the gap, ``leave_out``
            leaves the rows out for all entries, so that no gap can tell the label.
    """

    table: DataPath
    columns: tuple[str, ...] = Field(min_length=1)
    missing: Literal["keep", "leave_out"] = "keep"


class Data(Settings):
    """Where the light curves come from.

    Attributes:
        scalars: Properties of the stars, for any source whose star ids are kepids.
    """

    source: str
    path: AnyPath | None = None
    options: dict[str, Any] = Field(default_factory=dict)
    scalars: StarTable | None = None


Detrending = Literal["none", "spline", "biweight", "running_median"]


class Conditioning(Settings):
    """What is done to each unfolded curve by itself, before any view. Gaps stay gaps.

    Attributes:
        detrend: How slow variability is taken out, or ``none``.
        window: Its time scale in days; must be longer than any transit.
        clip: Detrended flux further above its median than so many scatters becomes a gap, as
            flares and cosmic rays; dips never do. None keeps all.
    """

    detrend: Detrending = "spline"
    window: float = Field(default=1.5, gt=0)
    clip: float | None = Field(default=5.0, gt=0)


class Search(Settings):
    """The period search, used where a view needs an ephemeris that is not given.

    It has a detrending of its own, which keeps less of a long transit and leaves fewer false dips:
    periods are right more often, and views still show the transit whole.

    Attributes:
        min_period: Shortest period in days.
        max_period: Longest period in days; None means a third of the time span, at most 400 d.
        durations: Trial transit durations in days; None means six from 1.5 to 12.7 hours.
        detrend: How slow variability is taken out before searching, or ``none``.
        window: Its time scale in days; None means 1 d, and more where periods above 30 d are
            searched.
    """

    min_period: float = Field(default=0.5, gt=0)
    max_period: float | None = Field(default=None, gt=0)
    durations: tuple[Annotated[float, Field(gt=0)], ...] | None = Field(default=None, min_length=1)
    detrend: Detrending = "biweight"
    window: float | None = Field(default=None, gt=0)

    @model_validator(mode="after")
    def _longest_is_above_shortest(self) -> Self:
        if self.max_period is not None and self.max_period <= self.min_period:
            raise ValueError(
                f"max_period must be longer than min_period ({self.min_period} d), "
                f"got {self.max_period} d"
            )
        return self
