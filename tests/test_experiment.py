# ruff: noqa: E501 (a sentence is easier to compare in one line)
"""Every refusal of the experiment file, with its sentence; each test plants one fault."""

from textwrap import dedent

import pytest
from experiment_text import GOOD

from kepler_keras.errors import InputError
from kepler_keras.experiment import Choice, Experiment
from kepler_keras.experiment_file import read_experiment
from kepler_keras.yaml_file import line_of, load_yaml


def test_short_and_long_forms_mean_the_same(read):
    dense, conv = read(GOOD).entries
    assert dense.model == Choice(name="mlp")
    assert conv.model == Choice(name="conv1d", options={"filters": [4], "dropout": 0.1})
    long = GOOD.replace("model: mlp", "model: {name: mlp, options: {}}")
    assert read(long) == read(GOOD)
    assert dense.imbalance.name == "none"
    assert conv.model.label == "conv1d(filters=[4], dropout=0.1)"


def test_one_view_is_a_list_of_one(read):
    listed = GOOD.replace("view: global_view", "views: [global_view]")
    assert read(listed) == read(GOOD)
    both = GOOD.replace("view: global_view", "views: [{name: global_view, bins: 9}, local_view]")
    entry = read(both).entries[0]
    assert entry.view_names == ("global_view", "local_view")
    assert entry.views[0] == Choice(name="global_view", options={"bins": 9})


def test_an_ensembles_seeds_follow_the_entrys_own(read):
    assert read(GOOD).entries[0].seeds == (0,)
    text = GOOD.replace("model: mlp", "model: mlp\n    seed: 5\n    ensemble: {members: 3}")
    assert read(text).entries[0].seeds == (5, 6, 7)
    assert read(text, "entries.dense.ensemble.members=2").entries[0].seeds == (5, 6)


def test_what_is_written_out_reads_back(read):
    experiment = read(GOOD)
    assert Experiment.model_validate(experiment.model_dump()) == experiment
    assert Experiment.model_validate_json(experiment.model_dump_json()) == experiment


@pytest.mark.parametrize(
    "rule", ["best_f1", {"precision": 0.9}, {"missed_cost": 20}, {"given": 0.5}]
)
def test_a_threshold_rule_reads_back_as_it_was_written(read, rule):
    experiment = read(GOOD, f"protocol.threshold={rule}")
    assert experiment.model_dump()["protocol"]["threshold"] == rule
    assert Experiment.model_validate_json(experiment.model_dump_json()) == experiment


def test_the_best_f1_is_the_threshold_unless_the_file_says_otherwise(read):
    assert read(GOOD, "protocol.threshold=best_f1") == read(GOOD)
    assert read(GOOD, "protocol.threshold.f_beta=1") == read(GOOD)
    assert read(GOOD, "protocol.threshold.f_beta=2") != read(GOOD)


def test_missing_file(tmp_path):
    with pytest.raises(InputError, match=r"none.yaml: cannot read .* No such file or directory"):
        read_experiment(tmp_path / "none.yaml")


def test_folder_and_binary_file(tmp_path):
    with pytest.raises(InputError, match="cannot read the experiment file: Is a directory"):
        read_experiment(tmp_path)
    (tmp_path / "b.yaml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InputError, match=r"b.yaml: cannot read .*: it is not UTF-8 text"):
        read_experiment(tmp_path / "b.yaml")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("a: [1", "e.yaml: not valid YAML: line 1, column 6: "),
        ("a: 2024-13-45", "e.yaml: not valid YAML: month must be in 1..12"),
        ("[" * 5000, "e.yaml: not valid YAML: it is nested too deeply"),
        ("- a\n- b\n", "e.yaml: an experiment is a mapping of keys, got a list"),
        ("", "e.yaml: an experiment is a mapping of keys, got nothing"),
        ("just text", "e.yaml: an experiment is a mapping of keys, got a str"),
    ],
)
def test_not_a_yaml_mapping(refused, text, sentence):
    assert refused(text).startswith(sentence)


