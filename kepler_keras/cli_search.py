"""The command `kepler-keras search`: from a file of light curves to a table of candidates."""

import os
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kepler_keras.cli_caller import Caller
from kepler_keras.cli_curves import Source, SourceOptions, Threads, stand_at
from kepler_keras.cli_executor import Address, ExecutorKind, Kind, threads
from kepler_keras.cli_places import check_file, check_folders, nothing_half_done
from kepler_keras.errors import InputError

if TYPE_CHECKING:
    from kepler_keras.candidates import Candidate
    from kepler_keras.data.light_curves import LightCurves
    from kepler_keras.search_plan import SearchPlan
    from kepler_keras.searching import Searched


def search(
    given: Annotated[
        Path,
        typer.Argument(
            metavar="INPUT",
            help="Light curves of any source, a file or folder; or an experiment file (YAML).",
        ),
    ],
    signals: Annotated[int, typer.Option(help="Most signals of a star.", min=1, metavar="N")] = 1,
    out: Annotated[Path, typer.Option(help="The table.", metavar="FILE")] = Path("candidates.csv"),
    min_period: Annotated[
        float,
        typer.Option(
            help="Shortest period in days; 0 means 0.5, or what the experiment file says.",
            min=0,
            metavar="DAYS",
            show_default=False,
        ),
    ] = 0.0,
    max_period: Annotated[
        float,
        typer.Option(
            help="Longest period in days; 0 means a third of the span, at most 400, or what the "
            "experiment file says.",
            min=0,
            metavar="DAYS",
            show_default=False,
        ),
    ] = 0.0,
    durations: Annotated[
        str,
        typer.Option(
            help="Trial durations in days, as 0.08,0.16,0.32; at each period those between 0.3 and "
            "2.5 times a planet's central transit of the Sun are tried.  [default: six from 0.0625 "
            "to 0.529, which is 1.5 to 12.7 hours, or what the experiment file says]",
            metavar="LIST",
        ),
    ] = "",
    plot: Annotated[
        list[str] | None,
        typer.Option(help="A star to draw into <star>.png; repeatable.", metavar="STAR"),
    ] = None,
    plots: Annotated[
        str,
        typer.Option(
            help="The folder for pictures of --plot.  [default: beside the table]", metavar="FOLDER"
        ),
    ] = "",
    source: Source = "",
    option: SourceOptions = None,
    jobs: Threads = 0,
    executor: ExecutorKind = Kind.local,
    address: Address = "",
    caller: Caller = Path("."),
) -> None:
    """Search every star for transits and write a table of candidates.

    Example: kepler-keras search exoTrain.csv --signals 2 --out candidates.csv --plot row-000001
    """
    from kepler_keras.candidates import curve_names, write_candidates
    from kepler_keras.closeup import rows_of_star
    from kepler_keras.search_ending import remarks, summary
    from kepler_keras.search_plan import durations_of, plan_search, read_curves, with_settings
    from kepler_keras.searching import search_curves

    begun = time.monotonic()
    workers = threads(executor, address, jobs=jobs)
    given = stand_at(caller, given)
    folder = Path(plots) if plots else out.parent
    stars = [star for star in plot or [] if star]
    if plots and not stars:
        raise InputError(f"--plots: {plots} is for the pictures of --plot, which names no star")
    plan = with_settings(
        plan_search(given, source=source, options=option or []),
        min_period=min_period,
        max_period=max_period,
        durations=durations_of(durations),
    )
    check_folders({"--out": out.parent, "--plots": folder if stars else out.parent})
    check_file("--out", out, (given, *plan.files), what="searched")
    with nothing_half_done():
        curves = read_curves(plan)
        names = curve_names(curves.stars.tolist())
        rows = [row for star in stars for row in rows_of_star(curves, names, star)]
        found = search_curves(curves, plan, workers, n_signals=signals)
    candidates = found.candidates()
    write_candidates(candidates, out)
    print(summary(out, len(curves), candidates, time.monotonic() - begun))
    print(remarks(curves, candidates), end="")
    pictures = [_draw(curves, plan, found, row, folder) for row in dict.fromkeys(rows)]
    if run_id := os.environ.get("MLFLOW_RUN_ID"):
        parameters = {
            "input": str(given),
            "source": plan.origin.source,
            "signals": str(signals),
            "periods": _periods(curves, plan),
        }
        _log(run_id, parameters, len(curves), candidates, [out, *pictures])


def _draw(
    curves: "LightCurves", plan: "SearchPlan", found: "Searched", row: int, folder: Path
) -> Path:
    from kepler_keras.candidates import picture_name
    from kepler_keras.closeup import closeup
    from kepler_keras.reporting.search_picture import draw_search

    path = folder / picture_name(found.names, row)
    draw_search(closeup(curves, plan, found, row), path)
    print(f"picture: {path}")
    return path


def _periods(curves: "LightCurves", plan: "SearchPlan") -> str:
    assert curves.cadence is not None
    from kepler_keras.lightcurve.search_layout import longest_period

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
    from kepler_keras.search_ending import n_strong
    from kepler_keras.tracking import log_files, tracking_address

    log_files(
        run_id,
        what="search",
        address=tracking_address(os.environ, Path.cwd()),
        parameters=parameters,
        metrics={"n_stars": n, "n_candidates": n_strong(candidates)},
        files=files,
    )
