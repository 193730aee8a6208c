"""The part of the report on thresholds: the rule, and what it had to choose from."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from markupsafe import Markup
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from kepler_keras.evaluation.threshold_rules import BEST_F1, MeanCurve, ThresholdRule, mean_curve
from kepler_keras.evaluation.thresholds import threshold_curve
from kepler_keras.record import Record
from kepler_keras.reporting.entries import asked_rule, threshold_rules
from kepler_keras.reporting.remedy_results import ablations
from kepler_keras.reporting.svg import INK, SERIES, SOFT, figure_style, inline_svg

POINTS = 101  # thresholds that are drawn


@dataclass(frozen=True)
class ThresholdSection:
    """The rule in words, and a picture of each competitor whose scores are not all equal.

    Attributes:
        keeping: Entries that keep the best F1, because their scores are decision values.
        caption: What must be known to read the pictures.
    """

    rule: str
    keeping: tuple[str, ...]
    caption: str
    pictures: tuple[Markup, ...]


def threshold_section(record: Record) -> ThresholdSection:
    """The section of a record whose entries all take part."""
    asked, rules = asked_rule(record.experiment), threshold_rules(record)
    competitors = [name for name in rules if name not in ablations(record.experiment)]
    curves = threshold_curves(record)
    pictures = (
        _picture(curves[name], number) for number, name in enumerate(competitors) if name in curves
    )
    return ThresholdSection(
        rule=asked.words,
        keeping=tuple(name for name in rules if rules[name] != asked),
        caption=_caption(asked),
        pictures=tuple(pictures),
    )


@dataclass(frozen=True)
class EntryCurve:
    """What one entry's thresholds would give, mean of the folds, and what each fold chose."""

    name: str
    rule: ThresholdRule
    mean: MeanCurve
    chosen: tuple[float, ...]


def threshold_curves(record: Record) -> dict[str, EntryCurve]:
    """The curve of each competitor whose scores are not all equal."""
    rules, prevalence = threshold_rules(record), record.experiment.protocol.prevalence
    against = ablations(record.experiment)
    curves = {}
    for name, rows in record.predictions.groupby("entry", sort=False):
        if name not in against:
            curves[str(name)] = _curve(str(name), rows, rules[str(name)], prevalence)
    return {name: curve for name, curve in curves.items() if curve is not None}


def _caption(rule: ThresholdRule) -> str:
    match rule.kind:
        case "precision":
            return (
                "Dashed: the precision that was asked for; a fold that reaches it at no threshold "
                "takes the one of its highest precision."
            )
        case "missed_cost":
            return "A cost of 1 is that of calling no row a planet; higher ones are cut off."
        case "given":
            return "The threshold was given; these rows had no part in it."
        case "f_beta":
            return "Where a line is steep or ragged, another draw of stars would move the choice."


def _curve(
    name: str, rows: pd.DataFrame, rule: ThresholdRule, prevalence: float | None
) -> EntryCurve | None:
    validation = rows[rows["split"] == "validation"]
    folds = [
        (part["label"].to_numpy(), part["score"].to_numpy())
        for _, part in validation.groupby(["repeat", "fold"], sort=True)
    ]
    chosen = [rule.threshold(labels, scores, prevalence=prevalence) for labels, scores in folds]
    low, high = (end([*chosen, end(validation["score"])]) for end in (min, max))
    if low == high:
        return None
    curves = [threshold_curve(*fold, prevalence=prevalence) for fold in folds]
    mean = mean_curve(curves, np.linspace(low, high, POINTS), rule)
    return EntryCurve(name, rule, mean, tuple(chosen))


def _picture(curve: EntryCurve, number: int) -> Markup:
    with figure_style():
        figure = Figure(figsize=(4.4, 3.5), layout="constrained")
        draw_threshold_curve(figure.subplots(), curve)
        figure.legend(loc="outside lower left", ncols=3)
        label = f"Precision and recall of {curve.name} by threshold, on validation rows"
        return inline_svg(figure, key=f"threshold{number}", label=label)


def draw_threshold_curve(axes: Axes, curve: EntryCurve) -> None:
    """Draws precision, recall and what the rule follows, with a mark where each fold chose."""
    mean, rule = curve.mean, curve.rule
    axes.plot(mean.thresholds, mean.precision, color=SERIES[0], label="precision")
    axes.plot(mean.thresholds, mean.recall, "--", color=SERIES[1], label="recall")
    followed = mean.recall
    if mean.objective is not None:
        followed = mean.objective
        axes.plot(mean.thresholds, followed, color=SERIES[2], label=_objective_name(rule))
    if rule.kind == "precision":
        axes.axhline(rule.value, color=SOFT, linestyle="--", linewidth=1)
    marks = np.interp(curve.chosen, mean.thresholds, followed)
    axes.plot(curve.chosen, marks, "o", color=INK, markersize=5, clip_on=False)
    axes.set(xlabel="threshold", ylim=(0, 1.03))
    axes.set_title(curve.name, loc="left")


def _objective_name(rule: ThresholdRule) -> str:
    if rule.kind == "missed_cost":
        return "cost"
    return "F1" if rule == BEST_F1 else f"F-beta, beta {rule.value:g}"
