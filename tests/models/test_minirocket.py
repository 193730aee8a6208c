"""MiniRocket and a ridge."""

import numpy as np
import peer_checks
import pytest

from kepler_keras.errors import InputError
from kepler_keras.models.minirocket import PRESETS, minirocket

SHAPES = {"global_view": (peer_checks.LENGTH, 1)}
SMALL = minirocket(SHAPES, n_kernels=168)


def test_it_finds_planets():
    peer_checks.check_ranks(SMALL)


def test_equal_seeds_give_equal_scores():
    peer_checks.check_seeds(SMALL, draws=True)


def test_weights_are_honoured():
    peer_checks.check_weights(SMALL)


def test_it_is_saved_without_pickle(tmp_path):
    peer_checks.check_saving(SMALL, tmp_path)


def test_its_scores_are_decision_values():
    assert not hasattr(SMALL, "predict_proba")
    rows, labels = peer_checks.curves()
    found = peer_checks.fitted(SMALL, rows, labels).decision_function(rows)
    assert found.min() < 0 < found.max()


def test_many_rows_are_scored_in_batches():
    rows, labels = peer_checks.curves()
    model = peer_checks.fitted(SMALL, rows, labels)
    many = np.tile(rows, (20, 1))
    found = model.decision_function(many)
    assert found.shape == (1200,)
    np.testing.assert_allclose(found, np.tile(model.decision_function(rows), 20), rtol=1e-6)


def test_curves_of_one_length_become_channels(tmp_path):
    """The second view alone tells the planets; two channels of one view and one of another."""
    rows, labels = peer_checks.curves(length=24)
    noise = np.random.default_rng(9).normal(size=(60, 48)).astype(np.float32)
    joined = np.concatenate([noise, rows], axis=1)
    model = minirocket({"a": (24, 2), "b": (24, 1)}, n_kernels=420)
    fitted = peer_checks.fitted(model, joined, labels)
    assert fitted.features_[0].transform(joined).shape == (60, 3, 24)
    found = fitted.decision_function(joined)
    assert found[labels == 1].min() > found[labels == 0].max()


def test_the_presets_can_be_built():
    for options in PRESETS.values():
        minirocket(SHAPES, **options)


@pytest.mark.parametrize(
    ("shapes", "sentence"),
    [
        ({"scalars": (6,)}, r"needs a view of shape \(cadences or bins, channels\), got \(6,\)"),
        ({"a": (64, 1), "scalars": (6,)}, r"needs a view of shape .*, got \(6,\)"),
        ({"folded_image": (8, 16, 1)}, r"needs a view of shape .*, got \(8, 16, 1\)"),
        ({"a": (201, 1), "b": (61, 1)}, "must be of one length, got a of 201, b of 61"),
        ({"a": (8, 1)}, "at least 9 cadences or bins, got 8"),
    ],
)
def test_what_is_no_curve_is_refused(shapes, sentence):
    with pytest.raises(InputError, match=f"model 'minirocket' .*{sentence}"):
        minirocket(shapes)
