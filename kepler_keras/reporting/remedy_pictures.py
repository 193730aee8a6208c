"""Pictures of remedies: what each changed, and how scores were moved to the share of planets."""

from collections.abc import Sequence

from markupsafe import Markup
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

from kepler_keras.evaluation.estimates import Verdict
from kepler_keras.reporting.calibration_results import CalibrationResult
from kepler_keras.reporting.intervals import cut_at_one, draw_margin, row_axes
from kepler_keras.reporting.remedy_results import RemedyResult
from kepler_keras.reporting.remedy_wording import remedy_name
from kepler_keras.reporting.svg import INK, SERIES, SOFT, figure_style, inline_svg
from kepler_keras.reporting.wording import METRIC_NAMES

# Marker and colour; the words stand beside each row too.
LOOKS: dict[Verdict, tuple[str, str]] = {
    "better": (">", SERIES[2]),
    "worse": ("<", SERIES[1]),
    "equivalent": ("s", SERIES[0]),
    "not decided": ("o", SOFT),
}


def effects_picture(effects: Sequence[RemedyResult], *, margin: float, key: str) -> Markup:
    """The change of one measure by each remedy of one entry, over the band that does not matter.

    Args:
        effects: Of one entry and one measure that has a margin; at least one.
        margin: Half the width of the band.
        key: A name that no other figure of the page has.
    """
    with figure_style():
        figure, axes = row_axes(len(effects))
        draw_margin(axes, margin, n=len(effects))
        for i, effect in enumerate(effects):
            _effect(axes, i, effect)
        cut_at_one(axes)
        name = METRIC_NAMES[effects[0].measure]
        axes.set_xlabel(f"change in {name}")
        label = f"Change in {name} by each remedy of {effects[0].against}; same as the table"
        return inline_svg(figure, key=key, label=label)


def _effect(axes: Axes, i: int, effect: RemedyResult) -> None:
    marker, colour = LOOKS[effect.verdict]
    place = axes.get_yaxis_transform()
    axes.text(0, i - 0.28, remedy_name(effect.entry, effect.against), transform=place, color=INK)
    axes.text(1, i - 0.28, effect.verdict, transform=place, color=colour, ha="right")
    change = effect.difference
    if change.mean is None:
        return
    if effect.family_low is not None and effect.family_high is not None:
        axes.plot([effect.family_low, effect.family_high], [i, i], color=colour, linewidth=0.9)
    if change.low is not None and change.high is not None:
        axes.plot([change.low, change.high], [i, i], color=colour, linewidth=4,
                  solid_capstyle="butt")  # fmt: skip
    axes.plot([change.mean], [i], marker, color=colour, markersize=8)


def mean_scores_picture(results: Sequence[CalibrationResult], *, share: float) -> Markup:
    """Mean scores before (hollow) and after (full) the correction, and the true share as a line."""
    with figure_style():
        figure, axes = row_axes(len(results))
        draw_mean_scores(axes, results, share=share)
        label = "Mean scores before and after their correction; same as the table"
        return inline_svg(figure, key="mean-scores", label=label)


def draw_mean_scores(axes: Axes, results: Sequence[CalibrationResult], *, share: float) -> None:
    """Draws the mean scores, a row each, on axes of `row_axes`."""
    axes.set_xscale("log")
    rows = range(len(results))  # the line is broken where names stand
    lows, highs = [i - 0.22 for i in rows], [i + 0.4 for i in rows]
    axes.vlines([share] * len(rows), lows, highs, color=INK, linewidth=1)
    for i, result in enumerate(results):
        axes.text(0, i - 0.28, result.entry, transform=axes.get_yaxis_transform(), color=INK)
        _mean_scores(axes, i, result)
    axes.margins(x=0.08)
    axes.xaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axes.xaxis.set_minor_formatter(NullFormatter())
    axes.set_xlabel("mean score (upright line: share of planets)")


def _mean_scores(axes: Axes, i: int, result: CalibrationResult) -> None:
    after = result.after.mean_score.mean if result.after else None
    before = result.before.mean_score.mean if result.before else None
    if after and before:
        axes.plot([before, after], [i, i], color=SOFT, linewidth=1.2)
    if before:
        axes.plot([before], [i], "o", color=SERIES[1], markersize=7, fillstyle="none")
    if after:
        axes.plot([after], [i], "o", color=SERIES[0], markersize=7)
