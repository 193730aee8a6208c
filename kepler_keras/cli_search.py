"""The command `kepler-keras search`: from a file of light curves to a table of candidates."""

import os
import re
import time
from pathlib import Path
from tempfile import TemporaryFile
from typing import TYPE_CHECKING, Annotated

import typer

from kepler_keras.cli_caller import Caller, as_seen_by
from kepler_keras.errors import InputError

if TYPE_CHECKING:
    from kepler_keras.candidates import Candidate
    from kepler_keras.data.light_curves import LightCurves
    from kepler_keras.search_plan import SearchPlan
    from kepler_keras.searching import Searched

STRONG = 7.0  # SNR; Kepler's own pipeline asked for 7.1 (Jenkins 2002, ApJ 575:493)


def search(
    given: Annotated[
        Path,
        typer.Argument(
            metavar="INPUT",
            help="Light curves of any source, a file or folder; or an experiment file (YAML).",
        ),
    ],
    signals: Annotated[int, typer.Option(help="Most signals of a star.", min=1)] = 1,
    out: Annotated[Path, typer.Option(help="The table.")] = Path("candidates.csv"),
    min_period: Annotated[
        float,
        typer.Option(
            help="Shortest period in days; 0 means 0.5, or what the experiment file says.",
            min=0,
            show_default=False,
        ),
    ] = 0.0,
    max_period: Annotated[
        float,
        typer.Option(
            help="Longest period in days; 0 means a third of the span, at most 400, or what the "
            "experiment file says.",
            min=0,
            show_default=False,
        ),
    ] = 0.0,
    durations: Annotated[
        str, typer.Option(help="Trial durations in days, as 0.08,0.16,0.32.", metavar="LIST")
    ] = "",
    plot: Annotated[
        list[str] | None, typer.Option(help="A star to draw into <star>.png; repeatable.")
    ] = None,
    plots: Annotated[
        str, typer.Option(help="The folder for pictures.  [default: beside the table]")
    ] = "",
    source: Annotated[
        str, typer.Option(help="The source, where it is not to be recognised by the content.")
    ] = "",
    option: Annotated[
        list[str] | None, typer.Option(help="Option of the source: key=value; repeatable.")
    ] = None,
    jobs: Annotated[int, typer.Option(help="Threads; 0 means as many as fit.", min=0)] = 0,
    caller: Caller = Path("."),
) -> None:
    """Search every star for transits and write a table of candidates.

    Example: kepler-keras search exoTrain.csv --signals 2 --out candidates.csv --plot row-000001
    """
    from kepler_keras.candidates import curve_names, write_candidates
    from kepler_keras.closeup import rows_of_star
    from kepler_keras.executors import default_jobs
    from kepler_keras.search_plan import plan_search, read_curves, with_settings
    from kepler_keras.searching import search_curves

    begun = time.monotonic()
    seen = as_seen_by(caller, given)
    given = seen if caller == Path(".") else seen.absolute()
    os.chdir(caller)  # from here on every relative path is the caller's
    folder = Path(plots) if plots else out.parent
    stars = [star for star in plot or [] if star]
    plan = with_settings(
        plan_search(given, source=source, options=option or []),
        min_period=min_period,
        max_period=max_period,
        durations=_numbers(durations),
    )
    _check_places(out, folder if stars else out.parent, (given, *plan.files))
    curves = read_curves(plan)
    names = curve_names(curves.stars.tolist())
    rows = [row for star in stars for row in rows_of_star(curves, names, star)]
    found = search_curves(curves, plan, n_signals=signals, jobs=jobs or default_jobs(1))
    candidates = found.candidates()
    write_candidates(candidates, out)
    print(_summary(out, len(curves), candidates, time.monotonic() - begun))
    print(_remarks(curves, candidates), end="")
    pictures = [_draw(curves, plan, found, row, folder) for row in dict.fromkeys(rows)]
    if run_id := os.environ.get("MLFLOW_RUN_ID"):
        parameters = {
            "input": str(given),
            "source": plan.origin.source,
            "signals": str(signals),
            "periods": _periods(curves, plan),
        }
        _log(run_id, parameters, len(curves), candidates, [out, *pictures])


