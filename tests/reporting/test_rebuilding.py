"""Several comparisons in one store: together where that is fair, apart where it is not."""

import contextlib
import json
from pathlib import Path
from typing import Any

import mlflow
import pytest
from made_up_record import data_summary, entry, experiment, make_record, predictions

from kepler_keras import cli
from kepler_keras.errors import InputError
from kepler_keras.evaluation.predictions import sort_predictions
from kepler_keras.merging import Source, merged
from kepler_keras.rebuilding import rebuild
from kepler_keras.record import Record
from kepler_keras.same_scoring import what_differs
from kepler_keras.tracking import find_comparisons, start_comparison

PROTOCOL = {"folds": 2}


def record_of(name: str, models: list[str], **changes: Any) -> Record:
    setup = experiment(
        name=name,
        question=f"What of {name}?",
        entries=[entry(model, model) for model in models],
        baseline=models[0],
        protocol=changes.pop("protocol", PROTOCOL),
        questions=[{"ask": "Well?", "better": models[1], "than": models[0]}],
    )
    return make_record(setup, **{"data": data_summary(warnings=[]), **changes})


def with_rows(record: Record, change: Any) -> Record:
    table = sort_predictions(change(record.predictions.copy()))
    return record.model_copy(update={"predictions": table})


FIRST = record_of("first", ["mlp", "conv1d"])
SECOND = record_of("second", ["conv1d", "fcn"])
OTHER_STARS = with_rows(
    record_of("third", ["mlp", "conv1d"]), lambda t: t.assign(star="x" + t["star"])
)


class Store:
    """Finished comparisons by name, one that broke, and the run of a fold."""

    def __init__(self, folder: Path) -> None:
        self.address = f"sqlite:///{folder / 'mlflow.db'}"
        self.runs = {}
        for record in (FIRST, SECOND, OTHER_STARS):
            place = folder / record.experiment.name
            place.mkdir()
            record.write(place)
            options: Any = {"address": self.address, "environment": {}}
            with start_comparison(record.experiment, **options) as tracker:
                self.fold = tracker.log_fold(record.fits[0], {})
                tracker.log_record(record, place)
            self.runs[record.experiment.name] = tracker.run_id
        with (
            contextlib.suppress(RuntimeError),
            start_comparison(FIRST.experiment, **options) as tracker,
        ):
            self.broken = tracker.run_id
            raise RuntimeError
        self.strange = mlflow.MlflowClient(self.address).create_run("0").info.run_id


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder = tmp_path_factory.mktemp("several")
    with contextlib.chdir(folder):
        yield Store(folder)
    mlflow.set_tracking_uri(None)


def test_alike_comparisons_become_one_report(store: Store, tmp_path: Path) -> None:
    ids = [store.runs["first"], store.runs["second"]]
    done = rebuild(address=store.address, run_ids=ids, out=tmp_path)
    assert done.reports == (tmp_path / "report.html",)
    results = json.loads((tmp_path / "results.json").read_text())
    assert [one["name"] for one in results["entries"]] == [
        "mlp",
        "conv1d_of_first",
        "conv1d_of_second",
        "fcn",
    ]
    assert results["question"] == "(1) What of first? (2) What of second?"
    assert len(results["comparisons"]) == 6
    families = [one["family"] for one in results["comparisons"]]
    assert (families.count("questions"), families.count("baseline")) == (2, 2)
    page = (tmp_path / "report.html").read_text()
    assert f"kepler-keras report {ids[0]} {ids[1]}" in page
    assert str(store.address) not in page
    again = rebuild(address=store.address, experiments=["first", "second"], out=tmp_path / "again")
    assert again.reports[0].read_bytes() == done.reports[0].read_bytes()


