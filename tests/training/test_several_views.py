"""Entries that see several views: batches, fits and saved models."""

import numpy as np
import pytest

from kepler_keras.data.augmentation.registry import bind_to_views
from kepler_keras.data.imbalance.strategy import Plan
from kepler_keras.data.pipeline import CURVES, Preparation, prepare
from kepler_keras.data.scaling import UNSCALED, ViewScaler
from kepler_keras.data.view_kind import kinds_of
from kepler_keras.data.views import Views
from kepler_keras.errors import InputError
from kepler_keras.experiment import Choice, Conditioning, Search
from kepler_keras.training.backend import load_tensorflow
from kepler_keras.training.fit import Examples, Task, fit_entry
from kepler_keras.training.saved import load_fitted, save_fitted
from kepler_keras.training.training_rows import TrainingRows

NAMES = ("global_view", "local_view", "scalars")
CHOICES = tuple(Choice(name=name) for name in NAMES)
N = 60
PREPARATION = Preparation(
    views=CHOICES,
    conditioning=Conditioning(),
    search=Search(),
    cadence=None,
    n_columns=21,
    ready={"local_view": 7, "scalars": 3},
)


@pytest.fixture
def given():
    """What a star's owner has: curves, a ready view, and numbers of which some are missing."""
    rng = np.random.default_rng(7)
    arrays = {
        CURVES: rng.normal(size=(N, 21)).astype(np.float32),
        "local_view": rng.normal(size=(N, 7)).astype(np.float32),
        "scalars": (1000 * rng.normal(size=(N, 3))).astype(np.float32),
    }
    arrays["scalars"][::5, 1] = np.nan
    return arrays


@pytest.fixture
def many(given):
    """Examples with three views, every third a planet."""
    return Examples(prepare(given, PREPARATION), (np.arange(N) % 3 == 0).astype(np.int8))


def of(entry, model="mlp", **settings):
    return entry(model, views=list(NAMES), **settings)


def batches_of(many, transforms, **changes):
    load_tensorflow()
    from kepler_keras.training.batches import TrainingBatches

    plan = changes.pop("plan", Plan(np.arange(N), np.ones(N, np.float32)))
    rows = TrainingRows(many.views, np.arange(N), many.views[:0], many.labels, plan)
    settings = {"scaler": UNSCALED, "batch_size": N, "seed": 0, **changes}
    return TrainingBatches(rows, transforms=transforms, **settings)


def mirrored_rows(before, after):
    """Which rows of a view with an odd number of bins stand the other way round."""
    turned = [np.array_equal(a, b[::-1]) for a, b in zip(after, before, strict=True)]
    same = [np.array_equal(a, b) for a, b in zip(after, before, strict=True)]
    assert all(one != other for one, other in zip(turned, same, strict=True))
    return np.array(turned)


def test_all_views_of_a_row_are_mirrored_together(many):
    kinds = kinds_of(CHOICES, cadence=None)
    (plain,) = (batches_of(many, [])[0],)
    turned = batches_of(many, bind_to_views([Choice(name="time_reversal")], kinds))[0]
    chosen = {name: mirrored_rows(plain[0][name], turned[0][name]) for name in NAMES[:2]}
    assert 10 < chosen["global_view"].sum() < 50
    assert np.array_equal(chosen["global_view"], chosen["local_view"])
    assert turned[0]["scalars"].tobytes() == plain[0]["scalars"].tobytes()
    assert np.array_equal(turned[1], plain[1])


def test_views_mirrored_each_for_itself_would_be_seen(many):
    """The planted fault: each view is turned in a pass, and so with draws, of its own."""
    kinds = kinds_of(CHOICES, cadence=None)
    (both,) = bind_to_views([Choice(name="time_reversal")], kinds)
    apart = [{name: change} for name, change in both.items()]
    plain, turned = batches_of(many, [])[0][0], batches_of(many, apart)[0][0]
    chosen = [mirrored_rows(plain[name], turned[name]) for name in NAMES[:2]]
    assert not np.array_equal(*chosen)


def test_redrawn_repeats_are_mirrored_in_all_views_together(many):
    redrawn = np.arange(N) % 2 == 0
    plan = Plan(np.arange(N), np.ones(N, np.float32), redrawn=redrawn)
    reversal = Choice(name="time_reversal", options={"probability": 1.0})
    redrawing = bind_to_views([reversal], kinds_of(CHOICES, cadence=None))
    plain = batches_of(many, [])[0][0]
    turned = batches_of(many, [], plan=plan, redrawing=redrawing)[0][0]
    order = batches_of(many, [])._batches[0]
    for name in NAMES[:2]:
        assert np.array_equal(mirrored_rows(plain[name], turned[name]), redrawn[order])
    assert turned["scalars"].tobytes() == plain["scalars"].tobytes()


