"""Questions are answered from the comparison of their entries, whichever way round it stands."""

import pytest

from kepler_keras.evaluation.estimates import Comparison, Estimate
from kepler_keras.experiment import Choice, Entry, Experiment, Question
from kepler_keras.reporting.question_results import answers

DATA = {"source": "simulated"}


def experiment(*questions, names=("a", "b")):
    entries = [Entry(name=n, model=Choice(name="mlp"), views=[Choice(name="flux")]) for n in names]
    return Experiment(
        name="test", question="?", data=DATA, entries=entries, baseline=names[0],
        questions=[Question(ask="Is it?", better=x, than=y) for x, y in questions],
    )  # fmt: skip


def comparison(a, b, mean, low, high, verdict, folds=(0.1, 0.2)):
    return Comparison(a, b, Estimate(mean, low, high, folds), 0.5, verdict, "")


def answer(asked, one):
    (found,) = answers(experiment(asked), [one], n_stars=100, test_share=0.25)
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
    assert "by -0.100 (95 % interval -0.150 to -0.050)" in found.sentence


def test_what_is_not_decided_says_how_many_stars_would():
    # Differences 0 and 0.2: variance 0.02, error sqrt(0.02 (1/2 + 1/4)) = 0.12247, Student's t of
    # one degree of freedom 12.706: half-width 1.5562, uncut; 100 (1.5562 / 0.1)^2 = 24217 stars.
    one = comparison("b", "a", 0.1, -1.0, 1.0, "not decided", folds=(0.0, 0.2))
    found = answer(("b", "a"), one)
    assert found.reply == "not decided"
    assert found.stars == pytest.approx(24217, abs=10)
    assert "about 25,000 tested stars would decide it; there are 100." in found.sentence


def test_one_fold_takes_the_interval_of_its_stars():
    one = comparison("b", "a", 0.1, -0.1, 0.3, "not decided", folds=(0.1,))
    assert answer(("b", "a"), one).stars == 401  # 100 (0.2 / 0.1)^2, and one more


def test_a_question_about_who_is_left_out_is_not_asked():
    asked = experiment(("c", "a"), names=("a", "b", "c"))
    (found,) = answers(asked, [], n_stars=100, test_share=0.25)
    assert found.reply == "not asked"
    assert "c or a takes no part" in found.sentence


def test_a_question_names_two_competitors():
    with pytest.raises(ValueError, match="there is no competitor 'z'"):
        experiment(("a", "z"))
    with pytest.raises(ValueError, match="two different entries"):
        experiment(("a", "a"))
