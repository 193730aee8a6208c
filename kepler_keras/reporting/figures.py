"""The pictures of the report's results, drawn by the displays of `evaluation`."""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup
from matplotlib.figure import Figure

from kepler_keras.evaluation.displays import (
    LearningCurveDisplay,
    PrecisionRecallDisplay,
    RocDisplay,
)
from kepler_keras.record import Record
from kepler_keras.reporting.intervals import differences_picture, estimates_picture
from kepler_keras.reporting.results import ComparisonResult, Results
from kepler_keras.reporting.svg import figure_style, inline_svg

CAPTIONS = {"precision_recall": "", "roc": "", "learning": ""}


@dataclass(frozen=True)
class Figures:
    """Inline SVG of each picture; `learning` has one for each entry that is trained by epochs."""

    estimates: Markup
    differences: Markup | None
    precision_recall: Markup
    roc: Markup
    learning: tuple[Markup, ...]


def draw_figures(
    record: Record, results: Results, against_baseline: Sequence[ComparisonResult]
) -> Figures:
    """Draws all pictures of the results."""
    protocol = record.experiment.protocol
    differences = None
    if against_baseline:
        differences = differences_picture(
            against_baseline, metric=results.primary_metric, margin=protocol.margin
        )
    return Figures(
        estimates=estimates_picture(results),
        differences=differences,
        precision_recall=_curves(record, PrecisionRecallDisplay, "Precision against recall", "pr"),
        roc=_curves(record, RocDisplay, "ROC curves", "roc"),
        learning=tuple(_learning(record)),
    )


def _curves(record, display, label, key):
    with figure_style():
        figure = Figure(figsize=(5.0, 4.0), layout="constrained")
        display(record.predictions).plot(figure.subplots())
        return inline_svg(figure, key=key, label=label)


def _learning(record):
    for i, entry in enumerate(record.experiment.entries):
        fits = [f for f in record.fits if f.entry == entry.name and f.history]
        if fits:
            with figure_style():
                figure = Figure(figsize=(4.2, 2.8), layout="constrained")
                axes = figure.subplots()
                LearningCurveDisplay(fits).plot(axes)
                axes.set_title(entry.name, loc="left")
                yield inline_svg(
                    figure, key=f"learning{i}", label=f"Learning curves of {entry.name}"
                )
