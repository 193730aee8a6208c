"""What is attached to a run: report, figures, tables that `mlflow.load_table` reads, data sets."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
from mlflow.entities import Dataset, DatasetInput, InputTag
from mlflow.utils.mlflow_tags import MLFLOW_DATASET_CONTEXT, MLFLOW_LOGGED_ARTIFACTS

from kepler_keras.record import RecordSettings
from kepler_keras.tracking.format import data_fields
from kepler_keras.tracking.layout import (
    FIGURES_FOLDER,
    MEMBERS_FILE,
    RECORD_FILES,
    REPORT_FILES,
)

if TYPE_CHECKING:
    from matplotlib.figure import Figure

CONTEXTS = {"train": "training", "test": "evaluation"}  # parts of a fold, in MLflow's words


def write_figures(figures: Mapping[str, "Figure"], folder: Path) -> None:
    """Writes each figure as `name.png`."""
    for name, figure in figures.items():
        figure.savefig(folder / f"{name}.png", metadata={"Software": None})


def write_tables(tables: Mapping[str, pd.DataFrame], folder: Path) -> dict[str, str]:
    """Writes each table as `name.json`, as `mlflow.log_table` does, which takes four requests.

    Returns:
        The tag by which `mlflow.load_table` finds the runs that have a table.
    """
    for name, table in tables.items():
        table.to_json(folder / f"{name}.json", orient="split", index=False)
    listed = [{"path": f"{name}.json", "type": "table"} for name in tables]
    return {MLFLOW_LOGGED_ARTIFACTS: json.dumps(listed)} if listed else {}


def data_inputs(record: RecordSettings) -> list[DatasetInput]:
    """The rows that were trained on and the rows that were tested on, as MLflow's inputs."""
    return [
        DatasetInput(
            Dataset(source_type="kepler_keras", **data_fields(record, part)),
            [InputTag(MLFLOW_DATASET_CONTEXT, context)],
        )
        for part, context in CONTEXTS.items()
    ]


def upload_report(client: Any, run_id: str, folder: Path) -> None:
    """Attaches what a report folder holds of `layout`'s files to a run.

    Raises:
        FileNotFoundError: One of RECORD_FILES is missing.
    """
    for name in (*RECORD_FILES, MEMBERS_FILE, *REPORT_FILES):
        if name in RECORD_FILES or (folder / name).exists():
            client.log_artifact(run_id, str((folder / name).resolve(strict=True)))
    if (folder / FIGURES_FOLDER).is_dir():
        client.log_artifacts(run_id, str(folder / FIGURES_FOLDER), FIGURES_FOLDER)
