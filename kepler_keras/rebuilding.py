"""Reports from MLflow alone: of one comparison, or of several, together where that is fair."""

import re
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from kepler_keras.errors import InputError
from kepler_keras.merging import Source, merged
from kepler_keras.publish import check_folder, write_folder
from kepler_keras.record import read_record
from kepler_keras.reporting.front_page import Group, front_page
from kepler_keras.reporting.report import write_text
from kepler_keras.reporting.results import Results
from kepler_keras.same_scoring import what_differs
from kepler_keras.tracking import download_run, find_comparisons

# What lies in the folder of a report of one comparison, and would not belong to a front page.
OF_ONE = (
    "experiment.yaml", "folds.parquet", "members.parquet", "predictions.parquet", "record.json",
    "results.json",
)  # fmt: skip


@dataclass(frozen=True)
class Rebuilt:
    """What was written.

    Attributes:
        reports: `report.html`; where there is a front page, that one first.
        said: What the user should know of the runs that were taken.
    """

    reports: tuple[Path, ...]
    said: tuple[str, ...]


def rebuild(
    *,
    address: str,
    out: Path | None = None,
    run_ids: Sequence[str] = (),
    experiments: Sequence[str] = (),
) -> Rebuilt:
    """Writes the report of one comparison, or of several.

    Comparisons that were scored alike become one report. Others are never ranked together: each
    group gets a folder with a report of its own, and `report.html` links them and says what
    differs.

    Args:
        address: The MLflow store.
        out: The report folder; None takes `reports/` and the names of the experiments.
        run_ids: As in `find_comparisons`.
        experiments: As in `find_comparisons`.

    Raises:
        InputError: Nothing is named, there is no such comparison, or `out` cannot be written.
    """
    if not run_ids and not experiments:
        raise InputError("report: name a run or an experiment: RUN_ID..., --experiment NAME")
    found = find_comparisons(address, run_ids=run_ids, experiments=experiments)
    names = list(dict.fromkeys(one.experiment for one in found))
    out = out or Path("reports") / "_and_".join(names)
    check_folder(out)
    with tempfile.TemporaryDirectory(prefix="kepler_keras-") as folder:
        sources = []
        for one in found:
            place = Path(folder) / one.run_id
            place.mkdir()
            record = read_record(download_run(address, one.run_id, place))
            sources.append(Source(one.run_id, record))
        reports = _write(_groups(sources), out)
    return Rebuilt(reports, tuple(one.asked for one in found if one.asked))


def _groups(sources: Sequence[Source]) -> list[list[Source]]:
    """Those that were scored alike, in the order they came in."""
    groups: list[list[Source]] = []
    for source in sources:
        for group in groups:
            if not what_differs(group[0].record, source.record):
                group.append(source)
                break
        else:
            groups.append([source])
    return groups


def _write(groups: Sequence[Sequence[Source]], out: Path) -> tuple[Path, ...]:
    if len(groups) == 1:
        return (write_folder(merged(groups[0]), out),)
    pages: list[Group] = []
    written: list[Path] = []
    for group in groups:
        record = merged(group)
        folder = _folder(record.experiment.name, [page.folder for page in pages])
        written.append(write_folder(record, out / folder))
        text = (out / folder / "results.json").read_text(encoding="utf-8")
        differs = what_differs(groups[0][0].record, group[0].record)
        pages.append(Group(folder, Results.model_validate_json(text), tuple(differs)))
    write_text(out / "report.html", front_page(pages))
    for name in OF_ONE:
        (out / name).unlink(missing_ok=True)
    return (out / "report.html", *written)


def _folder(name: str, taken: Sequence[str]) -> str:
    """The experiment's name, with a number where there are several of that name."""
    safe = re.sub(r"[^\w.-]", "_", name)
    numbers = [safe, *(f"{safe}_{i}" for i in range(2, len(taken) + 2))]
    return next(one for one in numbers if one not in taken)
