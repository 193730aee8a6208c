"""A finished report in a notebook: its verdict as HTML, its numbers as tables."""

import math
from dataclasses import dataclass
from functools import cached_property
from os import PathLike
from pathlib import Path

import pandas as pd
from jinja2 import Environment, PackageLoader, StrictUndefined
from pydantic import ValidationError

from kepler_keras.errors import InputError, first_fault
from kepler_keras.evaluation.predictions import read_predictions
from kepler_keras.reporting import wording
from kepler_keras.reporting.results import Results
from kepler_keras.reporting.write_up.rows import TABLED
from kepler_keras.visible import visible


def read_report(folder: str | PathLike[str]) -> "Report":
    """Reads what `kepler-keras compare` wrote: ``read_report("reports/quickstart")``.

    Raises:
        InputError: There is no `results.json` in the folder, or it is another version's.
    """
    path = Path(folder) / "results.json"
    try:
        results = Results.model_validate_json(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8 text"
        raise InputError(f"{path}: cannot read the results: {reason}") from error
    except ValidationError as error:
        raise InputError(
            f"{path}: not results of this version of kepler_keras: {first_fault(error)}"
        ) from error
    return Report(Path(folder), results)


@dataclass(frozen=True)
class Report:
    """A report folder; at the end of a notebook's cell it shows verdict and results."""

    folder: Path
    results: Results

    @cached_property
    def predictions(self) -> pd.DataFrame:
        """The predictions table, one row a score.

        Raises:
            InputError: It is not in the folder.
        """
        return read_predictions(self.folder / "predictions.parquet")

    def frame(self) -> pd.DataFrame:
        """One row an entry: each measure with the ends of its interval, counts, size and time.

        Undefined is NaN.
        """
        rows = []
        for entry in self.results.entries:
            row: dict[str, object] = {"entry": entry.name, "model": entry.model}
            for key, metric in entry.metrics.items():
                ends = {key: metric.mean, f"{key}_low": metric.low, f"{key}_high": metric.high}
                row |= {name: math.nan if end is None else end for name, end in ends.items()}
            row |= entry.confusion.model_dump()
            row |= {"n_parameters": entry.n_parameters, "train_seconds": entry.train_seconds}
            rows.append(row)
        return pd.DataFrame(rows).set_index("entry")

    def _repr_html_(self) -> str:
        environment = Environment(
            loader=PackageLoader("kepler_keras.reporting"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        environment.filters |= {"decimal": wording.decimal, "interval": wording.interval}
        text = environment.get_template("notebook.html.j2").render(
            results=self.results,
            columns=dict.fromkeys((self.results.primary_metric, *TABLED)),
            names=wording.METRIC_NAMES,
            loud=[one for one in self.results.findings if one.level != "note"],
            path=str(self.folder / "report.html"),
        )
        return visible(text)
