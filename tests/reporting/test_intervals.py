import re

from made_up_record import make_record

from kepler_keras.reporting.comparison_results import ComparisonResult, McNemarResult
from kepler_keras.reporting.intervals import differences_picture, estimates_picture
from kepler_keras.reporting.result_parts import IntervalResult
from kepler_keras.reporting.results import build_results


def comparison(
    mean: float | None, low: float | None, high: float | None, *, p_value: float | None = 0.5
) -> ComparisonResult:
    return ComparisonResult(
        a="conv1d",
        b="mlp",
        family="baseline",
        difference=IntervalResult(mean=mean, low=low, high=high),
        p_value=p_value,
        adjusted_p_value=p_value,
        verdict="not decided",
        stars_to_decide=None,
        planets_to_decide=None,
        probabilities=None,
        mcnemar=McNemarResult(first_only=0, second_only=0, p_value=1),
        fitted=IntervalResult(mean=0.5, low=0.4, high=0.6),
        sentence="",
    )


def test_one_fold_shows_the_fitted_models() -> None:
    one = comparison(0.5, None, None, p_value=None)
    assert one.shown == one.fitted
    assert comparison(0.5, 0.1, 0.9).shown.low == 0.1


def ticks(svg: str) -> list[float]:
    texts = re.findall(r">([−0-9.]+)</text>", svg)
    return [float(text.replace("−", "-")) for text in texts]


def test_each_comparison_is_named() -> None:
    svg = differences_picture([comparison(0.1, 0.05, 0.2)], metric="average_precision", margin=0.02)
    assert "conv1d against mlp" in svg
    assert "difference in average precision" in svg


def test_an_undefined_difference_is_said_and_not_drawn() -> None:
    svg = differences_picture([comparison(None, None, None)], metric="precision", margin=0.02)
    assert ">undefined</text>" in svg


def test_intervals_wider_than_the_possible_are_cut_at_one() -> None:
    svg = differences_picture([comparison(0.1, -4.0, 4.2)], metric="roc_auc", margin=0.02)
    assert min(ticks(svg)) >= -1
    assert max(ticks(svg)) <= 1


def test_every_entry_has_its_row() -> None:
    results = build_results(make_record())
    svg = estimates_picture(results.entries, metric=results.primary_metric)
    for name in ("mlp", "conv1d", "conv1d_raw", "prevalence"):
        assert f">{name}</text>" in svg
