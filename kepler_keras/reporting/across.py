"""Several comparisons together: entries of their `results.json` files ranked over data sets."""

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure
from pydantic import BaseModel, ConfigDict, ValidationError

from kepler_keras.errors import InputError
from kepler_keras.evaluation.critical_difference import (
    LEAST_DATA_SETS,
    LEAST_ENTRIES,
    CriticalDifference,
    CriticalDifferenceDisplay,
    critical_difference,
)
from kepler_keras.evaluation.verdicts import ERROR_RATE
from kepler_keras.reporting.svg import figure_style
from kepler_keras.reporting.wording import METRIC_NAMES

FORMATS = (".png", ".svg")


class _Read(BaseModel):
    """What is read of a file; what else it holds does not matter."""

    model_config = ConfigDict(extra="ignore", frozen=True)


class _Value(_Read):
    mean: float | None


class _Entry(_Read):
    name: str
    metrics: dict[str, _Value]


class _Data(_Read):
    fingerprint: str


class Ranked(_Read):
    """One comparison, as `results.json` holds it."""

    experiment: str
    primary_metric: str
    quick: bool
    data: _Data
    entries: tuple[_Entry, ...]


def read_ranked(path: Path) -> Ranked:
    """Reads a `results.json`, or the one in a report's folder.

    Raises:
        InputError: The file is missing or none of this package's.
    """
    file = path / "results.json" if path.is_dir() else path
    try:
        return Ranked.model_validate(json.loads(file.read_text(encoding="utf-8")))
    except OSError as error:
        raise InputError(f"{file}: cannot be read: {error.strerror}") from error
    except (ValueError, ValidationError, RecursionError) as error:
        raise InputError(f"{file}: must be a results.json of a comparison") from error


def rank_across(comparisons: Sequence[Ranked]) -> CriticalDifference:
    """Ranks the entries that all comparisons have by name.

    Raises:
        InputError: There are fewer than three data sets, or than three entries with a value in
            all, or a run was a quick one.
    """
    prints = {one.data.fingerprint: one.experiment for one in comparisons}
    if len(prints) < len(comparisons) or len(comparisons) < LEAST_DATA_SETS:
        raise InputError(
            f"across: need {LEAST_DATA_SETS} reports or more, each of other data, got "
            f"{len(comparisons)} of {len(prints)} data sets"
        )
    quick = [one.experiment for one in comparisons if one.quick]
    if quick:
        raise InputError(f"across: {quick[0]} is a quick run, whose figures mean nothing")
    metrics = sorted({one.primary_metric for one in comparisons})
    if len(metrics) > 1:
        raise InputError(f"across: all reports must be about one measure, got {', '.join(metrics)}")
    # Of decision values there is no calibration, so an entry may lack the measure.
    values = [
        {
            entry.name: entry.metrics[metrics[0]].mean
            for entry in one.entries
            if metrics[0] in entry.metrics
        }
        for one in comparisons
    ]
    names = [name for name in values[0] if all(one.get(name) is not None for one in values)]
    if len(names) < LEAST_ENTRIES:
        raise InputError(
            f"across: need {LEAST_ENTRIES} entries or more of the same name with a value in all "
            f"reports, got {', '.join(names) or 'none'}"
        )
    return critical_difference(names, np.array([[one[name] for name in names] for one in values]))


def draw_across(found: CriticalDifference, out: Path) -> None:
    """Writes the diagram as PNG or SVG, by the file's ending.

    Raises:
        InputError: The ending is another one, or the file cannot be written.
    """
    check_format(out)
    display = CriticalDifferenceDisplay(found)
    with figure_style():
        figure = Figure(figsize=(7.5, display.height), layout="constrained", facecolor="white")
        display.plot(figure.subplots())
        nothing = {"Date": None} if out.suffix == ".svg" else {"Software": None}
        try:
            out.parent.mkdir(parents=True, exist_ok=True)
            figure.savefig(out, metadata=nothing, dpi=150)
        except OSError as error:
            raise InputError(f"{out}: cannot be written: {error.strerror}") from error


def check_format(out: Path) -> None:
    """Refuses a file name that is no picture's."""
    if out.suffix not in FORMATS:
        raise InputError(f"--out: must end in {' or '.join(FORMATS)}, got {out.name}")


def across_sentences(found: CriticalDifference, metric: str) -> list[str]:
    """What the ranks say, in plain words."""
    n, k = found.n_data_sets, len(found.names)
    ranked = [f"{name} {rank:.2f}" for name, rank in zip(found.names, found.ranks, strict=True)]
    p_value = "p < 0.001" if found.friedman_p < 0.001 else f"p = {found.friedman_p:.3f}"
    friedman = f"(Friedman's test, {p_value})"
    said = [
        f"{k} entries over {n} data sets by {METRIC_NAMES[metric]}; average rank: "
        f"{', '.join(ranked)}."
    ]
    if found.friedman_p >= ERROR_RATE:
        said.append(f"Whether they differ at all is not decided {friedman}.")
    else:
        said.append(f"They do not all rank alike {friedman}.")
        groups = [", ".join(found.names[first : last + 1]) for first, last in found.cliques]
        said += [f"Not told apart: {group}." for group in groups]
    n_pairs = k * (k - 1) // 2
    if found.smallest_p * n_pairs >= ERROR_RATE:
        said.append(
            f"With {n} data sets the smallest p-value of a pair is {found.smallest_p:.3f}, before "
            f"it is adjusted for {n_pairs} pairs: no pair can be decided."
        )
    return said
