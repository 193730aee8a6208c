"""Views of a few stars at a time: what a worker needs for them, and what it sends back."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kepler_keras.data.pipeline import Flux, build_view, condition
from kepler_keras.experiment import Choice, Conditioning
from kepler_keras.lightcurve.ephemeris import Ephemerides

SHARD_BYTES = 8 << 20  # of flux: a worker needs some twenty times as much to work on it
MOST_ROWS = 2048  # of short curves, whose views can be much longer than they are


def rows_a_shard(n_columns: int) -> int:
    """Stars of a shard; it depends on nothing but the length of the curves."""
    return min(max(SHARD_BYTES // (4 * max(n_columns, 1)), 1), MOST_ROWS)


@dataclass(frozen=True)
class ViewJob:
    """The views of a few stars, with all that they are made from.

    Attributes:
        flux: As the source gives it, shape (n, n_columns); a part of a mapped file is read when
            the job is sent.
        cadence: Days between columns; None for folded curves.
        level: See `LightCurves.level`.
        conditioning: The experiment's conditioning.
        ephemerides: Of these stars, where a view needs them.
        choices: Which views.
    """

    flux: Flux
    cadence: float | None
    level: float
    conditioning: Conditioning
    ephemerides: Ephemerides | None
    choices: tuple[Choice, ...]


def make_views(job: ViewJob) -> list[NDArray[np.float32]]:
    """Conditions the stars of a job and makes their views, each (n, ...), in the job's order."""
    flux = condition(
        np.asarray(job.flux),
        cadence=job.cadence,
        settings=job.conditioning,
        what="curves",
        level=job.level,
    )
    return [
        build_view(flux, choice, cadence=job.cadence, ephemerides=job.ephemerides)
        for choice in job.choices
    ]