@pytest.mark.parametrize("tag", ["!!python/object:os.PathLike", "!!python/name:os.system"])
def test_python_tags_are_refused(refused, tag):
    sentence = refused(GOOD.replace("question: Is", f"question: {tag} Is"))
    assert sentence.startswith("e.yaml: not valid YAML: line 2, column 11: could not determine a")


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("  folds: 3", "  folds: 3\n  folds: 5", "line 8: the key 'folds' stands twice, first in line 7"),
        ("baseline: dense", "baseline: dense\nname: b", "line 18: the key 'name' stands twice, first in line 1"),
        ("{name: conv1d,", "{name: conv1d, name: mlp,", "line 13: the key 'name' stands twice, first in line 13"),
    ],
)  # fmt: skip
def test_key_that_stands_twice(refused, old, new, sentence):
    assert refused(GOOD.replace(old, new)) == f"e.yaml: {sentence}"


def test_merged_keys_may_be_overruled(read):
    text = GOOD.replace("model: mlp\n    view: global_view", "<<: &v {view: flux}\n    model: mlp")
    text = text.replace(
        "    view: {name: global_view, bins: 51}", "    <<: *v\n    view: global_view"
    )
    assert [entry.view_names for entry in read(text).entries] == [("flux",), ("global_view",)]


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("baseline", "bseline", "line 17: bseline: unknown key 'bseline'; did you mean 'baseline'?"),
        ("folds: 3", "fold: 3", "line 7: protocol.fold: unknown key 'fold'; did you mean 'folds'?"),
        ("    view: global", "    veiw: global", "line 11: entries.dense.veiw: unknown key 'veiw'; did you mean 'view'?"),
        ("      epochs: 5", "      epoch: 5", "line 16: entries.conv.training.epoch: unknown key 'epoch'; did you mean 'epochs'?"),
        ("question: Is one better?\n", "", "line 1: question: this key is required"),
        ("    model: mlp\n", "", "line 9: entries.dense.model: this key is required"),
        ("model: mlp", "model: 3", "line 10: entries.dense.model: a name, or a mapping with a name, is needed, got 3"),
        ("model: mlp", "model: {units: [3]}", "line 10: entries.dense.model: a name, or a mapping with a name, is needed, got {'units': [3]}"),
        ("baseline: dense", "baseline: dens", "baseline: there is no entry 'dens'; did you mean 'dense'?"),
        ("- name: conv", "- name: dense", "entries: the name 'dense' is used 2 times"),
        ("name: small", "name: ../small", "line 1: name: string should match pattern '^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$', got '../small'"),
        ("name: small", "name: 7", "line 1: name: input should be a valid string, got 7"),
        ("folds: 3", "folds: 1", "line 7: protocol.folds: input should be greater than or equal to 2, got 1"),
        ("folds: 3", "validation_share: 0.5", "line 7: protocol.validation_share: input should be less than 0.5, got 0.5"),
        ("folds: 3", "prevalence: 0", "line 7: protocol.prevalence: input should be greater than 0, got 0"),
        ("folds: 3", "prevalence: 1", "line 7: protocol.prevalence: input should be less than 1, got 1"),
        ("folds: 3", "primary_metric: log_loss", "line 7: protocol.primary_metric: input should be 'average_precision', 'roc_auc', 'recall_at_precision', 'precision', 'recall' or 'f1', got 'log_loss'"),
        ("folds: 3", "margin: .nan", "line 7: protocol.margin: input should be a finite number, got nan"),
        ("folds: 3", "primary_metric: accuracy", "line 7: protocol.primary_metric: input should be 'average_precision', 'roc_auc', 'recall_at_precision', 'precision', 'recall' or 'f1', got 'accuracy'"),
        ("folds: 3", "threshold: best_f2", "line 7: protocol.threshold: best_f1 or one of f_beta, precision, missed_cost, given is needed, got 'best_f2'"),
        ("folds: 3", "threshold: 0.5", "line 7: protocol.threshold: best_f1 or one of f_beta, precision, missed_cost, given is needed, got 0.5"),
        ("folds: 3", "threshold: {}", "line 7: protocol.threshold: best_f1 or one of f_beta, precision, missed_cost, given is needed, got none"),
        ("folds: 3", "threshold: {given: 0.5, f_beta: 2}", "line 7: protocol.threshold: best_f1 or one of f_beta, precision, missed_cost, given is needed, got f_beta and given"),
        ("folds: 3", "threshold: {precison: 0.9}", "line 7: protocol.threshold.precison: unknown key 'precison'; did you mean 'precision'?"),
        ("folds: 3", "threshold: {precision: 90}", "line 7: protocol.threshold.precision: input should be less than or equal to 1, got 90"),
        ("folds: 3", "threshold: {given: -2.5}", "line 7: protocol.threshold.given: input should be greater than 0, got -2.5"),
        ("folds: 3", "threshold: {missed_cost: 0}", "line 7: protocol.threshold.missed_cost: input should be greater than 0, got 0"),
        ("folds: 3", "test_stars: [1]", "line 6: protocol: test_stars needs split: given"),
        ("epochs: 5", "learning_rate: .inf", "line 16: entries.conv.training.learning_rate: input should be a finite number, got inf"),
        ("epochs: 5", "learning_rate: 0", "line 16: entries.conv.training.learning_rate: input should be greater than 0, got 0"),
        ("protocol:\n", "search: {durations: []}\nprotocol:\n", "line 6: search.durations: tuple should have at least 1 item after validation, not 0, got []"),
        ("protocol:\n", "search: {max_period: 0.3}\nprotocol:\n", "line 6: search: max_period must be longer than min_period (0.5 d), got 0.3 d"),
        ("path: curves.npz", "path: {train: a, tset: b}", "line 5: data.path.tset: unknown key 'tset'; did you mean 'test'?"),
        ("path: curves.npz", "path: {train: a}", "line 5: data.path.test: this key is required"),
        ("path: curves.npz", "path: 5", "line 5: data.path: input should be a valid string, got 5"),
        ("path: curves.npz", "path: {train: a, test: [b]}", "line 5: data.path.test: input should be a valid string, got ['b']"),
        ("view: global_view", "view: global_view\n    views: [flux]", "line 9: entries.dense: view and views: one of them is needed, got both"),
        ("view: global_view", "views: [flux, global_view, flux]", "line 9: entries.dense: views: the view 'flux' stands 2 times"),
        ("    view: global_view\n", "", "line 9: entries.dense.views: this key is required"),
        ("view: global_view", "views: []", "line 11: entries.dense.views: tuple should have at least 1 item after validation, not 0, got []"),
        ("view: global_view", "views: flux", "line 11: entries.dense.views: input should be a valid tuple, got 'flux'"),
        ("view: global_view", "view: [flux]", "line 11: entries.dense.view: a name, or a mapping with a name, is needed, got ['flux']"),
        ("view: global_view", "view: 3", "line 11: entries.dense.view: a name, or a mapping with a name, is needed, got 3"),
        ("{name: global_view, bins", "{nam: global_view, bins", "line 14: entries.conv.view: a name, or a mapping with a name, is needed, got {'nam': 'global_view', 'bins': 51}"),
        ("view: global_view", "views: [flux, 3]", "line 11: entries.dense.views.1: a name, or a mapping with a name, is needed, got 3"),
        ("epochs: 5", "warmup_epochs: 2", "line 15: entries.conv.training: warmup_epochs needs schedule: cosine"),
        ("epochs: 5", "{epochs: 5, schedule: cosine, warmup_epochs: 5}", "line 15: entries.conv.training: warmup_epochs must be less than epochs (5), got 5"),
        ("epochs: 5", "schedule: linear", "line 16: entries.conv.training.schedule: input should be 'constant' or 'cosine', got 'linear'"),
        ("epochs: 5", "label_smoothing: 1", "line 16: entries.conv.training.label_smoothing: input should be less than 1, got 1"),
        ("epochs: 5", "precision: float16", "line 16: entries.conv.training.precision: input should be 'float32', 'mixed_bfloat16' or 'mixed_float16', got 'float16'"),
        ("epochs: 5", "steps_per_execution: 0", "line 16: entries.conv.training.steps_per_execution: input should be greater than or equal to 1, got 0"),
        ("view: global_view", "view: global_view\n    ensemble: {members: 1}", "line 12: entries.dense.ensemble.members: input should be greater than or equal to 2, got 1"),
        ("view: global_view", "view: global_view\n    ensemble: {member: 2}", "line 12: entries.dense.ensemble.member: unknown key 'member'; did you mean 'members'?"),
        ("view: global_view", "view: global_view\n    ensemble: 3", "line 12: entries.dense.ensemble: input should be a valid dictionary or instance of Ensemble, got 3"),
    ],
)  # fmt: skip
def test_wrong_key_or_value(refused, old, new, sentence):
    assert GOOD.count(old) >= 1
    joint = ": " if sentence.startswith(("baseline", "entries:")) else ", "
    assert refused(GOOD.replace(old, new, 1)) == f"e.yaml{joint}{sentence}"


