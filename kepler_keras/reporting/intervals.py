"""Pictures of intervals: one row an entry or a pair, its name above the bar to suit a phone."""

from collections.abc import Sequence

from markupsafe import Markup
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from kepler_keras.reporting.comparison_results import ComparisonResult
from kepler_keras.reporting.entry_results import EntryResult
from kepler_keras.reporting.result_parts import IntervalResult
from kepler_keras.reporting.svg import INK, RULE, SERIES, SOFT, figure_style, inline_svg
from kepler_keras.reporting.wording import METRIC_NAMES
from kepler_keras.visible import without_middle

LONGEST_PAIR = 48  # letters of two names that fit a row
WIDTH = 4.8  # inches; text of 10 points is then still read on a phone


def estimates_picture(entries: Sequence[EntryResult], *, metric: str) -> Markup:
    """A measure of every entry with its interval and the value of each fold."""
    with figure_style():
        figure, axes = row_axes(len(entries))
        draw_estimates(axes, entries, metric=metric)
        return inline_svg(
            figure, key="estimates", label=f"{METRIC_NAMES[metric]} of every entry with intervals"
        )


def draw_estimates(axes: Axes, entries: Sequence[EntryResult], *, metric: str) -> None:
    """Draws the estimates, a row each, on axes of `row_axes`."""
    for i, entry in enumerate(entries):
        estimate = entry.metrics[metric]
        folds = [value for value in estimate.folds if value is not None]
        axes.plot(folds, [i] * len(folds), "o", color=SOFT, markersize=4, alpha=0.6, mew=0)
        _row(axes, i, entry.name, estimate)
    axes.set_xlim(-0.02, 1.02)
    axes.set_xlabel(METRIC_NAMES[metric])


def differences_picture(
    comparisons: Sequence[ComparisonResult], *, metric: str, margin: float
) -> Markup:
    """The interval of each comparison over the band of differences that do not matter."""
    with figure_style():
        figure, axes = row_axes(len(comparisons))
        draw_differences(axes, comparisons, metric=metric, margin=margin)
        return inline_svg(
            figure, key="differences", label="Differences with their intervals; same as the table"
        )


def draw_differences(
    axes: Axes, comparisons: Sequence[ComparisonResult], *, metric: str, margin: float
) -> None:
    """Draws the differences, a row each, on axes of `row_axes`."""
    draw_margin(axes, margin, n=len(comparisons))
    for i, comparison in enumerate(comparisons):
        _row(axes, i, _pair(comparison.a, comparison.b), comparison.shown)
    cut_at_one(axes)
    axes.set_xlabel(f"difference in {METRIC_NAMES[metric]}")


def row_axes(n: int, *, row: float = 0.55) -> tuple[Figure, Axes]:
    """A figure of n rows, the first on top at 0, with room for a name above each bar.

    Args:
        n: How many.
        row: Height of one in inches.
    """
    figure = Figure(figsize=(WIDTH, 0.8 + row * n), layout="constrained")
    axes = figure.subplots()
    axes.set_ylim(n - 0.6, -0.75)
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    return figure, axes


def draw_margin(axes: Axes, margin: float, *, n: int) -> None:
    """The line of no difference, and the band of differences that do not matter.

    Beside the bars of n rows only: a name is not crossed out by them.
    """
    tops, bottoms = [i - 0.17 for i in range(n)], [i + 0.3 for i in range(n)]
    for top, bottom in zip(tops, bottoms, strict=True):
        axes.fill_between([-margin, margin], top, bottom, color=RULE, alpha=0.6, linewidth=0,
                          zorder=0)  # fmt: skip
    axes.vlines([0] * n, tops, bottoms, color=SOFT, linewidth=0.8)


def cut_at_one(axes: Axes) -> None:
    """Ends the axis where differences of rates end."""
    axes.margins(x=0.08)
    low, high = axes.get_xlim()
    axes.set_xlim(max(low, -1.05), min(high, 1.05))


def _pair(a: str, b: str) -> str:
    """Both names on one line, as far as it goes; the tables have them whole."""
    most = LONGEST_PAIR if len(a) + len(b) <= LONGEST_PAIR else LONGEST_PAIR // 2
    return f"{without_middle(a, most)} against {without_middle(b, most)}"


def _row(axes: Axes, i: int, name: str, value: IntervalResult) -> None:
    # A name that is too long is cut by the edge; it does not squeeze the axes.
    axes.text(0, i - 0.28, name, transform=axes.get_yaxis_transform(), color=INK, in_layout=False)
    if value.mean is None:
        axes.text(1, i - 0.28, "undefined", transform=axes.get_yaxis_transform(), color=SOFT,
                  ha="right")  # fmt: skip
        return
    if value.low is not None and value.high is not None:
        axes.plot([value.low, value.high], [i, i], "-", color=SERIES[0], linewidth=2.2,
                  solid_capstyle="round")  # fmt: skip
    axes.plot([value.mean], [i], "o", color=SERIES[0], markersize=6.5)
