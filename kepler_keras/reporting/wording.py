"""How the report writes numbers and says things."""

from collections.abc import Mapping

from markupsafe import Markup, escape

from kepler_keras.evaluation.estimates import Family
from kepler_keras.evaluation.verdict_words import METRIC_NAMES as METRIC_NAMES
from kepler_keras.experiment import Experiment

UNDEFINED = "undefined"


def decimal(value: float | None, *, digits: int = 3, sign: bool = False) -> str:
    """A measure: ``0.842``, with `sign` ``+0.842``; ``undefined`` where there is none."""
    if value is None:
        return UNDEFINED
    text = f"{value:{'+' if sign else ''}.{digits}f}"
    return text.replace("-", "−")


def interval(low: float | None, high: float | None, *, digits: int = 3, sign: bool = False) -> str:
    """An interval: ``[0.801, 0.880]``."""
    if low is None or high is None:
        return UNDEFINED
    ends = (decimal(end, digits=digits, sign=sign) for end in (low, high))
    return f"[{', '.join(ends)}]"


def count(value: float | None) -> str:
    """A count: ``12,345``; means over repeats keep one decimal, missing ones are a dash."""
    if value is None:
        return "–"
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:,.1f}"


def rate(value: float | None, hits: float, total: float) -> str:
    """A rate with its counts: ``0.80 (4/5)``."""
    return f"{decimal(value, digits=2)} ({count(hits)}/{count(total)})"


def p_value(value: float | None) -> str:
    """A p-value to three decimals."""
    if value is None:
        return UNDEFINED
    return "< 0.001" if value < 0.001 else f"{value:.3f}"


def verdict_families(counts: Mapping[Family, int]) -> str:
    """Which p-values of competitors are adjusted together.

    Args:
        counts: Pairs of each family.
    """
    kinds: dict[Family, str] = {
        "questions": "of the experiment's questions",
        "baseline": "with the baseline",
        "other pairs": "of all others",
    }
    named = [
        f"{n} {'pair' if n == 1 else 'pairs'} {words}"
        for kind, words in kinds.items()
        if (n := counts.get(kind, 0))
    ]
    return (
        "The p-values of a family of pairs are adjusted together by the method of Holm (1979): the "
        "smallest of m is multiplied by m, the next by m − 1, and so on. The families here: "
        f"{', '.join(named)}."
    )


def percent(share: float) -> str:
    """A chance in whole per cent; nothing is called certain."""
    if share < 0.005:
        return "< 1 %"
    return "> 99 %" if share > 0.995 else f"{100 * share:.0f} %"


def seconds(value: float | None) -> str:
    """A time: ``0.42``, ``8.1``, ``312``: two significant digits below ten."""
    if value is None:
        return "–"
    return f"{value:.2g}" if value < 10 else f"{value:,.0f}"


def protocol_sentence(experiment: Experiment) -> str:
    """How the data were split, and what a stated prevalence did, in words."""
    protocol = experiment.protocol
    share = f"{100 * protocol.validation_share:.0f} %"
    rest = (
        f"{share} of the training stars were set aside as a validation part: it decides when "
        "training by epochs stops and at which score a row is called a planet. All curves of a "
        "star lie on one side. Every entry saw the same rows."
    )
    if protocol.prevalence is not None:
        rest += (
            f" The comparison is made at a prevalence of {protocol.prevalence:g}: training and "
            "validation rows were thinned at random to that share of planets. Test rows are whole, "
            "and weighted so that planets have that share in every fold."
        )
    if protocol.split == "given":
        return (
            "The test set came with the data and was used once, at the end. " + rest + " There is "
            "one fold, which does not say how models fitted anew on other stars would compare: "
            "what is shown holds for these fitted models, and no verdict is given."
        )
    times = "" if protocol.repeats == 1 else f", {protocol.repeats} times over"
    return (
        f"The stars were dealt into {protocol.folds} folds{times} (seed {protocol.seed}), each "
        "with its share of the planets. Each fold was the test set once, while models were trained "
        "on the others. " + rest
    )


def verdict_rule(margin: float) -> str:
    """What `evaluation.verdicts.verdict` does, in words."""
    return (
        f"Equivalent, where the whole 95 % interval of the difference lies within ±{margin:g}, the "
        "margin below which a difference does not matter in practice. Else better or worse, where "
        "the adjusted p-value is below 0.05: if no entry were better than another, at most 5 of "
        "100 such experiments would then find one in a family of pairs. Else not decided, which "
        "does not mean equal. Nothing else decides."
    )


def share(part: float, whole: float) -> str:
    """A share for the style sheet's shading; an empty row has none."""
    return f"{part / whole:.3f}" if whole else "0"


def capitalize_first(text: str) -> str:
    """A capital at the start of a sentence, all else as it is (ROC stays ROC)."""
    return text[:1].upper() + text[1:]


def breakable(name: str) -> Markup:
    """A name that a narrow column may break behind an underscore or a dot."""
    text = str(escape(name))
    return Markup(text.replace("_", "_<wbr>").replace(".", ".<wbr>"))
