"""Draws the picture of docs/augmentations.md: one star before and after each transform.

Run it after augmentation_study.py; it takes a minute.

    python docs/draw_augmentations.py
"""

from pathlib import Path

import numpy as np
import pandas as pd
from augmentation_changes import Changed, changed
from augmentation_measures import View
from augmentation_stars import VIEWS, Seen, seen, simulated, with_gaps
from augmentation_tables import outcome, read
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray
from scipy.stats import binned_statistic

from kepler_keras.lightcurve.folding import cadence_times, phase

Floats = NDArray[np.float64]
Line = tuple[Floats, Floats]

FOLDER = Path(__file__).parent
N_STARS, SEED = 300, 0
PERIODS, SNRS = (1.5, 3.0), (20.0, 40.0)  # of the star that is drawn: its dip is wide and clear
SWAP = "odd_even_swap"
BINS = 60
ZOOM = 0.15  # of phase, drawn of folded views
COLUMNS = 3
DPI = 110
BEFORE, AFTER = "#999999", "#0072b2"  # Okabe & Ito's colours, told apart by all
VERDICTS = {"keeps": "#0072b2", "breaks": "#d55e00", "not decided": "#444444", None: "#444444"}


def main() -> None:
    """Draws every transform of the table in the first view that it can be done to."""
    table = read(FOLDER / "augmentation_check.csv")
    stars = simulated(N_STARS, SEED)
    flux = seen(stars, VIEWS[0], None)
    views = [flux, *(seen(stars, choice, flux.before.snr) for choice in VIEWS[1:])]
    order = table.sort_values(["physical", "transformation"], ascending=[False, True])
    names = list(dict.fromkeys(order.transformation))
    n_rows = -(-len(names) // COLUMNS)
    figure = Figure(figsize=(10, 2.35 * n_rows), layout="constrained")
    axes = figure.subplots(n_rows, COLUMNS, squeeze=False).ravel()
    for axis in axes[len(names) :]:
        axis.set_axis_off()
    for axis, name in zip(axes, names, strict=False):
        done_in = set(table[table.transformation == name].view)
        view = next(one for one in views if one.kind.name in done_in)
        draw(axis, name, view, changed(name, view, SEED))
        label(axis, table, name, view.kind.name)
    axes[0].legend(frameon=False, fontsize=8, loc="lower right", handlelength=1.2)
    figure.savefig(FOLDER / "augmentation_check.png", dpi=DPI)


def draw(axis: Axes, name: str, seen: Seen, done: Changed) -> None:
    """A row before and after, folded where the view is not."""
    row = example(name, seen, done)
    base = int(done.base[row])
    old, new = seen.batch.view[base], done.batch.view[row]
    if seen.kind.folded:
        before, after = folded_view(old[..., 0]), folded_view(new[..., 0])
    else:
        injected = row in done.injected
        period = float(done.period[row] if injected else seen.stars.fold.period[base])
        x, first = folded(with_gaps(old), period, seen.stars.cadence)
        _, second = folded(with_gaps(new), period, seen.stars.cadence)
        before = x, centred(first, second if injected else first)
        after = x, centred(second, second)
    axis.plot(*before, color=BEFORE, lw=2.6, label="before")
    axis.plot(*after, color=AFTER, lw=1.2, label="after")
    reach = ZOOM if seen.kind.folded else 0.5
    axis.set_xlim(-reach, reach)
    axis.tick_params(labelsize=7)
    axis.set_xlabel("phase", fontsize=7, labelpad=1)


def example(name: str, seen: Seen, done: Changed) -> int:
    """The row that is drawn.

    A host with a period and SNR within the ranges above that was changed; of mixed rows the one
    whose depth changed as the median does; a quiet star with a planet put in; a binary whose
    eclipses change places.
    """
    if name == SWAP:
        return int(seen.binaries[0])
    if len(quiet := np.intersect1d(done.injected, seen.quiet)):
        return int(quiet[0])
    before = seen.before.rows(done.base)
    period = seen.stars.fold.period[done.base]
    host = np.isin(done.base, seen.hosts) & (period > PERIODS[0]) & (period < PERIODS[1])
    if not np.array_equal(done.base, np.arange(len(done.base))):
        rows = np.flatnonzero(host)
        ratio = seen.measure(done.batch, done.period).depth[rows] / before.depth[rows]
        return int(rows[np.argmin(np.abs(ratio - np.nanmedian(ratio)))])
    same = (seen.batch.view == done.batch.view).reshape(len(host), -1).all(axis=1)
    strong = (before.snr > SNRS[0]) & (before.snr < SNRS[1])
    return int(np.flatnonzero(host & strong & ~same)[0])


def folded(curve: View, period: float, cadence: float) -> Line:
    """Phase from the first cadence and means of its bins."""
    time, known = cadence_times(len(curve), cadence), np.isfinite(curve)
    place = phase(time[known], period=period, t0=0.0)
    means, edges, _ = binned_statistic(place, curve[known], "mean", BINS, (-0.5, 0.5))
    return (edges[:-1] + edges[1:]) / 2, means


def centred(means: Floats, by: Floats) -> Floats:
    """Bins of phase rolled so that the strongest feature of `by` comes to the middle."""
    three = np.abs(by + np.roll(by, 1) + np.roll(by, -1))
    return np.roll(means, BINS // 2 - int(np.argmax(three)))


def folded_view(view: View) -> Line:
    """Phase and flux of a view of a whole period; of an image the mean of its odd cycles."""
    curve = view if view.ndim == 1 else view[1::2][(view[1::2] != 0).any(axis=1)].mean(axis=0)
    bins = len(curve)
    return (np.arange(bins) - bins // 2) / bins, curve.astype(np.float64)


def label(axis: Axes, table: pd.DataFrame, name: str, view: str) -> None:
    """The transform, its verdict, and the shares found."""
    verdict = outcome(table, name, view, "simulated")
    axis.set_title(f"{name}: {verdict}", fontsize=9, color=VERDICTS[verdict], loc="left")
    rows = table[(table.transformation == name) & (table.view == view)]
    rows = rows[rows.stars == "simulated"].set_index("figure")
    injected = "injected" in rows.index
    row = rows.loc["injected" if injected else "found"]
    words = [
        view if view != "flux" else "",
        "odd cycles,\na binary" if name == SWAP else "",
        f"found: hosts {row.before:.0%},\ninjected {row.after:.0%}"
        if injected
        else f"found {row.before:.0%} → {row.after:.0%}",
    ]
    text = "\n".join(one for one in words if one)
    axis.text(0.02, 0.04, text, transform=axis.transAxes, fontsize=7.5, va="bottom")


if __name__ == "__main__":
    main()
