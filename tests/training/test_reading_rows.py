"""A fold gives the same bytes whether its rows are read at once or as they are needed."""

import numpy as np
import pytest

from kepler_keras.data import views as views_module
from kepler_keras.data.views import Views
from kepler_keras.training.fit import Examples, Task, fit_entry
from kepler_keras.training.scoring import part_scores, train_average_precision

N, BATCH = 1500, 256  # rows, and how many are scored at a time


class OnDisk:
    """Stands for an array on disk, which knows the largest number of rows it was asked for."""

    def __init__(self, array):
        self._array, self.most = array, 0
        self.shape, self.dtype, self.ndim = array.shape, array.dtype, array.ndim

    def __len__(self):
        return len(self._array)

    def __getitem__(self, rows):
        taken = np.array(self._array[rows])
        self.most = max(self.most, len(taken))
        return taken

    def __array__(self, *given, **named):
        raise AssertionError("all of it was asked for")


def folded(entry):
    """Bytes of all that a fold's worker scores, and the most rows that were asked for at once."""
    rng = np.random.default_rng(0)
    labels = (np.arange(N) % 3 == 0).astype(np.int8)
    curves = rng.normal(size=(N, 16, 1)).astype(np.float32)
    curves[labels == 1, 7:9] -= 1
    numbers = rng.normal(size=(N, 3)).astype(np.float32)
    numbers[::7, 1] = np.nan
    arrays = {"global_view": OnDisk(curves), "scalars": OnDisk(numbers)}
    arrays = {name: arrays[name] for name in entry.view_names}
    examples, rows = Examples(Views(arrays), labels), rng.permutation(N)
    train, validation, test = rows[:600], rows[600:1050], rows[1050:]
    fitted = fit_entry(Task(entry, examples, train, validation, seed=1))
    parts = [part_scores(fitted, entry, examples, part) for part in (validation, test)]
    found = [scores.tobytes() for part in parts for scores in (part.alone, part.shared)]
    found.append(train_average_precision(fitted, entry, examples, train, seed=2))
    return [*found, fitted.history, fitted.correction], max(one.most for one in arrays.values())


NETWORK = {
    "model": "conv1d",
    "views": ["global_view", "scalars"],
    "imbalance": "class_weights",
    "ensemble": {"members": 2, "reversal": True},
    "training": {"epochs": 2, "batch_size": 64},
}


@pytest.mark.parametrize(
    "settings",
    [
        NETWORK,
        {"model": "mlp", "view": "global_view", "imbalance": "smote"},
        {"model": "logistic_regression", "view": "global_view"},
        {"model": "prevalence", "view": "global_view"},
    ],
    ids=lambda settings: settings["model"],
)
def test_rows_read_as_they_are_needed_change_no_bit(entry, monkeypatch, settings):
    whole, most = folded(entry(**settings))
    assert most == 600  # the training rows
    monkeypatch.setattr(views_module, "AT_ONCE", 0)  # no rows are few
    assert folded(entry(**settings))[0] == whole


def test_a_network_never_asks_for_more_rows_than_a_batch(entry, monkeypatch):
    monkeypatch.setattr(views_module, "AT_ONCE", 0)
    monkeypatch.setattr(views_module, "A_PART", 100 * 4 * (16 + 3))  # of the scaling, bytes
    assert folded(entry(**NETWORK))[1] == BATCH


def test_a_model_that_looks_at_nothing_reads_nothing(entry, monkeypatch):
    monkeypatch.setattr(views_module, "AT_ONCE", 0)
    blind = entry("prevalence", view="global_view", training={"scaling": "none"})
    assert folded(blind)[1] == 0
