"""Writes what a comparison leaves for people and programs: the report and what a write-up needs."""

import os
import tempfile
from functools import partial
from pathlib import Path

from kepler_keras.evaluation.processes import is_large, started
from kepler_keras.record import Record
from kepler_keras.reporting.entries import taking_part
from kepler_keras.reporting.figures import RankingCurves, ranking_curves
from kepler_keras.reporting.page import page
from kepler_keras.reporting.results import Results, build_results, results_json
from kepler_keras.reporting.write_up.content import content_of
from kepler_keras.reporting.write_up.figures import write_figures
from kepler_keras.reporting.write_up.texts import texts

FIGURES = "figures"


def write_report(record: Record, folder: Path) -> Path:
    """Writes `report.html`, `results.json` and the files of a write-up into an existing folder.

    All are functions of the record alone: the same record gives the same bytes. All are made
    before any is put in place, and each takes its name only when it is whole; the folder `figures`
    is replaced as a whole.

    Returns:
        The path of `report.html`.
    """
    results = build_results(record)
    curves = ranking_curves(taking_part(record))
    with tempfile.TemporaryDirectory(dir=folder, prefix=".report-") as name:
        staging = Path(name)
        work = partial(_write_up, taking_part(record), results, curves, staging)
        write_up = started(work, apart=is_large(record.predictions))
        made = {"results.json": results_json(results), "report.html": page(record, results, curves)}
        made |= write_up()
        for file, text in made.items():
            (staging / file).write_text(text, encoding="utf-8", newline="\n")
        for path in sorted(staging.iterdir()):
            put_in_place(path, folder / path.name)
    return folder / "report.html"


def put_in_place(source: Path, target: Path) -> None:
    """Moves a file or folder within a file system; what stood there before goes, whole.

    Nobody ever reads half a file. A folder is away for the moment between two renames.
    """
    if not source.is_dir():
        source.replace(target)
        return
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".old-") as name:
        if os.path.lexists(target):
            target.rename(Path(name) / target.name)
        source.rename(target)


def _write_up(
    record: Record, results: Results, curves: RankingCurves, staging: Path
) -> dict[str, str]:
    """Draws the figures into the folder, and gives the texts by their file names."""
    (staging / FIGURES).mkdir()
    figures = write_figures(record, results, curves, staging / FIGURES)
    return texts(content_of(record, results, figures))


def write_text(path: Path, text: str) -> None:
    """Writes beside the file, then renames: nobody ever reads half a file."""
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=".report-") as name:
        staged = Path(name) / path.name
        staged.write_text(text, encoding="utf-8", newline="\n")
        put_in_place(staged, path)
