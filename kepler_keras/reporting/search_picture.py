"""A picture of one searched curve: flux and trend, transits, periodogram, folded signals."""

from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from kepler_keras.candidates import Candidate
from kepler_keras.closeup import Closeup
from kepler_keras.errors import InputError
from kepler_keras.lightcurve.folding import phase
from kepler_keras.reporting.svg import INK, SERIES, SOFT, figure_style

WIDTH, CURVE_HEIGHT, PANEL_HEIGHT = 11.0, 2.1, 3.2  # inches
DOTS_PER_INCH = 150
MOST_FOLDED = 5  # signals that get a panel of their own
TREND, BOX = SERIES[1], SERIES[1]
RANKS = (SERIES[1], SERIES[0], SERIES[2], SERIES[3], SERIES[5])  # a colour a signal
POINTS = "#9aa0a8"
HIGHEST = 99.9  # percentile above which a curve is cut off: flares and glitches; dips never are
ROUND_TRANSIT = 3.0  # durations to either side of mid-transit
BINS_IN_TRANSIT = 7  # odd: bins about mid-transit then end where the box does
TICKS = (0.5, 1, 2, 5, 10, 20, 50, 100, 200, 400)  # days
UNITS = {"ppm": "flux (ppm)", "scatter": "flux (scatters)"}


def draw_search(found: Closeup, path: Path) -> None:
    """Draws a PNG picture.

    Raises:
        InputError: The file cannot be written.
    """
    with figure_style():
        figure = _figure(found)
        try:
            figure.savefig(path, dpi=DOTS_PER_INCH, facecolor="white")
        except OSError as error:
            raise InputError(f"{path}: cannot write the picture: {error.strerror}") from error


