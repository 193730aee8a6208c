"""What is saved scores bit for bit as what was fitted, and nothing foreign is loaded."""

import json

import numpy as np
import pytest

from kepler_keras.data.pipeline import CURVES, Preparation, prepare
from kepler_keras.data.scaling import UNSCALED
from kepler_keras.errors import InputError
from kepler_keras.evaluation.calibration import UNCORRECTED
from kepler_keras.experiment import Choice, Conditioning, Search
from kepler_keras.training.fit import Examples, Task, fit_entry
from kepler_keras.training.fitted import FittedKeras, FittedSklearn
from kepler_keras.training.saved import load_fitted, save_fitted

CADENCE = 0.02
FOLDED = Preparation(
    views=(Choice(name="global_view"),),
    conditioning=Conditioning(),
    search=Search(),
    cadence=None,
    n_columns=21,
)
UNFOLDED = Preparation(
    views=(Choice(name="folded_image", options={"rows": 4, "bins": 16}),),
    conditioning=Conditioning(window=0.7),
    search=Search(min_period=0.6, max_period=2.0, durations=(0.08,)),
    cadence=CADENCE,
    n_columns=250,
)
MODELS = ["mlp", "conv1d", "conv2d", "hist_gradient_boosting", "prevalence"]


@pytest.fixture
def flux():
    """Gives 60 curves of n cadences."""
    return lambda n: np.random.default_rng(4).normal(size=(60, n)).astype(np.float32)


@pytest.mark.parametrize("model", MODELS)
def test_round_trip_is_bit_equal(entry, flux, tmp_path, model):
    preparation = UNFOLDED if model == "conv2d" else FOLDED
    curves = flux(preparation.n_columns)
    if preparation.cadence:
        curves[3, 10:14] = np.nan
    views = prepare({CURVES: curves}, preparation)
    examples = Examples(views, (np.arange(60) % 2).astype(np.int8))
    chosen = entry(model, training={"epochs": 2})
    fitted = fit_entry(Task(chosen, examples, np.arange(60), None, 1, epochs=2))
    save_fitted([fitted], preparation, tmp_path / "model")
    loaded = load_fitted(tmp_path / "model")
    assert loaded.preparation == preparation
    (member,) = loaded.fitted.members
    assert member.scaler == fitted.scaler
    assert member.n_parameters == fitted.n_parameters
    expected = fitted.score(views)
    assert len(np.unique(expected)) > 1 or model == "prevalence"
    assert loaded.score_curves(curves).tobytes() == expected.tobytes()


def test_half_precision_survives_the_round_trip(entry, flux, tmp_path):
    curves = flux(21)
    views = prepare({CURVES: curves}, FOLDED)
    examples = Examples(views, (np.arange(60) % 2).astype(np.int8))
    chosen = entry("mlp", training={"epochs": 1, "precision": "mixed_bfloat16"})
    fitted = fit_entry(Task(chosen, examples, np.arange(60), None, 1, epochs=1))
    save_fitted([fitted], FOLDED, tmp_path / "model")
    expected = fitted.score(views)
    fit_entry(Task(entry("prevalence"), examples, np.arange(60), None, 1))  # back to float32
    loaded = load_fitted(tmp_path / "model")
    assert loaded.fitted.members[0].model.get_layer("dense_1").compute_dtype == "bfloat16"
    assert loaded.score_curves(curves).tobytes() == expected.tobytes()


@pytest.mark.parametrize("model", ["mlp", "hist_gradient_boosting", "prevalence"])
@pytest.mark.parametrize("remedy", ["class_weights", "smote"])
def test_saved_models_give_corrected_scores(entry, flux, tmp_path, model, remedy):
    """An offset and a calibration: what is loaded scores as what was fitted, not as it learned."""
    curves = flux(21)
    views = prepare({CURVES: curves}, FOLDED)
    examples = Examples(views, (np.arange(60) % 3 == 0).astype(np.int8))
    chosen = entry(model, view="global_view", imbalance=remedy, training={"epochs": 2})
    fitted = fit_entry(Task(chosen, examples, np.arange(40), np.arange(40, 60), 1))
    assert fitted.correction != UNCORRECTED
    save_fitted([fitted], FOLDED, tmp_path / "model")
    loaded = load_fitted(tmp_path / "model")
    assert loaded.fitted.members[0].correction == fitted.correction
    scores = loaded.score_curves(curves)
    assert scores.tobytes() == fitted.score(views).tobytes()
    assert np.abs(scores - fitted.corrected(UNCORRECTED).score(views)).min() > 1e-3


