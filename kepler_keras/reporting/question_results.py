"""The experiment's questions, answered in words from the comparisons of its entries."""

from collections.abc import Sequence
from typing import Literal

import numpy as np

from kepler_keras.evaluation.estimates import Comparison, Verdict
from kepler_keras.evaluation.verdict_words import needed_words, signed
from kepler_keras.experiment import Experiment, Question
from kepler_keras.reporting.result_parts import Part
from kepler_keras.reporting.wording import METRIC_NAMES

Reply = Literal["yes", "no", "no difference", "not decided", "not asked"]

OPPOSITE: dict[Verdict, Verdict] = {"better": "worse", "worse": "better"}
REPLIES: dict[Verdict, Reply] = {
    "better": "yes",
    "worse": "no",
    "equivalent": "no difference",
    "not decided": "not decided",
}


class AnswerResult(Part):
    """A question and its answer.

    `stars` is the number of tested stars that would decide it, were the difference what it is here,
    `planets` how many of them would have a planet; None (null) where it is decided, or no number
    would do. `not asked`: an entry is left out.
    """

    ask: str
    better: str
    than: str
    reply: Reply
    stars: int | None
    planets: int | None
    sentence: str


def answers(
    experiment: Experiment, comparisons: Sequence[Comparison], *, n_stars: int, n_planets: int
) -> list[AnswerResult]:
    """Answers every question of the experiment, in its order.

    Args:
        experiment: As it was asked for, with entries that are left out.
        comparisons: Of all entries that take part.
        n_stars: Stars in tests.
        n_planets: Those of them with a planet.
    """
    pairs = {(one.a, one.b): one for one in comparisons}
    metric = METRIC_NAMES[experiment.protocol.primary_metric]
    result = []
    for question in experiment.questions:
        names = question.better, question.than
        turned = names[::-1] in pairs
        one = pairs.get(names[::-1] if turned else names)
        if one is None:
            result.append(_unasked(question))
            continue
        verdict = OPPOSITE.get(one.verdict, one.verdict) if turned else one.verdict
        said = _sentence(question, one, turned, metric)
        if verdict == "equivalent":
            said += " That is less than matters in practice."
        elif verdict == "not decided" and np.isfinite(one.difference.low):
            said += _why_open(one) + needed_words(
                one.stars_to_decide, one.planets_to_decide, n_stars=n_stars, n_planets=n_planets
            )
        result.append(
            AnswerResult(
                **question.model_dump(),
                reply=REPLIES[verdict],
                stars=one.stars_to_decide,
                planets=one.planets_to_decide,
                sentence=said,
            )
        )
    return result


def _unasked(question: Question) -> AnswerResult:
    sentence = f"{question.better} or {question.than} takes no part in this comparison."
    return AnswerResult(
        **question.model_dump(), reply="not asked", stars=None, planets=None, sentence=sentence
    )


def _sentence(question: Question, one: Comparison, turned: bool, metric: str) -> str:
    one_fold = len(one.difference.folds) == 1
    value = one.fitted if one_fold else one.difference
    mean, low, high = value.mean, value.low, value.high
    if not np.isfinite([mean, low, high]).all():
        return "The difference or its interval is undefined."
    if turned:
        mean, low, high = -mean, -high, -low
    words = (
        f"The {metric} of {question.better} differs from that of {question.than} by {signed(mean)} "
        f"(95 % interval {signed(low)} to {signed(high)})"
    )
    return f"{words} for these fitted models." if one_fold else f"{words}."


def _why_open(one: Comparison) -> str:
    """Why a pair is open whose own interval leaves out 0; nothing for others."""
    if one.difference.low <= 0 <= one.difference.high:
        return ""
    return (
        " By itself it would be decided; among all pairs judged together luck finds such a one too "
        f"often (adjusted p = {one.adjusted_p_value:.3f})."
    )
