"""Batches: planned rows only, each once an epoch, drawn from seed, epoch and batch."""

import numpy as np
import pytest

from kepler_keras.data.augment import find_augmentation
from kepler_keras.data.imbalance import Plan
from kepler_keras.data.scaling import UNSCALED, Scaler
from kepler_keras.experiment import Choice
from kepler_keras.training.backend import load_tensorflow

VIEW = np.arange(20, dtype=np.float32)[:, None, None] + np.zeros((1, 4, 1), np.float32)
LABELS = (np.arange(20) % 4 == 0).astype(np.int8)
ROWS = np.array([3, 4, 8, 11, 12])
PLAN = Plan(np.array([0, 1, 2, 3, 4, 1]), np.array([1, 2, 3, 4, 5, 2], np.float32))


@pytest.fixture
def batches():
    """Makes the batches of a fit on the rows above."""
    load_tensorflow()
    from kepler_keras.training.batches import TrainingBatches

    def make(**changes):
        settings = {"plan": PLAN, "scaler": UNSCALED, "transforms": [], "batch_size": 4, "seed": 0}
        return TrainingBatches(VIEW, LABELS, ROWS, **{**settings, **changes})

    return make


def shown(dataset):
    return [int(value) for i in range(len(dataset)) for value in dataset[i][0][:, 0, 0]]


def test_an_epoch_shows_every_planned_row_once(batches):
    dataset = batches()
    assert [len(dataset[i][0]) for i in range(len(dataset))] == [4, 2]
    for _ in range(3):
        assert sorted(shown(dataset)) == [3, 4, 4, 8, 11, 12]
        dataset.on_epoch_end()


def test_labels_and_weights_stay_with_their_rows(batches):
    weight_of = {3: 1, 4: 2, 8: 3, 11: 4, 12: 5}
    dataset = batches()
    for i in range(len(dataset)):
        view, label, weight = dataset[i]
        rows = view[:, 0, 0].astype(int)
        assert label.shape == (len(rows), 1)
        assert label[:, 0].tolist() == LABELS[rows].tolist()
        assert weight.tolist() == [weight_of[row] for row in rows]


def test_order_depends_on_seed_and_epoch(batches):
    first, same, other = batches(), batches(), batches(seed=1)
    order = shown(first)
    assert order == shown(same)
    assert order != shown(other)
    first.on_epoch_end()
    assert order != shown(first)


def test_a_batch_is_the_same_whoever_asks_for_it_and_when(batches):
    flip = find_augmentation(Choice(name="circular_shift"), view="flux", view_is_folded=False)
    noisy = [lambda batch, rng: batch + rng.normal(size=batch.shape).astype(np.float32), flip]
    forwards, backwards = batches(transforms=noisy), batches(transforms=noisy)
    last = backwards[1][0]
    assert np.array_equal(forwards[0][0], backwards[0][0])
    assert np.array_equal(forwards[1][0], last)


def test_rows_are_scaled_before_they_are_transformed(batches):
    seen = []
    dataset = batches(scaler=Scaler(10, 2), transforms=[lambda b, rng: seen.append(b) or b])
    shown(dataset)
    values = sorted(float(value) for batch in seen for value in batch[:, 0, 0])
    assert values == [-3.5, -3.0, -3.0, -1.0, 0.5, 1.0]


def test_keras_shows_every_epoch_its_own_rows_once(batches):
    """Keras may fetch ahead; a batch of the next epoch must not slip into this one."""
    import keras

    seen = []
    dataset = batches(transforms=[lambda batch, rng: seen.append(batch[:, 0, 0].copy()) or batch])
    model = keras.Sequential([keras.Input((4, 1)), keras.layers.Flatten(), keras.layers.Dense(1)])
    model.compile(loss="mse", jit_compile=False)
    ends = []
    tell = keras.callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: ends.append(len(seen)))
    model.fit(dataset, epochs=3, verbose=0, callbacks=[tell])
    probes = ends[0] - len(dataset)  # Keras looks at a few batches to learn their shape
    for epoch in range(3):
        start = probes + epoch * len(dataset)
        rows = np.concatenate(seen[start : start + len(dataset)]).astype(int)
        assert sorted(rows.tolist()) == [3, 4, 4, 8, 11, 12]
