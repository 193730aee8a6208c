"""What checks, canaries and the learning diagnosis leave in results and report."""

import re

import numpy as np
import pandas as pd
import pytest
from made_up_record import entry, environment, experiment, make_record

from kepler_keras.diagnostics import (
    Canaries,
    CanaryFold,
    CanaryRun,
    CurvePoint,
    Diagnostics,
    EqualCurves,
    LearningCurve,
    SharedStar,
    SplitFaults,
)
from kepler_keras.evaluation.calibration import LEAST_SLOPE, Correction, finite_log_odds
from kepler_keras.record import MemberFit, member_name
from kepler_keras.reporting.evidence import evidence_of
from kepler_keras.reporting.page import page
from kepler_keras.reporting.results import build_results


def canary_run(kind, value, **changes):
    folds = [
        CanaryFold(repeat=0, fold=fold, average_precision=value, n=40, n_planets=4)
        for fold in range(3)
    ]
    fields = {"kind": kind, "entries": ["mlp"], "pipeline": "flux", "model": "memory"}
    return CanaryRun(**{**fields, "folds": folds, **changes})


def canaries(*runs, n_pipelines=1):
    return Diagnostics(
        canaries=Canaries(runs=list(runs), seconds=3.0, n_pipelines=n_pipelines, n_stars=120)
    )


def with_training_rows(record, **values):
    fits = [
        fit.model_copy(update={"train_average_precision": values.get(fit.entry)})
        for fit in record.fits
    ]
    return record.model_copy(update={"fits": fits})


def codes(record):
    return {one.code: one for one in build_results(record).findings}


def test_loud_findings_stand_before_the_answer_and_notes_under_checks():
    shared = SharedStar(star="s7", repeat=0, fold=1, parts=["train", "test"])
    record = make_record(diagnostics=Diagnostics(split=SplitFaults(n_shared=1, shared=[shared])))
    text = page(record, build_results(record))
    head, rest = text.split('<section id="answer">')
    assert re.search('class="red" id="kk004">.*s7 in train and test of repeat 1, fold 2', head)
    assert 'class="warning" id="kk006"' in head  # twelve planets
    assert "KK009" not in head
    section = rest[rest.index('<section id="checks">') : rest.index('<section id="settings">')]
    assert "KK009" in section
    assert "KK004" not in section


def test_equal_curves_are_found_with_their_stars():
    equal = EqualCurves(stars=["a", "b"], labels=[1, 1])
    record = make_record(diagnostics=Diagnostics(split=SplitFaults(n_equal=1, equal=[equal])))
    assert "the first a and b" in codes(record)["KK005"].sentence


def test_canaries_are_judged_together_and_red_ones_are_told():
    record = make_record(
        diagnostics=canaries(canary_run("noise", 0.1), canary_run("permuted", 1.0))
    )
    results = build_results(record)
    silent, red = results.canaries
    assert red.adjusted_p_value == pytest.approx(2 * red.p_value)
    assert silent.adjusted_p_value == 1
    assert red.random_ranking == pytest.approx(0.18, abs=0.02)
    assert codes(record)["KK012"].level == "red"
    assert "They took 3 seconds" in page(record, results)


def test_canaries_that_could_not_be_fitted_or_were_too_many_are_told():
    broken = canary_run("noise", 0.1, folds=[], reason="smote: too few planets")
    record = make_record(diagnostics=canaries(broken, n_pipelines=6))
    text = page(record, build_results(record))
    assert "could not be fitted: smote: too few planets" in text
    assert "6 different pipelines; 1 had canaries" in text
    assert "KK012" not in codes(record)
    assert "Planets are too few to permute labels" in text


def test_switched_off_canaries_are_told():
    record = make_record(experiment(protocol={"folds": 3, "canaries": False}))
    assert "protocol.canaries: false" in page(record, build_results(record))


