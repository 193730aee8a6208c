import numpy as np
import pytest

from kepler_keras.evaluation.estimates import Confusion, EntrySummary, Estimate
from kepler_keras.evaluation.remedies import remedy_effects
from kepler_keras.evaluation.verdicts import corrected_interval

BASE = [0.5, 0.5, 0.5, 0.5, 0.5]


def summary(name, **measures):
    """An entry with typed values by fold."""
    metrics = {
        key: Estimate(float(np.mean(folds)), np.nan, np.nan, tuple(folds))
        for key, folds in measures.items()
    }
    return EntrySummary(name, metrics, thresholds=(), confusion=Confusion(0, 0, 0, 0))


def effects(
    differences,
    *,
    measure="average_precision",
    margin=0.02,
    n_folds=5,
    n_stars=1000,
    n_planets=100,
):
    """The effects of made-up remedies whose folds differ by `differences` from the base."""
    summaries = {"base": summary("base", **{measure: BASE})}
    for name, values in differences.items():
        summaries[name] = summary(name, **{measure: np.add(BASE, values).tolist()})
    return remedy_effects(
        summaries,
        dict.fromkeys(differences, "base"),
        n_folds=n_folds,
        n_stars=n_stars,
        n_planets=n_planets,
        margin=margin,
    )


SURE = [0.10, 0.11, 0.12, 0.11, 0.11]
# Mean 0.03, variance 2.5e-4, times 1/5 + 1/4: a standard error of sqrt(1.125e-4) = 0.010607.
OPEN = [0.01, 0.02, 0.03, 0.04, 0.05]


def test_one_remedy_is_judged_like_any_pair():
    (made,) = effects({"x": OPEN})
    low, high, p_value = corrected_interval(OPEN, test_share=1 / 4, n_planets=100)
    assert (made.entry, made.against, made.measure) == ("x", "base", "average_precision")
    assert made.difference.folds == pytest.approx(OPEN)
    found = (made.difference.low, made.difference.high, made.p_value)
    assert found == pytest.approx((low, high, p_value))
    assert (made.family_low, made.family_high) == pytest.approx((low, high))
    assert made.adjusted_p_value == made.p_value
    assert made.verdict == "better"  # 0.03 - 2.776 x 0.0106 = 0.0006
    assert made.stars_to_decide is None


def test_what_is_better_alone_need_not_be_in_a_family():
    one, two = effects({"x": OPEN, "y": [0.1, -0.1, 0.0, 0.1, -0.05]})
    assert one.p_value < 0.05 < one.adjusted_p_value == 2 * one.p_value
    assert (one.verdict, two.verdict) == ("not decided", "not decided")
    # Student's t with 4 degrees of freedom has its 98.75 % point at 3.4954.
    assert one.family_low == pytest.approx(0.03 - 3.4954 * 1.125e-4**0.5, abs=1e-6)
    assert one.difference.low > 0 > one.family_low
    # (3.4954 x 0.010607 / 0.03)^2 = 1.5272 times the stars would do.
    assert one.stars_to_decide == 1528


def test_holm_decides_more_than_the_widened_interval():
    """The largest p-value of a family is not adjusted when all others are decided."""
    sure, hardly = effects({"x": SURE, "y": OPEN})
    assert (sure.verdict, hardly.verdict) == ("better", "better")
    assert hardly.adjusted_p_value == hardly.p_value
    assert hardly.family_low < 0


def test_pairs_without_a_p_value_do_not_count():
    one, alike, undefined = effects({"x": OPEN, "y": [0.1] * 5, "z": [0.1, np.nan, 0, 0.1, 0.2]})
    assert one.adjusted_p_value == one.p_value
    for other in (alike, undefined):
        assert np.isnan([other.p_value, other.adjusted_p_value, other.family_low]).all()
        assert (other.verdict, other.stars_to_decide) == ("not decided", None)


def test_equivalence_needs_the_widened_interval_within_the_margin():
    # Mean 0.001, variance (1 + 4 + 1 + 4 + 0) / 4 * 1e-6 = 2.5e-6; half-widths 2.776 and 3.495
    # times sqrt(2.5e-6 * 0.45) = 0.00106 are 0.0029 and 0.0037.
    near = [0.002, 0.003, 0.0, -0.001, 0.001]
    noise = [0.1, -0.1, 0.0, 0.1, -0.05]
    assert effects({"x": near}, margin=0.004)[0].verdict == "equivalent"
    assert effects({"x": near, "y": noise}, margin=0.004)[0].verdict == "not decided"
    assert effects({"x": near, "y": noise}, margin=0.005)[0].verdict == "equivalent"


