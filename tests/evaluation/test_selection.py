import numpy as np
import pytest
from made_up_predictions import random_table, rows, table

from kepler_keras.evaluation.selection import choose, select_by_validation
from kepler_keras.evaluation.summary import summarise
from kepler_keras.evaluation.verdicts import corrected_interval

LABELS = [1, 0, 0, 0]
# Scores that put the planet first, second, third and last: average precision 1, 1/2, 1/3, 1/4.
RANKS = {
    1: [0.9, 0.3, 0.2, 0.1],
    2: [0.5, 0.9, 0.2, 0.1],
    3: [0.3, 0.9, 0.8, 0.1],
    4: [0.1, 0.9, 0.8, 0.7],
}


def ranked(entry, *folds):
    """Each fold as (rank of the planet in validation, rank of the planet in test)."""
    parts = []
    for fold, (validation, test) in enumerate(folds):
        first = 10 * fold
        parts += [
            rows(entry, LABELS, RANKS[test], fold=fold, first=first),
            rows(entry, LABELS, RANKS[validation], fold=fold, first=900, split="validation"),
        ]
    return parts


def select(predictions, against, **options):
    return select_by_validation(predictions, against, margin=0.02, draws=50, **options)


def test_validation_chooses_and_test_judges():
    """Where validation and test disagree, a look at the test rows would choose the other way."""
    predictions = table(
        *ranked("base", (2, 2), (2, 2), (2, 3)),
        *ranked("base.bad", (1, 4), (1, 3), (3, 1)),  # first in validation, last in test
        *ranked("base.good", (3, 1), (3, 1), (1, 2)),
    )
    (made,) = select(predictions, {"base.bad": "base", "base.good": "base"})
    assert made.choices == ("base.bad", "base.bad", "base.good")
    assert made.average_precision.folds == pytest.approx((1 / 4, 1 / 3, 1 / 2))
    differences = [1 / 4 - 1 / 2, 1 / 3 - 1 / 2, 1 / 2 - 1 / 3]
    assert made.difference.folds == pytest.approx(differences)
    low, high, p_value = corrected_interval(differences, test_share=1 / 2, n_planets=3)
    found = (made.difference.low, made.difference.high, made.p_value)
    assert found == pytest.approx((low, high, p_value))
    assert made.verdict == "not decided"
    assert made.sentence.startswith(
        "base with the remedy that validation chose against base: not decided. Average precision "
        f"differs by −{-np.mean(differences):.3f}, and the data allow anything from −{-low:.3f} to "
        f"+{high:.3f} (95 % interval). If it stayed so, about "
    )


def test_other_scores_of_test_rows_change_no_choice():
    predictions = random_table({"base": 1, "x": 1.2, "y": 1.1}, repeats=2)
    candidates = ("base", "x", "y")
    before = choose(predictions, candidates)
    is_test = predictions["split"] == "test"
    shuffled = predictions.assign(
        score=predictions["score"].where(~is_test, -predictions["score"]),
        label=predictions["label"].where(~is_test, 1 - predictions["label"]),
    )
    assert choose(shuffled, candidates) == before
    assert len(set(before.values())) > 1
    assert list(before) == [(repeat, fold) for repeat in (0, 1) for fold in range(5)]


def test_of_equals_the_entry_itself_then_the_first_ablation():
    against = {"z": "base", "a": "base"}  # the experiment's order, not the alphabet's
    same = table(
        *ranked("base", (2, 2), (3, 2)),
        *ranked("z", (2, 1), (2, 1)),
        *ranked("a", (2, 1), (2, 1)),
    )
    (made,) = select(same, against)
    assert made.choices == ("base", "z")


def test_the_entry_itself_may_be_chosen_in_every_fold():
    predictions = table(*ranked("base", (1, 2), (1, 3)), *ranked("x", (2, 1), (2, 1)))
    (made,) = select(predictions, {"x": "base"})
    assert made.choices == ("base", "base")
    assert (made.difference.mean, made.verdict, made.stars_to_decide) == (0, "not decided", None)
    assert made.sentence == "base: validation chose no remedy in any fold; nothing was compared."


def test_each_entry_has_its_own_ablations():
    predictions = table(
        *ranked("a", (2, 2), (2, 2)),
        *ranked("b", (3, 2), (3, 2)),
        *ranked("a.x", (3, 1), (3, 1)),
        *ranked("b.x", (2, 1), (2, 1)),
        *ranked("alone", (1, 1), (1, 1)),
    )
    first, second = select(predictions, {"a.x": "a", "b.x": "b"})
    assert (first.base, first.choices) == ("a", ("a", "a"))
    assert (second.base, second.choices) == ("b", ("b.x", "b.x"))


def test_folds_stand_in_the_order_of_all_estimates():
    predictions = random_table({"base": 1, "x": 1}, repeats=2)
    (made,) = select(predictions, {"x": "base"})
    summaries = summarise(predictions, draws=5)
    assert len(made.choices) == 10
    for fold, choice in enumerate(made.choices):
        folds = summaries[choice].metrics["average_precision"].folds
        assert made.average_precision.folds[fold] == folds[fold]


def test_stars_to_decide_come_from_the_uncut_interval():
    predictions = table(*ranked("base", (2, 2), (2, 4)), *ranked("x", (1, 1), (1, 4)))
    (made,) = select(predictions, {"x": "base"})
    assert made.difference.mean == 0.25
    assert made.difference.high == 1
    # Two folds: variance 0.125, times 1/2 + 1; t with one degree of freedom: 12.706.
    half_width = 12.7062 * (0.125 * 1.5) ** 0.5
    assert made.stars_to_decide == int(8 * (half_width / 0.25) ** 2) + 1


def test_one_fold_decides_nothing():
    predictions = random_table({"base": 0, "x": 5}, n_folds=1, n=400)
    (made,) = select(predictions, {"x": "base"})
    assert made.choices == ("x",)
    assert (made.verdict, made.stars_to_decide) == ("not decided", None)
    assert np.isnan(made.p_value)
    assert "not decided, with one test set. For these fitted models" in made.sentence
