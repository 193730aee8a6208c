"""The section of the report that holds what an entry reaches against what it costs."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from markupsafe import Markup
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

from kepler_keras.reporting.entry_results import EntryResult
from kepler_keras.reporting.intervals import WIDTH
from kepler_keras.reporting.point_names import name_points
from kepler_keras.reporting.svg import SERIES, figure_style, inline_svg
from kepler_keras.reporting.wording import METRIC_NAMES

LEAST_SECONDS = 0.001  # a logarithmic axis has no 0

Clock = Literal["cpu_seconds", "train_seconds"]
CLOCKS: dict[Clock, str] = {"cpu_seconds": "processor seconds", "train_seconds": "wall seconds"}


@dataclass(frozen=True)
class CostsSection:
    """The entries from the cheapest on, and the picture of those that can be drawn.

    Attributes:
        clock: Which of their times it is about: processor seconds, which other work on the machine
            does not lengthen, unless they are unknown for one of the entries.
        unit: The same in words.
    """

    entries: tuple[EntryResult, ...]
    clock: Clock
    unit: str
    picture: Markup


def costs_section(competitors: Sequence[EntryResult], *, metric: str) -> CostsSection | None:
    """The section; None where fewer than two entries have a time and the metric.

    Args:
        competitors: The entries that are no ablations.
        metric: The primary one.
    """
    timed = [entry for entry in competitors if entry.train_seconds is not None]
    known = all(entry.cpu_seconds is not None for entry in timed)
    clock: Clock = "cpu_seconds" if known else "train_seconds"
    timed.sort(key=lambda entry: _seconds(entry, clock))
    drawn = [entry for entry in timed if entry.metrics[metric].mean is not None]
    if len(drawn) < 2:
        return None
    return CostsSection(tuple(timed), clock, CLOCKS[clock], _picture(drawn, metric, clock))


def _seconds(entry: EntryResult, clock: Clock) -> float:
    seconds: float | None = getattr(entry, clock)
    return max(seconds or 0.0, LEAST_SECONDS)


def _picture(entries: Sequence[EntryResult], metric: str, clock: Clock) -> Markup:
    """The metric with its interval over seconds; all entries have both."""
    seconds = [_seconds(entry, clock) for entry in entries]
    means = [entry.metrics[metric].mean or 0.0 for entry in entries]
    with figure_style():
        height = min(3.2 + 0.08 * len(entries), 5.0)
        figure = Figure(figsize=(WIDTH, height), layout="constrained")
        axes = figure.subplots()
        for x, entry in zip(seconds, entries, strict=True):
            value = entry.metrics[metric]
            if value.low is not None and value.high is not None:
                axes.plot([x, x], [value.low, value.high], "-", color=SERIES[0], alpha=0.35)
        axes.plot(seconds, means, "o", color=SERIES[0], markersize=6.5)
        axes.set_xscale("log")
        pad = 1.5 * (max(seconds) / min(seconds)) ** 0.1
        axes.set_xlim(min(seconds) / pad, max(seconds) * pad)
        low, high = axes.get_ylim()
        axes.set_ylim(max(low, -0.02), min(high, 1.02))
        steps = (1,) if max(seconds) > 100 * min(seconds) else (1, 2, 5)
        axes.xaxis.set_major_locator(LogLocator(subs=steps))
        axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
        axes.xaxis.set_minor_formatter(NullFormatter())
        axes.set_xlabel(f"{CLOCKS[clock]} of training a fold (logarithmic)")
        axes.set_ylabel(METRIC_NAMES[metric])
        name_points(axes, [entry.name for entry in entries], seconds, means)
        label = f"{METRIC_NAMES[metric]} of every entry against its training time; same as table"
        return inline_svg(figure, key="costs", label=label)
