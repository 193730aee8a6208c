"""What the report says of decision values, of who was left out, of seeds and of costs."""

import re

import pytest
from made_up_record import entry, experiment, make_record
from made_up_zoo import zoo, zoo_record
from matplotlib.figure import Figure
from test_remedy_sections import section
from test_report import html_of

from kepler_keras.evaluation.calibration import Correction
from kepler_keras.record import Record
from kepler_keras.reporting.costs_section import costs_section
from kepler_keras.reporting.point_names import name_points
from kepler_keras.reporting.results import Results, build_results
from kepler_keras.reporting.seeds_section import seeds_section
from kepler_keras.reporting.svg import figure_style

NOT_APPLICABLE = "not applicable: scores are decision values"


@pytest.fixture(scope="module")
def record() -> Record:
    return zoo_record(zoo(remedies=[{"imbalance": "smote", "entries": ["mlp", "ridge"]}]))


@pytest.fixture(scope="module")
def results(record) -> Results:
    return build_results(record)


@pytest.fixture(scope="module")
def html(record) -> str:
    return html_of(record)


def test_calibration_of_decision_values_is_not_applicable(html) -> None:
    part = section(html, "calibration")
    assert f"<strong>ridge, rocket, ridge.smote</strong>: {NOT_APPLICABLE}" in part
    shown = re.findall(r'aria-label="Reliability of (\S+):', part)
    assert shown == ["mlp", "conv1d", "ensemble"]
    assert part.count("<svg") == len(shown)  # nothing was corrected
    assert "<table" not in part
    assert "Correction of scores" not in html
    assert "a decision value, which may be any number" in section(html, "glossary")
    plain = html_of(make_record())
    assert "decision value" not in plain


def test_an_ensemble_whose_members_were_corrected_is_said_to_be(record) -> None:
    weighted = Correction(intercept=-1.0)
    fits = [
        fit.model_copy(
            update={
                "members": [one.model_copy(update={"correction": weighted}) for one in fit.members]
            }
        )
        for fit in record.fits
    ]
    corrected = record.model_copy(update={"fits": fits})
    found = {item.entry: item for item in build_results(corrected).calibration}
    assert [name for name, item in found.items() if item.members_corrected] == ["ensemble"]
    assert found["ensemble"].before is None
    part = section(html_of(corrected), "calibration")
    assert ">ensemble</text>" in part
    assert part.count("in an ensemble, each member by itself") == 2
    assert "Correction of scores" in html_of(corrected)


def test_decision_values_are_not_drawn_among_mean_scores(record) -> None:
    fits = [
        fit.model_copy(update={"correction": Correction(intercept=-1.0)})
        if fit.entry == "mlp.smote"
        else fit
        for fit in record.fits
    ]
    part = section(html_of(record.model_copy(update={"fits": fits})), "calibration")
    assert ">mlp.smote</text>" in part
    assert ">ridge</text>" not in part
    assert "calibration.after" not in part
    assert NOT_APPLICABLE in part


def test_remedies_of_decision_values_have_no_calibration(html) -> None:
    part = section(html, "remedies")
    first, second = part.split("<h3>")[1:]
    assert "Calibration error: the one remedy" in first
    assert NOT_APPLICABLE not in first
    assert "Calibration error: the one remedy" not in second
    assert NOT_APPLICABLE in second


def test_who_was_left_out_stands_in_two_groups(html) -> None:
    part = section(html, "left-out")
    data, broken = part.split("<h3>")[1:]
    assert data.startswith("Not possible with these data")
    assert "<strong>image</strong>: the data have no ephemeris to fold by" in data
    assert broken.startswith("Broken while built or fitted")
    assert "<strong>broken</strong>: conv2d: its loss became NaN in fold 2" in broken
    head = html[: html.index('id="answer"')]
    assert "broken is left out: conv2d: its loss became NaN in fold 2" in head
    assert "image" not in head
    for name in ("results", "costs", "seeds", "curves", "confusion", "learning", "settings"):
        assert "broken" not in section(html, name)
    assert "name: broken" in section(html, "reproduce")  # as it was asked for
    assert 'id="left-out"' not in html_of(make_record())


def test_models_that_could_not_be_kept_stand_at_the_head_and_not_among_the_data() -> None:
    fault = "no model is kept: refit on all stars: it diverged"
    record = make_record(faults=[fault])
    page, results = html_of(record), build_results(record)
    assert f"<strong>Warning</strong>: {fault}</p>" in page[: page.index('id="answer"')]
    assert results.warnings == [*record.data.warnings, fault]
    assert 'id="left-out"' not in page


def test_seeds_have_their_sentence_picture_and_table(record, results, html) -> None:
    found = seeds_section(record, results)
    assert found is not None
    (group,) = found.groups
    values = sorted(group.values)
    middle = (values[1] + values[2]) / 2
    assert group.sentence == (
        f"ensemble: average precision of its 4 members alone has a median of {middle:.3f}, from "
        f"{values[0]:.3f} to {values[3]:.3f}; together they reach {group.together.mean:.3f}."
    )
    part = section(html, "seeds")
    assert group.sentence in part
    assert part.count('<td class="inner">seed ') == 4
    assert "all 4 together" in part
    assert "ensemble also scores it mirrored in time" in part
    assert part.count("<svg") == 1
    assert 'id="seeds"' not in html_of(make_record())


def test_members_without_a_value_leave_a_section(record, results) -> None:
    nothing = (
        results.members[0]
        .metrics["average_precision"]
        .model_copy(update={"mean": None, "low": None, "high": None})
    )
    members = [
        one.model_copy(update={"metrics": {"average_precision": nothing}})
        for one in results.members
    ]
    found = seeds_section(record, results.model_copy(update={"members": members}))
    assert found is not None
    assert "its 4 members alone is undefined for all" in found.groups[0].sentence


