"""A picture of a prediction: how the scores are spread, and the highest ones folded."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from kepler_keras.data.light_curves import LightCurves
from kepler_keras.errors import InputError
from kepler_keras.lightcurve.folding import cadence_times, phase
from kepler_keras.predicting import prepared_row
from kepler_keras.reporting.svg import INK, SERIES, SOFT, figure_style
from kepler_keras.scores_table import Scored
from kepler_keras.training.saved import CurveScorer

MOST_SHOWN = 6
COLUMNS = 3
WIDTH, HEIGHT = 11.0, 2.4  # inches, of the picture and of a row of panels
DOTS_PER_INCH = 150
BINS = 40
POINTS = "#9aa0a8"
ROUND_TRANSIT = 3.0  # durations to either side of mid-transit
IN_TRANSIT = 7  # bins about mid-transit
LOWEST, HIGHEST = 0.1, 99.9  # percentiles of the points that are shown


def draw_scores(
    curves: LightCurves, scorer: CurveScorer, rows: Sequence[Scored], path: Path
) -> None:
    """Draws a PNG picture; of curves that were searched folded flux, else the first view.

    Args:
        curves: What was scored.
        scorer: The model.
        rows: Its scores, the curves' first, in their order.
        path: The picture.

    Raises:
        InputError: The file cannot be written.
    """
    scores = np.array([row.score for row in rows[: len(curves)]])
    order = np.argsort(-scores, kind="stable")
    top = [row for row in order.tolist() if np.isfinite(scores[row])][:MOST_SHOWN]
    n_rows = 1 + -(-len(top) // COLUMNS)
    with figure_style():
        figure = Figure(figsize=(WIDTH, n_rows * HEIGHT + 0.3), layout="constrained")
        grid = figure.add_gridspec(n_rows, COLUMNS)
        _spread(figure.add_subplot(grid[0, :]), scores[np.isfinite(scores)], rows)
        for place, row in enumerate(top):
            axes = figure.add_subplot(grid[1 + place // COLUMNS, place % COLUMNS])
            _curve(axes, curves, scorer, rows[row], row)
        try:
            figure.savefig(path, dpi=DOTS_PER_INCH, facecolor="white")
        except OSError as error:
            raise InputError(f"{path}: cannot write the picture: {error.strerror}") from error


def _spread(axes: Axes, scores: np.ndarray, rows: Sequence[Scored]) -> None:
    """A histogram of the scores and the threshold in it."""
    probability = rows[0].score_kind == "probability"
    bounds = (0.0, 1.0) if probability else None
    axes.hist(scores, bins=BINS, range=bounds, color=SERIES[0])
    axes.set_yscale("symlog", linthresh=1)
    axes.yaxis.set_major_formatter("{x:g}")
    axes.set(xlabel="score" if probability else "score (a decision value)", ylabel="curves")
    n_planets = sum(row.decision == "planet" for row in rows)
    title = f"{len(scores)} of {len(rows)} curves have a score"
    if np.isfinite(rows[0].threshold):
        axes.axvline(rows[0].threshold, color=SERIES[1], linestyle="--")
        title += f", {n_planets} are called planets (from {rows[0].threshold:.3g} on, dashed)"
    axes.set_title(title, loc="left")


def _curve(axes: Axes, curves: LightCurves, scorer: CurveScorer, scored: Scored, row: int) -> None:
    title = f"{scored.star}: {scored.score:.3g}"
    prepared = prepared_row(curves, scorer, row)
    if prepared.found is None or not np.isfinite(scored.dip.period) or curves.cadence is None:
        name, view = next(iter(prepared.views.items()))
        values = view[0].reshape(view.shape[1], -1)[:, 0]
        axes.set_title(title, loc="left", color=INK, fontsize=10)
        axes.plot(values, color=SERIES[0], linewidth=0.8)
        axes.set_xlabel(f"column of {name}")
        return
    dip, flat = scored.dip, prepared.found.flat[0].astype(np.float64)
    unit = float(prepared.found.signals.depth[0, 0]) / dip.depth
    time = cadence_times(len(flat), curves.cadence)
    hours = 24 * dip.period * phase(time, period=dip.period, t0=dip.t0)
    reach = 24 * min(ROUND_TRANSIT * dip.duration, dip.period / 2)
    near = np.isfinite(flat) & (np.abs(hours) <= reach)
    x, y = hours[near], flat[near] / unit
    axes.plot(x, y, ".", color=POINTS, markersize=2.5, zorder=1)
    edges = np.arange(-reach, reach, 24 * dip.duration / IN_TRANSIT)
    place = np.digitize(x, edges)
    bins = [np.median(y[place == one]) for one in np.unique(place)]
    middle = [np.median(x[place == one]) for one in np.unique(place)]
    axes.plot(middle, bins, "o", color=SERIES[1], markersize=3.5)
    axes.set_ylim(*_limits(y, np.array(bins)))
    title += f"\nevery {dip.period:.5g} d, SNR {dip.snr:.1f}"
    axes.set_title(title, loc="left", color=INK, fontsize=10)
    axes.set_xlabel("hours from mid-transit")
    axes.set_ylabel(dip.depth_unit if dip.depth_unit == "ppm" else "scatters")
    axes.tick_params(colors=SOFT)


def _limits(points: np.ndarray, bins: np.ndarray) -> tuple[float, float]:
    """A range that shows every bin and nearly every point."""
    low, high = np.percentile(points, [LOWEST, HIGHEST])
    low, high = min(low, bins.min()), max(high, bins.max())
    return float(low - 0.05 * (high - low)), float(high + 0.05 * (high - low))
