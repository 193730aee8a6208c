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
    MIN_PERIOD,
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
BINS = 101
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
    axis.set(xscale="log", xlabel="period, days", ylabel="SNR of the best box")
    for number, period in enumerate(planets):
        found = np.isfinite(rank_of(star, period))
        colour = SIGNAL if found else OTHER
        axis.axvline(period, color=colour, lw=0.9, ls="-" if found else ":")
        draw_planet(figure.add_subplot(grid[1 + number // 3, number % 3]), star, period)
    figure.savefig(FOLDER / "transit_search_kepler_11.png", dpi=DPI)


def draw_planet(axis: Axes, star: Star, period: float) -> None:
    """One planet's transit folded on the signal found, in hours from mid-transit."""
    if not np.isfinite(rank := rank_of(star, period)):
        axis.set_title(f"{period:.2f} d: not among the {N_SIGNALS} signals", fontsize=8)
        axis.set_axis_off()
        return
    draw_fold(axis, star, int(rank), hours=12.0)
    axis.set_title(f"signal {int(rank) + 1}: {star.signals.period[0, int(rank)]:.4f} d", fontsize=8)


def draw_fold(axis: Axes, star: Star, rank: int, *, hours: float | None = None) -> None:
    """Medians of a star's flux folded on one signal, over the whole orbit or near the transit."""
    signals = star.signals
    period, t0 = float(signals.period[0, rank]), float(signals.t0[0, rank])
    known = np.isfinite(star.flat)
    orbit = phase(cadence_times(len(star.flat), star.cadence)[known], period=period, t0=t0)
    flux, scale = star.flat[known], 1.0
    if hours is not None:
        scale = 2 * hours / 24 / period  # the share of the orbit that is drawn
        near = np.abs(orbit) < scale / 2
        orbit, flux = orbit[near] / scale, flux[near]
    values, edges, _ = binned_statistic(orbit, flux, "median", BINS, (-0.5, 0.5))
    centres = (edges[:-1] + edges[1:]) / 2
    axis.plot(centres if hours is None else centres * 2 * hours, values, ".", ms=2, color=INK)
    axis.tick_params(labelsize=7)
    if hours is not None:
        axis.set_xlabel("hours", fontsize=7)
        axis.set_ylabel("ppm", fontsize=7)


def draw_periods(found: list[FalsePositive]) -> None:
    """Periods found against catalogued ones, with lines where aliases lie."""
    figure = Figure(figsize=(5.5, 4.5), layout="constrained")
    axis = figure.subplots()
    line = np.array([MIN_PERIOD, 30.0])
    for name, times in MULTIPLES.items():
        axis.plot(line, times * line, lw=0.8, color=INK, ls="-" if times == 1 else ":")
        axis.annotate(name, (line[1], times * line[1]), fontsize=7, va="center")
    truth = [item.period for item in found]
    axis.plot(truth, [item.astropy for item in found], "x", color=OTHER, label="astropy")
    ours = [item.star.signals.period[0, 0] for item in found]
    axis.plot(truth, ours, "o", ms=7, mfc="none", color=SIGNAL, label="this package")
    axis.set(xscale="log", yscale="log", xlabel="catalogued period, days")
    axis.set_ylabel("period found in one quarter, days")
    axis.legend(frameon=False)
    figure.savefig(FOLDER / "transit_search_periods.png", dpi=DPI)


def draw_folds(found: list[FalsePositive]) -> None:
    """Every false positive folded on the period found."""
    columns = 6
    rows = -(-len(found) // columns)
    figure = Figure(figsize=(10, 1.35 * rows), layout="constrained")
    axes = figure.subplots(rows, columns, squeeze=False)
    for axis in axes.flat[len(found) :]:
        axis.set_axis_off()
    for axis, item in zip(axes.flat, found, strict=False):
        draw_fold(axis, item.star, 0)
        period = float(item.star.signals.period[0, 0])
        kind = kind_of(period, item.period)
        colour = INK if kind == "exact" else SIGNAL
        axis.set_title(f"{item.star.name}: {period:.3f} d, {kind}", fontsize=7, color=colour)
        axis.set(xticks=[], yticks=[])
    figure.savefig(FOLDER / "transit_search_folds.png", dpi=DPI)


if __name__ == "__main__":
    main()