def test_training_rows_are_read_out_in_words():
    record = with_training_rows(make_record(), mlp=1.0, conv1d=0.9, prevalence=0.1)
    results = build_results(record)
    assert [one.entry for one in results.diagnoses] == ["mlp", "conv1d"]
    mlp = results.diagnoses[0]
    assert mlp.train == 1.0
    assert mlp.gap.mean == pytest.approx(1 - results.entries[0].metrics["average_precision"].mean)
    assert mlp.sentence.startswith(f"mlp: {mlp.fit}. In average precision training rows reach 1.00")
    text = page(record, results)
    assert 'id="diagnosis"' in text
    assert 'id="diagnosis"' not in page(make_record(), build_results(make_record()))


def test_learning_curve_has_picture_time_and_a_verdict():
    points = [
        CurvePoint(entry="mlp", repeat=0, fold=fold, share=share, n_stars=int(60 * share),
                   average_precision=0.3 + 0.4 * share + 0.01 * fold,
                   train_average_precision=0.9, reason=None)
        for share in (0.5, 1.0) for fold in range(3)
    ]  # fmt: skip
    lost = CurvePoint(entry="mlp", repeat=0, fold=0, share=0.25, n_stars=15,
                      average_precision=None, train_average_precision=None,
                      reason="smote: too few planets")  # fmt: skip
    curve = LearningCurve(points=[lost, *points], expected_seconds=20, seconds=24)
    record = make_record(diagnostics=Diagnostics(learning_curve=curve))
    record = with_training_rows(record, mlp=0.9)
    results = build_results(record)
    (mlp,) = results.diagnoses
    assert mlp.data == "more data would help"
    assert mlp.slope.mean == pytest.approx(0.2)
    assert "From 0.5 of the training stars to all of them" in mlp.sentence
    text = page(record, results)
    assert "foretold to take 20 seconds and took 24" in text
    assert "mlp, 0.25 of the stars: smote: too few planets" in text
    assert text.count('aria-label="Average precision over the number of training stars') == 1


def test_held_slopes_are_seen_in_the_corrected_scores():
    record = make_record()
    table = record.predictions.copy()
    fold = (table["entry"] == "mlp") & (table["repeat"] == 0) & (table["fold"] == 0)
    mine = fold & (table["split"] == "validation")
    log_odds = finite_log_odds(table.loc[mine, "score"].to_numpy())
    table.loc[mine, "score"] = 1 / (1 + np.exp(2 - log_odds / log_odds.std() * LEAST_SLOPE))
    slope = Correction(slope=0.01, intercept=-2.0)
    fits = [fit.model_copy(update={"correction": slope}) for fit in record.fits]
    held = codes(record.model_copy(update={"fits": fits, "predictions": table}))
    assert "mlp in 1 of 6 fits" in held["KK013"].sentence
    assert "KK013" not in codes(record.model_copy(update={"predictions": table}))


def test_members_of_an_ensemble_give_seeds_and_training_rows():
    setup = experiment(entries=[entry("mlp", "mlp", ensemble={"members": 2}), entry("b", "conv1d")])
    record = make_record(setup)
    mine = record.predictions[record.predictions["entry"] == "mlp"]
    names = [member_name("mlp", seed) for seed in (0, 1)]
    tables = [mine.assign(entry=names[0]), mine.assign(entry=names[1], score=mine["label"] * 0.5)]
    members = [
        MemberFit(seed=seed, epochs=3, train_seconds=1, history={}, train_average_precision=value)
        for seed, value in ((0, 0.6), (1, 0.8))
    ]
    fits = [
        fit.model_copy(update={"members": members if fit.entry == "mlp" else []})
        for fit in record.fits
    ]
    changed = record.model_copy(update={"members": pd.concat(tables), "fits": fits})
    facts = evidence_of(changed).entries[0]
    assert facts.train_average_precision == pytest.approx((0.7,) * 6)
    assert facts.seeds[1] == 1.0
    assert facts.n_fits == 12


def test_clean_tree_is_no_finding():
    clean = environment().model_copy(update={"git_dirty": False})
    assert "KK009" not in codes(make_record(environment=clean))
