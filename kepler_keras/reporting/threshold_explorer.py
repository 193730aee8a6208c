"""The numbers behind the report's slider: each entry at many thresholds."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from kepler_keras.evaluation.every_threshold import EveryThreshold, at_every_threshold
from kepler_keras.evaluation.folds import folds_of
from kepler_keras.record import Record
from kepler_keras.reporting.entries import threshold_rules
from kepler_keras.reporting.remedy_results import ablations

DIGITS = 4


def threshold_explorer(record: Record) -> list[dict[str, Any]]:
    """For each competitor what the page's script shows, as plain lists.

    Args:
        record: Its entries all take part.
    """
    rules, prevalence = threshold_rules(record), record.experiment.protocol.prevalence
    tables = dict(iter(record.predictions.groupby("entry", sort=False)))
    explorers = []
    for name in rules:
        if name not in ablations(record.experiment):
            folds = folds_of(tables[name], prevalence=prevalence, rule=rules[name])
            usual = float(np.median([fold.threshold for fold in folds]))
            explorers.append(_plain(name, at_every_threshold(folds), usual))
    return explorers


def _plain(name: str, table: EveryThreshold, usual: float) -> dict[str, Any]:
    columns = ("found", "alarms", "precision", "recall", "f1")
    return {
        "entry": name,
        "planets": _rounded(np.array([table.planets]))[0],
        "start": int(np.searchsorted(table.thresholds, usual)),
        "threshold": _rounded(table.thresholds),
        **{column: _rounded(getattr(table, column)) for column in columns},
    }


def _rounded(values: NDArray[np.float64]) -> list[float | None]:
    """Numbers short enough for a page; None where undefined."""
    return [None if np.isnan(value) else float(f"{value:.{DIGITS}g}") for value in values]
