"""Small data with a dip to find, and entries that fit it in a second."""

import numpy as np
import pytest

from kepler_keras.data.views import one_view
from kepler_keras.experiment import Entry
from kepler_keras.training.fit import Examples


def make_entry(model="mlp", view="flux", **settings):
    small = {
        "mlp": {"name": "mlp", "units": [8]},
        "conv1d": {"name": "conv1d", "filters": [4], "units": 4},
        "conv2d": {"name": "conv2d", "filters": [2], "units": 4},
        "hist_gradient_boosting": {"name": "hist_gradient_boosting", "max_iter": 5},
    }
    chosen = model if isinstance(model, dict) else small.get(model, model)
    name = model["name"] if isinstance(model, dict) else model
    fields = {"name": name, "model": chosen, "training": {"epochs": 4}}
    if "views" not in settings:
        fields["view"] = view
    return Entry.model_validate({**fields, **settings})


@pytest.fixture
def entry():
    """Makes a small entry of a model."""
    return make_entry


@pytest.fixture
def examples():
    """60 curves of 16 cadences, every third with a shallow dip at its own place."""
    rng = np.random.default_rng(0)
    view = rng.normal(size=(60, 16, 1)).astype(np.float32)
    labels = (np.arange(60) % 3 == 0).astype(np.int8)
    for row in np.flatnonzero(labels):
        place = rng.integers(2, 13)
        view[row, place : place + 2] -= 2
    return Examples(one_view(view, "flux"), labels)


@pytest.fixture
def parts():
    """Train, validation and test rows, each with both classes."""
    rows = np.arange(60)
    return rows[:36], rows[36:48], rows[48:]
