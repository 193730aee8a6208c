"""The peers of `search_features`: the bare ratio, and trees that may see NaN."""

import numpy as np
import peer_checks
import pytest
import skops.io

from kepler_keras.errors import InputError
from kepler_keras.lightcurve.search_features import SEARCH_FEATURES
from kepler_keras.models.bls_snr import bls_snr
from kepler_keras.models.hist_gradient_boosting import hist_gradient_boosting
from kepler_keras.models.trusted import PEER_TYPES

SHAPES = {"search_features": (len(SEARCH_FEATURES),)}
SNR = SEARCH_FEATURES.index("snr")


def features(seed=0):
    """60 rows; planets have a ratio of about 12, others of 7, and of some stars little is known."""
    rng = np.random.default_rng(seed)
    labels = (np.arange(60) % 3 == 0).astype(np.int8)
    rows = rng.normal(size=(60, len(SEARCH_FEATURES))).astype(np.float32)
    rows[:, SNR] = rng.normal(np.where(labels == 1, 12, 7), 1)
    rows[::7, 4:8] = np.nan
    return rows, labels


def test_the_ratio_is_the_score():
    rows, labels = features()
    model = bls_snr(SHAPES).fit(rows, labels, sample_weight=np.ones(60))
    found = model.decision_function(rows)
    assert found.dtype == np.float64
    np.testing.assert_array_equal(found, rows[:, SNR])
    assert not hasattr(model, "predict_proba")
    again = bls_snr(SHAPES).fit(rows[:9], 1 - labels[:9])
    np.testing.assert_array_equal(again.decision_function(rows), found)


def test_the_ratio_is_saved_without_pickle(tmp_path):
    rows, labels = features()
    model = bls_snr(SHAPES).fit(rows, labels)
    skops.io.dump(model, tmp_path / "model.skops")
    loaded = skops.io.load(tmp_path / "model.skops", trusted=list(PEER_TYPES))
    assert loaded.decision_function(rows).tobytes() == model.decision_function(rows).tobytes()


@pytest.mark.parametrize("shapes", [{"flux": (64, 1)}, {**SHAPES, "scalars": (3,)}, {"a": (14,)}])
def test_the_ratio_needs_the_features_of_the_search_alone(shapes):
    with pytest.raises(
        InputError, match=r"'bls_snr' needs a view of shape .*, search_features, an"
    ):
        bls_snr(shapes)


def test_trees_split_on_what_is_missing_too():
    rows, labels = features()
    unseen, truth = features(seed=1)
    model = hist_gradient_boosting(SHAPES, max_iter=20).fit(rows, labels)
    found = model.predict_proba(unseen)[:, 1]
    assert peer_checks.average_precision_score(truth, found) > 0.9
    told = np.where(labels == 1, np.nan, 1.0).astype(np.float32)
    blind = np.column_stack([np.zeros((60, 3)), told])
    found = hist_gradient_boosting({"a": (4,)}).fit(blind, labels).predict_proba(blind)[:, 1]
    assert found[labels == 1].min() > 0.9 > 0.1 > found[labels == 0].max()
