"""A sqlite store is made beside its place and put there whole."""

import os
import shutil
import tempfile
import time
from pathlib import Path

from mlflow.store.tracking.sqlalchemy_store import SqlAlchemyStore

from kepler_keras.tracking.store import SQLITE, sqlite_path

MAKING = ".mlflow-making-"
ABANDONED = 3600  # seconds after which a half-made store is nobody's


def make_store(address: str) -> None:
    """Makes the database of a sqlite address that there is none of yet.

    MLflow makes tables in hundreds of steps, and a kill between two of them leaves a file that can
    neither be used nor made whole. Of two who are at it at once, the first puts its file in place
    and the other uses that.

    Args:
        address: Of any store; nothing happens to others.

    Raises:
        OSError: The folder cannot be written.
        MlflowException: The tables cannot be made.
    """
    path = sqlite_path(address)
    if path is None or path.exists():
        return
    _remove_abandoned(path.parent)
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=MAKING) as folder:
        made = Path(folder) / path.name
        artifacts = (path.parent / "mlruns").as_uri()
        store = SqlAlchemyStore(f"{SQLITE}{made.as_posix()}", artifacts)
        store.engine.dispose()
        _put_in_place(made, path)


def _put_in_place(made: Path, path: Path) -> None:
    """Moves a file to where there is none; whoever came first stays."""
    try:
        os.link(made, path)
    except FileExistsError:
        return
    except OSError:  # a file system without links
        if not path.exists():
            made.replace(path)


def _remove_abandoned(folder: Path) -> None:
    """Removes what killed processes left half-made."""
    for path in folder.glob(f"{MAKING}*"):
        if time.time() - path.stat().st_mtime > ABANDONED:
            shutil.rmtree(path, ignore_errors=True)
