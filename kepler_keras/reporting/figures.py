"""The pictures of the report's results, drawn by the displays of `evaluation`."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from markupsafe import Markup
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from kepler_keras.evaluation.displays import (
    LearningCurveDisplay,
    PrecisionRecallDisplay,
    RocDisplay,
)
from kepler_keras.record import FoldFit, MemberFit, Record
from kepler_keras.reporting.comparison_results import ComparisonResult
from kepler_keras.reporting.intervals import WIDTH, differences_picture, estimates_picture
from kepler_keras.reporting.remedy_results import ablations
from kepler_keras.reporting.results import Results
from kepler_keras.reporting.svg import figure_style, inline_svg

LEGEND_LINE = 0.2  # inches that a line of the legend below the axes takes


@dataclass(frozen=True)
class RankingCurves:
    """Curves of the competitors, which page and write-up share: each takes a second or two."""

    precision_recall: PrecisionRecallDisplay
    roc: RocDisplay


def ranking_curves(record: Record) -> RankingCurves:
    """The curves of a record whose entries all take part."""
    left_out = ablations(record.experiment)
    rows = record.predictions[~record.predictions["entry"].isin(left_out)]
    prevalence = record.experiment.protocol.prevalence
    return RankingCurves(PrecisionRecallDisplay(rows, prevalence=prevalence), RocDisplay(rows))


@dataclass(frozen=True)
class Figures:
    """Inline SVG of each picture; `learning` has one for each entry that is trained by epochs.

    Ablations are in none of them: they have pictures of their own.
    """

    estimates: Markup
    differences: Markup | None
    precision_recall: Markup
    roc: Markup
    learning: tuple[Markup, ...]


def draw_figures(
    record: Record,
    results: Results,
    against_baseline: Sequence[ComparisonResult],
    curves: RankingCurves,
) -> Figures:
    """Draws all pictures of the results.

    Args:
        record: Its predictions and fits are drawn.
        results: Of this record.
        against_baseline: The comparisons that the picture of differences shows.
        curves: Of this record.
    """
    differences = None
    if against_baseline:
        differences = differences_picture(
            against_baseline,
            metric=results.primary_metric,
            margin=record.experiment.protocol.margin,
        )
    left_out = ablations(record.experiment)
    return Figures(
        estimates=estimates_picture(
            [entry for entry in results.entries if entry.name not in left_out],
            metric=results.primary_metric,
        ),
        differences=differences,
        precision_recall=_curves(
            curves.precision_recall, "precision-recall", "Precision by recall"
        ),
        roc=_curves(curves.roc, "roc", "Recall by false-positive rate"),
        learning=tuple(_learning(record)),
    )


def _curves(display: PrecisionRecallDisplay | RocDisplay, key: str, label: str) -> Markup:
    with figure_style():
        figure = Figure(
            figsize=(WIDTH, 3.8 + LEGEND_LINE * len(display.curves)), layout="constrained"
        )
        display.plot(figure.subplots())
        return inline_svg(figure, key=key, label=f"{label}, a curve for each entry")


def _learning(record: Record) -> Iterator[Markup]:
    names = [entry.name for entry in record.experiment.entries]
    for name, fits in trained_by_epochs(record).items():
        with figure_style():
            figure = Figure(figsize=(4.4, 2.9 + 3 * LEGEND_LINE), layout="constrained")
            axes = figure.subplots()
            LearningCurveDisplay(fits).plot(axes)
            axes.xaxis.set_major_locator(MaxNLocator(integer=True))
            axes.set_title(name, loc="left")
            key = f"learning{names.index(name)}"
            yield inline_svg(figure, key=key, label=f"Learning curves of {name}")


def trained_by_epochs(record: Record) -> dict[str, list[FoldFit | MemberFit]]:
    """The fits that have a history, of each competitor that has any, members' own among them."""
    found: dict[str, list[FoldFit | MemberFit]] = {}
    for entry in record.experiment.entries:
        own = [fit for fit in record.fits if fit.entry == entry.name]
        every: list[FoldFit | MemberFit] = [*own, *(one for fit in own for one in fit.members)]
        fits = [one for one in every if one.history]
        if fits and entry.against is None:
            found[entry.name] = fits
    return found
