"""A fitted model on disk, with everything between a source's curve and its score."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from kepler_keras.data.packed_file import check_content, open_zip
from kepler_keras.data.pipeline import Flux, Preparation, Prepared, prepare_and_keep
from kepler_keras.data.scaling import Scaler
from kepler_keras.errors import InputError, first_fault
from kepler_keras.evaluation.calibration import UNCORRECTED, Correction
from kepler_keras.models.trusted import PEER_TYPES
from kepler_keras.record import ScoreKind
from kepler_keras.training.backend import load_tensorflow
from kepler_keras.training.fitted import (
    Fitted,
    FittedEnsemble,
    FittedKeras,
    FittedSklearn,
    Scores,
)
from kepler_keras.training.mirroring import mirror_of

PREPARATION_FILE = "preparation.json"
MOST_ARRAYS = 60_000  # members of a model's file; a forest of 2,000 trees has some ten a tree
# Rows scored at a time. Their number decides in which order a network's sums are taken: always the
# same, filled up if need be, it makes a star's score the same to the last bit in whatever company.
ROWS_AT_A_TIME = 32

# What skops may build when it loads one of our scikit-learn models; anything else is refused.
TRUSTED_TYPES = [
    "sklearn._loss.link.Interval",
    "sklearn._loss.link.LogitLink",
    "sklearn._loss.loss.HalfBinomialLoss",
    "sklearn.ensemble._hist_gradient_boosting.binning._BinMapper",
    "sklearn.ensemble._hist_gradient_boosting.predictor.TreePredictor",
    *PEER_TYPES,
]


class _Member(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    scaler: Scaler
    correction: Correction = UNCORRECTED


class Decision(BaseModel):
    """What a score means.

    Attributes:
        threshold: From it on a star is called a planet: the median of the thresholds that the
            folds of the comparison chose on validation rows.
        score_kind: Whether scores are probabilities or decision values.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    threshold: float = Field(allow_inf_nan=False)
    score_kind: ScoreKind


