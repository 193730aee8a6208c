"""Who is registered: the best competitor that has a model, with the verdict in words."""

from typing import Any

import pytest
from made_up_record import ablated, entry, experiment, make_record, with_ablations
from made_up_zoo import zoo, zoo_record

from kepler_keras.champion import Champion, choose_champion
from kepler_keras.record import Record
from kepler_keras.reporting.results import Results, build_results


def chosen(record: Record, *kept: str) -> tuple[Results, Champion | None]:
    results = build_results(record)
    return results, choose_champion(record, results, kept)


def means(results: Results) -> dict[str, Any]:
    return {one.name: one.metrics["average_precision"].mean for one in results.entries}


def test_the_best_is_registered_with_its_figure_and_verdict() -> None:
    results, best = chosen(make_record(), "mlp", "conv1d", "prevalence")
    assert best is not None
    assert best.entry == "conv1d"
    (pair,) = [one for one in results.comparisons if (one.a, one.b) == ("conv1d", "mlp")]
    assert best.tags["kepler_keras.next"] == "mlp"
    assert best.tags["kepler_keras.verdict"] == pair.verdict
    value = results.entries[1].metrics["average_precision"]
    figure = f"{value.mean:.3f} (95 % interval {value.low:.3f} to {value.high:.3f})"
    assert best.description.startswith(
        f"conv1d of the experiment made-up: average precision {figure}. "
        f"Against the next, mlp: {pair.verdict}. "
    )


def test_a_better_entry_without_a_model_is_the_next() -> None:
    results, best = chosen(make_record(), "mlp", "prevalence")
    assert best is not None
    assert means(results)["conv1d"] > means(results)["mlp"]
    assert best.entry == "mlp"
    (pair,) = [one for one in results.comparisons if (one.a, one.b) == ("conv1d", "mlp")]
    turned = {"better": "worse", "worse": "better"}
    assert best.tags["kepler_keras.verdict"] == turned.get(pair.verdict, pair.verdict)


def test_entries_with_other_data_and_ablations_are_no_competitors() -> None:
    _, best = chosen(make_record(), "conv1d_raw")
    assert best is None
    setup = ablated()
    ablations = [one.name for one in setup.entries if one.against is not None]
    assert ablations
    _, best = chosen(with_ablations(setup), *ablations)
    assert best is None


def test_without_a_model_or_a_rival() -> None:
    _, best = chosen(make_record())
    assert best is None
    alone = experiment(entries=[entry("mlp", "mlp")])
    _, best = chosen(make_record(alone), "mlp")
    assert best is not None
    assert (best.tags["kepler_keras.next"], best.tags["kepler_keras.verdict"]) == (
        "none",
        "no other competitor",
    )


@pytest.mark.parametrize(("name", "kind"), [("rocket", "decision"), ("mlp", "probability")])
def test_decision_values_are_marked(name: str, kind: str) -> None:
    _, best = chosen(zoo_record(zoo()), name)
    assert best is not None
    assert best.tags["kepler_keras.score_kind"] == kind


def test_the_quick_mode_is_marked() -> None:
    record = make_record().model_copy(update={"quick": True})
    _, best = chosen(record, "mlp")
    assert best is not None
    assert best.tags["kepler_keras.quick"] == "true"
    assert best.description.endswith("Quick mode: the figures mean nothing.")
