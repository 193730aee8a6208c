"""Draws the pictures of docs/transit_search.md and prints every number that the page quotes.

KEPLER_KERAS_DATA=... python docs/draw_transit_search.py    # a minute, most of it astropy's
"""

import os
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray
from scipy.stats import binned_statistic
from transit_search_study import (
    KEPLER_11,
    MULTIPLES,
    N_SIGNALS,
    FalsePositive,
    Star,
    false_positives,
    kepler_11,
    kind_of,
    print_false_positives,
    print_signals,
    rank_of,
)

from kepler_keras.data.catalog import read_koi_table
from kepler_keras.lightcurve.folding import cadence_times, phase
from kepler_keras.lightcurve.transit_search import periodogram

FOLDER = Path(__file__).parent
BINS = 97  # of a planet's fold: a quarter of an hour each
HOURS = 12.0  # drawn on either side of mid-transit
TICKS, SHORT_TICKS = (0.5, 1, 2, 5, 10, 20, 50, 100, 200, 400), (0.5, 1, 2, 5, 10, 20)  # days
DPI = 100
INK, SIGNAL, OTHER = "#222222", "#d1495b", "#00798c"


def main() -> None:
    """Both studies: prints their numbers and draws their pictures."""
    data = Path(os.environ["KEPLER_KERAS_DATA"])
    koi = read_koi_table(data / "koi_tables" / "koi_cumulative.csv")
    planets = koi[koi.kepid == KEPLER_11].sort_values("period").period.to_numpy()
    star = kepler_11(data)
    print_signals(star, planets)
    draw_kepler_11(star, planets)
    found = false_positives(data, koi)
    print_false_positives(found)
    draw_periods(found)
    draw_folds(found)


def draw_kepler_11(star: Star, planets: NDArray[np.float64]) -> None:
    """The spectrum with the planets marked, and each planet's folded transit."""
    figure = Figure(figsize=(9, 6.5), layout="constrained")
    grid = figure.add_gridspec(3, 3, height_ratios=(1.4, 1, 1))
    axis = figure.add_subplot(grid[0, :])
    spectrum = periodogram(star.flat, cadence=star.cadence)
    axis.plot(spectrum.period, spectrum.snr, lw=0.4, color=INK)
    top = 1.25 * spectrum.snr.max()
    axis.set(xscale="log", xlabel="period, days", ylabel="SNR of the best box", ylim=(0, top))
    axis.margins(x=0)
    axis.set_xticks(TICKS, [f"{tick:g}" for tick in TICKS])
    for number, period in enumerate(planets):
        found = np.isfinite(rank_of(star, period))
        colour = SIGNAL if found else OTHER
        axis.plot(period, 0.88 * top, "v", ms=5, color=colour)
        axis.annotate(f"{period:.1f}", (period, 0.92 * top), fontsize=7, ha="center", color=colour)
        draw_planet(figure.add_subplot(grid[1 + number // 3, number % 3]), star, period)
    figure.savefig(FOLDER / "transit_search_kepler_11.png", dpi=DPI)


def draw_planet(axis: Axes, star: Star, period: float) -> None:
    """One planet's transit folded on the signal found: medians in hours from mid-transit."""
    if not np.isfinite(rank := rank_of(star, period)):
        axis.set_title(f"{period:.2f} d: not among the {N_SIGNALS} signals", fontsize=8)
        axis.set_axis_off()
        return
    place, flux = folded(star, int(rank))
    found = float(star.signals.period[0, int(rank)])
    values, edges, _ = binned_statistic(24 * found * place, flux, "median", BINS, (-HOURS, HOURS))
    axis.plot((edges[:-1] + edges[1:]) / 2, values, ".", ms=3, color=INK)
    axis.tick_params(labelsize=7)
    axis.set_xlabel("hours", fontsize=7)
    axis.set_ylabel("ppm", fontsize=7)
    axis.set_title(f"signal {int(rank) + 1}: {found:.4f} d", fontsize=8)


def folded(star: Star, rank: int) -> tuple[NDArray[np.float64], NDArray[np.float32]]:
    """Phase and flux of a star's known cadences, on one of its signals."""
    period, t0 = float(star.signals.period[0, rank]), float(star.signals.t0[0, rank])
    known = np.isfinite(star.flat)
    times = cadence_times(len(star.flat), star.cadence)[known]
    return phase(times, period=period, t0=t0), star.flat[known]


def draw_periods(found: list[FalsePositive]) -> None:
    """Periods found over catalogued ones, with lines where aliases lie."""
    figure = Figure(figsize=(7.5, 3), layout="constrained")
    axis = figure.subplots()
    for times in MULTIPLES.values():
        axis.axhline(times, lw=0.8, color=INK, ls="-" if times == 1 else ":")
    truth = np.array([item.period for item in found])
    theirs = np.array([item.astropy for item in found])
    ours = np.array([item.star.signals.period[0, 0] for item in found])
    axis.plot(truth, ours / truth, "o", ms=8, mfc="none", color=SIGNAL, label="this package")
    axis.plot(truth, theirs / truth, "x", ms=5, color=OTHER, label="astropy, ranked by SNR")
    axis.set(xscale="log", yscale="log", ylim=(0.25, 3), xlabel="catalogued period, days")
    axis.set_yticks(list(MULTIPLES.values()), list(MULTIPLES))
    axis.set_xticks(SHORT_TICKS, [f"{tick:g}" for tick in SHORT_TICKS])
    axis.minorticks_off()
    axis.set_ylabel("period found")
    axis.legend(frameon=False, fontsize=8, ncols=2, loc="upper left")
    figure.savefig(FOLDER / "transit_search_periods.png", dpi=DPI)


def draw_folds(found: list[FalsePositive]) -> None:
    """Every false positive folded on the period found, one point a cadence."""
    columns = 6
    rows = -(-len(found) // columns)
    figure = Figure(figsize=(10, 1.35 * rows), layout="constrained")
    axes = figure.subplots(rows, columns, squeeze=False)
    for axis in axes.flat[len(found) :]:
        axis.set_axis_off()
    for axis, item in zip(axes.flat, found, strict=False):
        place, flux = folded(item.star, 0)
        period = float(item.star.signals.period[0, 0])
        kind = kind_of(period, item.period)
        colour = INK if kind == "exact" else SIGNAL
        axis.plot(place, flux, ".", ms=1, color=colour)
        axis.set_title(f"{item.star.name}: {period:.3f} d, {kind}", fontsize=7, color=colour)
        axis.set(xticks=[], yticks=[])
    figure.savefig(FOLDER / "transit_search_folds.png", dpi=DPI)


if __name__ == "__main__":
    main()
