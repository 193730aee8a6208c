"""The threshold rule of an experiment in results and report."""

import pytest
from made_up_record import entry, experiment, make_record

from kepler_keras.reporting.page import page
from kepler_keras.reporting.results import build_results
from kepler_keras.reporting.threshold_section import threshold_section


def record(threshold, *, decision=()):
    setup = experiment(
        protocol={"folds": 3, "threshold": threshold},
        entries=[entry(name, "mlp") for name in ("mlp", "conv1d")]
        + [entry("prevalence", "prevalence")],
    )
    made = make_record(setup)
    fits = [
        fit.model_copy(update={"score_kind": "decision"}) if fit.entry in decision else fit
        for fit in made.fits
    ]
    return made.model_copy(update={"fits": fits})


def test_the_rule_reaches_results_and_page():
    made = record({"given": 0.25}, decision=("conv1d",))
    results = build_results(made)
    mlp, conv1d, _ = results.entries
    assert mlp.threshold.rule == "given beforehand: 0.25"
    assert mlp.threshold.folds == [0.25] * 3
    assert conv1d.threshold.rule == "best F1 on validation rows"
    assert conv1d.threshold.folds != [0.25] * 3
    text = page(made, results)
    assert "Threshold of a fold: given beforehand: 0.25. Test rows never choose it." in text
    assert "conv1d, with decision values, keeps the best F1 on validation rows." in text
    pictures = [name for name in ("mlp", "conv1d", "prevalence") if f"recall of {name} by" in text]
    assert pictures == ["mlp", "conv1d", "prevalence"]


@pytest.mark.parametrize(
    ("threshold", "words"),
    [
        ("best_f1", "best F1 on validation rows"),
        ({"f_beta": 2}, "best F-beta with beta 2 on validation rows"),
        ({"precision": 0.9}, "highest recall at a precision of 0.9 on validation rows"),
        (
            {"missed_cost": 20},
            "least cost on validation rows, where a missed planet costs 20 false alarms",
        ),
    ],
)
def test_each_rule_has_words_and_pictures(threshold, words):
    section = threshold_section(record(threshold))
    assert section.rule == words
    assert section.keeping == ()
    assert len(section.pictures) == 2  # scores that are all equal leave nothing to choose
