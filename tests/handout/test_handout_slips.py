"""Each slip of the handout: Keras or scikit-learn measures the right number."""

import keras
import numpy as np
import pytest
from keras import layers
from sklearn import metrics
from sklearn.model_selection import StratifiedKFold, train_test_split

from kepler_keras.handout.slips import SLIPS

HOSTS = np.arange(5087) < 37


def of_keras(layer, row):
    return keras.ops.convert_to_numpy(layer(np.asarray(row, dtype=np.float32)[None, :, None]))[0]


def zeros_before(kernel, stride):
    """Zeros that Keras puts before 32 places: its kernel takes the first place of each window."""
    layer = layers.Conv1D(1, kernel, strides=stride, padding="same", use_bias=False)
    layer.build((None, 32, 1))
    layer.set_weights([np.eye(kernel)[0][:, None, None]])
    taken = of_keras(layer, np.arange(1, 33))[:, 0]
    first = np.flatnonzero(taken)[0]
    return first * stride - (taken[first] - 1)


def built(layer, *shape):
    layer.build((None, *shape))
    return layer


def pooled_difference():
    pool = layers.MaxPooling1D(2)
    return np.abs(of_keras(pool, [0, 1, 0, 0]) - of_keras(pool, [0, 0, 1, 0])).max()


def hosts_in_test_folds():
    """Hosts in the test parts of five folds, each counted once."""
    folds = StratifiedKFold(5).split(HOSTS, HOSTS)
    return len(set(np.concatenate([test[HOSTS[test]] for _, test in folds])))


def counted_recall():
    truth, called = [1] * 5 + [0] * 5, [1, 1, 1, 0, 0, 1, 0, 0, 0, 0]
    return metrics.recall_score(truth, called)


MEASURED = {
    "stride brackets": lambda: len(of_keras(layers.MaxPooling1D(2, strides=2), np.ones(28))),
    "no floor": lambda: len(of_keras(layers.Conv1D(1, 5, strides=2), np.ones(32))),
    "full padding": lambda: len(of_keras(layers.ZeroPadding1D(5 - 1), np.ones(32))),
    "even kernel": lambda: zeros_before(4, 1),
    "padding with stride": lambda: zeros_before(5, 2),
    "bias matrix": lambda: built(layers.Conv2D(2, 2), 3, 3, 3).bias.shape[0],
    "k x n weights": lambda: built(layers.Conv1D(1, 3, use_bias=False), 7, 1).count_params(),
    "pooling and shifts": pooled_difference,
    "three-way split": hosts_in_test_folds,
    "rows and columns": counted_recall,
    "no alarm": lambda: metrics.precision_score(HOSTS, HOSTS & False, zero_division=np.nan),
}


def test_every_slip_is_measured():
    assert list(MEASURED) == list(SLIPS)


@pytest.mark.parametrize("name", SLIPS)
def test_the_measured_number_is_the_right_one_and_not_the_printed_one(name):
    slip, measured = SLIPS[name], MEASURED[name]()
    np.testing.assert_equal(float(measured), float(slip.right))
    assert slip.by_print is None or slip.by_print != measured


def test_what_the_printed_words_give_is_what_the_libraries_do_not_do():
    _, tested = train_test_split(HOSTS, test_size=0.2, stratify=HOSTS, random_state=0)
    assert tested.sum() == SLIPS["three-way split"].by_print
    full = layers.Conv1D(1, 5)(layers.ZeroPadding1D(5 - 1)(np.ones((1, 32, 1))))
    assert full.shape[1] == 32 + 5 - 1  # and not less, as a side of 8 would give
    truth, called = [1] * 5 + [0] * 5, [1, 1, 1, 0, 0, 1, 0, 0, 0, 0]
    assert metrics.precision_score(truth, called) == SLIPS["rows and columns"].by_print
    with pytest.raises(ZeroDivisionError):
        0 / (0 + 0)  # equation 11 as it is printed, for always no