def test_others_are_never_ranked_together(store: Store, tmp_path: Path) -> None:
    (tmp_path / "results.json").write_text("of an earlier report")
    done = rebuild(address=store.address, experiments=["first", "third", "second"], out=tmp_path)
    folders = ["first_and_second", "third"]
    assert done.reports == (
        tmp_path / "report.html",
        *(tmp_path / name / "report.html" for name in folders),
    )
    assert not (tmp_path / "results.json").exists()
    front = (tmp_path / "report.html").read_text()
    sentence = (
        "third was not scored as first_and_second was: "
        "other stars (120 and 120, 0 of them in both)."
    )
    assert sentence in front
    for name in folders:
        verdict = json.loads((tmp_path / name / "results.json").read_text())["verdict"]
        assert verdict.split(" is ")[0] in front
        assert f'href="{name}/report.html"' in front
    assert "across" not in front  # two data sets rank nothing


def test_three_data_sets_are_a_case_for_across(store: Store, tmp_path: Path) -> None:
    entries = ["mlp", "conv1d", "fcn"]
    records = [
        with_rows(
            record_of(f"set{i}", entries, data=data_summary(warnings=[], fingerprint=str(i) * 64)),
            lambda t, i=i: t.assign(star=f"{i}" + t["star"]),
        )
        for i in range(3)
    ]
    for record in records:
        (tmp_path / record.experiment.name).mkdir()
        record.write(tmp_path / record.experiment.name)
        with start_comparison(record.experiment, address=store.address, environment={}) as tracker:
            tracker.log_record(record, tmp_path / record.experiment.name)
    done = rebuild(
        address=store.address, experiments=["set0", "set1", "set2"], out=tmp_path / "out"
    )
    assert "kepler-keras across set0 set1 set2" in done.reports[0].read_text()


def test_a_fold_stands_for_its_comparison(store: Store, tmp_path: Path) -> None:
    third = store.runs["third"]
    done = rebuild(address=store.address, run_ids=[store.fold, third], out=tmp_path)
    assert done.said == (f"run {store.fold} is a part of comparison {third}, which is taken",)
    assert len(done.reports) == 1
    asked = [store.runs["first"], third, store.fold]
    found = find_comparisons(store.address, run_ids=asked, experiments=["first", "second"])
    assert [one.experiment for one in found] == ["first", "third", "second"]


