"""Planets put into quiet training curves."""

from collections.abc import Sequence
from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from kepler_keras.data.imbalance.counting import Ratio, check_ratio, class_counts, planets_wanted
from kepler_keras.data.imbalance.strategy import Labels, Resampled, Strategy, View
from kepler_keras.data.view_kind import ViewKind
from kepler_keras.errors import InputError
from kepler_keras.lightcurve.companions import Companions, check_companions
from kepler_keras.lightcurve.flux_view import flux_view
from kepler_keras.lightcurve.inject import MAX_DEPTHS, in_ppm, inject

Range = Annotated[
    Sequence[Annotated[float, Field(allow_inf_nan=False)]], Field(min_length=2, max_length=2)
]
Transits = Annotated[int, Field(ge=1)]
Row = NDArray[np.float32]


def injected_planets(
    view: View,
    labels: Labels,
    kind: ViewKind,
    seed: int,
    *,
    ratio: Ratio = 0.2,
    depth_range: Range = (1.0, 6.0),
    period_range: Range = (1.0, 15.0),
    min_transits: Transits = 2,
) -> Resampled:
    """Transits put into quiet rows, until there are `ratio` planets to each other row.

    10 planets and 490 others become 98, of which 88 are synthetic, and 490. A quiet row (label 0)
    is used once at most, and stays among the others as it was measured: star, noise and gaps then
    stand on both sides, and nothing but the transits tells a synthetic planet from its base.

    What is drawn, and how, is as in the source `injected`. The view was detrended before, so these
    transits keep what detrending takes from real ones.

    Args:
        view: The view `flux`, shape (n, n_cadences, 1), or 2 with the mask of measured cadences.
        labels: Shape (n,).
        kind: Its options shape the synthetic rows too; its cadence times them.
        seed: Each base row draws from a stream of its own.
        ratio: Planets to each other row.
        depth_range: Least and greatest depth at mid-transit in scatters of the row's cadences.
        period_range: Shortest and longest period in days.
        min_transits: Mid-transits in cadences that have flux.

    Raises:
        InputError: The ranges do not suit the curves, or too few rows can carry a transit.
    """
    assert kind.cadence is not None
    companions = _companions(depth_range, period_range, min_transits)
    _check_ranges(companions, span=(view.shape[1] - 1) * kind.cadence)
    wanted = planets_wanted(labels, ratio) - class_counts(labels)[0]
    order = np.random.default_rng([seed, 0]).permutation(np.flatnonzero(labels == 0))
    made: list[Row] = []
    for row in order:
        if len(made) == wanted:
            break
        random = np.random.default_rng([seed, 1 + row])
        planet = _with_transits(random, view[row], companions, kind)
        if planet is not None:
            made.append(planet)
    if len(made) < wanted:
        raise InputError(
            f"{wanted} planets are to be made, but of {len(order)} quiet rows only {len(made)} "
            f"have scatter and room for {min_transits} transits; lower ratio or min_transits"
        )
    synthetic = np.stack(made) if made else np.empty((0, *view.shape[1:]), np.float32)
    return Resampled(np.arange(len(labels)), synthetic, np.ones(len(made), np.int8))


def _with_transits(
    random: np.random.Generator, row: Row, companions: Companions, kind: ViewKind
) -> Row | None:
    """A row of the view with a planet, made into a view again: scaled, clipped, gaps filled.

    None where the row does not vary, or has no room for the transits between its gaps.
    """
    assert kind.cadence is not None
    flux = _measured(row, kind)
    try:
        dimmed = inject(
            random, flux, "planet", companions, cadence=kind.cadence, depth_unit="scatter"
        )
    except InputError:
        return None
    made: Row = flux_view(dimmed.flux[None], cadence=kind.cadence, **kind.options)[0]
    return made


def _measured(row: Row, kind: ViewKind) -> Row:
    """The flux of a row of the view, NaN in gaps as far as the view tells them.

    The mask tells all. Without it, gaps are the median of the row, exactly 0; so is one measured
    cadence, to which being filled again does nothing. Gaps filled with lines and no mask beside
    them cannot be told, and dips run through them.
    """
    if row.shape[-1] > 1:
        gap = row[:, 1] == 0
    elif kind.options.get("gaps", "neutral") == "neutral":
        gap = row[:, 0] == 0
    else:
        gap = np.zeros(len(row), np.bool_)
    return np.where(gap, np.float32(np.nan), row[:, 0])


def _companions(depth_range: Range, period_range: Range, min_transits: int) -> Companions:
    shallow, deep = depth_range
    shortest, longest = period_range
    return Companions(
        depth_range=(shallow, deep),
        period_range=(shortest, longest),
        binary_depth_range=(1.0, 1.0),  # none is drawn
        min_transits=min_transits,
    )


def _check_ranges(companions: Companions, *, span: float) -> None:
    low, high = companions.depth_range
    if not 0 < low <= high <= MAX_DEPTHS["scatter"]:
        raise InputError(
            f"depth_range must rise from above 0 to {MAX_DEPTHS['scatter']:g} scatters or less, "
            f"got {low:g} to {high:g}"
        )
    check_companions(in_ppm(companions, "scatter"), span=span)


def _check(
    labels: Labels, *, ratio: float, depth_range: Range, period_range: Range, min_transits: int
) -> None:
    check_ratio(labels, ratio)
    _check_ranges(_companions(depth_range, period_range, min_transits), span=np.inf)


def _only_flux(kind: ViewKind) -> str | None:
    if kind.folded or kind.name != "flux":
        return (
            "it needs the view 'flux'; the transits of folded curves are where a search found "
            "them, and none has been made for what would be put in"
        )
    return None


STRATEGIES = (
    Strategy(
        "injected_planets",
        "calibrate",
        resample=injected_planets,
        check=_check,
        impossible=_only_flux,
    ),
)
