"""The part of `results.json` on which planets are found."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from kepler_keras.evaluation.estimates import EntrySummary
from kepler_keras.evaluation.strata import FoundGroup, found_by_value
from kepler_keras.record import Record
from kepler_keras.reporting.result_parts import IntervalResult, Part


class FoundResult(Part):
    """How many stars of a group one entry called planets, and their share with its exact interval.

    `found` may be a fraction: a star is found in some of its rows or repeats.
    """

    entry: str
    found: float
    recall: IntervalResult


class GroupResult(Part):
    """Planets whose property lies between two values, both within; each star counts once."""

    lowest: float
    highest: float
    stars: int
    entries: list[FoundResult]


class StratumResult(Part):
    """A property, its unit in its name, and the groups of planets by it."""

    property: str
    groups: list[GroupResult]


def strata_results(record: Record, summaries: Mapping[str, EntrySummary]) -> list[StratumResult]:
    """Every property that enough planets have, for all entries at their folds' thresholds."""
    called = {
        name: _planets(rows, summaries[str(name)].thresholds)
        for name, rows in record.predictions.groupby("entry", sort=False)
    }
    return [
        StratumResult(property=name, groups=groups)
        for name, values in record.planets.items()
        if (groups := _groups({str(entry): rows for entry, rows in called.items()}, values))
    ]


def _planets(rows: pd.DataFrame, thresholds: tuple[float, ...]) -> pd.DataFrame:
    """Test rows with a planet of one entry, and whether each was called so."""
    fold = rows.groupby(["repeat", "fold"], sort=True).ngroup().to_numpy()
    table = rows.assign(found=rows["score"].to_numpy() >= np.array(thresholds)[fold])
    return table[(table["split"] == "test") & (table["label"] == 1)]


def _groups(called: Mapping[str, pd.DataFrame], values: Mapping[int, float]) -> list[GroupResult]:
    """All entries are tested on the same rows, and so have the same groups."""
    found = {
        entry: found_by_value(
            rows["star"].to_numpy(dtype=str),
            rows["found"].to_numpy(),
            np.asarray(rows["example_id"].map(values), dtype=np.float64),
        )
        for entry, rows in called.items()
    }
    return [
        GroupResult(
            lowest=groups[0].lowest,
            highest=groups[0].highest,
            stars=groups[0].stars,
            entries=[_found(entry, group) for entry, group in zip(found, groups, strict=True)],
        )
        for groups in zip(*found.values(), strict=True)
    ]


def _found(entry: str, group: FoundGroup) -> FoundResult:
    recall = IntervalResult(mean=group.recall, low=group.low, high=group.high)
    return FoundResult(entry=entry, found=group.found, recall=recall)
