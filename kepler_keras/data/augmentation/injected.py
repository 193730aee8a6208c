"""Transits put into curves of stars without planets."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import AfterValidator, Field

from kepler_keras.data.augmentation.augmentation import (
    Augmentation,
    Batch,
    Floats,
    unfolded_only,
)
from kepler_keras.data.augmentation.draws import log_uniform
from kepler_keras.data.augmentation.measured import (
    Known,
    flux_of,
    gaps_known_only,
    measured,
    with_flux,
)
from kepler_keras.data.view_kind import ViewKind
from kepler_keras.errors import InputError
from kepler_keras.lightcurve.companions import MAX_IMPACT, MIN_PERIOD, PPM, Companions
from kepler_keras.lightcurve.inject import MAX_DEPTHS, NOMINAL_SCATTER
from kepler_keras.lightcurve.transit_trains import (
    first_orbit_seen,
    transit_times,
    trapezoid_trains,
)

TRIES = 8  # orbits a row
PERIODS = Companions().period_range
TRANSITS = 2
DENSITIES = (0.5, 2.0)  # of the star in solar ones, log-uniform, as `inject.inject` draws them


def _rising(ends: Sequence[float]) -> Sequence[float]:
    if not ends[0] <= ends[1]:
        raise ValueError("the two ends must rise")
    return ends


Period = Annotated[float, Field(ge=MIN_PERIOD, allow_inf_nan=False)]
Depth = Annotated[float, Field(gt=0, le=MAX_DEPTHS["scatter"])]
Ends = (Field(min_length=2, max_length=2), AfterValidator(_rising))
PeriodRange = Annotated[Sequence[Period], *Ends]
DepthRange = Annotated[Sequence[Depth], *Ends]


def transit_injection(
    batch: Batch,
    rng: np.random.Generator,
    kind: ViewKind,
    *,
    probability: Annotated[float, Field(ge=0, lt=1)] = 0.1,
    period_range: PeriodRange = PERIODS,
    depth_range: DepthRange = (1.0, 10.0),
) -> Batch:
    """Puts a planet's transits into some of the rows labelled 0, which are then labelled 1.

    Every row goes through the same code, the others with a depth of 0: they are the control, and
    come out bit for bit as they went in. Transits are trapezoids; two of them lie in measured
    cadences, or the row (one with hardly any flux) is left as it was. Nothing is added in gaps.

    Labels and weights change so that the log-odds that a model learns do not: with a share s of
    planets and a probability p the classes would stand s + p (1 - s) to (1 - p) (1 - s), so
    planets, real or not, weigh s / (s + p (1 - s)) times as much and others 1 / (1 - p).

    Args:
        batch: Unfolded flux.
        rng: Source of randomness.
        kind: Of the view; its cadence is that of the curve.
        probability: Share of the rows labelled 0 that are given a planet.
        period_range: Days, log-uniform; what is longer than the curve is not drawn.
        depth_range: Scatters of the row, which are the unit of the view, log-uniform.

    Raises:
        InputError: The curves are not longer than the shortest period.
    """
    flux, known = flux_of(batch), measured(batch, kind)
    length, cadence = flux.shape[1], kind.cadence
    assert cadence is not None
    span = (length - 1) * cadence
    if not period_range[0] < span:
        raise InputError(
            f"augmentation 'transit_injection': period_range must start below the {span:.3g} d "
            f"that the curves last, got {period_range[0]} d"
        )
    chosen = (rng.random(len(batch)) < probability) & (batch.labels == 0)
    periods = (period_range[0], min(period_range[1], span))
    trains = _drawn(rng, known, cadence, periods, depth_range)
    chosen &= trains.seen
    depth = np.where(chosen, trains.depth, 0.0)
    dips = trapezoid_trains(
        trains.period, trains.t0, trains.duration, trains.ingress, depth, cadence, length
    )
    changed = with_flux(batch, kind, flux - dips, known)
    labels = np.where(chosen, np.float32(1), batch.labels)
    weight = batch.weight * _class_weights(labels, batch.planet_share, probability)
    return replace(changed, labels=labels, weight=weight)


@dataclass(frozen=True)
class _Trains:
    """A train of transits for each row, days; `seen` where enough of them lie in flux."""

    period: NDArray[np.float64]
    t0: NDArray[np.float64]
    duration: NDArray[np.float64]
    ingress: NDArray[np.float64]
    depth: NDArray[np.float64]
    seen: NDArray[np.bool_]


def _drawn(
    rng: np.random.Generator,
    known: Known,
    cadence: float,
    period_range: Sequence[float],
    depth_range: Sequence[float],
) -> _Trains:
    n, length = known.shape
    period = log_uniform(rng, period_range, (n, TRIES))
    latest = np.minimum(period, (length - 1) * cadence - (TRANSITS - 1) * period)
    t0 = rng.random((n, TRIES)) * latest
    depth = log_uniform(rng, depth_range, (n,))
    density, impact = log_uniform(rng, DENSITIES, (n,)), rng.uniform(0, MAX_IMPACT, (n,))
    orbit = first_orbit_seen(known, period, t0, cadence, TRANSITS)
    rows = np.arange(n)
    duration, ingress = transit_times(
        period[rows, orbit],
        density=density,
        impact=impact,
        radius_ratio=np.sqrt(depth * NOMINAL_SCATTER / PPM),
    )
    return _Trains(period[rows, orbit], t0[rows, orbit], duration, ingress, depth, orbit >= 0)


def _class_weights(labels: Floats, share: float, probability: float) -> Floats:
    """What keeps the share of each class in the loss; in between for labels in between."""
    planet = share / (share + probability * (1 - share)) if share else 1.0
    other = 1 / (1 - probability)
    return (labels * planet + (1 - labels) * other).astype(np.float32)


def _impossible(kind: ViewKind) -> str | None:
    return unfolded_only(kind) or gaps_known_only(kind)


AUGMENTATIONS = (
    Augmentation(
        "transit_injection",
        transit_injection,
        "A planet's dips put into the real flux of a star without one make a curve that could have "
        "been measured of a host, and its label and the weights say so.",
        relabels=True,
        impossible=_impossible,
    ),
)
