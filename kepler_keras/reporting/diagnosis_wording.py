"""Bias and variance in words, each with its rule and its numbers."""

from kepler_keras.evaluation.diagnosis import LARGE_GAP, LOW_LEVEL, SMALL_STEP, Diagnosis, Interval
from kepler_keras.reporting.result_parts import number
from kepler_keras.reporting.wording import decimal, interval


def fit_sentence(name: str, diagnosis: Diagnosis) -> str:
    """What the folds of an entry say, in two to four sentences."""
    reached = (
        f"training rows reach {decimal(diagnosis.train, digits=2)}, test rows "
        f"{decimal(diagnosis.test, digits=2)}; the gap is {_spread(diagnosis.gap)}"
    )
    sentences = [f"{name}: {diagnosis.fit}. In average precision {reached}, {_reason(diagnosis)}."]
    if diagnosis.slope is not None and diagnosis.last_share is not None:
        sentences.append(
            f"From {diagnosis.last_share:g} of the training stars to all of them the test rows "
            f"gain {_spread(diagnosis.slope, sign=True)}: {diagnosis.data}."
        )
    if 2 * diagnosis.at_last_epoch > diagnosis.n_folds:
        sentences.append(
            f"In {diagnosis.at_last_epoch} of {diagnosis.n_folds} folds the best epoch was the "
            "last that was allowed: more epochs may help."
        )
    return " ".join(sentences)


def _spread(value: Interval, *, sign: bool = False) -> str:
    ends = interval(number(value.low), number(value.high), digits=2, sign=sign)
    return f"{decimal(value.mean, digits=2, sign=sign)} {ends}"


def _reason(diagnosis: Diagnosis) -> str:
    """Why the word is the word."""
    if diagnosis.fit == "overfitting":
        return f"wholly above {LARGE_GAP:g}: part of what it knows it knows by heart"
    if diagnosis.fit == "not decided":
        return f"and its interval holds {LARGE_GAP:g}"
    if diagnosis.fit == "underfitting":
        return (
            f"wholly below {LARGE_GAP:g}, and the training rows stay below {LOW_LEVEL:g}: the "
            "model is too plain, or trained too briefly, or the view does not show more"
        )
    return f"wholly below {LARGE_GAP:g}"


def rules() -> str:
    """The rules behind the words."""
    return (
        f"Overfitting: the whole 95 % interval of the gap lies above {LARGE_GAP:g}. Underfitting: "
        f"it lies below, and training rows stay below {LOW_LEVEL:g}. More data would help: the "
        "whole interval of the gain lies above 0; would hardly help: below "
        f"{SMALL_STEP:g}. Else not decided. Intervals are over folds, corrected for the training "
        "stars that folds share (Nadeau and Bengio 2003)."
    )
