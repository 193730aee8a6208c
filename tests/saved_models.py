"""Small saved models for tests of what is done with them."""

import numpy as np

from kepler_keras.data.pipeline import CURVES, Preparation, prepare
from kepler_keras.experiment import Choice, Conditioning, Entry, Search
from kepler_keras.training.fit import Examples, Task, fit_entry
from kepler_keras.training.saved import Decision, save_decision, save_fitted

CADENCE = 0.02
N = 160  # training rows
SEARCHED = Preparation(
    views=(Choice(name="global_view", options={"bins": 21}),),
    conditioning=Conditioning(window=0.7),
    search=Search(min_period=0.8, max_period=2.5, durations=(0.1,)),
    cadence=CADENCE,
    n_columns=400,
)
BY_COLUMN = SEARCHED.model_copy(update={"views": (Choice(name="flux"),)})
BY_NUMBERS = SEARCHED.model_copy(update={"views": (Choice(name="search_features"),)})
FOLDED = SEARCHED.model_copy(update={"cadence": None, "n_columns": 21})


def noise_and_dips(n, n_columns, *, seed=0):
    """Curves of noise; those in even rows dip by 30 each 1.3 d, first at 0.5 d."""
    flux = np.random.default_rng(seed).normal(size=(n, n_columns)).astype(np.float32)
    orbit = (np.arange(n_columns) * CADENCE - 0.5 + 0.65) % 1.3 - 0.65
    flux[::2, np.abs(orbit) < 0.051] -= 30
    return flux


def save_model(folder, preparation, *, model="mlp", threshold=0.5):
    """Fits a small model to `noise_and_dips` and saves it."""
    curves = noise_and_dips(N, preparation.n_columns)
    views = prepare({CURVES: curves}, preparation)
    chosen = {"name": "mlp", "units": [8]} if model == "mlp" else model
    names = [view.model_dump() for view in preparation.views]
    training = {"epochs": 20, "batch_size": 8, "learning_rate": 0.02}
    fields = {"name": "e", "model": chosen, "views": names, "training": training}
    entry = Entry.model_validate(fields)
    labels = (np.arange(N) % 2 == 0).astype(np.int8)
    fitted = fit_entry(Task(entry, Examples(views, labels), np.arange(N), None, 1, epochs=20))
    save_fitted([fitted], preparation, folder)
    if threshold is not None:
        decision = Decision(threshold=threshold, score_kind=fitted.score_kind)
        save_decision(decision, folder)
    return folder


def csv_text(flux):
    """The curves as Kaggle has them, every label 1; NaN is an empty cell."""
    header = "LABEL," + ",".join(f"FLUX.{column + 1}" for column in range(flux.shape[1]))
    cells = [["" if np.isnan(value) else repr(float(value)) for value in row] for row in flux]
    return "\n".join([header, *(f"1,{','.join(row)}" for row in cells)]) + "\n"
