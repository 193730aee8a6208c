"""What every peer keeps that is fitted at once: each check takes a builder's estimator."""

import numpy as np
import skops.io
from sklearn.base import clone
from sklearn.metrics import average_precision_score

from kepler_keras.models.trusted import PEER_TYPES

LENGTH = 48


def curves(n=60, seed=0, length=LENGTH):
    """Folded curves in noise of 1, every third a planet: 5 bins in the middle are 3 deep."""
    rows = np.random.default_rng(seed).normal(size=(n, length)).astype(np.float32)
    labels = (np.arange(n) % 3 == 0).astype(np.int8)
    rows[labels == 1, length // 2 - 2 : length // 2 + 3] -= 3
    return rows, labels


def scores(model, rows):
    """As the package takes them."""
    if hasattr(model, "predict_proba"):
        return model.predict_proba(rows)[:, 1]
    return model.decision_function(rows)


def fitted(model, rows, labels, seed=3, weight=None):
    model = clone(model)
    if "random_state" in model.get_params():
        model.set_params(random_state=seed)
    return model.fit(rows, labels, sample_weight=weight)


def check_ranks(model):
    """Planets that it has not seen come first."""
    rows, labels = curves()
    unseen, truth = curves(seed=1)
    found = scores(fitted(model, rows, labels), unseen)
    assert found.shape == (60,)
    assert found.dtype == np.float64
    assert np.isfinite(found).all()
    assert average_precision_score(truth, found) > 0.9


def check_seeds(model, *, draws):
    """Equal seeds give equal scores, and the draws of everyone else stay as they were."""
    rows, labels = curves()
    np.random.seed(1)  # noqa: NPY002
    before = np.random.get_state()[1].copy()  # noqa: NPY002
    first, again, other = (scores(fitted(model, rows, labels, s), rows) for s in (3, 3, 4))
    np.testing.assert_array_equal(first, again)
    assert np.array_equal(first, other) is not draws
    np.testing.assert_array_equal(np.random.get_state()[1], before)  # noqa: NPY002


def check_weights(model):
    """A row of weight 0 is a row left out, and heavier planets pull scores up."""
    rows, labels = curves()
    labels[:20] = 1 - labels[:20]  # wrong ones, which are then left out
    weight = np.ones(60, np.float32)
    weight[:20] = 0
    left_out = scores(fitted(model, rows[20:], labels[20:]), rows)
    ignored = scores(fitted(model, rows, labels, weight=weight), rows)
    np.testing.assert_allclose(ignored, left_out, rtol=1e-6, atol=1e-9)
    believed = scores(fitted(model, rows, labels), rows)
    assert not np.allclose(believed, left_out, rtol=1e-3)
    heavy = np.where(labels == 1, 5.0, 1.0).astype(np.float32)
    assert scores(fitted(model, rows, labels, weight=heavy), rows).mean() > believed.mean()


def check_saving(model, folder):
    """What skops loads, of the types that are trusted, scores bit for bit alike."""
    rows, labels = curves()
    model = fitted(model, rows, labels)
    file = folder / "model.skops"
    skops.io.dump(model, file)
    assert set(skops.io.get_untrusted_types(file=file)) <= set(PEER_TYPES)
    loaded = skops.io.load(file, trusted=list(PEER_TYPES))
    assert scores(loaded, rows).tobytes() == scores(model, rows).tobytes()
