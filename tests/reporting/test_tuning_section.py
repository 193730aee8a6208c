"""What the report says of tuning: sentences, pictures, and what is unknown."""

import pytest
from made_up_record import entry, experiment, make_record
from test_report import html_of

from kepler_keras.record import FoldTuning, TrialRecord
from kepler_keras.reporting.results import build_results
from kepler_keras.reporting.tuning_section import tuning_section


def trial(number, value, end="complete", **settings):
    return TrialRecord(
        number=number,
        settings={key.replace("__", "."): setting for key, setting in settings.items()},
        end=end,
        average_precision=value,
        epochs=4,
        cpu_seconds=2.0,
        reason="training diverged" if end == "failed" else None,
    )


def tunings():
    rate = {"training__learning_rate": 0.00123456}
    trials = [trial(0, 0.5), trial(1, 0.6, **rate), trial(2, None, "pruned", **rate)]
    kept = [trial(0, 0.7), trial(1, 0.4, **rate), trial(2, None, "failed", **rate)]
    shares = {"training.learning_rate": 0.75, "model.units": 0.25}
    place = {"entry": "conv1d", "of": "mlp", "repeat": 0}
    return [
        FoldTuning(**place, fold=0, trials=trials, chosen=1, importance=shares),
        FoldTuning(**place, fold=1, trials=kept, chosen=0, importance={}),
    ]


@pytest.fixture(scope="module")
def record():
    setup = experiment(entries=[entry("mlp", "mlp"), entry("conv1d", "conv1d")], remedies=[])
    return make_record(setup).model_copy(update={"tunings": tunings()})


def test_results_count_trials_and_average_importance(record):
    (tuning,) = build_results(record).tunings
    assert (tuning.trials, tuning.pruned, tuning.failed, tuning.cpu_seconds) == (6, 1, 1, 12.0)
    assert [one.trial for one in tuning.chosen] == [1, 0]
    assert tuning.inner_gain == pytest.approx((0.1 + 0.0) / 2)
    assert tuning.importance == {"training.learning_rate": 0.75, "model.units": 0.25}


def test_sentences_say_which_gain_counts(record):
    results = build_results(record)
    (group,) = tuning_section(record, results)
    tried, gained, spent = group.sentences
    assert tried == (
        "6 trials in 2 outer folds (1 ended early, 1 could not be fitted), the first of each fold "
        "being mlp as it is written."
    )
    means = {one.name: one.metrics["average_precision"].mean for one in results.entries}
    assert f"on the test folds, which took no part, {means['conv1d'] - means['mlp']:+.3f}" in gained
    assert "gain +0.050 of average precision" in gained
    assert spent.startswith("The trials took 12 processor seconds")


def test_rows_say_what_was_chosen(record):
    (group,) = tuning_section(record, build_results(record))
    assert group.rows == (
        ("repeat 1, fold 1", "training.learning_rate = 0.00123", "0.500", "0.600"),
        ("repeat 1, fold 2", "as written", "0.700", "0.700"),
    )


def test_a_first_trial_that_failed_leaves_the_gain_unknown(record):
    first = record.tunings[0]
    broken = [trial(0, None, "failed"), *first.trials[1:]]
    changed = [first.model_copy(update={"trials": broken})]
    only = record.model_copy(update={"tunings": changed})
    (group,) = tuning_section(only, build_results(only))
    assert len(group.sentences) == 2
    assert group.rows[0][2] == "undefined"


def test_the_page_has_the_section_only_where_something_was_tuned(record):
    assert '<section id="tuning">' in html_of(record)
    assert '<section id="tuning">' not in html_of(make_record())


def test_the_tuned_entry_left_out_is_not_shown(record):
    table = record.predictions
    gone = record.model_copy(
        update={"predictions": table[table["entry"] == "mlp"].reset_index(drop=True)}
    )
    assert build_results(gone).tunings == []