@pytest.mark.parametrize(
    ("ask", "sentence"),
    [
        (lambda store: ["0" * 32], "there is no run '0{32}'"),
        (lambda store: ["../../x\n"], r"there is no run '../../x\\n'"),
        (lambda store: [store.broken], "is not finished but failed"),
        (lambda store: [store.strange], "is no run of a comparison"),
        (lambda store: [], "name a run or an experiment"),
    ],
)
def test_runs_that_give_no_report(store: Store, tmp_path: Path, ask: Any, sentence: str) -> None:
    with pytest.raises(InputError, match=sentence):
        rebuild(address=store.address, run_ids=ask(store), out=tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_the_command_takes_runs_and_experiments(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", store.address)
    arguments = ["report", store.runs["second"], "--experiment", "first", "--caller", str(tmp_path)]
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.argv", ["kepler-keras", *arguments])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert not ended.value.code
    assert capsys.readouterr().out == "report: reports/second_and_first/report.html\n"


def _relabelled(table: Any) -> Any:
    table.loc[table["star"] == "star0001", "label"] = 1
    return table


@pytest.mark.parametrize(
    ("second", "differs"),
    [
        (SECOND, []),
        (OTHER_STARS, ["other stars (120 and 120, 0 of them in both)"]),
        (with_rows(SECOND, _relabelled), ["other labels (of 1 stars)"]),
        (record_of("b", ["mlp", "fcn"], protocol={"folds": 3}), ["other folds"]),
        (
            record_of("b", ["mlp", "fcn"], protocol={"folds": 2, "prevalence": 0.02}),
            ["another prevalence (none and 0.02)"],
        ),
        (
            record_of("b", ["mlp", "fcn"], protocol={"folds": 2, "margin": 0.05}),
            ["another margin (0.02 and 0.05)"],
        ),
        (record_of("b", ["mlp", "fcn"], protocol={"folds": 2, "threads": 4}), []),
        (
            record_of("b", ["mlp", "fcn"], data=data_summary(fingerprint="cd" * 32)),
            ["other data of the same stars"],
        ),
        (record_of("b", ["mlp", "fcn"], quick=True), ["one is a quick run"]),
    ],
)
def test_what_differs_in_words(second: Record, differs: list[str]) -> None:
    assert what_differs(FIRST, second) == differs


def remade(record: Record, *, scores: float = 0.0, **environment: Any) -> Record:
    """The record of the same experiment on another machine, where every score moves so far."""
    made = record.environment.model_copy(update=environment)
    table = record.predictions.assign(score=record.predictions["score"] + scores)
    return record.model_copy(update={"environment": made, "predictions": table})


MACHINE = {"threads": 4, "onednn": False, "processor": "another"}


@pytest.mark.parametrize(
    ("second", "notes"),
    [
        (remade(FIRST), []),
        (
            remade(FIRST, scores=1e-7, **MACHINE),
            [
                "The first comparison and run bbbbbbbb were not made alike: threads 1 and 4; "
                "oneDNN on and off; processor a processor and another.",
                "The same settings gave other scores in run bbbbbbbb than in the first comparison, "
                "of mlp, conv1d: the differences named may be why.",
            ],
        ),
        (
            remade(FIRST, scores=1e-7),
            [
                "The same settings gave other scores in run bbbbbbbb than in the first comparison, "
                "of mlp, conv1d: nothing recorded says why."
            ],
        ),
        (
            remade(FIRST, versions=FIRST.environment.versions | {"numba": "9.9"}),
            ["The first comparison and run bbbbbbbb were not made alike: numba unknown and 9.9."],
        ),
    ],
)
def test_what_changes_the_digits_is_named(second: Record, notes: list[str]) -> None:
    both = merged([Source("a" * 32, FIRST), Source("b" * 32, second)])
    assert both.data.notes == [*FIRST.data.notes, *notes]


def test_runs_of_one_experiment_are_told_apart_by_their_ids() -> None:
    both = merged([Source("a" * 32, FIRST), Source("b" * 32, FIRST)])
    assert [one.name for one in both.experiment.entries] == [
        "mlp_run_aaaaaaaa",
        "conv1d_run_aaaaaaaa",
        "mlp_run_bbbbbbbb",
        "conv1d_run_bbbbbbbb",
    ]
    assert both.experiment.question == "What of first?"
    assert both.experiment.baseline == "mlp_run_aaaaaaaa"
    assert len(both.fits) == 2 * len(FIRST.fits)


def test_ablations_ensembles_and_long_names_are_renamed_with_their_entry() -> None:
    long = "n" * 64
    setup = experiment(
        name="remedied",
        entries=[entry("mlp", "mlp", ensemble={"members": 2}), entry(long, "conv1d")],
        protocol=PROTOCOL,
        remedies=[{"imbalance": "class_weights", "entries": ["mlp"]}],
    )
    members = predictions(["mlp, seed 0", "mlp, seed 1"], folds=2, repeats=1)
    one = make_record(setup, members=members)
    both = merged([Source("a" * 32, one), Source("b" * 32, one)])
    names = [item.name for item in both.experiment.entries]
    assert names[0] == "mlp_run_aaaaaaaa"
    assert names[1] == "n" * 51 + "_run_aaaaaaaa"
    ablation = next(item for item in both.experiment.entries if item.against)
    assert ablation.against == "mlp_run_aaaaaaaa"
    assert len(set(names)) == 6
    assert both.members is not None
    assert set(both.members["entry"]) == {
        f"mlp_run_{letter * 8}, seed {seed}" for letter in "ab" for seed in (0, 1)
    }
