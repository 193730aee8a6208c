"""Augmented batches are the same by index, in `model.fit`, and with several of Keras's workers."""

import numpy as np
import pytest

from kepler_keras.data.augmentation.registry import augmentations, bind
from kepler_keras.data.imbalance.strategy import Plan
from kepler_keras.data.scaling import Scaler, ViewScaler
from kepler_keras.data.view_kind import ViewKind
from kepler_keras.data.views import one_view
from kepler_keras.training.backend import load_tensorflow
from kepler_keras.training.training_rows import TrainingRows

EPOCHS, N = 3, 50
KINDS = {
    "flux": (ViewKind("flux", False, {"mask": True}, 0.05), (300, 2)),
    "global_view": (ViewKind("global_view", True), (21, 1)),
    "folded_image": (ViewKind("folded_image", True), (4, 16, 1)),
}


def every_transform(kind):
    """All augmentations that can be done on a kind of view, one after the other."""
    return [
        {"view": bind(one, {"force": True}, kind)}  # what breaks labels included
        for one in augmentations().values()
        if one.impossible(kind) is None
    ]


@pytest.fixture
def batches():
    """Makes the batches of a fit with every augmentation on, asked for by some workers."""
    load_tensorflow()
    from kepler_keras.training.batches import TrainingBatches

    def make(view_name, workers=1):
        kind, shape = KINDS[view_name]
        view = np.random.default_rng(0).normal(size=(N, *shape)).astype(np.float32)
        if shape[-1] == 2:
            view[..., 1] = np.random.default_rng(1).random(view.shape[:-1]) > 0.1
            view[..., 0] *= view[..., 1]
        labels = (np.arange(N) % 4 == 0).astype(np.int8)
        plan = Plan(np.arange(N), np.ones(N, np.float32))
        views = one_view(view)
        rows = TrainingRows(views, np.arange(N), views[:0], labels, plan)
        transforms = every_transform(kind)
        scaler = Scaler({"view": ViewScaler((0.5,), (2.0,))})
        dataset = TrainingBatches(rows, scaler=scaler, transforms=transforms, batch_size=8, seed=3)
        dataset.workers, dataset.use_multiprocessing = workers, False
        return dataset

    return make


def by_index(dataset):
    """The batches of each epoch that `fit` shows, asked for one by one."""
    dataset.on_epoch_end()  # as Keras does once before the first epoch
    epochs = []
    for _ in range(EPOCHS):
        epochs.append([dataset[i] for i in range(len(dataset))])
        dataset.on_epoch_end()
    return epochs


def in_fit(dataset):
    """The batches of each epoch that a model was trained on, in the order it took them."""
    import keras

    seen = []

    class Remembering(keras.Model):
        def train_step(self, data):
            seen.append(tuple(np.array(part) for part in data))
            return {"loss": 0.0}

    inputs = keras.Input(dataset[0][0].shape[1:])
    model = Remembering(inputs, keras.layers.Flatten()(inputs))
    model.compile(run_eagerly=True)
    model.fit(dataset, epochs=EPOCHS, verbose=0)
    return [seen[start : start + len(dataset)] for start in range(0, len(seen), len(dataset))]


def sorted_bytes(epochs):
    """Each epoch's batches as bytes; `fit` may show them in another order."""
    return [sorted(b"".join(part.tobytes() for part in batch) for batch in one) for one in epochs]


@pytest.mark.parametrize("view", KINDS)
def test_batches_are_the_same_with_several_workers(batches, view):
    expected = sorted_bytes(by_index(batches(view)))
    assert len({batch for epoch in expected for batch in epoch}) == EPOCHS * 7
    assert sorted_bytes(in_fit(batches(view))) == expected
    assert sorted_bytes(in_fit(batches(view, workers=3))) == expected


def test_batches_drawn_from_one_stream_would_be_seen(batches):
    """The planted fault: what a worker draws depends on who drew before."""
    stream = np.random.default_rng(0)

    def careless(batch, rng):
        return type(batch)(
            batch.view + stream.normal(size=batch.view.shape).astype(np.float32),
            batch.labels,
            batch.weight,
            batch.planet_share,
        )

    def faulty(workers):
        dataset = batches("global_view", workers)
        dataset._transforms = ({"view": careless},)
        return dataset

    assert sorted_bytes(by_index(faulty(1))) != sorted_bytes(in_fit(faulty(3)))
