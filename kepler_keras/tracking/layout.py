"""What the writing and the reading side of tracking agree on: tags and file names."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from mlflow.exceptions import MlflowException
from sqlalchemy.exc import SQLAlchemyError

from kepler_keras.errors import InputError, RunError

EXPERIMENT_TAG = "kepler_keras.experiment"
ENTRY_TAG = "kepler_keras.entry"
QUICK_TAG = "kepler_keras.quick"
LEVEL_TAG = "kepler_keras.level"  # comparison | entry | fold | trial
FINDINGS_TAG = "kepler_keras.findings"  # codes of the checks that found something, or none
TRIAL_TAG = "kepler_keras.trial"  # chosen | complete | pruned | failed
RECORD_FILES = ("record.json", "predictions.parquet")
MEMBERS_FILE = "members.parquet"  # belongs to the record of a comparison that has ensembles
REPORT_FILES = ("folds.parquet", "results.json", "report.html")


@contextmanager
def mlflow_errors(what: str) -> Iterator[None]:
    """Turns MLflow's complaints into the user's error: `what` and MLflow's sentence."""
    try:
        yield
    except MlflowException as error:
        raise InputError(f"{what}: {_first_words(error.message)}") from error
    except (SQLAlchemyError, OSError) as error:
        raise InputError(f"{what}: {_first_words(str(error))}") from error


@contextmanager
def kept_anyway(report: Path, address: str) -> Iterator[None]:
    """Says of a store that fails while a comparison is logged what is not lost by that.

    Args:
        report: The page, which has been written.
        address: The store.

    Raises:
        RunError: The store failed.
    """
    try:
        yield
    except (MlflowException, SQLAlchemyError, OSError) as error:
        raise RunError(
            f"{without_secrets(address)}: cannot log the comparison: {_first_words(str(error))}; "
            f"{report} is written and the folds are kept: the same command logs it again"
        ) from error


def _first_words(message: str) -> str:
    """A complaint in one line, without the query that it ends in."""
    return " ".join(message.partition("[SQL:")[0].split())[:300].rstrip(". ")


def without_secrets(address: str) -> str:
    """An address without user, password and query."""
    parts = urlsplit(address)
    if not parts.netloc:
        return address
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"
