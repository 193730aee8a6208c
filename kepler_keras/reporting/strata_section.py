"""The section of the report on which planets are found."""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from kepler_keras.reporting.results import Results
from kepler_keras.reporting.strata_results import FoundResult, GroupResult, StratumResult
from kepler_keras.reporting.svg import SERIES, figure_style, inline_svg

PROPERTIES = {
    "period_days": ("orbital period", "d"),
    "depth_ppm": ("transit depth", "ppm"),
    "signal_to_noise": ("signal-to-noise", ""),
    "magnitude": ("magnitude of the star", ""),
}
MARKERS = "osD^v<>"
LEGEND_LINE = 0.2  # inches of a line of the legend
ROOM = 0.7  # of the distance between two groups, which the entries share


@dataclass(frozen=True)
class GroupRow:
    """A row of the table: a range of a property, its stars, and a cell for each competitor."""

    property: str
    values: str
    stars: int
    cells: tuple[FoundResult, ...]


@dataclass(frozen=True)
class StrataSection:
    """A picture with a panel for each property, and the same as a table."""

    entries: tuple[str, ...]
    picture: Markup
    rows: tuple[GroupRow, ...]


def strata_section(results: Results, competitors: Sequence[str]) -> StrataSection | None:
    """The section; None where the data know nothing of the planets, or of too few."""
    if not results.strata:
        return None
    rows = tuple(
        GroupRow(
            property=PROPERTIES[stratum.property][0],
            values=_range(group, PROPERTIES[stratum.property][1]),
            stars=group.stars,
            cells=_cells(group, competitors),
        )
        for stratum in results.strata
        for group in stratum.groups
    )
    return StrataSection(tuple(competitors), _picture(results.strata, competitors), rows)


def _cells(group: GroupResult, competitors: Sequence[str]) -> tuple[FoundResult, ...]:
    by_entry = {cell.entry: cell for cell in group.entries}
    return tuple(by_entry[name] for name in competitors)


def _range(group: GroupResult, unit: str) -> str:
    return f"{_number(group.lowest)} to {_number(group.highest)} {unit}".rstrip()


def _number(value: float) -> str:
    """Three digits; never with an exponent."""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def _picture(strata: Sequence[StratumResult], competitors: Sequence[str]) -> Markup:
    legend_rows = -(-len(competitors) // 3)
    size = (4.8, 2.6 * len(strata) + LEGEND_LINE * (1 + legend_rows))
    with figure_style():
        figure = Figure(figsize=size, layout="constrained")
        panels = figure.subplots(len(strata), squeeze=False)[:, 0]
        for axes, stratum in zip(panels, strata, strict=True):
            _panel(axes, stratum, competitors)
        handles, names = panels[0].get_legend_handles_labels()
        figure.legend(handles, names, loc="outside lower left", ncols=3)
        label = "Recall in groups of planets by what is known of them; same as the table"
        return inline_svg(figure, key="strata", label=label)


def _panel(axes: Axes, stratum: StratumResult, competitors: Sequence[str]) -> None:
    name, unit = PROPERTIES[stratum.property]
    step = ROOM / len(competitors)
    for number, entry in enumerate(competitors):
        cells = [_cells(group, [entry])[0].recall for group in stratum.groups]
        places = [i - ROOM / 2 + step * (number + 0.5) for i in range(len(cells))]
        colour = SERIES[number % len(SERIES)]
        lows, means, highs = (
            [getattr(cell, end) for cell in cells] for end in ("low", "mean", "high")
        )
        axes.vlines(places, lows, highs, color=colour, linewidth=1.6)
        marker = MARKERS[number % len(MARKERS)]
        axes.plot(places, means, marker, color=colour, markersize=5, label=entry, clip_on=False)
    axes.set_xticks(range(len(stratum.groups)), [_range(group, "") for group in stratum.groups])
    axes.set(ylim=(-0.02, 1.02), ylabel="recall", xlabel=f"{name}, {unit}" if unit else name)
    axes.grid(visible=False, axis="x")
