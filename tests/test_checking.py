"""An experiment that cannot run is refused before any fold begins, with the entry's name."""

import pytest

from kepler_keras.checking import BuildJob, check_build, check_entries
from kepler_keras.errors import InputError
from kepler_keras.experiment import Entry, Experiment


def experiment_of(**entry):
    fields = {"name": "e1", "model": "mlp", "view": "flux", **entry}
    return Experiment.model_validate(
        {
            "name": "made",
            "question": "?",
            "data": {"source": "simulated"},
            "entries": [fields],
            "baseline": "e1",
        }
    )


@pytest.mark.parametrize(
    ("entry", "sentence"),
    [
        ({"model": "mpl"}, "there is no model 'mpl'; did you mean 'mlp'"),
        ({"view": "fluxes"}, "there is no view 'fluxes'; did you mean 'flux'"),
        ({"imbalance": "nonee"}, "there is no strategy 'nonee'; did you mean 'none'"),
        ({"imbalance": {"name": "random_oversampling", "ratio": 2}}, "ratio: .*, got 2"),
        ({"augmentations": ["noise"]}, "augmentations: there is no 'noise'"),
        ({"view": "global_view", "augmentations": ["circular_shift"]}, "needs unfolded flux"),
    ],
)
def test_wrong_entry_is_named(entry, sentence):
    with pytest.raises(InputError, match=f"^entry 'e1': .*{sentence}"):
        check_entries(experiment_of(**entry), folded_source=False)


def test_good_entry_passes_until_the_source_comes_folded():
    check_entries(experiment_of(), folded_source=False)
    with pytest.raises(InputError, match=r"^entry 'e1': view 'flux' needs unfolded flux"):
        check_entries(experiment_of(), folded_source=True)


@pytest.mark.parametrize(
    ("entry", "shape", "sentence"),
    [
        ({"model": "conv2d"}, (9, 1), r"needs a view of shape \(rows, bins, channels\)"),
        ({"model": {"name": "mlp", "dropout": 1.5}}, (9, 1), r"mlp\(dropout=1.5\) cannot be built"),
        ({"model": {"name": "mlp", "unit": [3]}}, (9, 1), "unknown option 'unit'; did you mean"),
        ({"model": "prevalence", "augmentations": ["time_reversal"]}, (9, 1), "act on training ba"),
    ],
)
def test_model_that_cannot_be_built_is_named(entry, shape, sentence):
    made = Entry.model_validate({"name": "e1", "model": "mlp", "view": "flux", **entry})
    with pytest.raises(InputError, match=f"^entry 'e1': .*{sentence}"):
        check_build(BuildJob(made, shape))


def test_model_that_can_be_built_passes():
    entry = Entry.model_validate({"name": "e1", "model": "mlp", "view": "flux"})
    check_build(BuildJob(entry, (9, 1)))
