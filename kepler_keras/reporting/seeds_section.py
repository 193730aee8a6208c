"""The section of the report that shows what each member of an ensemble scores alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from markupsafe import Markup
from matplotlib.axes import Axes

from kepler_keras.record import Record
from kepler_keras.reporting.intervals import cut_at_one, row_axes
from kepler_keras.reporting.member_results import MemberResult
from kepler_keras.reporting.result_parts import MetricResult
from kepler_keras.reporting.results import Results
from kepler_keras.reporting.svg import INK, SERIES, figure_style, inline_svg
from kepler_keras.reporting.wording import METRIC_NAMES, decimal


@dataclass(frozen=True)
class SeedGroup:
    """An ensemble and its members, all by the primary metric.

    Attributes:
        members: By seed.
        together: Of the ensemble.
        reversal: Whether the ensemble scores each curve mirrored in time, too.
        sentence: Median, lowest and highest of the members, and the ensemble.
    """

    entry: str
    members: tuple[tuple[int, MetricResult], ...]
    together: MetricResult
    reversal: bool
    sentence: str

    @property
    def values(self) -> list[float]:
        """What the members score, where it is defined."""
        return [value.mean for _, value in self.members if value.mean is not None]


@dataclass(frozen=True)
class SeedsSection:
    """A group and a row of the picture for each ensemble."""

    groups: tuple[SeedGroup, ...]
    picture: Markup


def seeds_section(record: Record, results: Results) -> SeedsSection | None:
    """The section; None where there are no ensembles."""
    ensembles = {entry.name: entry.ensemble for entry in record.experiment.entries}
    metric = results.primary_metric
    groups = []
    for entry in results.entries:
        mine = [member for member in results.members if member.entry == entry.name]
        ensemble = ensembles[entry.name]
        if mine and ensemble is not None:
            groups.append(_group(mine, entry.metrics[metric], metric, ensemble.reversal))
    if not groups:
        return None
    return SeedsSection(tuple(groups), _picture(groups, metric))


def _group(
    members: Sequence[MemberResult], together: MetricResult, metric: str, reversal: bool
) -> SeedGroup:
    values = [one.metrics[metric] for one in members]
    defined = [value.mean for value in values if value.mean is not None]
    said = "is undefined for all"
    if defined:
        low, high = decimal(min(defined)), decimal(max(defined))
        said = f"has a median of {decimal(median(defined))}, from {low} to {high}"
    sentence = (
        f"{members[0].entry}: {METRIC_NAMES[metric]} of its {len(members)} members alone {said}; "
        f"together they reach {decimal(together.mean)}."
    )
    seeds = tuple(zip((one.seed for one in members), values, strict=True))
    return SeedGroup(members[0].entry, seeds, together, reversal, sentence)


def _picture(groups: Sequence[SeedGroup], metric: str) -> Markup:
    """A dot for each member, their median as a stroke; below, the ensemble with its interval."""
    with figure_style():
        figure, axes = row_axes(len(groups))
        for i, group in enumerate(groups):
            _row(axes, i, group)
        cut_at_one(axes)
        axes.set_xlabel(METRIC_NAMES[metric])
        label = f"{METRIC_NAMES[metric]} of each member of an ensemble alone, and of the ensemble"
        return inline_svg(figure, key="seeds", label=f"{label}; same as the table")


def _row(axes: Axes, i: int, group: SeedGroup) -> None:
    axes.text(0, i - 0.28, group.entry, transform=axes.get_yaxis_transform(), color=INK)
    if group.values:
        axes.vlines([median(group.values)], i - 0.13, i + 0.13, color=INK, linewidth=1.4)
        axes.plot(group.values, [i] * len(group.values), "o", color=SERIES[0], markersize=5.5,
                  alpha=0.7, mew=0)  # fmt: skip
    together, below = group.together, i + 0.24
    if together.low is not None and together.high is not None:
        axes.plot([together.low, together.high], [below, below], "-", color=SERIES[1])
    if together.mean is not None:
        axes.plot([together.mean], [below], "D", color=SERIES[1], markersize=6)
