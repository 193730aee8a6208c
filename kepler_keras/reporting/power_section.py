"""The section of the report that says what so many planets can decide at all."""

from dataclasses import dataclass

from markupsafe import Markup

from kepler_keras.evaluation.verdicts import ERROR_RATE
from kepler_keras.reporting.intervals import row_axes
from kepler_keras.reporting.power_results import PowerResult, RangeResult
from kepler_keras.reporting.results import Results
from kepler_keras.reporting.svg import INK, SERIES, figure_style, inline_svg
from kepler_keras.reporting.wording import METRIC_NAMES, count, decimal


@dataclass(frozen=True)
class PowerSection:
    """What it says and shows."""

    lead: str
    sentences: tuple[str, ...]
    picture: Markup
    caption: str


def power_section(results: Results) -> PowerSection:
    """The power card in words, with a picture of its widths."""
    card, metric = results.power, METRIC_NAMES[results.primary_metric]
    said = [_recalls(card), *_difference(results, metric), _mcnemar(card)]
    caption = "Bars: 95 % intervals of a recall, were so many of all planets found."
    if card.half_width is not None:
        caption += f" Last: that of a difference in {metric} of a typical pair, were it 0."
    return PowerSection(_lead(results), tuple(said), _picture(card, metric), caption)


def _lead(results: Results) -> str:
    card = results.power
    tested = (
        f"{count(card.n_stars)} stars are tested, {count(card.n_planets)} of them with a planet"
    )
    if results.protocol.folds == 1:
        return f"{tested}, in one test set."
    return (
        f"{tested}; a test fold has {_range(card.stars_per_fold)} stars, "
        f"{_range(card.planets_per_fold)} of them with a planet. This is what so many can show, "
        "whoever is better."
    )


def _range(value: RangeResult) -> str:
    if value.fewest == value.most:
        return count(value.fewest)
    return f"{count(value.fewest)} to {count(value.most)}"


def _recalls(card: PowerResult) -> str:
    parts = [
        f"{count(one.found)} of {count(card.n_planets)} would be a recall of "
        f"{decimal(one.found / card.n_planets, digits=2)}, and the 95 % interval would reach from "
        f"{decimal(one.low, digits=2)} to {decimal(one.high, digits=2)}"
        for one in card.recalls
    ]
    return f"Recall: {'; '.join(parts)}."


def _difference(results: Results, metric: str) -> list[str]:
    card = results.power
    if results.protocol.folds == 1:
        return ["One test set cannot decide which procedure is better, however many stars it has."]
    if card.half_width is None or card.smallest_difference is None:
        return []
    said = (
        f"A difference in {metric}: the 95 % interval of a typical pair reaches "
        f"{decimal(card.half_width)} to either side. "
    )
    if card.smallest_difference >= 1:
        return [said + "No difference that is possible would be found in 80 of 100 experiments."]
    return [
        said + "In 80 of 100 such experiments a pair that is judged alone would be decided, were "
        f"the true difference {decimal(card.smallest_difference)}; smaller ones are missed more "
        "often, and among many pairs it takes more."
    ]


def _mcnemar(card: PowerResult) -> str:
    if card.mcnemar_planets is None:
        return (
            f"Planets found or missed: even if one entry found all {count(card.n_planets)} and the "
            f"other none, McNemar’s test would give p = {decimal(card.mcnemar_floor)}. These "
            f"planets alone can never bring it below {ERROR_RATE}."
        )
    return (
        f"Planets found or missed: at least {card.mcnemar_planets} planets must be found by the "
        f"one entry and missed by the other, none the other way round, for McNemar’s test of the "
        f"planets to fall below {ERROR_RATE}."
    )


def _picture(card: PowerResult, metric: str) -> Markup:
    """Intervals of the recalls and, where it exists, of a difference of 0."""
    rows = [
        (f"recall, {count(one.found)} of {count(card.n_planets)} found", one.low, one.high,
         one.found / card.n_planets)
        for one in card.recalls
    ]  # fmt: skip
    if card.half_width is not None:
        rows.append((f"difference in {metric}", -card.half_width, card.half_width, 0.0))
    with figure_style():
        figure, axes = row_axes(len(rows))
        for i, (name, low, high, middle) in enumerate(rows):
            axes.text(0, i - 0.28, name, transform=axes.get_yaxis_transform(), color=INK)
            axes.plot([max(low, -1), min(high, 1)], [i, i], color=SERIES[0], linewidth=2.2)
            axes.plot([middle], [i], "o", color=SERIES[0], markersize=6.5)
        least = min(0.0, max(-1.0, rows[-1][1]))
        axes.set_xlim(least - 0.03, 1.03)
        return inline_svg(figure, key="power", label="Widths of intervals; same as the sentences")
