import numpy as np
import pytest

from kepler_keras.evaluation.multiple import holm, pairs_to_compare, stars_to_decide

nan = np.nan


@pytest.mark.parametrize(
    ("p_values", "expected"),
    [
        ([], []),
        ([0.03], [0.03]),
        ([0.01, 0.04, 0.03, 0.005], [0.03, 0.06, 0.06, 0.02]),  # 4 x 0.005, 3 x 0.01, 2 x 0.03
        ([0.02, 0.02], [0.04, 0.04]),
        ([0.6, 0.5], [1, 1]),  # 2 x 0.5, and none becomes smaller again
        ([0.01, nan, 0.04], [0.02, nan, 0.04]),  # a family of two
        ([nan, nan], [nan, nan]),
        ([0.0, 1.0], [0, 1]),
    ],
)
def test_holm_by_hand(p_values, expected):
    assert holm(p_values) == pytest.approx(np.array(expected), nan_ok=True)


def test_holm_keeps_the_order_of_its_p_values():
    p_values = np.random.default_rng(0).random(40) ** 3
    adjusted = holm(list(p_values))
    assert (np.diff(adjusted[np.argsort(p_values)]) >= 0).all()
    assert (adjusted >= p_values).all()
    assert (adjusted <= np.minimum(40 * p_values, 1)).all()  # never beyond Bonferroni


def test_all_competitors_are_compared_where_there_are_no_ablations():
    assert pairs_to_compare(["a", "b", "c"], baseline="a", against={}) == [
        ("b", "a"), ("c", "a"), ("c", "b"),
    ]  # fmt: skip
    assert pairs_to_compare(["a", "b", "c"], baseline="b", against={}) == [
        ("a", "b"), ("c", "b"), ("c", "a"),
    ]  # fmt: skip


def test_an_ablation_meets_its_own_entry_only():
    names = ["a", "b", "a.x", "a.y", "b.x"]
    against = {"a.x": "a", "a.y": "a", "b.x": "b"}
    assert pairs_to_compare(names, baseline="b", against=against) == [
        ("a", "b"), ("a.x", "a"), ("a.y", "a"), ("b.x", "b"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("difference", "half_width", "margin", "expected"),
    [
        (0.25, 0.5, None, 401),  # a quarter of the width: just above 4 x 100
        (-0.25, 0.5, None, 401),
        (0.0625, 0.25, 0.125, 1601),  # as far from 0 as from the margin
        (0.03125, 0.25, 0.28125, 101),  # the margin is 0.25 away, and as wide is not yet decided
        (0.25, 0.5, 0.125, 401),  # beyond the margin: only 0 can be excluded
        (0.0, 0.5, 0.25, 401),  # 0 can never be excluded
        (0.0, 0.5, None, None),
        (0.0, 0.5, 0.0, None),
        (nan, nan, 0.1, None),
        (0.1, nan, 0.2, None),
    ],
)
def test_stars_to_decide_by_hand(difference, half_width, margin, expected):
    assert stars_to_decide(difference, half_width, n_stars=100, margin=margin) == expected
