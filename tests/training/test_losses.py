"""Losses of single rows against the formulae worked out by hand, and their mean over a batch."""

import numpy as np
import pytest

from kepler_keras.data.imbalance.strategy import Loss
from kepler_keras.training.backend import load_tensorflow

LOG_2 = 0.6931471805599453
LOG_3 = 1.0986122886681098


@pytest.fixture
def value():
    """The loss of each row: labels and logits of shape (n,) in, shape (n,) out."""
    load_tensorflow()
    from kepler_keras.training.losses import keras_loss

    def of(loss, labels, logits):
        columns = (np.array(values, np.float32)[:, None] for values in (labels, logits))
        return np.asarray(keras_loss(loss)(*columns))

    return of


def test_plain_cross_entropy(value):
    """-log p of the row's class; log 3 gives p = 3/4."""
    rows = value(Loss(), [1, 0, 1, 0], [0, 0, LOG_3, LOG_3])
    assert rows == pytest.approx([LOG_2, LOG_2, 0.28768207, 1.3862944], rel=1e-5)


def test_focal_loss(value):
    """Lin et al. 2017, Eq. 5: alpha (1 - p)^gamma -log p."""
    loss = Loss(focusing=2.0, planet_weight=0.25)
    rows = value(loss, [1, 0, 1, 0], [0, 0, LOG_3, LOG_3])
    expected = [
        0.25 * 0.25 * LOG_2,
        0.75 * 0.25 * LOG_2,
        0.25 * 0.0625 * 0.28768207,  # p = 3/4
        0.75 * 0.5625 * 1.3862944,  # p = 1/4
    ]
    assert rows == pytest.approx(expected, rel=1e-5)


def test_focusing_without_a_weight_and_a_weight_without_focusing(value):
    assert value(Loss(focusing=1.0), [1], [LOG_3]) == pytest.approx([0.07192052], rel=1e-5)
    weights = value(Loss(planet_weight=0.9), [1, 0], [0, 0])
    assert weights == pytest.approx([0.9 * LOG_2, 0.1 * LOG_2], rel=1e-5)


def test_focusing_of_nothing_is_cross_entropy(value):
    logits = np.linspace(-6, 6, 9)
    labels = [1, 0, 0, 1, 1, 0, 1, 0, 0]
    mixed = value(Loss(focusing=1e-9), labels, logits)
    assert mixed == pytest.approx(value(Loss(), labels, logits), rel=1e-5)


def test_logit_shift_moves_the_logit_in_the_loss(value):
    """Menon et al. 2021, Eq. 10: log 3 - log 3 is 0."""
    rows = value(Loss(logit_shift=-LOG_3), [1, 0], [LOG_3, LOG_3])
    assert rows == pytest.approx([LOG_2, LOG_2], rel=1e-5)
    both = value(Loss(focusing=2.0, logit_shift=-LOG_3), [1], [LOG_3])
    assert both == pytest.approx([0.25 * LOG_2], rel=1e-5)


@pytest.mark.parametrize(
    "loss", [Loss(), Loss(focusing=2.0), Loss(focusing=2.0, planet_weight=0.25)]
)
def test_labels_in_between_mix_the_losses_of_both_classes(value, loss):
    planet, other, mixed = value(loss, [1, 0, 0.3], [0.7, 0.7, 0.7])
    assert mixed == pytest.approx(0.3 * planet + 0.7 * other, rel=1e-5)


@pytest.mark.parametrize("loss", [Loss(), Loss(focusing=2.0), Loss(focusing=0.5)])
def test_a_row_told_wrongly_and_surely_has_a_gradient(value, loss):
    import tensorflow as tf

    from kepler_keras.training.losses import keras_loss

    logits = tf.Variable([[-40.0], [40.0], [-40.0], [40.0]])
    with tf.GradientTape() as tape:
        rows = keras_loss(loss)(tf.constant([[1.0], [0.0], [0.0], [1.0]]), logits)
    gradient = tape.gradient(rows, logits).numpy()[:, 0]
    assert rows.numpy()[:2] == pytest.approx([40, 40], rel=1e-4)
    assert gradient == pytest.approx([-1, 1, 0, 0], abs=1e-3)


@pytest.mark.parametrize("loss", [Loss(), Loss(focusing=2.0), Loss(logit_shift=-1.0)])
def test_a_batch_is_fitted_by_the_weighted_mean_of_its_rows(value, loss):
    """A sum would make steps as long as batches are large."""
    import keras

    from kepler_keras.training.losses import keras_loss

    labels, logits, weight = [1, 0, 0, 1], [0.5, -1.0, 2.0, -3.0], np.array([1, 2, 3, 4.0])
    expected = (value(loss, labels, logits) * weight).mean()
    view, rows = (np.array(values, np.float32)[:, None] for values in (logits, labels))
    slope = {}
    for copies in (1, 5):  # of every row: the mean stays, a sum would grow
        model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1, use_bias=False)])
        model.set_weights([np.ones((1, 1), np.float32)])
        model.compile(keras.optimizers.SGD(1.0), keras_loss(loss), jit_compile=False)
        many = [np.repeat(values, copies, axis=0) for values in (view, rows, weight)]
        fitted = model.fit(*many[:2], sample_weight=many[2], batch_size=64, verbose=0)
        assert fitted.history["loss"] == pytest.approx([expected], rel=1e-5)
        slope[copies] = model.get_weights()[0].item()
    assert slope[5] == pytest.approx(slope[1], rel=1e-4)
