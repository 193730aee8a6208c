"""The experiment's questions, answered in words from the comparisons of its entries."""

from collections.abc import Sequence
from typing import Literal

import numpy as np

from kepler_keras.evaluation.comparison import corrected_interval
from kepler_keras.evaluation.estimates import Comparison, Verdict
from kepler_keras.evaluation.multiple import stars_to_decide
from kepler_keras.experiment import Experiment, Question
from kepler_keras.reporting.remedy_wording import stars as in_words
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

    `stars` is the number of tested stars that would decide it, were the difference what it is here;
    None (null) where it is decided, or no number would do. `not asked`: an entry is left out.
    """

    ask: str
    better: str
    than: str
    reply: Reply
    stars: int | None
    sentence: str


def answers(
    experiment: Experiment, comparisons: Sequence[Comparison], *, n_stars: int, test_share: float
) -> list[AnswerResult]:
    """Answers every question of the experiment, in its order.

    Args:
        experiment: As it was asked for, with entries that are left out.
        comparisons: Of all entries that take part.
        n_stars: Stars in tests.
        test_share: n_test / n_train of the folds, as of `corrected_interval`.
    """
    pairs = {(one.a, one.b): one for one in comparisons}
    protocol = experiment.protocol
    result = []
    for question in experiment.questions:
        names = question.better, question.than
        turned = names[::-1] in pairs
        one = pairs.get(names[::-1] if turned else names)
        if one is None:
            result.append(_unasked(question))
            continue
        verdict = OPPOSITE.get(one.verdict, one.verdict) if turned else one.verdict
        stars = None
        if verdict == "not decided":
            stars = stars_to_decide(
                one.difference.mean,
                _half_width(one, test_share),
                n_stars=n_stars,
                margin=protocol.margin,
            )
        sentence = _sentence(question, one, turned, verdict, protocol.primary_metric)
        if verdict == "not decided":
            sentence += _stars_sentence(stars, n_stars)
        result.append(
            AnswerResult(
                **question.model_dump(), reply=REPLIES[verdict], stars=stars, sentence=sentence
            )
        )
    return result


def _unasked(question: Question) -> AnswerResult:
    sentence = f"{question.better} or {question.than} takes no part in this comparison."
    return AnswerResult(**question.model_dump(), reply="not asked", stars=None, sentence=sentence)


def _half_width(one: Comparison, test_share: float) -> float:
    """Half of the interval of the difference, not cut to what is possible."""
    if len(one.difference.folds) == 1:
        return (one.difference.high - one.difference.low) / 2
    low, high, _ = corrected_interval(
        one.difference.folds, test_share=test_share, bound=float(np.inf)
    )
    return (high - low) / 2


def _sentence(
    question: Question, one: Comparison, turned: bool, verdict: Verdict, metric: str
) -> str:
    if not np.isfinite([one.difference.mean, one.difference.low, one.difference.high]).all():
        return "The difference or its interval is undefined."
    mean, low, high = one.difference.mean, one.difference.low, one.difference.high
    if turned:
        mean, low, high = -mean, -high, -low
    words = (
        f"The {METRIC_NAMES[metric]} of {question.better} differs "
        f"from that of {question.than} by {mean:+.3f} (95 % interval {low:+.3f} to {high:+.3f})"
    )
    return f"{words}, less than matters in practice." if verdict == "equivalent" else f"{words}."


def _stars_sentence(stars: int | None, n_stars: int) -> str:
    if stars is None:
        return " No number of stars would decide a difference of this size."
    number = in_words(stars).replace("> ", "more than ")
    about = number if number.startswith("more") else f"about {number}"
    return f" If it stayed so, {about} tested stars would decide it; there are {n_stars:,}."