def _numbers(text: str) -> tuple[float, ...]:
    """Reads ``0.08,0.16``; nothing gives nothing."""
    try:
        numbers = tuple(float(item) for item in text.split(",") if text.strip())
    except ValueError:
        numbers = (0.0,)
    if not all(0 < number < float("inf") for number in numbers):
        raise InputError(f"--durations: must be days above 0, as 0.08,0.16, got {text!r}")
    return numbers


def _check_places(out: Path, plots: Path, read: tuple[Path, ...]) -> None:
    """Refuses early what could not be written late, and to write over what is read."""
    for name, folder in (("--out", out.parent), ("--plots", plots)):
        if not folder.is_dir():
            raise InputError(f"{name}: the folder {folder} does not exist")
        try:
            TemporaryFile(dir=folder).close()
        except OSError as error:
            raise InputError(
                f"{name}: no file can be made in {folder}: {error.strerror}"
            ) from error
    if out.is_dir():
        raise InputError(f"--out: must name a file, but {out} is a folder")
    if out.exists() and any(path.exists() and path.samefile(out) for path in read):
        raise InputError(f"--out: {out} is what is searched; the table would take its place")


def _summary(out: Path, n: int, candidates: "list[Candidate]", seconds: float) -> str:
    from kepler_keras.progress import duration

    strong = _n_strong(candidates)
    return (
        f"{out}: {len(candidates)} signals in {n} curves, {strong} of them above SNR {STRONG:g}, "
        f"{duration(seconds)}"
    )


def _n_strong(candidates: "list[Candidate]") -> int:
    return sum(candidate.snr > STRONG for candidate in candidates)


def _remarks(curves: "LightCurves", candidates: "list[Candidate]") -> str:
    """What the table itself cannot say, a line each."""
    lines = []
    n_none = len(curves) - len({candidate.star for candidate in candidates})
    if n_none:
        lines.append(f"no signal, and so no row: {n_none} curves")
    if len(set(curves.stars.tolist())) < len(curves):
        lines.append("stars with several curves: each is named <star>:row-<row of the data>")
    if curves.start is not None:
        lines.append(
            f"t0 counts from the first cadence, which is at {curves.start:.4f} d on the mission's "
            "own axis (BKJD, BTJD)"
        )
    return "".join(f"{line}\n" for line in lines)


def _draw(
    curves: "LightCurves", plan: "SearchPlan", found: "Searched", row: int, folder: Path
) -> Path:
    from kepler_keras.closeup import closeup
    from kepler_keras.reporting.search_picture import draw_search

    path = folder / (re.sub(r"[^\w.-]", "_", found.names[row]) + ".png")
    draw_search(closeup(curves, plan, found, row), path)
    print(f"picture: {path}")
    return path


def _periods(curves: "LightCurves", plan: "SearchPlan") -> str:
    assert curves.cadence is not None
    from kepler_keras.lightcurve.transit_search import longest_period

    longest = longest_period(curves.flux.shape[1] * curves.cadence, plan.search.max_period)
    return f"{plan.search.min_period:g} to {longest:.4g} d"


def _log(
    run_id: str,
    parameters: dict[str, str],
    n: int,
    candidates: "list[Candidate]",
    files: list[Path],
) -> None:
    """Adds what was found to the MLflow run that this command runs in."""
    from kepler_keras.tracking import log_search, tracking_address

    log_search(
        run_id,
        address=tracking_address(os.environ, Path.cwd()),
        parameters=parameters,
        metrics={"n_stars": n, "n_candidates": _n_strong(candidates)},
        files=files,
    )
