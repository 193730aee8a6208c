"""What the writing and the reading side of tracking agree on: tags and file names."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from mlflow.exceptions import MlflowException
from sqlalchemy.exc import SQLAlchemyError

from kepler_keras.errors import InputError, RunError
from kepler_keras.tracking.store import without_secrets

EXPERIMENT_TAG = "kepler_keras.experiment"
ENTRY_TAG = "kepler_keras.entry"
QUICK_TAG = "kepler_keras.quick"
LEVEL_TAG = "kepler_keras.level"  # comparison | entry | fold | trial | search | prediction
FINDINGS_TAG = "kepler_keras.findings"  # codes of the checks that found something, or none
TRIAL_TAG = "kepler_keras.trial"  # chosen | complete | pruned | failed
VERDICT_TAG = "kepler_keras.verdict"  # of an entry against the baseline
RANK_TAG = "kepler_keras.rank"  # of an entry by the primary measure, from 1
BEST_TAG = "kepler_keras.best"  # the entry of rank 1
NOTE_TAG = "mlflow.note.content"  # what the UI shows as a run's description
RECORD_FILES = ("record.json", "predictions.parquet")
MEMBERS_FILE = "members.parquet"  # belongs to the record of a comparison that has ensembles
REPORT_FILES = (
    "folds.parquet", "results.json", "report.html", "report.md", "table.tex", "write_up.tex",
    "references.bib",
)  # fmt: skip
FIGURES_FOLDER = "figures"


@contextmanager
def mlflow_errors(what: str) -> Iterator[None]:
    """Turns MLflow's complaints into the user's error: `what` and MLflow's sentence."""
    try:
        yield
    except MlflowException as error:
        said = f"{what}: {_first_words(error.message)}"
        raise InputError(without_secrets(said)) from None  # its cause may hold a password, too
    except (SQLAlchemyError, OSError) as error:
        raise InputError(without_secrets(f"{what}: {_first_words(str(error))}")) from None


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
        said = f"{address}: cannot log the comparison: {_first_words(str(error))}"
        raise RunError(
            f"{without_secrets(said)}; {report} is written and the folds are kept: the same "
            "command logs it again"
        ) from None  # its cause may hold a password


def _first_words(message: str) -> str:
    """A complaint in one line, without the query that it ends in."""
    if "Max retries exceeded" in message:  # 300 characters on how often it was tried, and where
        return "the MLflow server does not answer"
    return " ".join(message.partition("[SQL:")[0].split())[:300].rstrip(". ")