@pytest.mark.parametrize("model", ["mlp", "hist_gradient_boosting"])
def test_a_planted_feature_of_a_validation_row_changes_nothing(entry, many, model):
    train, validation = np.arange(40), np.arange(40, N)
    planted = {name: array.copy() for name, array in many.views.items()}
    planted["scalars"][45] = [1e12, -1e12, 1e12]
    fitted = [
        fit_entry(Task(of(entry, model), Examples(views, many.labels), train, validation, 1))
        for views in (many.views, Views(planted))
    ]
    assert fitted[0].scaler == fitted[1].scaler
    views = many.views
    if model != "mlp":  # early stopping may look at validation rows
        assert fitted[0].score(views).tobytes() == fitted[1].score(views).tobytes()
    else:
        assert fitted[0].history["loss"] == fitted[1].history["loss"]
    leaked = fit_entry(
        Task(of(entry, model), Examples(Views(planted), many.labels), np.arange(46), None, 1, 1)
    )
    assert leaked.scaler != fitted[0].scaler  # the plant was there


def test_curves_keep_one_pair_of_numbers_and_features_have_one_a_column(entry, many):
    train = np.arange(40)
    scaler = fit_entry(Task(of(entry, "prevalence"), many, train, None, 1)).scaler
    curves = many.views.arrays["global_view"][train]
    assert scaler.views["global_view"] == ViewScaler(
        (curves.mean(dtype=np.float64),), (curves.std(dtype=np.float64),)
    )
    known = np.nanmean(many.views.arrays["scalars"][train].astype(np.float64), axis=0)
    assert scaler.views["scalars"].mean == pytest.approx(known)


@pytest.mark.parametrize("model", ["mlp", "conv1d", "hist_gradient_boosting"])
def test_saved_model_of_several_views_is_bit_equal_and_takes_a_dict(
    entry, given, many, tmp_path, model
):
    fitted = fit_entry(Task(of(entry, model), many, np.arange(N), None, 1, epochs=2))
    save_fitted([fitted], PREPARATION, tmp_path / "model")
    loaded = load_fitted(tmp_path / "model")
    assert loaded.preparation.inputs == {CURVES: 21, "local_view": 7, "scalars": 3}
    expected = fitted.score(many.views)
    assert np.isfinite(expected).all()
    assert loaded.score_curves(given).tobytes() == expected.tobytes()
    shuffled = dict(reversed(given.items()))
    assert loaded.score_curves(shuffled).tobytes() == expected.tobytes()


def test_what_is_given_to_a_saved_model_is_checked(entry, given, many, tmp_path):
    fitted = fit_entry(Task(of(entry, "prevalence"), many, np.arange(N), None, 1))
    save_fitted([fitted], PREPARATION, tmp_path / "model")
    loaded = load_fitted(tmp_path / "model")
    infinite = np.full((N, 3), np.inf, np.float32)
    gap = np.where(np.arange(7) == 2, np.nan, given["local_view"]).astype(np.float32)
    missing = {name: array for name, array in given.items() if name != "scalars"}
    wrong = [
        (missing, "ready views 'scalars' are needed, got curves, local_view"),
        ({}, "curves are needed, got nothing"),
        (
            {**given, "scalars": given["scalars"][:, :2]},
            r"'scalars' must have shape \(n, 3\), got \(60, 2\)",
        ),
        (
            {**given, "scalars": given["scalars"][0]},
            r"'scalars' must have shape \(n, 3\), got \(3,\)",
        ),
        (
            {**given, CURVES: given[CURVES][:9]},
            "equally many rows, got {'curves': 9, 'local_view': 60",
        ),
        (
            {**given, "scalars": infinite},
            "'scalars': flux must be finite, got inf in example 0, column 1",
        ),
        (
            {**given, "local_view": gap},
            "'local_view': flux must be finite, got nan in example 0, column 3",
        ),
        (given[CURVES], "the model needs an array for each of curves, local_view, scalars"),
    ]
    for array, sentence in wrong:
        with pytest.raises(InputError, match=sentence) as caught:
            loaded.score_curves(array)
        assert "\n" not in str(caught.value)


def test_a_single_input_may_be_a_dict_or_the_array_itself(entry, given, tmp_path):
    names = ["global_view"]
    one = PREPARATION.model_copy(update={"views": CHOICES[:1], "ready": {}})
    views = prepare(given, one)
    chosen = entry("mlp", views=names)
    examples = Examples(views, (np.arange(N) % 3 == 0).astype(np.int8))
    fitted = fit_entry(Task(chosen, examples, np.arange(N), None, 1, epochs=1))
    save_fitted([fitted], one, tmp_path / "model")
    loaded = load_fitted(tmp_path / "model")
    scores = loaded.score_curves(given[CURVES])
    assert loaded.score_curves({CURVES: given[CURVES]}).tobytes() == scores.tobytes()
    with pytest.raises(InputError, match="curves are needed, got flux"):
        loaded.score_curves({"flux": given[CURVES]})
