import pytest
from experiment_text import GOOD

from kepler_keras.experiment import Choice


def test_set_changes_values_at_any_depth(read):
    experiment = read(
        GOOD,
        "protocol.folds=4",
        "entries.conv.training.epochs=2",
        "entries.conv.training.learning_rate=1e-2",
        "entries.dense.model.units=[3]",
        "search.min_period=0.7",
    )
    assert experiment.protocol.folds == 4
    dense, conv = experiment.entries
    assert (conv.training.epochs, conv.training.learning_rate) == (2, 0.01)
    assert dense.model == Choice(name="mlp", options={"units": [3]})
    assert experiment.search.min_period == 0.7


@pytest.mark.parametrize(
    ("override", "sentence"),
    [
        ("protocol.folds", "--set needs key=value, got 'protocol.folds'"),
        ("=3", "--set needs key=value, got '=3'"),
        ("entries.cnv.seed=3", "--set entries.cnv.seed: there is no 'cnv'; did you mean 'conv'?"),
        ("name.x.y=3", "--set name.x.y: 'x' lies below a plain value"),
        ("name.x=3", "--set name.x: name holds no keys"),
        ("data.path.train=3", "--set data.path.train: path holds no keys"),
        ("protocol.folds=[3", "--set protocol.folds: not valid YAML: line 1, column 3: "),
        (
            "protocol.folds=1",
            "e.yaml: protocol.folds: input should be greater than or equal to 2, got 1",
        ),
        ("protocl.folds=3", "e.yaml: protocl: unknown key 'protocl'; did you mean 'protocol'?"),
    ],
)  # fmt: skip
def test_wrong_set(refused, override, sentence):
    assert refused(GOOD, override).startswith(sentence)
