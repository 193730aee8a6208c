"""Neighbours of warped curves: distances by hand, the rows that are kept, their weights."""

import numpy as np
import peer_checks
import pytest

from kepler_keras.errors import InputError
from kepler_keras.models.knn_dtw import knn_dtw

SHAPES = {"global_view": (peer_checks.LENGTH, 1)}
MODEL = knn_dtw(SHAPES)


def small(**options):
    return knn_dtw({"a": (4, 1)}, **{"n_neighbors": 2, "window": 0.5, **options})


def test_it_finds_planets():
    peer_checks.check_ranks(MODEL)


def test_equal_seeds_give_equal_scores():
    peer_checks.check_seeds(knn_dtw(SHAPES, max_train=30), draws=True)
    peer_checks.check_seeds(MODEL, draws=False)


def test_weights_are_honoured():
    peer_checks.check_weights(MODEL)


def test_it_is_saved_without_pickle(tmp_path):
    peer_checks.check_saving(MODEL, tmp_path)


def test_a_dip_that_comes_later_is_near():
    """0 -1 0 0 warps onto 0 0 -1 0 at no cost; the flat curve is 1 away, the deep one 16."""
    rows = np.array([[0, 0, -1, 0], [0, 0, 0, 0], [0, -5, 0, 0]], np.float32)
    model = small(vote="uniform").fit(rows, np.array([1, 0, 0]))
    assert model.decision_function(np.array([[0, -1, 0, 0]], np.float32)) == [0.5]
    near = small(vote="distance").fit(rows, np.array([1, 0, 0]))
    assert near.decision_function(np.array([[0, -1, 0, 0]], np.float32)) == pytest.approx(1)
    # From 0 -2 0 0 the planet is 1 away and the flat curve 4; the deep one, 9, has no vote.
    found = near.decision_function(np.array([[0, -2, 0, 0]], np.float32))
    assert found == pytest.approx(1 / (1 + 1 / 4))


def test_neighbours_vote_with_their_weight():
    rows = np.array([[0, 0, -1, 0], [0, 0, 0, 0]], np.float32)
    model = small(vote="uniform").fit(rows, np.array([1, 0]), sample_weight=np.array([3.0, 1.0]))
    assert model.decision_function(rows).tolist() == [0.75, 0.75]
    assert not hasattr(model, "predict_proba")


@pytest.mark.parametrize(
    ("planets", "others", "kept_planets", "kept_others"),
    [(3, 30, 3, 7), (8, 30, 5, 5), (30, 2, 8, 2), (4, 4, 4, 4), (0, 30, 0, 10)],
)
def test_of_many_rows_so_many_are_kept(planets, others, kept_planets, kept_others):
    labels = np.repeat([1, 0], [planets, others])
    rows = np.random.default_rng(0).normal(size=(len(labels), 4)).astype(np.float32)
    model = small(max_train=10).set_params(random_state=1).fit(rows, labels)
    assert (model.planet_.sum(), (~model.planet_).sum()) == (kept_planets, kept_others)


def test_curves_that_cannot_be_compared_are_refused():
    with pytest.raises(InputError, match=r"'knn_dtw' needs a view of shape .*, got \(6,\)"):
        knn_dtw({"scalars": (6,)})
