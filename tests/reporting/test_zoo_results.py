"""Decision values, entries that were left out, and members of ensembles in `results.json`."""

import json

import pandas as pd
import pytest
from made_up_record import entry, make_record, predictions
from made_up_zoo import DECISION, LEFT_OUT, zoo, zoo_record

from kepler_keras.evaluation.summary import CALIBRATION
from kepler_keras.record import FoldFit, LeftOut, Record, read_record
from kepler_keras.reporting.calibration_results import NOT_APPLICABLE
from kepler_keras.reporting.entries import decision_entries, taking_part
from kepler_keras.reporting.results import Results, build_results, results_json, summarise_record

COMPARED = ["mlp", "conv1d", "ridge", "rocket", "ensemble"]


def calibrated(results: Results) -> set[str]:
    """Names of the entries that any number about calibration stands beside."""
    found = {
        item.name
        for item in results.entries
        for name in CALIBRATION
        if any(value is not None for value in (item.metrics[name].mean, *item.metrics[name].folds))
    }
    found |= {item.entry for item in results.calibration if item.before or item.after}
    remedied = [item for item in results.remedies if item.measure in CALIBRATION]
    return found | {name for item in remedied for name in (item.entry, item.against)}


def taken_for_probabilities(fit: FoldFit) -> FoldFit:
    return fit.model_copy(update={"score_kind": "probability"})


@pytest.fixture(scope="module")
def record() -> Record:
    return zoo_record()


@pytest.fixture(scope="module")
def results(record) -> Results:
    return build_results(record)


def test_decision_values_have_no_calibration_and_a_word_that_says_so(results) -> None:
    assert calibrated(results) == set(COMPARED) - set(DECISION)
    document = json.loads(results_json(results))
    for item in document["entries"]:
        kind = "decision" if item["name"] in DECISION else "probability"
        assert item["score_kind"] == kind
        assert item["not_applicable"] == (list(CALIBRATION) if kind == "decision" else [])
        assert item["metrics"]["average_precision"]["mean"] is not None
    for item in document["calibration"]:
        expected = NOT_APPLICABLE if item["entry"] in DECISION else None
        assert item["not_applicable"] == expected
        assert (item["after"] is None) == (item["entry"] in DECISION)
    assert any(abs(value) > 1 for value in results.entries[2].threshold.folds)


def test_decision_values_that_look_like_probabilities_are_told_by_their_kind() -> None:
    record = zoo_record(zoo(remedies=[{"imbalance": "smote"}]), within_one=True)
    assert record.predictions["score"].between(0, 1).all()
    names = {item.name for item in build_results(record).entries}
    decision = {name for name in names if name.startswith(DECISION)}
    assert len(decision) == 4
    assert calibrated(build_results(record)) == names - decision
    # The planted fault: the same record, its decision values taken for probabilities.
    mistaken = [taken_for_probabilities(fit) for fit in record.fits]
    assert calibrated(build_results(record.model_copy(update={"fits": mistaken}))) == names


def test_who_is_left_out_is_listed_and_stands_nowhere_else(record, results) -> None:
    assert results.left_out == list(LEFT_OUT)
    document = json.loads(results_json(results))
    assert document["left_out"][1] == {
        "entry": "broken", "reason": "conv2d: its loss became NaN in fold 2", "failed": True,
    }  # fmt: skip
    told = ("left_out", "warnings")
    rest = json.dumps({key: document[key] for key in document if key not in told})
    assert "broken" not in rest
    assert '"image"' not in rest
    assert [item.name for item in results.entries] == COMPARED == list(summarise_record(record))
    assert results.warnings[-1] == "broken is left out: conv2d: its loss became NaN in fold 2"
    assert not any("image" in warning for warning in results.warnings)


def test_predictions_of_a_broken_entry_change_nothing(record, results) -> None:
    rows = record.predictions[record.predictions["entry"] == "mlp"].assign(entry="broken")
    table = pd.concat([rows[rows["fold"] == 0], record.predictions], ignore_index=True)
    begun = record.model_copy(update={"predictions": table})
    assert results_json(build_results(begun)) == results_json(results)


def test_an_entry_without_predictions_or_reason_is_told_as_broken() -> None:
    whole = make_record()
    rows = whole.predictions[whole.predictions["entry"] != "conv1d"]
    results = build_results(whole.model_copy(update={"predictions": rows}))
    (found,) = results.left_out
    assert (found.entry, found.failed) == ("conv1d", True)
    assert found.reason == "it has no predictions in the record"


@pytest.mark.parametrize("failed", [True, False])
@pytest.mark.parametrize("scored", [True, False])
def test_an_ablation_leaves_with_its_entry(failed, scored) -> None:
    entries = [entry("mlp", "mlp"), entry("conv1d", "conv1d"), entry("ridge", "ridge")]
    record = zoo_record(zoo(entries=entries, remedies=[{"imbalance": "smote"}]))
    gone = LeftOut(entry="conv1d", reason="it broke", failed=failed)
    kept = scored | ~record.predictions["entry"].str.startswith("conv1d")
    changes = {"left_out": [gone], "predictions": record.predictions[kept]}
    results = build_results(record.model_copy(update=changes))
    assert [item.name for item in results.entries] == ["mlp", "ridge", "mlp.smote", "ridge.smote"]
    assert results.left_out[1].failed == failed
    assert results.left_out[1].entry == "conv1d.smote"
    assert "conv1d, which it would be compared with, is left out" in results.left_out[1].reason
    assert {item.base for item in results.selection} == {"mlp", "ridge"}


def test_a_record_of_all_comes_back_as_it_is() -> None:
    record = make_record()
    assert taking_part(record) is record
    assert decision_entries(record) == frozenset()


def test_members_stand_by_seed_with_the_primary_metric(record, results) -> None:
    assert [(item.entry, item.seed) for item in results.members] == [
        ("ensemble", seed) for seed in (10, 11, 12, 13)
    ]
    first = results.members[0].metrics["average_precision"]
    assert list(results.members[0].metrics) == ["average_precision"]
    assert first.low < first.mean < first.high
    assert len(first.folds) == 6
    # A member that scores what the ensemble scores has its very figures.
    mine = record.predictions[record.predictions["entry"] == "ensemble"]
    same = record.model_copy(update={"members": mine.assign(entry="ensemble, seed 12")})
    (member,) = build_results(same).members
    assert member.seed == 12
    assert member.metrics["average_precision"] == results.entries[4].metrics["average_precision"]


def test_members_of_an_entry_that_is_left_out_are_passed_over(record) -> None:
    gone = [*record.left_out, LeftOut(entry="ensemble", reason="it broke", failed=True)]
    assert build_results(record.model_copy(update={"left_out": gone})).members == []
    assert build_results(make_record()).members == []


def test_members_of_decision_values_are_none_the_worse() -> None:
    entries = [entry("mlp", "mlp"), entry("ridge", "ridge", ensemble={"members": 2})]
    record = zoo_record(zoo(entries=entries))
    names = ["ridge, seed 0", "ridge, seed 1"]
    rows = predictions(names)
    members = rows.assign(score=900 * rows["score"] - 400)
    results = build_results(record.model_copy(update={"members": members}))
    plain = build_results(record.model_copy(update={"members": rows}))
    assert results.members == plain.members


def test_a_written_record_comes_back_with_its_members(record, tmp_path) -> None:
    record.write(tmp_path)
    assert results_json(build_results(read_record(tmp_path))) == results_json(build_results(record))