def _figure(found: Closeup) -> Figure:
    """Two curves across the whole width, below them panels in pairs."""
    folded = found.candidates[:MOST_FOLDED]
    n_rows = 1 + len(folded) // 2  # the periodogram is a panel, too
    heights = [CURVE_HEIGHT, CURVE_HEIGHT, *[PANEL_HEIGHT] * n_rows]
    figure = Figure(figsize=(WIDTH, sum(heights) + 0.6), layout="constrained")
    grid = figure.add_gridspec(len(heights), 2, height_ratios=heights)
    above = figure.add_subplot(grid[0, :])
    _raw(above, found)
    _flat(figure.add_subplot(grid[1, :], sharex=above), found)
    _spectrum(figure.add_subplot(grid[2, :] if not folded else grid[2, 0]), found)
    for panel, candidate in enumerate(folded, 1):
        axes = figure.add_subplot(grid[2 + panel // 2, panel % 2])
        _folded(axes, found, candidate)
    figure.suptitle(_title(found), x=0.01, ha="left", color=INK, fontsize=11.5, linespacing=1.5)
    return figure


def _title(found: Closeup) -> str:
    """The star, and the numbers of its first signal."""
    if not found.candidates:
        return f"{found.name}: no signal"
    best = found.candidates[0]
    when = "" if found.start is None else f" ({found.start + best.t0:.4f} on the mission's axis)"
    return (
        f"{found.name}: a dip of {_depth(best)} every {best.period:.6g} d, "
        f"{best.duration:.3g} d long, first at {best.t0:.4f} d{when}\n"
        f"SNR {best.snr:.1f}, SDE {best.sde:.1f}, {best.n_transits} transits, "
        f"odd and even differ by {_sigma(best.odd_even)}, secondary {_sigma(best.secondary)}"
    )


def _depth(candidate: Candidate) -> str:
    unit = "ppm" if candidate.depth_unit == "ppm" else "scatters"
    return (
        f"{candidate.depth:.3g} {unit}"
        if candidate.depth < 1000
        else (f"{candidate.depth:.0f} {unit}")
    )


def _sigma(value: float) -> str:
    return f"{value:.1f} sigma" if np.isfinite(value) else "unknown"


def _dots(axes: Axes, x: NDArray[np.float64], flux: NDArray[np.float64], size: float) -> None:
    """Points within limits that leave out flares, never dips."""
    axes.plot(x, flux, ".", color=POINTS, markersize=size, rasterized=True)
    known = flux[np.isfinite(flux)]
    low, high = float(known.min()), float(np.percentile(known, HIGHEST))
    margin = 0.08 * (high - low) or 1.0
    axes.set_ylim(low - margin, high + margin)
    axes.margins(x=0.01)


def _raw(axes: Axes, found: Closeup) -> None:
    _dots(axes, found.time, found.flux, 1.8)
    axes.plot(found.time, found.trend, color=TREND, linewidth=1.2, label="trend")
    axes.set_ylabel("flux as it came")
    axes.tick_params(labelbottom=False)
    axes.legend(loc="lower right", bbox_to_anchor=(1.0, 1.0), borderaxespad=0.1)


def _flat(axes: Axes, found: Closeup) -> None:
    """The detrended curve; below it a tick where each signal's transits are."""
    _dots(axes, found.time, found.flat, 1.8)
    low, high = axes.get_ylim()
    drawn = found.candidates[:MOST_FOLDED]
    line = 0.07 * (high - low)
    for candidate in drawn:
        middles = np.arange(candidate.t0, found.time[-1], candidate.period)
        height = np.full(len(middles), low - line * (candidate.rank - 0.5))
        axes.plot(middles, height, "^", color=_colour(candidate), markersize=4.5)
    axes.set_ylim(low - line * len(drawn), high)
    axes.set_ylabel(f"detrended\n{UNITS[found.depth_unit]}")
    start = "" if found.start is None else f", which is at {found.start:.4f}"
    axes.set_xlabel(f"days from the first cadence{start}")


def _spectrum(axes: Axes, found: Closeup) -> None:
    """SNR against period, with the first period and its aliases."""
    axes.plot(found.period, found.snr, color=SOFT, linewidth=0.8, rasterized=True)
    axes.set_xscale("log")
    axes.set_xlim(found.period.min(), found.period.max())
    axes.set_xlabel("period (days)")
    axes.set_ylabel("SNR")
    ticks = [tick for tick in TICKS if found.period.min() <= tick <= found.period.max()]
    axes.set_xticks(ticks, [f"{tick:g}" for tick in ticks])
    axes.set_xticks([], minor=True)
    if not found.candidates:
        return
    best = found.candidates[0]
    for name, factor, style in (("P/2", 0.5, ":"), ("P", 1.0, "-"), ("2P", 2.0, ":")):
        period = factor * best.period
        if found.period.min() <= period <= found.period.max():
            axes.axvline(period, color=_colour(best), linestyle=style, linewidth=1.1, alpha=0.7)
            place = axes.get_xaxis_transform()
            axes.text(period, 1.01, name, transform=place, ha="center", va="bottom", fontsize=9.5)


def _folded(axes: Axes, found: Closeup, candidate: Candidate) -> None:
    """Points and their means about mid-transit, and the box that fits best."""
    half = min(ROUND_TRANSIT * candidate.duration, candidate.period / 2)
    orbit = phase(found.time, period=candidate.period, t0=candidate.t0) * candidate.period
    near = (np.abs(orbit) <= half) & np.isfinite(found.flat)
    if near.any():
        _dots(axes, 24 * orbit[near], found.flat[near], 2.5)
        middles, means = binned(orbit[near], found.flat[near], half, candidate.duration)
        axes.plot(24 * middles, means, "o", color=INK, markersize=4)
    edge = 12 * candidate.duration
    x = [-24 * half, -edge, -edge, edge, edge, 24 * half]
    y = [0, 0, -candidate.depth, -candidate.depth, 0, 0]
    axes.plot(x, y, color=_colour(candidate), linewidth=1.8)
    axes.set_xlabel("hours from mid-transit")
    axes.set_ylabel(UNITS[found.depth_unit])
    text = f"{candidate.rank}: {candidate.period:.6g} d, {_depth(candidate)}"
    axes.set_title(f"{text}, SNR {candidate.snr:.1f}", loc="left", color=_colour(candidate))


def binned(
    orbit: NDArray[np.float64], flux: NDArray[np.float64], half: float, duration: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Means of the flux in bins of a seventh of the duration, the middle one about mid-transit.

    Bins that would reach beyond `half` and empty ones are left out.

    Args:
        orbit: Days from mid-transit, in [-half, half], shape (n,).
        flux: Shape (n,).
        half: Days to either side.
        duration: Days.

    Returns:
        Middles of the bins, in days, and means.
    """
    width = duration / BINS_IN_TRANSIT
    most = int(half / width - 0.5)  # bins that fit to either side of the middle one
    index = np.floor(orbit / width + 0.5).astype(np.int64) + most
    whole = (index >= 0) & (index <= 2 * most)
    counts = np.bincount(index[whole])
    filled = np.flatnonzero(counts)
    sums = np.bincount(index[whole], weights=flux[whole])
    middles = ((filled - most) * width).astype(np.float64)
    return middles, sums[filled] / counts[filled]


def _colour(candidate: Candidate) -> str:
    return RANKS[candidate.rank - 1]
