"""A comparison that ended in an MLflow store."""

from pathlib import Path
from typing import Any

from kepler_keras.record import Record
from kepler_keras.tracking import Tracker, start_comparison


def finish_with_record(store: str, record: Record, folder: Path, **options: Any) -> Tracker:
    record.write(folder)
    with start_comparison(record.experiment, address=store, **options) as tracker:
        tracker.log_record(record, folder)
    return tracker
