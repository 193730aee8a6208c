"""A fitted model on disk, with everything between a source's curve and its score."""

from dataclasses import dataclass
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, ValidationError

from kepler_keras.data.pipeline import Preparation, prepare
from kepler_keras.data.scaling import Scaler
from kepler_keras.errors import InputError
from kepler_keras.evaluation.calibration import UNCORRECTED, Correction
from kepler_keras.training.backend import load_tensorflow
from kepler_keras.training.fitted import Fitted, FittedKeras, FittedSklearn, Scores

PREPARATION_FILE = "preparation.json"

# What skops may build when it loads one of our scikit-learn models; anything else is refused.
TRUSTED_TYPES = [
    "sklearn._loss.link.Interval",
    "sklearn._loss.link.LogitLink",
    "sklearn._loss.loss.HalfBinomialLoss",
    "sklearn.ensemble._hist_gradient_boosting.binning._BinMapper",
    "sklearn.ensemble._hist_gradient_boosting.predictor.TreePredictor",
]


class _Saved(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    preparation: Preparation
    mean: float
    scale: float
    correction: Correction = UNCORRECTED


@dataclass(frozen=True)
class CurveScorer:
    """Flux in, score out: the model together with conditioning, search, view and scaling."""

    fitted: Fitted
    preparation: Preparation

    def score_curves(self, flux: NDArray[np.float32]) -> Scores:
        """Scores curves as the source gives them.

        Args:
            flux: Shape (n, n_columns), the source's unit; the view itself where it came ready.

        Returns:
            Scores in [0, 1], shape (n,).

        Raises:
            InputError: The curves cannot be prepared as the training curves were.
        """
        return self.fitted.score(prepare(np.asarray(flux, dtype=np.float32), self.preparation))


def save_fitted(fitted: Fitted, preparation: Preparation, folder: Path) -> None:
    """Writes the model file and `preparation.json` into a new folder."""
    folder.mkdir(parents=True)
    fitted.save(folder)
    scaler = fitted.scaler
    saved = _Saved(
        preparation=preparation,
        mean=scaler.mean,
        scale=scaler.scale,
        correction=fitted.correction,
    )
    (folder / PREPARATION_FILE).write_text(saved.model_dump_json(indent=1) + "\n", encoding="utf-8")


def load_fitted(folder: Path) -> CurveScorer:
    """Loads what `save_fitted` wrote: Keras in safe mode, scikit-learn through skops, no pickle.

    Raises:
        InputError: A file is missing or damaged, or holds types that are not in `TRUSTED_TYPES`.
    """
    saved = _read_saved(folder)
    scaler = Scaler(saved.mean, saved.scale)
    fitted: Fitted
    if (folder / FittedKeras.FILE).exists():
        fitted = _load_keras(folder / FittedKeras.FILE, scaler)
    else:
        fitted = _load_sklearn(folder / FittedSklearn.FILE, scaler)
    return CurveScorer(fitted.corrected(saved.correction), saved.preparation)


def read_preparation(folder: Path) -> Preparation:
    """What a saved model takes and does to it, without loading the model itself.

    Raises:
        InputError: `preparation.json` is missing or damaged.
    """
    return _read_saved(folder).preparation


def _read_saved(folder: Path) -> _Saved:
    try:
        text = (folder / PREPARATION_FILE).read_text(encoding="utf-8")
    except OSError as error:
        raise InputError(f"{folder}: not a saved model: {PREPARATION_FILE} is missing") from error
    try:
        return _Saved.model_validate_json(text)
    except ValidationError as error:
        raise InputError(f"{folder / PREPARATION_FILE}: damaged: {_first(error)}") from error


def _load_keras(file: Path, scaler: Scaler) -> FittedKeras:
    load_tensorflow()
    import keras

    try:
        model = keras.models.load_model(file, compile=False, safe_mode=True)
    except (ValueError, TypeError, OSError, BadZipFile) as error:
        reason = " ".join(str(error).split())[:300]
        raise InputError(f"{file}: cannot be loaded safely: {reason}") from error
    return FittedKeras(model, scaler, n_parameters=int(model.count_params()))


def _load_sklearn(file: Path, scaler: Scaler) -> FittedSklearn:
    import skops.io
    from skops.io.exceptions import UntrustedTypesFoundException

    try:
        return FittedSklearn(skops.io.load(file, trusted=TRUSTED_TYPES), scaler)
    except FileNotFoundError as error:
        raise InputError(f"{file.parent}: not a saved model: it holds no model file") from error
    except UntrustedTypesFoundException as error:
        raise InputError(f"{file}: refused: {' '.join(str(error).split())}") from error
    except BadZipFile as error:
        raise InputError(f"{file}: damaged: it is no skops file") from error


def _first(error: ValidationError) -> str:
    first = error.errors(include_url=False)[0]
    return f"{'.'.join(map(str, first['loc']))}: {first['msg']}"
