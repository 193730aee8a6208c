"""Models by name: MLflow's registry, and a logged model's files back out of a store."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import mlflow
import yaml
from mlflow.exceptions import MlflowException
from mlflow.utils.validation import _validate_model_name

from kepler_keras.errors import InputError
from kepler_keras.tracking.doubled import versions_of
from kepler_keras.tracking.layout import mlflow_errors
from kepler_keras.tracking.runs import delete
from kepler_keras.tracking.store import require_answer, require_store

CHAMPION = "champion"  # the alias of the version that is meant where nothing else is said
LONGEST_NAME = 256  # characters; the column of MLflow's own databases
EXISTS = ("RESOURCE_ALREADY_EXISTS", "ALREADY_EXISTS")
ADDRESSES = ("models:/", "runs:/")


@dataclass(frozen=True)
class Candidate:
    """A model that is to be registered.

    Attributes:
        address: `models:/m-...`, as `Tracker.log_model` gives it.
        run_id: The run it was logged under.
        description: Sentences on what it is and how surely.
        tags: The same for filters.
    """

    address: str
    run_id: str
    description: str
    tags: Mapping[str, str]


def check_registered_name(name: str) -> None:
    """Refuses a name that MLflow would refuse after hours of fitting.

    Raises:
        InputError: It is empty, too long, or holds characters that no name or address may have.
    """
    rule = f"--register: a model's name must be 1 to {LONGEST_NAME} printable characters"
    if len(name) > LONGEST_NAME or not name.isprintable() or set(name) & set("/:@\\"):
        raise InputError(f"{rule}, none of them / : @ or \\, got {name[:60]!r}")
    try:
        _validate_model_name(name)
    except MlflowException as error:
        raise InputError(f"{rule}, got {name!r}: {' '.join(error.message.split())}") from error


def register(candidate: Candidate, name: str, *, address: str) -> str:
    """Makes a model the newest version of a registered model, and its champion.

    Args:
        candidate: The model.
        name: The registered model, made if need be.
        address: The store, as `tracking_address` gives it.

    Returns:
        The number of the version.

    Raises:
        InputError: The store does not take it.
    """
    with mlflow_errors(f"{address}: cannot register the model {name!r}"):
        client = mlflow.MlflowClient(address)
        try:
            client.create_registered_model(name)
        except MlflowException as error:
            if error.error_code not in EXISTS:
                raise
        before = versions_of(client, name, candidate.run_id)
        told = client.create_model_version(
            name,
            source=candidate.address,
            run_id=candidate.run_id,
            tags=dict(candidate.tags),
            description=candidate.description,
            model_id=candidate.address.removeprefix("models:/"),
        )
        made = versions_of(client, name, candidate.run_id) - before
        kept = min(made, default=int(told.version))
        version = str(kept)
        for doubled in made - {kept}:
            delete(client.delete_model_version, name, str(doubled))
        client.set_registered_model_alias(name, CHAMPION, version)
    return version


def is_address(model: str) -> bool:
    """Whether MLflow knows the model, and no folder holds it."""
    return model.startswith(ADDRESSES)


def fetch_model(model: str, *, address: str, target: Path) -> Path:
    """The folder of a logged model's own files, fetched from a server if need be.

    None of the code that was logged with the model is run.

    Args:
        model: `models:/NAME@ALIAS`, `models:/NAME/VERSION`, `models:/m-...` or `runs:/.../model`.
        address: The store, as `tracking_address` gives it.
        target: An existing folder for files from elsewhere.

    Raises:
        InputError: There is no such store or model, or it is none of this package.
    """
    require_store(address)
    require_answer(address)
    with mlflow_errors(f"{model}: cannot fetch the model from {address}"):
        mlflow.set_tracking_uri(address)
        try:
            local = mlflow.artifacts.download_artifacts(
                artifact_uri=model, tracking_uri=address, dst_path=str(target)
            )
        except OSError as error:
            raise InputError(f"{model}: its files are missing: {error}") from error
    return fitted_folder(Path(local))


def fitted_folder(folder: Path) -> Path:
    """The part of a logged model's folder that was fitted.

    Raises:
        InputError: It is no model of this package.
    """
    try:
        described: Any = yaml.safe_load((folder / "MLmodel").read_text(encoding="utf-8"))
        place = str(described["flavors"]["python_function"]["artifacts"]["fitted"]["path"])
    except (OSError, KeyError, TypeError, ValueError, yaml.YAMLError) as error:
        raise InputError(f"{folder}: is no model that `kepler-keras compare` logged") from error
    if not (folder / place).resolve().is_relative_to(folder.resolve()):
        raise InputError(f"{folder}: its files must lie inside it, got {place!r}")
    return folder / place
