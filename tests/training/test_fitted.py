"""Scores of logits, also of extreme ones."""

import numpy as np

from kepler_keras.data.scaling import UNSCALED
from kepler_keras.data.views import one_view
from kepler_keras.training.fitted import logits, sigmoid


def test_sigmoid_of_extreme_logits_neither_warns_nor_ties():
    scores = sigmoid(np.array([-1000, -100, -99, 0, 20, 21, 1000], np.float32))
    assert scores.dtype == np.float64
    assert scores[3] == 0.5
    assert (np.diff(scores) > 0).all()
    assert 0 <= scores[0] < scores[-1] <= 1


class Summing:
    """A stand-in for a network."""

    sizes: list[int]

    def __init__(self):
        self.sizes = []

    def predict_on_batch(self, view):
        self.sizes.append(len(view))
        return view.sum(axis=(1, 2))[:, None]


def test_logits_are_made_in_batches_and_keep_their_order():
    model = Summing()
    view = np.arange(10, dtype=np.float32)[:, None, None]
    assert logits(model, one_view(view), UNSCALED, batch_size=4).tolist() == list(range(10))
    assert model.sizes == [4, 4, 2]


def test_no_curves_give_no_scores():
    assert logits(Summing(), one_view(np.empty((0, 3, 1), np.float32)), UNSCALED).shape == (0,)
