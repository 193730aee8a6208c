from made_up_record import entry, experiment, make_record

from kepler_keras.reporting.results import build_results
from kepler_keras.reporting.settings import (
    ablation_settings,
    data_option_pairs,
    differing_settings,
    flattened,
)


def test_flattened_settings_use_the_names_of_the_experiment_file() -> None:
    setup = experiment(
        entries=[
            entry("mlp", {"name": "mlp", "units": [256, 64]}, training={"epochs": 7},
                  augmentations=["time_reversal", {"name": "circular_shift", "most": 9}])
        ]
    )  # fmt: skip
    flat = flattened(setup.entries[0])
    assert flat["model"] == "mlp"
    assert flat["model.units"] == "[256, 64]"
    assert flat["training.epochs"] == "7"
    assert flat["augmentations"] == "time_reversal, circular_shift(most=9)"
    assert "name" not in flat


def test_only_differences_are_listed() -> None:
    setup = experiment(
        entries=[entry("mlp", {"name": "mlp", "units": 3}), entry("conv1d", "conv1d")]
    )
    rows = {row.key: row.values for row in differing_settings(setup.entries)}
    assert rows == {"model": ("mlp", "conv1d"), "model.units": ("3", "–")}


def test_equal_entries_do_not_differ() -> None:
    setup = experiment(entries=[entry("mlp", "mlp"), entry("again", "mlp")])
    assert differing_settings(setup.entries) == []


def test_pairs_that_differ_in_data_options_alone() -> None:
    record = make_record()
    (pair,) = data_option_pairs(record.experiment.entries, build_results(record))
    assert (pair.first.name, pair.second.name) == ("conv1d", "conv1d_raw")
    assert [(option.key, option.values) for option in pair.options] == [
        ("replace_filled", ("default", "False"))
    ]
    assert pair.comparison is not None
    assert {pair.comparison.a, pair.comparison.b} == {"conv1d", "conv1d_raw"}


def test_another_seed_makes_it_no_such_pair() -> None:
    setup = experiment(
        entries=[
            entry("mlp", "mlp"),
            entry("conv1d", "mlp", data_options={"replace_filled": False}, seed=4),
        ]
    )
    record = make_record(setup)
    assert data_option_pairs(setup.entries, build_results(record)) == []


def test_ablations_are_told_by_what_they_change() -> None:
    setup = experiment(
        entries=[entry("mlp", "mlp"), entry("conv1d", "conv1d")],
        remedies=[{"imbalance": {"name": "focal", "gamma": 2}, "augmentations": ["noise"]}],
    )
    found = [(row.name, row.against, row.changes) for row in ablation_settings(setup.entries)]
    changes = ("imbalance: focal", "augmentations: noise", "imbalance.gamma: 2")
    assert found == [("mlp.focal.noise", "mlp", changes), ("conv1d.focal.noise", "conv1d", changes)]


def test_only_compared_entries_are_such_a_pair() -> None:
    setup = experiment(
        entries=[
            entry("mlp", "mlp"),
            entry("raw", "mlp", data_options={"replace_filled": False}),
        ],
        remedies=[{"imbalance": "smote"}],
    )
    pairs = data_option_pairs(setup.entries, build_results(make_record(setup)))
    assert [(pair.first.name, pair.second.name) for pair in pairs] == [("mlp", "raw")]
