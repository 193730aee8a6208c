# ruff: noqa: E501 (a sentence is easier to compare in one line)
"""What an experiment file may tune, and the sentences that refuse the rest."""

from textwrap import dedent, indent

import pytest

from kepler_keras.entry import Entry
from kepler_keras.errors import InputError
from kepler_keras.experiment import quick_version
from kepler_keras.experiment_file import read_experiment
from kepler_keras.tuning_space import Range, with_settings

HEAD = """\
name: small
question: Is one better?
data:
  source: folded
  path: curves.npz
entries:
  - name: conv
    model: {name: conv1d, filters: [4]}
    view: global_view
baseline: conv
"""
GOOD = """\
tuning:
  - entry: conv
    trials: 7
    space:
      training.learning_rate: {low: 0.001, high: 0.01, log: true}
      model.kernel_size: [3, 5]
      model.units: {low: 8, high: 32}
"""


@pytest.fixture
def read(tmp_path):
    def read_text(tuning):
        path = tmp_path / "e.yaml"
        path.write_text(HEAD + dedent(tuning), encoding="utf-8")
        return read_experiment(path)

    return read_text


@pytest.fixture
def refused(read, tmp_path):
    def sentence(tuning):
        with pytest.raises(InputError) as caught:
            read(tuning)
        assert "\n" not in str(caught.value)
        return str(caught.value).replace(f"{tmp_path}/", "")

    return sentence


def space(text):
    return "tuning:\n  - entry: conv\n    space:\n" + indent(text, 6 * " ")


def test_ranges_and_lists_are_read(read):
    (tuning,) = read(GOOD).tuning
    assert tuning.tuned_name == "conv_tuned"
    assert tuning.space["model.kernel_size"] == (3, 5)
    rate, units = tuning.space["training.learning_rate"], tuning.space["model.units"]
    assert rate == Range(low=0.001, high=0.01, log=True)
    assert (rate.whole, units.whole) == (False, True)


def test_quick_mode_tries_little(read):
    assert [one.trials for one in quick_version(read(GOOD)).tuning] == [2]


def test_settings_go_where_their_keys_say():
    entry = Entry(name="a", model={"name": "conv1d", "preset": "folded"}, view="global_view")
    changed = with_settings(
        entry,
        {
            "model.kernel_size": 9,
            "training.epochs": 3,
            "imbalance": "smote",
            "augmentations": ["noise"],
        },
    )
    assert changed.model.options == {"preset": "folded", "kernel_size": 9}
    assert changed.training.epochs == 3
    assert changed.imbalance.name == "smote"
    assert [one.name for one in changed.augmentations] == ["noise"]
    assert changed.views == entry.views
    assert with_settings(entry, {}) == entry


@pytest.mark.parametrize(
    ("tuning", "sentence"),
    [
        (space("model.units: {low: 8, high: 8}\n"), "tuning.0.space.model.units: high must be above low (8), got 8"),
        (space("model.units: {low: 0, high: 8, log: true}\n"), "tuning.0.space.model.units: log needs low above 0, got 0"),
        (space("training.epochs: {low: 1, high: 8, step: 1, log: true}\n"), "log and step: one of them at most, got both"),
        (space("training.epochs: [3]\n"), "tuple should have at least 2 items"),
        (space("training.epochs: [3, 0]\n"), "tuning.0.space.training.epochs: input should be greater than or equal to 1, got 0"),
        (space("training.epocs: [3, 4]\n"), "tuning.0.space.training.epocs: extra inputs are not permitted, got 3"),
        (space("training.learning_rate: {low: -0.1, high: 0.1}\n"), "input should be greater than 0, got -0.1"),
        (space("views: [flux, global_view]\n"), "space: 'views' cannot be tuned; known are augmentations, imbalance, model, training"),
        (space("traning.epochs: [3, 4]\n"), "space: 'traning.epochs' cannot be tuned; did you mean 'training'?"),
        (GOOD.replace("entry: conv", "entry: con"), "tuning.0.entry: there is no competitor 'con'; did you mean 'conv'?"),
        (GOOD + GOOD.removeprefix("tuning:\n"), "tuning.0.entry: entry 'conv' is tuned more than once"),
        (GOOD.replace("trials", "trails"), "tuning.0.trails: unknown key 'trails'; did you mean 'trials'?"),
        (GOOD.replace("stop_share", "").replace("trials: 7", "trials: 0"), "tuning.0.trials: input should be greater than or equal to 1, got 0"),
    ],
)  # fmt: skip
def test_what_cannot_be_tuned_is_refused_in_one_sentence(refused, tuning, sentence):
    assert sentence in refused(tuning)
