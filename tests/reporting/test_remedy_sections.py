import re

import pytest
from made_up_record import ablated, entry, experiment, make_record, with_ablations
from test_report import html_of

from kepler_keras.evaluation.calibration import Correction
from kepler_keras.record import Record
from kepler_keras.reporting.calibration_section import calibration_section
from kepler_keras.reporting.remedy_pictures import effects_picture, mean_scores_picture
from kepler_keras.reporting.remedy_section import remedy_groups
from kepler_keras.reporting.results import Results, build_results

RARE = {"folds": 3, "repeats": 2, "prevalence": 0.02}


@pytest.fixture(scope="module")
def record() -> Record:
    return with_ablations(ablated(protocol=RARE))


@pytest.fixture(scope="module")
def results(record) -> Results:
    return build_results(record)


@pytest.fixture(scope="module")
def html(record) -> str:
    return html_of(record)


def section(html: str, name: str) -> str:
    start = html.index(f'<section id="{name}">')
    return html[start : html.index("</section>", start)]


def test_each_entry_has_its_remedies(record, results) -> None:
    first, second = remedy_groups(record, results)
    assert (first.base, second.base) == ("mlp", "conv1d")
    assert [row.name for row in first.rows] == ["class_weights", "smote", "noise"]
    assert [row.name for row in second.rows] == ["class_weights", "smote"]
    assert [one.measure for one in first.rows[0].effects] == [
        "average_precision", "recall_at_precision", "calibration_error",
    ]  # fmt: skip
    assert first.choice[1] == first.selection.sentence


def test_the_section_says_what_stands_in_the_results(html, results) -> None:
    part = section(html, "remedies")
    assert part.count("<h3>Remedies for ") == 2
    for selection in results.selection:
        assert selection.sentence in part
    assert "all 5 remedies are adjusted together (Holm)" in part
    assert "here 120, to decide" in part
    assert "lower is better" in part
    assert '<th scope="row">class_<wbr>weights</th>' in part


def test_old_pictures_cards_and_tables_hold_the_competitors_alone(html) -> None:
    for name in ("curves", "confusion", "learning"):
        part = section(html, name)
        assert ".class_weights" not in part
        assert "stand under “What each remedy bought”" in part
    part = section(html, "results")
    shown, folded = part.split("The same entries, each with a remedy")
    assert "class_" not in shown
    assert folded.count('<tr><th scope="row">') == 5
    assert section(html, "learning").count("<svg") == 2
    assert ".class_weights" not in section(html, "comparisons")
    settings = section(html, "settings")
    assert "mlp.smote" not in settings[: settings.index("<details>")]
    assert "imbalance: smote" in settings[settings.index("<details>") :]


def test_calibration_shows_the_corrected_and_their_entries(record, results, html) -> None:
    found = calibration_section(record, results)
    assert found is not None
    assert [row.entry for row in found.rows] == [
        "mlp", "mlp.class_weights", "conv1d", "conv1d.class_weights",
    ]  # fmt: skip
    assert found.share == 0.02
    part = section(html, "calibration")
    assert "share of planets among the test rows, 0.02, to which they are weighted" in part
    row = next(row for row in results.calibration if row.entry == "mlp.class_weights")
    assert f"{row.before.mean_score.mean:.3f}" in part
    methods = section(html, "methods")
    for source in ("Holm (1979)", "Elkan 2001", "Platt 1999", "Menon"):
        assert source in methods


def test_without_a_prevalence_the_share_is_that_of_the_test_rows() -> None:
    record = with_ablations()
    found = calibration_section(record, build_results(record))
    assert found is not None
    assert found.share == 0.1


def test_each_competitor_has_a_reliability_diagram() -> None:
    part = section(html_of(with_ablations()), "calibration")
    labels = re.findall(r'aria-label="Reliability of (\S+): in the highest of (\d+) groups', part)
    assert labels == [("mlp", "10"), ("conv1d", "10")]


def test_weighted_rows_have_no_reliability_diagram(html) -> None:
    assert "Reliability of" not in section(html, "calibration")


def test_an_entry_that_is_no_ablation_may_be_corrected() -> None:
    plain = make_record()
    fits = [fit.model_copy(update={"correction": Correction(2.0, 0.1)}) if fit.entry == "conv1d"
            else fit for fit in plain.fits]  # fmt: skip
    record = make_record(fits=fits)
    found = calibration_section(record, build_results(record))
    assert found is not None
    assert [row.entry for row in found.rows] == ["conv1d"]
    text = html_of(record)
    assert 'id="calibration"' in text
    assert 'id="remedies"' not in text


def test_without_ablations_and_corrections_nothing_is_said_of_them() -> None:
    record = make_record()
    assert remedy_groups(record, build_results(record)) == []
    text = html_of(record)
    for words in ("emed", "blation", "Bonferroni", "Correction of scores", "before and after"):
        assert words not in text


def test_one_fold_decides_nothing_here_and_its_pairs_stand_apart() -> None:
    text = html_of(with_ablations(ablated(protocol={"split": "given"})))
    part = section(text, "remedies")
    assert "There is one test fold" in part
    assert "Average precision: none of 3 remedies is decided." in part
    assert "For these fitted models; nothing is decided" in section(text, "comparisons")


def test_another_primary_metric_keeps_its_comparisons() -> None:
    text = html_of(with_ablations(ablated(protocol={**RARE, "primary_metric": "roc_auc"})))
    assert "against itself without (5)" in section(text, "comparisons")


def test_one_entry_with_remedies_needs_no_comparisons() -> None:
    setup = experiment(entries=[entry("mlp", "mlp")], remedies=[{"imbalance": "smote"}])
    text = html_of(make_record(setup))
    assert 'id="comparisons"' not in text
    assert "But for the remedies below, the entries do not differ" in text


def test_verdicts_are_told_apart_without_colour(results) -> None:
    effects = [one for one in results.remedies
               if (one.against, one.measure) == ("mlp", "average_precision")]  # fmt: skip
    verdicts = ("better", "worse", "equivalent")
    made = [
        one.model_copy(update={"verdict": verdict})
        for one, verdict in zip(effects, verdicts, strict=True)
    ]
    svg = effects_picture(made, margin=0.02, key="made")
    for words in ("better", "worse", "equivalent", "class_weights", "change in average precision"):
        assert f">{words}</text>" in svg
    markers = re.findall(r'<path id="made-[^"]*" d="([^"]*)"', svg)
    assert len(set(markers)) >= 3


def test_an_undefined_change_is_not_drawn(results) -> None:
    one = results.remedies[0]
    nothing = one.difference.model_copy(update={"mean": None, "low": None, "high": None})
    none = one.model_copy(update={"difference": nothing, "family_low": None, "family_high": None})
    assert ">class_weights</text>" in effects_picture([none], margin=0.02, key="made")


def test_mean_scores_name_every_entry(results) -> None:
    svg = mean_scores_picture(results.calibration, share=0.02)
    for row in results.calibration:
        assert f">{row.entry}</text>" in svg


def test_thirty_entries_stay_below_600_kilobytes() -> None:
    sampling = [{"name": f"remedy_{i}", "imbalance": {"name": "smote", "ratio": 0.1 + i / 20}}
                for i in range(14)]  # fmt: skip
    setup = experiment(
        protocol={"folds": 3},
        entries=[entry("mlp", "mlp"), entry("conv1d", "conv1d")],
        remedies=sampling,
    )
    record = make_record(setup)
    fits = [fit.model_copy(update={"correction": Correction(1.1, -1.0)}) for fit in record.fits]
    assert len(html_of(make_record(setup, fits=fits)).encode()) < 600_000
