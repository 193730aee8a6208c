"""Questions are answered from the comparison of their entries, whichever way round it stands."""

import pytest

from kepler_keras.evaluation.estimates import Comparison, Estimate, McNemar
from kepler_keras.experiment import Choice, Entry, Experiment, Question
from kepler_keras.reporting.question_results import answers

DATA = {"source": "simulated"}


def experiment(*questions, names=("a", "b")):
    entries = [Entry(name=n, model=Choice(name="mlp"), views=[Choice(name="flux")]) for n in names]
    return Experiment(
        name="test", question="?", data=DATA, entries=entries, baseline=names[0],
        questions=[Question(ask="Is it?", better=x, than=y) for x, y in questions],
    )  # fmt: skip


def comparison(a, b, mean, low, high, verdict, folds=(0.1, 0.2), stars=None):
    difference = Estimate(mean, low, high, folds)
    return Comparison(
        a, b, "questions", difference, p_value=0.03, adjusted_p_value=0.06, verdict=verdict,
        stars_to_decide=stars, planets_to_decide=stars and stars // 10, probabilities=None,
        mcnemar=McNemar(0, 0, 1.0), fitted=Estimate(mean, -0.3, 0.5, folds), sentence="",
    )  # fmt: skip


def answer(asked, one):
    (found,) = answers(experiment(asked), [one], n_stars=100, n_planets=10)
    return found


@pytest.mark.parametrize(
    ("verdict", "reply"),
    [("better", "yes"), ("worse", "no"), ("equivalent", "no difference")],
)
def test_a_verdict_is_a_reply(verdict, reply):
    found = answer(("b", "a"), comparison("b", "a", 0.1, 0.05, 0.15, verdict))
    assert (found.reply, found.stars) == (reply, None)
    assert "average precision of b differs from that of a by +0.100" in found.sentence
    assert "(95 % interval +0.050 to +0.150)" in found.sentence


@pytest.mark.parametrize(("verdict", "reply"), [("better", "no"), ("worse", "yes")])
def test_a_comparison_that_stands_the_other_way_is_turned(verdict, reply):
    found = answer(("b", "a"), comparison("a", "b", 0.1, 0.05, 0.15, verdict))
    assert found.reply == reply
    assert "by −0.100 (95 % interval −0.150 to −0.050)" in found.sentence


def test_what_is_not_decided_says_how_many_stars_and_planets_would():
    one = comparison("b", "a", 0.1, -1.0, 1.0, "not decided", stars=24217)
    found = answer(("b", "a"), one)
    assert (found.reply, found.stars, found.planets) == ("not decided", 24217, 2421)
    assert found.sentence.endswith(
        "(95 % interval −1.000 to +1.000). If it stayed so, about 25,000 tested stars, 2,500 of "
        "them with a planet, would decide it; there are 100, 10 with a planet."
    )


def test_where_verdict_and_interval_seem_to_disagree_the_family_is_named():
    found = answer(("b", "a"), comparison("b", "a", 0.1, 0.01, 0.2, "not decided", stars=200))
    assert "By itself it would be decided" in found.sentence
    assert "(adjusted p = 0.060)" in found.sentence
    found = answer(("b", "a"), comparison("b", "a", 0.1, 0.01, 0.2, "better"))
    assert "By itself" not in found.sentence


@pytest.mark.parametrize(
    ("asked", "interval"), [(("b", "a"), "−0.300 to +0.500"), (("a", "b"), "−0.500 to +0.300")]
)
def test_one_fold_speaks_of_the_fitted_models(asked, interval):
    nan = float("nan")
    one = comparison("b", "a", 0.1, nan, nan, "not decided", folds=(0.1,))
    found = answer(asked, one)
    assert (found.reply, found.stars) == ("not decided", None)
    assert found.sentence.endswith(f"(95 % interval {interval}) for these fitted models.")


def test_a_question_about_who_is_left_out_is_not_asked():
    asked = experiment(("c", "a"), names=("a", "b", "c"))
    (found,) = answers(asked, [], n_stars=100, n_planets=10)
    assert found.reply == "not asked"
    assert "c or a takes no part" in found.sentence


def test_a_question_names_two_competitors():
    with pytest.raises(ValueError, match="there is no competitor 'z'"):
        experiment(("a", "z"))
    with pytest.raises(ValueError, match="two different entries"):
        experiment(("a", "a"))
