"""A comparison in MLflow: one run, a child for each entry, a grandchild for each fold; a search.

The only part of the package that imports mlflow.
"""

import logging
import os

from kepler_keras.tracking.store import QUIET, serve_ui, tracking_address

for _name, _value in QUIET.items():  # MLflow decides on its telemetry while it is imported
    os.environ.setdefault(_name, _value)
# It says how it makes tables, and of an error the whole query; the sentence is ours to say.
logging.getLogger("mlflow.store.db.utils").setLevel(logging.CRITICAL)

from kepler_keras.tracking.download import download_record, download_run, find_comparisons  # noqa: E402
from kepler_keras.tracking.files import log_files  # noqa: E402
from kepler_keras.tracking.layout import kept_anyway  # noqa: E402
from kepler_keras.tracking.registry import (  # noqa: E402
    Candidate,
    check_registered_name,
    fetch_model,
    fitted_folder,
    is_address,
    register,
)
from kepler_keras.tracking.resume import RunFile  # noqa: E402
from kepler_keras.tracking.run import Tracker  # noqa: E402
from kepler_keras.tracking.start import start_comparison  # noqa: E402

__all__ = [
    "Candidate",
    "RunFile",
    "Tracker",
    "check_registered_name",
    "download_record",
    "download_run",
    "fetch_model",
    "find_comparisons",
    "fitted_folder",
    "is_address",
    "kept_anyway",
    "log_files",
    "register",
    "serve_ui",
    "start_comparison",
    "tracking_address",
]
