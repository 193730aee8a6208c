import json

from made_up_record import entry, experiment, make_record

from kepler_keras.evaluation.summary import summarise
from kepler_keras.evaluation.verdicts import corrected_interval
from kepler_keras.reporting.remedy_results import (
    ablations,
    remedy_results,
    selection_results,
    thinned_test_share,
)


def made(**changes):
    """A comparison of two competitors and three ablations."""
    setup = experiment(
        entries=[entry("mlp", "mlp"), entry("conv1d", "conv1d")],
        remedies=[{"imbalance": "class_weights"}, {"augmentations": ["noise"], "entries": ["mlp"]}],
        **changes,
    )
    return make_record(setup)


def test_every_remedy_and_every_choice_is_there() -> None:
    record = made()
    assert ablations(record.experiment) == {
        "mlp.class_weights": "mlp",
        "mlp.noise": "mlp",
        "conv1d.class_weights": "conv1d",
    }
    summaries = summarise(record.predictions, draws=5)
    effects = remedy_results(record, summaries)
    found = [(item.entry, item.against) for item in effects if item.measure == "average_precision"]
    assert dict(found) == ablations(record.experiment)
    assert len(found) == 3
    first = effects[0]
    folds = [summaries[name].metrics[first.measure].folds for name in (first.entry, first.against)]
    assert first.difference.folds == [a - b for a, b in zip(*folds, strict=True)]
    assert first.adjusted_p_value >= first.p_value

    by_base = {item.base: item for item in selection_results(record)}
    assert list(by_base) == ["mlp", "conv1d"]
    assert len(by_base["mlp"].choices) == 6
    assert set(by_base["mlp"].choices) <= {"mlp", "mlp.class_weights", "mlp.noise"}


def test_one_fold_is_written_as_null() -> None:
    record = made(protocol={"split": "given"})
    effect = remedy_results(record, summarise(record.predictions, draws=5))[0]
    document = json.loads(effect.model_dump_json())
    assert (document["difference"]["low"], document["p_value"]) == (None, None)
    assert document["verdict"] == "not decided"
    assert selection_results(record)[0].p_value is None


def test_no_ablations_leave_nothing_to_say() -> None:
    record = make_record()
    assert remedy_results(record, summarise(record.predictions, draws=5)) == []
    assert selection_results(record) == []


def test_thinned_folds_test_more_rows_for_each_that_trains() -> None:
    """Whole folds have n_test / n_train of 1 / (k - 1), which their tests need not be told."""
    assert thinned_test_share(made()) is None
    record = made(protocol={"prevalence": 0.1})
    counts = dict.fromkeys(("train", "validation", "test"), 0)
    for part in record.parts:
        counts[part.part] += part.n_examples
    expected = counts["test"] / (counts["train"] + counts["validation"])
    assert thinned_test_share(record) == expected
    effects = remedy_results(record, summarise(record.predictions, prevalence=0.1, draws=5))
    differences = effects[0].difference.folds
    low, high, _ = corrected_interval(differences, test_share=expected, n_planets=12)
    assert (effects[0].difference.low, effects[0].difference.high) == (low, high)