class _Saved(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    preparation: Preparation
    members: tuple[_Member, ...] = Field(min_length=1)
    reversal: bool = False
    decision: Decision | None = None  # none in models saved before there was one


@dataclass(frozen=True)
class CurveScorer:
    """Flux in, score out: the model together with conditioning, search, views and scaling."""

    fitted: FittedEnsemble
    preparation: Preparation
    decision: Decision | None = None

    @property
    def score_kind(self) -> ScoreKind:
        """Whether scores are probabilities or decision values."""
        return self.fitted.members[0].score_kind

    def score_curves(self, given: Flux | Mapping[str, Flux]) -> Scores:
        """Scores curves as the source gives them.

        Args:
            given: For each of the preparation's `inputs` an array of shape (n, its columns); where
                there is one input only, the array may come by itself. Curves are in the source's
                unit, and views that came ready are given as they are.

        Returns:
            Scores, shape (n,).

        Raises:
            InputError: The curves cannot be prepared as the training curves were.
        """
        return self.score_prepared(self.prepare_curves(given))

    def prepare_curves(self, given: Flux | Mapping[str, Flux]) -> Prepared:
        """Makes the views of curves; arguments and errors as of `score_curves`."""
        if not isinstance(given, Mapping):
            inputs = list(self.preparation.inputs)
            if len(inputs) > 1:
                raise InputError(f"the model needs an array for each of {', '.join(inputs)}")
            given = {inputs[0]: given}
        arrays = {name: np.asarray(array, dtype=np.float32) for name, array in given.items()}
        return prepare_and_keep(arrays, self.preparation)

    def score_prepared(self, prepared: Prepared) -> Scores:
        """Scores of n curves, shape (n,), `ROWS_AT_A_TIME` of them at a time."""
        views = prepared.views
        scores = np.empty(len(views), np.float64)
        for start in range(0, len(views), ROWS_AT_A_TIME):
            rows = np.arange(start, start + ROWS_AT_A_TIME)
            batch = views[np.minimum(rows, len(views) - 1)]
            kept = scores[start : start + ROWS_AT_A_TIME]
            kept[:] = self.fitted.score(batch)[: len(kept)]
        return scores


def save_fitted(
    members: Sequence[Fitted], preparation: Preparation, folder: Path, *, reversal: bool = False
) -> None:
    """Writes the model files and `preparation.json` into a new folder.

    Args:
        members: The fits of an entry: one, or those of an ensemble.
        preparation: What makes its views.
        folder: Must not exist.
        reversal: Whether members score both ways round, as `FittedEnsemble` says.
    """
    folder.mkdir(parents=True)
    for place, fitted in enumerate(members):
        fitted.save(folder / _file_name(place, len(members), fitted.SUFFIX))
    saved = _Saved(
        preparation=preparation,
        members=tuple(
            _Member(scaler=fitted.scaler, correction=fitted.correction) for fitted in members
        ),
        reversal=reversal,
    )
    _write_saved(saved, folder)


def join_saved(members: Sequence[Path], folder: Path, *, reversal: bool) -> None:
    """Makes one saved model of an ensemble's members, each saved alone; their files are moved.

    Args:
        members: Folders that `save_fitted` wrote, of one fit each, with the same preparation.
        folder: Must not exist.
        reversal: As of `save_fitted`.
    """
    folder.mkdir(parents=True)
    parts = [_read_saved(member) for member in members]
    for place, member in enumerate(members):
        (file,) = member.glob("model.*")
        file.rename(folder / _file_name(place, len(members), file.suffix))
    saved = _Saved(
        preparation=parts[0].preparation,
        members=tuple(part.members[0] for part in parts),
        reversal=reversal,
    )
    _write_saved(saved, folder)


def save_decision(decision: Decision, folder: Path) -> None:
    """Adds what its scores mean to a model that was saved."""
    _write_saved(_read_saved(folder).model_copy(update={"decision": decision}), folder)


def _write_saved(saved: _Saved, folder: Path) -> None:
    (folder / PREPARATION_FILE).write_text(saved.model_dump_json(indent=1) + "\n", encoding="utf-8")


def load_fitted(folder: Path) -> CurveScorer:
    """Loads what `save_fitted` wrote: Keras in safe mode, scikit-learn through skops, no pickle.

    Raises:
        InputError: A file is missing or damaged, or holds types that are not in `TRUSTED_TYPES`.
    """
    saved, members = _read_saved(folder), []
    for place, member in enumerate(saved.members):
        fitted = _load_member(folder, place, len(saved.members), member.scaler)
        members.append(fitted.corrected(member.correction))
    preparation = saved.preparation
    mirror = None
    if saved.reversal:
        mirror = mirror_of(preparation.views, cadence=preparation.cadence)
    return CurveScorer(FittedEnsemble(tuple(members), mirror), preparation, saved.decision)


def _file_name(place: int, n_members: int, suffix: str) -> str:
    """`model.keras`, or `model-3.keras` of the third of several."""
    return f"model{suffix}" if n_members == 1 else f"model-{place + 1}{suffix}"


def _load_member(folder: Path, place: int, n_members: int, scaler: Scaler) -> Fitted:
    network = folder / _file_name(place, n_members, FittedKeras.SUFFIX)
    if network.exists():
        return _load_keras(network, scaler)
    return _load_sklearn(folder / _file_name(place, n_members, FittedSklearn.SUFFIX), scaler)


def read_preparation(folder: Path) -> Preparation:
    """What a saved model takes and does to it, without loading the model itself.

    Raises:
        InputError: `preparation.json` is missing or damaged.
    """
    return _read_saved(folder).preparation


def _read_saved(folder: Path) -> _Saved:
    try:
        content = (folder / PREPARATION_FILE).read_bytes()
    except OSError as error:
        raise InputError(f"{folder}: not a saved model: {PREPARATION_FILE} is missing") from error
    try:
        return _Saved.model_validate_json(content)
    except ValidationError as error:
        raise InputError(f"{folder / PREPARATION_FILE}: damaged: {first_fault(error)}") from error


def _check_archive(file: Path) -> None:
    """Refuses an archive that is damaged or unpacks to more than a model's file does."""
    with file.open("rb") as opened, open_zip(file, opened, most=MOST_ARRAYS) as archive:
        check_content(file, archive)


def _load_keras(file: Path, scaler: Scaler) -> FittedKeras:
    _check_archive(file)
    load_tensorflow()
    import keras

    # What a user's file registered with Keras in this process would be missing in another.
    registered = keras.saving.get_custom_objects()
    kept = dict(registered)
    registered.clear()
    try:
        model = keras.models.load_model(file, compile=False, safe_mode=True)
    except Exception as error:  # whatever Keras, h5py and TensorFlow raise on damage
        # Keras prints the whole network, then what the matter is, then advice about custom layers.
        matter = " ".join(str(error).rpartition("Exception encountered: ")[2].split())
        reason = matter.partition(". ")[0][:300]
        raise InputError(f"{file}: cannot be loaded safely: {reason}") from error
    finally:
        registered.update(kept)
    return FittedKeras(model, scaler, n_parameters=int(model.count_params()))


def _load_sklearn(file: Path, scaler: Scaler) -> FittedSklearn:
    import skops.io
    from skops.io.exceptions import UntrustedTypesFoundException

    try:
        _check_archive(file)
        return FittedSklearn(skops.io.load(file, trusted=TRUSTED_TYPES), scaler)
    except InputError:
        raise
    except FileNotFoundError as error:
        raise InputError(f"{file.parent}: not a saved model: it holds no model file") from error
    except UntrustedTypesFoundException as error:
        raise InputError(f"{file}: refused: {' '.join(str(error).split())}") from error
    except Exception as error:  # whatever skops, numpy and scikit-learn raise on damage
        reason = " ".join(str(error).split())[:300]
        raise InputError(f"{file}: damaged: it is no skops file ({reason})") from error
