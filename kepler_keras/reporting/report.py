"""Writes what a comparison leaves for people and programs: `report.html` and `results.json`."""

import os
import tempfile
from pathlib import Path

from kepler_keras.record import Record
from kepler_keras.reporting.page import page
from kepler_keras.reporting.results import build_results, results_json


def write_report(record: Record, folder: Path) -> Path:
    """Writes `results.json` and `report.html` into an existing folder.

    Both are functions of the record alone: the same record gives the same bytes. Both are made
    before either is written, and each takes its name only when it is whole.

    Returns:
        The path of `report.html`.
    """
    results = build_results(record)
    html = page(record, results)
    write_text(folder / "results.json", results_json(results))
    write_text(folder / "report.html", html)
    return folder / "report.html"


def write_text(path: Path, text: str) -> None:
    """Writes beside the file, then renames: nobody ever reads half a file."""
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as stream:
            stream.write(text)
        umask = os.umask(0)
        os.umask(umask)
        Path(name).chmod(0o666 & ~umask)  # mkstemp makes it readable for the owner alone
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
