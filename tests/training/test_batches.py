"""Batches: planned rows only, each once an epoch, drawn from seed, epoch and batch."""

from dataclasses import replace

import numpy as np
import pytest

from kepler_keras.data.augmentation.registry import find_augmentation
from kepler_keras.data.imbalance.strategy import Plan
from kepler_keras.data.scaling import UNSCALED, Scaler, ViewScaler
from kepler_keras.data.view_kind import ViewKind
from kepler_keras.data.views import one_view
from kepler_keras.experiment import Choice
from kepler_keras.training.backend import load_tensorflow
from kepler_keras.training.training_rows import TrainingRows

VIEW = np.arange(20, dtype=np.float32)[:, None, None] + np.zeros((1, 4, 1), np.float32)
LABELS = (np.arange(20) % 4 == 0).astype(np.int8)
REAL = np.array([3, 4, 8, 11, 12, 4])
PLAN = Plan(np.array([0, 1, 2, 3, 4, 1]), np.array([1, 2, 3, 4, 5, 2], np.float32))
VIEWS = one_view(VIEW)
ROWS = TrainingRows(VIEWS, REAL, VIEWS[:0], LABELS[REAL], PLAN)


def alone(*transforms):
    """Transforms of the only view."""
    return [{"view": transform} for transform in transforms]


@pytest.fixture
def batches():
    """Makes the batches of a fit on the rows above."""
    load_tensorflow()
    from kepler_keras.training.batches import TrainingBatches

    def make(rows=ROWS, **changes):
        settings = {"scaler": UNSCALED, "transforms": [], "batch_size": 4, "seed": 0}
        return TrainingBatches(rows, **{**settings, **changes})

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
    shift = find_augmentation(Choice(name="circular_shift"), ViewKind("flux", False, {}, 0.02))
    noisy = [
        lambda batch, rng: replace(
            batch, view=batch.view + rng.normal(size=batch.view.shape).astype(np.float32)
        ),
        shift,
    ]
    forwards, backwards = batches(transforms=alone(*noisy)), batches(transforms=alone(*noisy))
    last = backwards[1][0]
    assert np.array_equal(forwards[0][0], backwards[0][0])
    assert np.array_equal(forwards[1][0], last)


def test_rows_are_transformed_before_they_are_scaled(batches):
    seen = []
    scaler = Scaler({"view": ViewScaler((10,), (2,))})
    remembered = alone(lambda b, rng: seen.append(b.view) or b)
    dataset = batches(scaler=scaler, transforms=remembered)
    scaled = sorted(float(v) for i in range(2) for v in dataset[i][0][:, 0, 0])
    assert sorted(float(v) for view in seen for v in view[:, 0, 0]) == [3, 4, 4, 8, 11, 12]
    assert scaled == [-3.5, -3.0, -3.0, -1.0, 0.5, 1.0]


def test_a_transform_may_change_labels_and_weights(batches):
    def relabelled(batch, rng):
        return replace(batch, labels=batch.labels / 2, weight=3 * batch.weight)

    plain, changed = batches(), batches(transforms=alone(relabelled))
    for i in range(len(plain)):
        assert np.array_equal(changed[i][1], plain[i][1] / 2)
        assert np.array_equal(changed[i][2], plain[i][2] * 3)


def test_a_transform_is_told_the_share_of_planets_by_weight(batches):
    shares = []
    dataset = batches(transforms=alone(lambda b, rng: shares.append(b.planet_share) or b))
    shown(dataset)
    assert shares == [pytest.approx(12 / 17)] * 2  # planets 2 + 3 + 5 + 2, others 1 + 4


def test_only_redrawn_rows_are_redrawn_and_in_every_epoch_anew(batches):
    def random(batch, rng):
        values = 100 + rng.random(batch.view.shape).astype(np.float32)
        return replace(batch, view=values)

    redrawn = np.array([False, False, False, False, False, True])
    dataset = batches(replace(ROWS, plan=replace(PLAN, redrawn=redrawn)), redrawing=alone(random))
    values = []
    for _ in range(2):
        views = np.concatenate([dataset[i][0][:, 0, 0] for i in range(len(dataset))])
        assert sorted(views[views < 100].tolist()) == [3, 4, 8, 11, 12]
        values.extend(views[views >= 100].tolist())
        dataset.on_epoch_end()
    assert len(set(values)) == 2


def test_every_batch_holds_the_planned_share_of_planets(batches):
    labels = (np.arange(20) % 5 == 0).astype(np.int8)
    plan = Plan(np.arange(20), np.ones(20, np.float32), planet_share=0.5)
    dataset = batches(TrainingRows(VIEWS, np.arange(20), VIEWS[:0], labels, plan))
    seen = [dataset[i] for i in range(len(dataset))]
    assert [float(label.mean()) for _, label, _ in seen] == [0.5] * 8
    rows = np.concatenate([view[:, 0, 0] for view, _, _ in seen]).astype(int)
    assert sorted(rows[labels[rows] == 0].tolist()) == np.flatnonzero(labels == 0).tolist()
    assert set(rows[labels[rows] == 1].tolist()) == {0, 5, 10, 15}


def test_synthetic_rows_stand_behind_real_ones(batches):
    synthetic = np.full((2, 4, 1), 50, np.float32) + np.arange(2, dtype=np.float32)[:, None, None]
    plan = Plan(np.arange(5), np.ones(5, np.float32))
    rows = TrainingRows(
        VIEWS, REAL[:3], one_view(synthetic), np.array([0, 1, 1, 1, 0], np.int8), plan
    )
    dataset = batches(rows)
    pairs = {
        (int(value), int(label))
        for i in range(len(dataset))
        for value, label in zip(dataset[i][0][:, 0, 0], dataset[i][1][:, 0], strict=True)
    }
    assert pairs == {(3, 0), (4, 1), (8, 1), (50, 1), (51, 0)}


def test_keras_shows_every_epoch_its_own_rows_once(batches):
    """Keras may fetch ahead; a batch of the next epoch must not slip into this one."""
    import keras

    seen = []

    def remembered(batch, rng):
        seen.append(batch.view[:, 0, 0].copy())
        return batch

    dataset = batches(transforms=alone(remembered))
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


@pytest.mark.parametrize(("share", "size"), [(0.5, 4), (0.5, 3), (0.01, 8), (0.9, 5)])
def test_planets_weigh_their_share_of_every_balanced_batch(share, size):
    """Whole rows cannot hold every share; weights make up for it, so that the offset is right."""
    load_tensorflow()
    from kepler_keras.training.batches import TrainingBatches

    labels = (np.arange(20) < 3).astype(np.int8)
    plan = Plan(np.arange(20), np.ones(20, np.float32), planet_share=share)
    rows = TrainingRows(VIEWS, np.arange(20), VIEWS[:0], labels, plan)
    dataset = TrainingBatches(rows, scaler=UNSCALED, transforms=[], batch_size=size, seed=0)
    for i in range(len(dataset)):
        _, label, weight = dataset[i]
        assert weight[label[:, 0] == 1].sum() == pytest.approx(share * len(weight), rel=1e-5)
        assert weight.sum() == pytest.approx(len(weight), rel=1e-5)
