"""An experiment that cannot run is refused before any fold begins, with the entry's name."""

import numpy as np
import pytest
from made_experiment import experiment_of

from kepler_keras.checking import (
    BuildJob,
    check_build,
    check_entries,
    check_training_labels,
)
from kepler_keras.data.splits import Fold
from kepler_keras.errors import InputError
from kepler_keras.experiment import Entry


@pytest.mark.parametrize(
    ("entry", "sentence"),
    [
        ({"model": "mpl"}, "there is no model 'mpl'; did you mean 'mlp'"),
        ({"view": "fluxes"}, "there is no view 'fluxes'; did you mean 'flux'"),
        (
            {"imbalance": "smote"},
            "'smote' on the view 'flux' is not physical: .*; with force",
        ),
        ({"imbalance": "nonee"}, "there is no strategy 'nonee'; did you mean 'none'"),
        ({"imbalance": {"name": "random_oversampling", "ratio": 2}}, "ratio: .*, got 2"),
        ({"augmentations": ["nois_e_"]}, "augmentations: there is no 'nois_e_'"),
        ({"view": "global_view", "augmentations": ["circular_shift"]}, "needs unfolded flux"),
        ({"imbalance": {"name": "smote", "force": 1}}, "force: must be true or false, got 1"),
        (
            {"imbalance": "balanced_batches", "training": {"batch_size": 1}},
            "needs training.batch_size of at least 2, got 1",
        ),
    ],
)
def test_wrong_entry_is_named(entry, sentence):
    with pytest.raises(InputError, match=f"^entry 'e1': .*{sentence}"):
        check_entries(experiment_of(**entry), cadence=0.02)


def test_good_entry_passes_until_the_source_comes_folded():
    check_entries(experiment_of(), cadence=0.02)
    with pytest.raises(InputError, match=r"^entry 'e1': view 'flux' needs unfolded flux"):
        check_entries(experiment_of(), cadence=None)


LABELS = np.array([1] * 5 + [0] * 35, np.int8)
FOLDS = [
    Fold(0, 0, np.arange(2, 40), np.array([0]), np.array([1])),  # 3 planets
    Fold(0, 1, np.arange(1, 40), np.array([0]), np.array([0])),  # 4
    Fold(1, 0, np.arange(5, 40), np.array([0]), np.array([0])),  # none
]


@pytest.mark.parametrize(
    ("k_neighbors", "sentence"),
    [
        (2, None),
        (3, "repeat 1, fold 1: smote: k_neighbors = 3 needs more than 3 planets among the trai"),
        (4, "repeat 1, fold 1: smote: k_neighbors = 4 needs more than 4 planets .*, got 3; lower"),
    ],
)
def test_labels_of_every_fold_are_checked_before_any_fit(k_neighbors, sentence):
    remedy = {"name": "smote", "k_neighbors": k_neighbors}
    experiment = experiment_of(view="global_view", imbalance=remedy)
    if sentence is None:
        check_training_labels(experiment, FOLDS[:2], LABELS, cadence=0.02)
        return
    with pytest.raises(InputError, match=f"^entry 'e1', {sentence}"):
        check_training_labels(experiment, FOLDS[:2], LABELS, cadence=0.02)


def test_a_fold_without_planets_is_named():
    sentence = (
        "^entry 'e1', repeat 2, fold 1: none: both classes are needed among the training rows, "
        "got 0 planets and 35 others$"
    )
    with pytest.raises(InputError, match=sentence):
        check_training_labels(experiment_of(), FOLDS, LABELS, cadence=0.02)


@pytest.mark.parametrize(
    ("entry", "shape", "sentence"),
    [
        ({"model": "conv2d"}, (9, 1), r"needs a view of shape \(rows, bins, channels\)"),
        (
            {"model": {"name": "mlp", "units": [10**30]}},
            (9, 1),
            r"mlp\(units=\[10+\]\) cannot be built",
        ),
        (
            {"model": {"name": "mlp", "dropout": 1.5}},
            (9, 1),
            "dropout: input should be less than 1",
        ),
        ({"model": {"name": "mlp", "unit": [3]}}, (9, 1), "unknown option 'unit'; did you mean"),
        ({"model": "prevalence", "augmentations": ["time_reversal"]}, (9, 1), "act on training ba"),
        ({"model": "prevalence", "imbalance": "focal"}, (9, 1), "acts on how a network is trained"),
    ],
)
def test_model_that_cannot_be_built_is_named(entry, shape, sentence):
    made = Entry.model_validate({"name": "e1", "model": "mlp", "view": "flux", **entry})
    with pytest.raises(InputError, match=f"^entry 'e1': .*{sentence}"):
        check_build(BuildJob(made, {"flux": shape}))


def test_model_that_can_be_built_passes():
    entry = Entry.model_validate({"name": "e1", "model": "mlp", "view": "flux"})
    assert check_build(BuildJob(entry, {"flux": (9, 1)})) is None