def test_learning_curves_of_an_ensemble_are_those_of_its_members(record, html) -> None:
    part = section(html, "learning")
    assert 'aria-label="Learning curves of ensemble"' in part
    assert "in an ensemble for each member of each fold" in part
    bare = [
        fit.model_copy(update={"members": [one.model_copy(update={"history": {}})
                                           for one in fit.members]})
        for fit in record.fits
    ]  # fmt: skip
    part = section(html_of(record.model_copy(update={"fits": bare})), "learning")
    assert "Learning curves of ensemble" not in part
    assert "Learning curves of conv1d" in part


def test_costs_hold_the_competitors_from_the_fastest_on(results, html) -> None:
    competitors = [item for item in results.entries if "smote" not in item.name]
    found = costs_section(competitors, metric="average_precision")
    assert found is not None
    order = [item.name for item in found.entries]
    assert order == ["ridge", "mlp", "rocket", "conv1d", "ensemble"]
    part = section(html, "costs")
    assert "smote" not in part
    for name in order:
        assert part.count(f">{name}</text>") == 1
    assert costs_section(competitors[:1], metric="average_precision") is None


def test_costs_are_processor_seconds_where_all_are_known(results, record) -> None:
    entries = [item for item in results.entries if "smote" not in item.name]
    every = [
        item.model_copy(update={"cpu_seconds": 100.0 - place}) for place, item in enumerate(entries)
    ]
    found = costs_section(every, metric="average_precision")
    assert found is not None
    assert found.clock == "cpu_seconds"
    assert [item.name for item in found.entries] == [item.name for item in entries][::-1]
    assert "processor seconds of training a fold" in found.picture
    unknown = every[1].model_copy(update={"cpu_seconds": None})
    found = costs_section([every[0], unknown, *every[2:]], metric="average_precision")
    assert found is not None
    assert (found.clock, found.unit) == ("train_seconds", "wall seconds")
    assert "wall seconds of training a fold" in found.picture
    fits = [fit.model_copy(update={"cpu_seconds": 77.0}) for fit in record.fits]
    part = section(html_of(record.model_copy(update={"fits": fits})), "costs")
    assert "Training, processor seconds" in part
    assert part.count('<td class="number">77</td>') == 5


def test_processor_seconds_unknown_for_one_fold_are_unknown(record) -> None:
    fits = [fit.model_copy(update={"cpu_seconds": 77.0}) for fit in record.fits]
    fits[0] = record.fits[0]
    first, second, *_ = build_results(record.model_copy(update={"fits": fits})).entries
    assert (first.cpu_seconds, second.cpu_seconds) == (None, 77)


def test_no_time_and_no_value_are_no_points(results) -> None:
    first, second, third, *rest = results.entries
    nothing = third.metrics["average_precision"].model_copy(update={"mean": None})
    changed = [
        first.model_copy(update={"train_seconds": 0.0}),
        second.model_copy(update={"train_seconds": None}),
        third.model_copy(update={"metrics": {**third.metrics, "average_precision": nothing}}),
        *rest,
    ]
    found = costs_section(changed, metric="average_precision")
    assert found is not None
    assert "conv1d" not in [item.name for item in found.entries]
    assert ">ridge</text>" not in found.picture
    assert ">mlp</text>" in found.picture  # a time of nothing is drawn as a millisecond


@pytest.mark.parametrize("n", [2, 12])
def test_names_at_points_cover_neither_each_other_nor_a_marker(n) -> None:
    with figure_style():
        figure = Figure(figsize=(4.8, 4), layout="constrained")
        axes = figure.subplots()
        x, y = ([1 + (i * 7) % n for i in range(n)], [0.5 + 0.03 * ((i * 5) % n) for i in range(n)])
        axes.plot(x, y, "o")
        name_points(axes, [f"entry_{i}" for i in range(n)], x, y)
        boxes = [text.get_window_extent() for text in axes.texts]
        markers = axes.transData.transform(list(zip(x, y, strict=True)))
    for i, box in enumerate(boxes):
        assert not any(box.overlaps(other) for other in boxes[:i])
        assert not any(box.contains(*marker) for marker in markers)


def test_names_at_the_same_point_are_set_apart_and_long_ones_cut() -> None:
    with figure_style():
        figure = Figure(figsize=(4.8, 4), layout="constrained")
        axes = figure.subplots()
        axes.plot([1] * 6, [1] * 6, "o")
        name_points(axes, ["x" * 64, *"abcde"], [1] * 6, [1] * 6)
        boxes = [text.get_window_extent() for text in axes.texts]
    assert axes.texts[0].get_text() == "x" * 12 + "…" + "x" * 13
    assert not any(box.overlaps(other) for i, box in enumerate(boxes) for other in boxes[:i])


def test_views_and_their_options_are_settings(html) -> None:
    setup = experiment(
        entries=[
            entry("mlp", "mlp"),
            {
                "name": "both",
                "model": "mlp",
                "views": [{"name": "global_view", "bins": 201}, "scalars"],
                "ensemble": {"members": 3},
                "optional": True,
            },
        ]
    )
    part = section(html_of(make_record(setup)), "settings")
    rows = re.findall(r"<code>(.*?)</code></th><td>(.*?)</td><td>(.*?)</td>", part)
    assert rows == [
        ("views", "flux", "global_view, scalars"),
        ("views.global_view.bins", "–", "201"),
        ("ensemble.members", "–", "3"),
        ("ensemble.reversal", "–", "False"),
    ]
    assert "ensemble: flux 3197 × 1" in section(html, "reproduce")
