"""`kepler-keras tune` as a user runs it: trials, comparison, report, MLflow, and a second call."""

import json
import re

import mlflow
import pytest
import yaml
from main_job import kepler_keras

from kepler_keras.record import read_record
from kepler_keras.tracking.layout import LEVEL_TAG, TRIAL_TAG

pytestmark = pytest.mark.journey

EXPERIMENT = {
    "name": "small",
    "question": "Does tuning help?",
    "data": {"source": "simulated", "options": {"n_stars": 120, "seed": 0, "prevalence": 0.3}},
    "protocol": {"folds": 2, "validation_share": 0.3},
    "entries": [
        {"name": "linear", "model": "logistic_regression", "view": "flux"},
        {"name": "prevalence", "model": "prevalence", "view": "flux"},
    ],
    "baseline": "prevalence",
    "tuning": [
        {
            "entry": "linear",
            "trials": 3,
            "space": {
                "model.C": {"low": 0.001, "high": 10.0, "log": True},
                "training.scaling": ["standard", "none"],
            },
        }
    ],
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Where it ran twice: three trials in each fold, then four."""
    path = tmp_path_factory.mktemp("tune")
    (path / "small.yaml").write_text(yaml.safe_dump(EXPERIMENT, sort_keys=False))
    first = kepler_keras("tune", "small.yaml", "--jobs", "1", cwd=path)
    second = kepler_keras("tune", "small.yaml", "--jobs", "1", "--trials", "4", cwd=path)
    assert (first.returncode, second.returncode) == (0, 0), first.stderr + second.stderr
    (path / "first.txt").write_text(first.stderr)
    (path / "second.txt").write_text(second.stderr)
    return path


def test_the_record_holds_every_trial(folder):
    record = read_record(folder / "reports" / "small-tuned")
    assert [entry.name for entry in record.experiment.entries] == [
        "linear", "linear_tuned", "prevalence"
    ]  # fmt: skip
    assert [(one.entry, one.of, one.fold) for one in record.tunings] == [
        ("linear_tuned", "linear", 0),
        ("linear_tuned", "linear", 1),
    ]
    for one in record.tunings:
        assert [trial.number for trial in one.trials] == [0, 1, 2, 3]
        assert one.trials[0].settings == {}
        values = [trial.average_precision for trial in one.trials]
        assert values[one.chosen] == max(values)
    assert record.command == "kepler-keras tune small.yaml --trials 4"


def test_a_second_call_goes_on(folder):
    assert "tuning: 6\n" in (folder / "first.txt").read_text()
    assert "tuning (6 trials stand in studies.db): 2\n" in (folder / "second.txt").read_text()


def test_results_and_report_say_what_was_chosen_gained_and_spent(folder):
    results = json.loads((folder / "reports" / "small-tuned" / "results.json").read_text())
    (tuning,) = results["tunings"]
    assert (tuning["entry"], tuning["trials"], tuning["failed"]) == ("linear_tuned", 8, 0)
    assert tuning["cpu_seconds"] > 0
    assert [answer["ask"] for answer in results["answers"]] == ["Did tuning linear help?"]
    html = (folder / "reports" / "small-tuned" / "report.html").read_text()
    part = html[html.index('<section id="tuning">') :]
    part = part[: part.index("</section>")]
    assert (
        "8 trials in 2 outer folds, the first of each fold being linear as it is written." in part
    )
    assert re.search(r"The trials took \d+ processor seconds, \d+ times what linear", part)
    assert part.count("<svg") >= 1


def test_trials_are_runs_below_their_tuned_entry(folder):
    client = mlflow.MlflowClient(f"sqlite:///{folder}/mlflow.db")
    (place,) = [one for one in client.search_experiments() if one.name == "small"]
    runs = client.search_runs([place.experiment_id], f"tags.`{LEVEL_TAG}` = 'trial'")
    assert len(runs) == 6 + 8  # a comparison shows all its trials, whoever ran them
    parents = {client.get_run(run.data.tags["mlflow.parentRunId"]).info.run_name for run in runs}
    assert parents == {"linear_tuned"}
    assert [run.data.tags[TRIAL_TAG] for run in runs].count("chosen") == 4
    drawn = [run for run in runs if run.data.params["trial"] != "0"]
    assert all("model.C" in run.data.params for run in drawn)
    assert all("inner_average_precision" in run.data.metrics for run in runs)


def test_a_setting_that_the_model_does_not_have_is_refused(tmp_path):
    space = {"model.strength": [1.0, 2.0]}
    wrong = {**EXPERIMENT, "tuning": [{"entry": "linear", "space": space}]}
    (tmp_path / "wrong.yaml").write_text(yaml.safe_dump(wrong))
    ended = kepler_keras("tune", "wrong.yaml", "--jobs", "1", cwd=tmp_path)
    assert ended.returncode == 2
    sentence = ended.stderr.splitlines()[-1]
    assert sentence == (
        "Error: tuning, model.strength: 1.0 cannot be tried: entry 'linear': model "
        "'logistic_regression': unknown option 'strength'; known are C, max_iter"
    )
    assert not (tmp_path / "reports").exists()


def test_a_file_that_tunes_nothing_is_refused(tmp_path):
    plain = {key: value for key, value in EXPERIMENT.items() if key != "tuning"}
    (tmp_path / "plain.yaml").write_text(yaml.safe_dump(plain))
    ended = kepler_keras("tune", "plain.yaml", cwd=tmp_path)
    assert ended.returncode == 2
    assert ended.stderr == "Error: plain.yaml: it has no key tuning, there is nothing to tune\n"
    assert [path.name for path in tmp_path.iterdir()] == ["plain.yaml"]
