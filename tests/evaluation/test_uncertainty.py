import numpy as np
import pandas as pd
import pytest
from made_up_predictions import folds, random_table, table

from kepler_keras.evaluation.summary import summarise
from kepler_keras.evaluation.uncertainty import StarWeights, draw_star_weights, estimate


def test_rows_take_the_weight_of_their_star():
    weights = StarWeights(np.array(["a", "b", "c"]), np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]))
    assert weights.places(np.array(["c", "a", "c"])).tolist() == [2, 0, 2]


@pytest.mark.parametrize("star", ["aa", "d", ""])
def test_a_star_without_weight_is_refused(star):
    weights = StarWeights(np.array(["a", "b", "c"]), np.ones((2, 3)))
    with pytest.raises(KeyError, match=f"no weight was drawn for star {star}"):
        weights.places(np.array(["a", star]))


def test_a_star_keeps_its_weight_in_all_repeats_entries_and_rows():
    rows = random_table({"a": 1, "b": 2}, repeats=2, n=60, n_folds=3)
    rows["star"] = "t" + (rows["example_id"] // 2).astype(str)  # two rows a star
    weights = draw_star_weights(rows, draws=5)
    assert weights.weights.shape == (5, 30)
    place = weights.places(rows["star"].to_numpy(dtype=str))
    of_rows = pd.DataFrame(weights.weights[:, place].T)
    assert (of_rows.groupby(rows["star"].to_numpy()).nunique() == 1).all(axis=None)
    assert len(np.unique(weights.weights)) == 150


def test_weights_hang_on_stars_and_seed_only():
    rows = random_table({"a": 1, "b": 2}, n=60, n_folds=3)
    one = draw_star_weights(rows, draws=4, seed=3).weights
    alone = rows[rows["entry"] == "b"].sample(frac=1, random_state=0)
    np.testing.assert_array_equal(one, draw_star_weights(alone, draws=4, seed=3).weights)
    assert (one != draw_star_weights(rows, draws=4, seed=4).weights).all()


def test_weights_are_exponential():
    rows = random_table({"a": 1}, n=60, n_folds=3)
    weights = draw_star_weights(rows).weights
    assert (weights > 0).all()
    assert weights.mean() == pytest.approx(1, abs=0.02)
    assert weights.std() == pytest.approx(1, abs=0.02)


def test_interval_is_the_central_95_percent():
    result = estimate(0.5, np.arange(1001) / 1000, [0.4, 0.6])
    assert (result.mean, result.low, result.high) == pytest.approx((0.5, 0.025, 0.975))
    assert result.folds == (0.4, 0.6)


def test_undefined_draws_are_left_out():
    draws = np.concatenate([np.arange(1001) / 1000, np.full(500, np.nan)])
    assert estimate(0.5, draws, []).low == pytest.approx(0.025)
    nothing = estimate(np.nan, np.full(9, np.nan), [np.nan])
    assert np.isnan([nothing.mean, nothing.low, nothing.high, *nothing.folds]).all()


@pytest.mark.parametrize("seed", range(3))
def test_intervals_contain_the_value_and_have_width(seed):
    summary = summarise(random_table({"a": 1.5}, seed=seed), draws=500)["a"]
    for key, value in summary.metrics.items():
        if key == "precision_at_recall":  # six planets in a fold are too few for it
            continue
        highest = np.inf if key == "candidates_per_planet" else 1
        assert 0 <= value.low < value.mean < value.high <= highest, key


def test_more_stars_give_narrower_intervals():
    widths = []
    for n in (300, 3000):
        value = summarise(random_table({"a": 1.5}, n=n), draws=300)["a"].metrics["roc_auc"]
        widths.append(value.high - value.low)
    assert widths[1] < 0.7 * widths[0]


def test_folds_with_one_positive_star_have_an_interval():
    tests = [([1, 0, 0], [0.8, 0.9, 0.1]), ([0, 1, 0], [0.7, 0.8, 0.9])]
    value = summarise(table(*folds("a", tests)))["a"].metrics["average_precision"]
    assert value.mean == 0.5
    assert 0 < value.low < 0.5 < value.high < 1


def test_every_row_of_a_star_moves_together():
    # Both planets are one star, found in one of two rows: nothing is known but for that star.
    rows = table(*folds("a", [([1, 1, 0, 0], [0.9, 0.1, 0.2, 0.3])]))
    rows.loc[rows["label"].eq(1) & rows["split"].eq("test"), "star"] = "one"
    value = summarise(rows)["a"].metrics["recall"]
    assert value.low < 0.05
    assert value.high > 0.95