def test_a_sure_difference_too_small_to_matter_is_equivalent():
    small = np.multiply(SURE, 0.1).tolist()
    assert effects({"x": small}, margin=0.02)[0].verdict == "equivalent"
    assert effects({"x": small}, margin=0.005)[0].verdict == "better"


def test_no_difference_in_any_fold_is_equivalent_where_planets_are_many():
    (made,) = effects({"x": [0.0] * 5}, n_planets=183)
    assert (made.verdict, made.p_value, made.stars_to_decide) == ("equivalent", 1, None)
    (made,) = effects({"x": [0.0] * 5}, n_planets=100)
    # Of 183 planets none of which changed, fewer than 0.02 would; every tenth star has one.
    assert (made.verdict, made.p_value, made.stars_to_decide) == ("not decided", 1, 1830)
    (made,) = effects({"x": [0.0] * 5}, measure="log_loss", n_planets=183)
    assert (made.verdict, made.stars_to_decide) == ("not decided", None)
    assert (made.p_value, np.isnan(made.difference.low)) == (1, True)


@pytest.mark.parametrize(
    ("measure", "sign", "expected"),
    [
        ("average_precision", 1, "better"),
        ("average_precision", -1, "worse"),
        ("recall_at_precision", 1, "better"),
        ("calibration_error", 1, "worse"),
        ("calibration_error", -1, "better"),
        ("log_loss", 1, "worse"),
        ("log_loss", -1, "better"),
    ],
)
def test_a_lower_loss_is_better(measure, sign, expected):
    (made,) = effects({"x": np.multiply(SURE, sign)}, measure=measure)
    assert made.verdict == expected
    assert made.difference.mean == pytest.approx(sign * 0.11)


@pytest.mark.parametrize("measure", ["calibration_error", "log_loss"])
def test_losses_have_no_margin(measure):
    same, near = effects({"x": [0.0] * 5, "y": [1e-4, 2e-4, 0, -1e-4, -2e-4]}, measure=measure)
    assert (same.verdict, near.verdict) == ("not decided", "not decided")
    assert (same.stars_to_decide, near.stars_to_decide) == (None, None)


def test_only_the_log_loss_may_differ_by_more_than_one():
    wild = [0.5, -0.5, 2.0, 1.0, 0.0]
    (loss,) = effects({"x": wild}, measure="log_loss")
    assert loss.difference.high == pytest.approx(2.4, abs=0.3)
    assert loss.family_high == pytest.approx(loss.difference.high)
    (error,) = effects({"x": wild}, measure="calibration_error")
    assert (error.difference.high, error.family_high) == (1, 1)
    assert error.stars_to_decide == loss.stars_to_decide  # from the width as it is uncut


def test_recall_that_never_moves_shows_no_equivalence():
    made, other = effects({"x": [0.0] * 5, "y": OPEN}, measure="recall_at_precision")
    assert np.isnan([made.difference.low, made.p_value, made.adjusted_p_value]).all()
    assert (made.difference.mean, made.verdict) == (0, "not decided")
    assert other.adjusted_p_value == other.p_value


def test_one_fold_says_nothing_about_models_fitted_anew():
    summaries = {
        name: summary(name, average_precision=[value])
        for name, value in (("base", 0.5), ("x", 0.5))
    }
    (made,) = remedy_effects(
        summaries, {"x": "base"}, n_folds=1, n_stars=9, n_planets=5, margin=0.02
    )
    assert made.difference.mean == 0
    found = [made.difference.low, made.p_value, made.adjusted_p_value, made.family_high]
    assert np.isnan(found).all()
    assert (made.verdict, made.stars_to_decide) == ("not decided", None)


def test_families_are_judged_apart_and_missing_measures_left_out():
    both = {"average_precision": BASE, "log_loss": BASE}
    summaries = {
        "base": summary("base", **both, recall_at_precision=BASE),
        "x": summary("x", average_precision=np.add(BASE, SURE), log_loss=np.add(BASE, OPEN)),
        "y": summary("y", average_precision=np.add(BASE, OPEN), log_loss=BASE, f1=BASE),
    }
    made = remedy_effects(
        summaries, {"x": "base", "y": "base"}, n_folds=5, n_stars=9, n_planets=5, margin=0.02
    )  # fmt: skip
    assert [(item.measure, item.entry) for item in made] == [
        ("average_precision", "x"),
        ("average_precision", "y"),
        ("log_loss", "x"),
        ("log_loss", "y"),
    ]
    x_loss = made[2]
    assert x_loss.adjusted_p_value == pytest.approx(2 * x_loss.p_value)
    assert made[1].adjusted_p_value == pytest.approx(x_loss.p_value)


def test_no_ablations_have_no_effects():
    summaries = {"base": summary("base", log_loss=BASE)}
    assert remedy_effects(summaries, {}, n_folds=5, n_stars=9, n_planets=5, margin=0.02) == []
