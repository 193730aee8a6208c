"""Quarters of many stars, each normalised by itself, on the cadence grid that they share."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from kepler_keras.data.clock import Grid, common_grid
from kepler_keras.data.flux_rows import FluxDigest, FluxRows
from kepler_keras.data.light_curve_file import Quarter
from kepler_keras.errors import InputError

PPM = 1e6

Normalise = Literal["quarter", "none"]


@dataclass(frozen=True)
class Layout:
    """Which stars there are, and on which cadences.

    Attributes:
        stars: Shape (n,), str, sorted.
        grid: The cadences of the columns.
    """

    stars: NDArray[np.str_]
    grid: Grid


@dataclass(frozen=True)
class JoinedCurves:
    """One curve a row.

    Attributes:
        stars: Shape (n,), str.
        flux: Shape (n, grid.n_columns), float32, NaN in gaps; mapped where it is large.
        grid: The cadences of the columns.
        digest: Of `flux`, where it is mapped.
    """

    stars: NDArray[np.str_]
    flux: NDArray[np.float32]
    grid: Grid
    digest: FluxDigest | None = None


def lay_out(quarters: Sequence[Quarter]) -> Layout:
    """Finds the grid of all stars.

    It runs from the smallest to the largest cadence number of all files, the same for every star,
    so that a column is one moment for all of them. It takes 4 bytes a star and column: 288 kB a
    star where all 18 quarters of Kepler occur, 18 kB for a single quarter.

    Args:
        quarters: At least one, with some flux in each.

    Raises:
        InputError: Files of several missions, two files of a star with the same cadence, or
            cadences that do not fit together.
    """
    _check_one_mission(quarters)
    first = min(quarter.first for quarter in quarters)
    last = max(quarter.first + len(quarter.flux) for quarter in quarters) - 1
    grid = common_grid([quarter.clock for quarter in quarters], first=first, last=last)
    stars = np.unique([quarter.star for quarter in quarters])
    _check_overlaps(quarters)
    return Layout(stars, grid)


def join_quarters(
    quarters: Sequence[Quarter],
    *,
    normalise: Normalise,
    layout: Layout | None = None,
    rows: NDArray[np.intp] | None = None,
) -> JoinedCurves:
    """Puts every quarter where its cadence numbers say.

    Args:
        quarters: At least one, with some flux in each.
        normalise: ``quarter`` gives ppm about the median of each quarter, ``none`` leaves e-/s.
        layout: What `lay_out` made of these quarters.
        rows: Stars of the layout by number, one a row; all in turn by default.

    Raises:
        InputError: See `lay_out`, or a median is not positive.
        RunError: The disk has no room for flux that does not fit memory.
    """
    layout = layout or lay_out(quarters)
    grid = layout.grid
    rows = np.arange(len(layout.stars)) if rows is None else rows
    of_star: dict[str, list[Quarter]] = {}
    for quarter in quarters:
        of_star.setdefault(quarter.star, []).append(quarter)
    flux = FluxRows(len(rows), grid.n_columns)
    curve, shown = np.empty(grid.n_columns, np.float32), -1
    for row in rows.tolist():
        if row != shown:  # rows of one star follow each other
            _fill(curve, of_star[str(layout.stars[row])], grid, normalise)
            shown = row
        flux.add(curve[None])
    whole, digest = flux.flux()
    return JoinedCurves(layout.stars[rows], whole, grid, digest)


def _fill(
    curve: NDArray[np.float32], quarters: Sequence[Quarter], grid: Grid, normalise: Normalise
) -> None:
    """Writes the quarters of a star into its curve."""
    curve[:] = np.nan
    for quarter in quarters:
        begin = quarter.first - grid.first
        part = curve[begin : begin + len(quarter.flux)]
        values = _normalised(quarter) if normalise == "quarter" else quarter.flux
        np.copyto(part, values, where=np.isfinite(values))


def _check_one_mission(quarters: Sequence[Quarter]) -> None:
    first = quarters[0]
    for quarter in quarters[1:]:
        if quarter.mission != first.mission:
            raise InputError(
                f"{quarter.path}: all files must be of one mission, got {quarter.mission.name} "
                f"beside the {first.mission.name} of {first.path}"
            )


def _check_overlaps(quarters: Sequence[Quarter]) -> None:
    """Two files of a star must not cover the same cadences, as two copies of one quarter do."""
    before: dict[str, Quarter] = {}
    for quarter in sorted(quarters, key=lambda item: item.first):
        other = before.get(quarter.star)
        if other is not None and quarter.first < other.first + len(other.flux):
            raise InputError(
                f"{quarter.path}: two files of star {quarter.star} must not hold the same "
                f"cadences, but {other.path} also holds cadence {quarter.first}"
            )
        before[quarter.star] = quarter


def _normalised(quarter: Quarter) -> NDArray[np.float32]:
    """Flux in ppm about the quarter's own median; computed in float64."""
    flux = quarter.flux.astype(np.float64)
    median = float(np.nanmedian(flux))
    if median <= 0:
        raise InputError(
            f"{quarter.path}: the median flux must be positive to normalise by it, got "
            f"{median:g} e-/s (the option normalise: none leaves the flux as it is)"
        )
    return ((flux / median - 1) * PPM).astype(np.float32)
