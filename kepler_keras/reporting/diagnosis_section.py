"""The section of the report on bias and variance, and its picture."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from markupsafe import Markup
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from kepler_keras.diagnostics import CurvePoint, LearningCurve
from kepler_keras.record import Record
from kepler_keras.reporting.diagnosis_results import DiagnosisResult, curve_of
from kepler_keras.reporting.diagnosis_wording import rules
from kepler_keras.reporting.intervals import WIDTH
from kepler_keras.reporting.results import Results
from kepler_keras.reporting.svg import SERIES, SOFT, figure_style, inline_svg

Curves = Mapping[str, Mapping[float, Sequence[CurvePoint]]]


@dataclass(frozen=True)
class DiagnosisSection:
    """A row and a sentence for each entry, and the picture of the learning curve, if one was asked.

    Attributes:
        missing: Sentences on shares that could not be fitted.
    """

    rows: Sequence[DiagnosisResult]
    rules: str
    curve: LearningCurve | None
    picture: Markup | None
    missing: Sequence[str]


def diagnosis_section(record: Record, results: Results) -> DiagnosisSection | None:
    """The section; None where no training rows were scored."""
    curve = record.diagnostics.learning_curve
    if not results.diagnoses:
        return None
    missing: dict[tuple[str, float], str] = {}  # of each share the first fold that broke
    for point in curve.points if curve else []:
        if point.reason:
            said = f"{point.entry}, {point.share:g} of the stars: {point.reason}"
            missing.setdefault((point.entry, point.share), said)
    drawn = curves_of_more_stars(record, results)
    picture = _picture(drawn) if drawn else None
    return DiagnosisSection(results.diagnoses, rules(), curve, picture, list(missing.values()))


def curves_of_more_stars(record: Record, results: Results) -> Curves:
    """By entry and share of the stars the fits of it, of entries with several shares."""
    curve = record.diagnostics.learning_curve
    points = curve.points if curve else []
    shown = {one.entry: curve_of(one.entry, points) for one in results.diagnoses}
    return {name: own for name, own in shown.items() if len(own) > 1}


def _picture(curves: Curves) -> Markup:
    """A panel for each entry: average precision over training stars, both kinds of rows."""
    with figure_style():
        n = len(curves)
        figure = Figure(figsize=(WIDTH, 0.6 + 1.6 * n), layout="constrained")
        draw_more_stars(figure, curves)
        figure.supylabel("average precision", fontsize=11)
        label = "Average precision over the number of training stars, test and training rows"
        return inline_svg(figure, key="more-stars", label=label)


def draw_more_stars(figure: Figure, curves: Curves) -> None:
    """Draws a panel for each entry."""
    panels = figure.subplots(len(curves), 1, squeeze=False, sharex=True, sharey=True)[:, 0]
    for axes, (name, curve) in zip(panels, curves.items(), strict=True):
        _panel(axes, curve)
        axes.set_title(name, loc="left")
    panels[0].legend(loc="best")
    panels[-1].set_xlabel("training stars of a fold")


def _panel(axes: Axes, curve: Mapping[float, Sequence[CurvePoint]]) -> None:
    stars = [float(np.mean([point.n_stars for point in own])) for own in curve.values()]
    test, train = (
        [np.array([getattr(point, key) for point in own], float) for own in curve.values()]
        for key in ("average_precision", "train_average_precision")
    )
    for x, values in zip(stars, test, strict=True):
        axes.plot([x] * len(values), values, "o", color=SOFT, markersize=3.5, alpha=0.6, mew=0)
    axes.plot(stars, np.mean(test, axis=1), "-o", color=SERIES[0], label="test")
    axes.plot(stars, np.mean(train, axis=1), "--", color=SERIES[1], label="training")
    axes.set_ylim(-0.02, 1.05)