def test_no_entry_at_all(refused):
    head, _, _ = GOOD.partition("entries:")
    assert "entries: tuple should have at least 1 item" in refused(
        head + "entries: []\nbaseline: x"
    )


def test_environment_variable_in_a_path(read, refused, monkeypatch):
    text = GOOD.replace("curves.npz", "${KK_TEST_DATA}/x.npz")
    monkeypatch.delenv("KK_TEST_DATA", raising=False)
    assert refused(text) == (
        "e.yaml, line 5: data.path: the environment variable KK_TEST_DATA is not set "
        "(in '${KK_TEST_DATA}/x.npz')"
    )
    monkeypatch.setenv("KK_TEST_DATA", "/there")
    assert read(text).data.path == "/there/x.npz"
    pair = GOOD.replace("curves.npz", "{train: '${KK_TEST_DATA}/a', test: b}")
    assert read(pair).data.path.train == "/there/a"


def test_star_ids_may_be_numbers(read):
    text = GOOD.replace("folds: 3", "{split: given, test_stars: [11442793, K2-18]}").replace(
        "protocol:\n ", "protocol:"
    )
    assert read(text).protocol.test_stars == ("11442793", "K2-18")


def test_values_are_frozen(read):
    with pytest.raises(ValueError, match="frozen"):
        read(GOOD).protocol.folds = 9


def test_numbers_are_read_as_people_write_them():
    text = "[1e-3, 2E5, -1.5e+2, 1e, e3, 12, 1.5, yes]"
    assert load_yaml(text) == [1e-3, 2e5, -150.0, "1e", "e3", 12, 1.5, True]


def test_line_of_the_deepest_part_that_is_there():
    text = dedent("""\
        a: 1
        list:
          - x: 1
          - y:
              z: 3
    """)
    assert line_of(text, ["list", 1, "y", "z"]) == 5
    assert line_of(text, ["list", 1, "gone", "z"]) == 4
    assert line_of(text, ["list", 7]) == 2
    assert line_of(text, []) == 1


def test_the_only_entry_that_is_an_ablation_of_nothing_is_told_so():
    """Where no name is left to suggest the sentence does not end in the air."""
    entry = {"name": "a", "model": "mlp", "view": "flux", "against": "b"}
    fields = {"name": "n", "question": "?", "data": {"source": "simulated"}}
    with pytest.raises(ValueError, match="there is no entry 'b'; there is none to name"):
        Experiment.model_validate({**fields, "entries": [entry], "baseline": "a"})