def test_a_model_saved_before_there_were_corrections_has_none(saved):
    file = saved / "preparation.json"
    kept = json.loads(file.read_text())
    del kept["members"][0]["correction"]
    file.write_text(json.dumps(kept))
    assert load_fitted(saved).fitted.members[0].correction == UNCORRECTED


@pytest.mark.parametrize("correction", [{"slope": 0}, {"slope": -1.0}, {"intercept": None}])
def test_a_damaged_correction_is_refused(saved, correction):
    file = saved / "preparation.json"
    kept = json.loads(file.read_text())
    kept["members"][0]["correction"] = {"slope": 1.0, "intercept": 0.0, **correction}
    file.write_text(json.dumps(kept))
    with pytest.raises(InputError, match=r"preparation.json: damaged: members.0.correction"):
        load_fitted(saved)


@pytest.fixture
def saved(tmp_path, entry, flux):
    """A saved model without any network."""
    views = prepare({CURVES: flux(21)}, FOLDED)
    examples = Examples(views, (np.arange(60) % 2).astype(np.int8))
    fitted = fit_entry(Task(entry("prevalence"), examples, np.arange(60), None, 1))
    save_fitted([fitted], FOLDED, tmp_path / "saved")
    return tmp_path / "saved"


def test_curves_of_another_length_are_refused(saved, flux):
    with pytest.raises(InputError, match=r"curves must have shape \(n, 21\), got \(60, 22\)"):
        load_fitted(saved).score_curves(flux(22))


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_curves_that_are_not_finite_are_refused(saved, flux, value):
    curves = flux(21)
    curves[5, 6] = value
    with pytest.raises(InputError, match=r"must be finite, got .* in example 5, column 7"):
        load_fitted(saved).score_curves(curves)


def test_missing_and_damaged_files(saved, tmp_path):
    with pytest.raises(InputError, match=r"not a saved model: preparation.json is missing"):
        load_fitted(tmp_path)
    (saved / "model.skops").unlink()
    with pytest.raises(InputError, match="not a saved model: it holds no model file"):
        load_fitted(saved)
    (saved / "preparation.json").write_text('{"mean": "x"')
    with pytest.raises(InputError, match=r"preparation.json: damaged: "):
        load_fitted(saved)
    (saved / "preparation.json").write_text(json.dumps({"mean": 0, "scale": 1}))
    with pytest.raises(InputError, match="damaged: preparation: Field required"):
        load_fitted(saved)


def test_foreign_type_is_refused(tmp_path):
    """A skops file can name any importable type; only those on our list are built."""
    from sklearn.pipeline import FunctionTransformer

    save_fitted([FittedSklearn(FunctionTransformer(json.dumps))], FOLDED, tmp_path / "foreign")
    with pytest.raises(InputError, match=r"model.skops: refused: .*json.dumps"):
        load_fitted(tmp_path / "foreign")


def test_pickle_is_no_model(saved):
    import pickle

    (saved / "model.skops").write_bytes(pickle.dumps({"a": 1}))
    with pytest.raises(InputError, match=r"model.skops: the zip file is cut off or damaged"):
        load_fitted(saved)


def test_network_with_code_inside_is_refused(tmp_path):
    import keras

    inputs = keras.Input((21, 1))
    doubled = keras.layers.Lambda(lambda x: 2 * x, output_shape=(21, 1))(inputs)
    model = keras.Model(inputs, keras.layers.Dense(1)(keras.layers.Flatten()(doubled)))
    folder = tmp_path / "lambda"
    save_fitted([FittedKeras(model, UNSCALED)], FOLDED, folder)
    with pytest.raises(InputError, match=r"model.keras: cannot be loaded safely: .*Lambda"):
        load_fitted(folder)
