import pytest
from experiment_text import GOOD

from kepler_keras.experiment import Experiment, quick_version


def test_quick_version_is_small_and_keeps_the_entries(read):
    experiment = read(GOOD, "protocol.repeats=3", "protocol.folds=9")
    quick = quick_version(experiment)
    assert (quick.protocol.folds, quick.protocol.repeats) == (2, 1)
    assert [entry.training.epochs for entry in quick.entries] == [3, 3]
    assert [entry.model for entry in quick.entries] == [entry.model for entry in experiment.entries]


def test_quick_version_cuts_warmup_and_ensembles_and_is_an_experiment_still(read):
    training = "training: {epochs: 30, schedule: cosine, warmup_epochs: 9}"
    ensemble = "ensemble: {members: 10, reversal: true}"
    text = GOOD.replace(
        "view: global_view\n", f"view: global_view\n    {training}\n    {ensemble}\n", 1
    )
    quick = quick_version(read(text))
    assert quick.entries[0].training.warmup_epochs == 2
    assert quick.entries[0].seeds == (0, 1)
    assert quick.entries[0].ensemble.reversal
    assert quick.entries[1].seeds == (0,)
    assert Experiment.model_validate(quick.model_dump()) == quick


@pytest.mark.parametrize(
    ("stated", "quick"), [("null", None), (0.001, 0.1), (0.2, 0.2), (0.9, 0.5)]
)
def test_quick_version_lets_no_class_become_rare(read, stated, quick):
    experiment = read(GOOD, f"protocol.prevalence={stated}")
    assert quick_version(experiment).protocol.prevalence == quick
