"""Which rows of a fold are looked into, and what is kept of them."""

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from kepler_keras.data.splits import Fold
from kepler_keras.data.views import Views
from kepler_keras.training.cross_validation import FoldJob, ViewFiles, run_fold
from kepler_keras.training.fit import Examples
from kepler_keras.training.fitted import FittedSklearn
from kepler_keras.training.mistakes import mistakes_of, short_numbers, worst_rows

LABELS = np.array([0, 1, 0, 1, 0, 1], np.int8)
SCORES = np.array([0.2, 0.9, 0.7, 0.1, 0.7, 0.1])


def test_the_worst_stand_first_and_the_first_of_equals():
    assert worst_rows(LABELS, SCORES, each=2).tolist() == [2, 4, 3, 5]
    assert worst_rows(LABELS, SCORES, each=9).tolist() == [2, 4, 0, 3, 5, 1]


@pytest.mark.parametrize("scores", [np.full(6, 0.3), np.zeros(0)])
def test_where_nothing_is_ranked_nothing_is_worst(scores):
    assert worst_rows(LABELS[: len(scores)], scores).tolist() == []


def peer(n_values):
    model = LogisticRegression()
    model.classes_, model.n_features_in_ = np.array([0, 1]), n_values
    model.coef_, model.intercept_ = np.full((1, n_values), 0.25), np.zeros(1)
    return FittedSklearn(model)


@pytest.fixture
def examples():
    curves = np.zeros((8, 250, 1), np.float32)
    curves[6, 125] = -4  # the only dip: row 6 is one of the two tested planets
    image = np.zeros((8, 20, 130, 1), np.float32)
    features = np.arange(16, dtype=np.float32).reshape(8, 2)
    labels = np.array([0, 0, 0, 0, 0, 0, 1, 1], np.int8)
    return Examples(Views({"flux": curves, "image": image, "search_features": features}), labels)


def test_what_is_kept_of_each_view(examples):
    rows = np.array([4, 5, 6, 7])
    kept = mistakes_of(peer(250 + 2600 + 2), examples, rows, np.array([0.1, 0.8, 0.2, 0.6]))
    assert list(kept) == [5, 4, 6, 7]
    flux, image, features = kept[6]
    assert (flux.view, flux.length, flux.window, len(flux.curve)) == ("flux", 250, 10, 200)
    assert min(flux.curve) == -4
    assert min(flux.occlusion) == pytest.approx(-1.0)
    assert max(np.abs(kept[5][0].occlusion)) == 0
    assert flux.saliency is None
    assert (len(image.image), len(image.image[0]), image.curve) == (16, 64, [])
    assert features.curve == [12, 13]
    # 0.25 times the distance from the median of the tested stars: 11 and 12.
    assert features.occlusion == pytest.approx([0.25, 0.25], rel=1e-3)


def test_numbers_are_short_and_what_is_not_finite_is_none():
    assert short_numbers(np.array([1.23456, np.nan, np.inf, -98765.4])) == [
        1.235,
        None,
        None,
        -98770,
    ]


SHY = """
import keras
import tensorflow as tf
from keras import layers

class Shy(layers.Layer):
    def call(self, x):
        if tf.executing_eagerly() and not isinstance(x, keras.KerasTensor):
            raise RuntimeError("only in a graph")
        return x

def shy(shapes):
    ((name, shape),) = shapes.items()
    x = keras.Input(shape, name=name)
    return keras.Model(x, layers.Dense(1, name="logit")(Shy()(layers.Flatten()(x))))
"""


@pytest.mark.parametrize("wanted", [True, False])
def test_a_layer_that_cannot_be_looked_into_spoils_no_fold(tmp_path, entry, wanted):
    (tmp_path / "shy.py").write_text(SHY)
    view = np.random.default_rng(0).normal(size=(60, 16, 1)).astype(np.float32)
    np.save(tmp_path / "flux.npy", view)
    files = ViewFiles({"flux": tmp_path / "flux.npy"}, (np.arange(60) % 3 == 0).astype(np.int8))
    rows = np.arange(60)
    fold = Fold(0, 0, rows[:30], rows[30:45], rows[45:])
    shy = entry({"name": "shy", "file": str(tmp_path / "shy.py")})
    broken, whole = (run_fold(FoldJob(one, fold, files, 0, mistakes=wanted))
                     for one in (shy, entry("mlp")))  # fmt: skip
    assert broken.test.alone.shape == (15,)
    assert broken.mistakes == {}
    assert len(whole.mistakes) == (6 if wanted else 0)
