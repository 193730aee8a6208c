"""The section of the report on tuned entries: what was tried, what it gained, what it cost."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from markupsafe import Markup
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from kepler_keras.record import FoldTuning, Record
from kepler_keras.reporting.intervals import WIDTH
from kepler_keras.reporting.results import Results
from kepler_keras.reporting.svg import INK, SERIES, SOFT, figure_style, inline_svg
from kepler_keras.reporting.tuning_results import ChosenResult, TuningResult
from kepler_keras.reporting.wording import decimal

AS_WRITTEN = "as written"


@dataclass(frozen=True)
class TuningGroup:
    """One tuned entry.

    Attributes:
        sentences: What was tried, gained and spent.
        history: Picture of all trials; the best so far of each fold is a line.
        importance: Picture of what the settings matter; None where that is unknown.
        rows: For each fold its place, what was chosen, and average precision as written and chosen.
    """

    result: TuningResult
    sentences: tuple[str, ...]
    history: Markup
    importance: Markup | None
    rows: tuple[tuple[str, str, str, str], ...]


def tuning_section(record: Record, results: Results) -> tuple[TuningGroup, ...]:
    """A group for each tuned entry that takes part; none where nothing was tuned."""
    groups = []
    for number, result in enumerate(results.tunings):
        folds = [one for one in record.tunings if one.entry == result.entry]
        groups.append(
            TuningGroup(
                result,
                _sentences(result, results),
                _history(folds, key=f"tuning-{number}-history"),
                _importance(result, key=f"tuning-{number}-importance"),
                tuple(_row(one) for one in result.chosen),
            )
        )
    return tuple(groups)


def _sentences(result: TuningResult, results: Results) -> tuple[str, ...]:
    ends = []
    if result.pruned:
        ends.append(f"{result.pruned} ended early")
    if result.failed:
        ends.append(f"{result.failed} could not be fitted")
    ended = f" ({', '.join(ends)})" if ends else ""
    n = len(result.chosen)
    tried = (
        f"{result.trials:,} trials in {n} outer {'folds' if n > 1 else 'fold'}{ended}, "
        f"the first of each fold being {result.of} as it is written."
    )
    return tuple(filter(None, (tried, _gained(result, results), _spent(result, results))))


def _gained(result: TuningResult, results: Results) -> str:
    inner, outer = result.inner_gain, _outer_gain(result, results)
    if inner is None:
        return ""
    said = (
        "On the validation rows that chose them, the settings gain "
        f"{decimal(inner, sign=True)} of average precision on average"
    )
    if outer is None:
        return f"{said}."
    return (
        f"{said}; on the test folds, which took no part, {decimal(outer, sign=True)}. "
        "The first figure is the best of many and so too kind; only the second counts."
    )


def _outer_gain(result: TuningResult, results: Results) -> float | None:
    """Difference of average precision on the test folds."""
    means = {entry.name: entry.metrics["average_precision"].mean for entry in results.entries}
    tuned, written = means.get(result.entry), means.get(result.of)
    return None if tuned is None or written is None else tuned - written


def _spent(result: TuningResult, results: Results) -> str:
    """What the trials cost, against fitting the entry as it is written."""
    own = next((e.cpu_seconds for e in results.entries if e.name == result.of), None)
    spent = f"The trials took {result.cpu_seconds:,.0f} processor seconds"
    if not own:
        return f"{spent}."
    times = result.cpu_seconds / (own * len(result.chosen))
    return f"{spent}, {times:.0f} times what {result.of} as it is written takes in all folds."


def _row(one: ChosenResult) -> tuple[str, str, str, str]:
    changes = "; ".join(f"{key} = {_shown(value)}" for key, value in one.settings.items())
    place = f"repeat {one.repeat + 1}, fold {one.fold + 1}"
    return place, changes or AS_WRITTEN, decimal(one.inner_as_written), decimal(one.inner)


def _shown(value: object) -> str:
    return f"{value:.3g}" if isinstance(value, float) else str(value)


def _history(folds: Sequence[FoldTuning], *, key: str) -> Markup:
    """Average precision on the judging rows by trial; the best so far of each fold is a line."""
    with figure_style():
        figure = Figure(figsize=(WIDTH, 3.2), layout="constrained")
        axes = figure.subplots()
        for fold in folds:
            values = np.array([trial.average_precision or np.nan for trial in fold.trials])
            best = np.fmax.accumulate(values)
            axes.plot(values, "o", color=SOFT, markersize=4, alpha=0.6, mew=0)
            axes.step(range(len(best)), best, where="post", color=SERIES[0], alpha=0.8)
            axes.plot([fold.chosen], [values[fold.chosen]], "D", color=SERIES[1], markersize=6)
        _whole_numbers(axes)
        axes.set_xlabel("trial (0 is the entry as it is written)")
        axes.set_ylabel("inner average precision")
        return inline_svg(figure, key=key, label="Trials of every fold and the best so far")


def _whole_numbers(axes: Axes) -> None:
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))


def _importance(result: TuningResult, *, key: str) -> Markup | None:
    """Share of the trials' spread by setting: a bar for the mean, a dot for each fold."""
    if not result.importance:
        return None
    names = list(result.importance)
    with figure_style():
        figure = Figure(figsize=(WIDTH, 0.8 + 0.5 * len(names)), layout="constrained")
        axes = figure.subplots()
        for i, name in enumerate(names):
            folds = [one.importance[name] for one in result.chosen if name in one.importance]
            axes.barh(i, result.importance[name], height=0.32, color=SERIES[0], alpha=0.75)
            axes.plot(folds, [i] * len(folds), "o", color=SOFT, markersize=4, mew=0)
            axes.text(0, i - 0.26, name, color=INK)
        axes.set_ylim(len(names) - 0.6, -0.75)
        axes.set_yticks([])
        axes.spines["left"].set_visible(False)
        axes.set_xlim(0, 1)
        axes.set_xlabel("share of the spread between trials")
        return inline_svg(figure, key=key, label="How much each tuned setting matters")
