"""The command `kepler-keras predict`: from a saved model and new curves to a table of scores."""

import os
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated

import typer

from kepler_keras.cli_caller import Caller
from kepler_keras.cli_curves import Source, SourceOptions, Threads, stand_at
from kepler_keras.cli_executor import Address, ExecutorKind, Kind, threads
from kepler_keras.cli_places import check_file, check_folders, nothing_half_done
from kepler_keras.errors import InputError

if TYPE_CHECKING:
    from kepler_keras.data.light_curves import LightCurves
    from kepler_keras.scores_table import Scored
    from kepler_keras.training.saved import CurveScorer


def predict(
    given: Annotated[
        Path,
        typer.Argument(
            metavar="INPUT",
            help="Light curves of any source, a file or folder; or an experiment file (YAML).",
        ),
    ],
    model: Annotated[
        str,
        typer.Option(
            help="models:/NAME@champion, models:/NAME/VERSION, models:/m-..., runs:/RUN/model, or "
            "a folder.",
            metavar="MODEL",
        ),
    ],
    out: Annotated[Path, typer.Option(help="The table.", metavar="FILE")] = Path("scores.csv"),
    plot: Annotated[
        str, typer.Option(help="A picture of the scores and the highest ones.", metavar="FILE.png")
    ] = "",
    source: Source = "",
    option: SourceOptions = None,
    jobs: Threads = 0,
    executor: ExecutorKind = Kind.local,
    address: Address = "",
    caller: Caller = Path("."),
) -> None:
    """Score new light curves with a model that a comparison kept.

    Example: kepler-keras predict --model models:/transits@champion fits_folder --out scores.csv
    """
    from kepler_keras.search_plan import plan_search
    from kepler_keras.training.backend import load_tensorflow

    begun = time.monotonic()
    workers = threads(executor, address, jobs=jobs)
    given = stand_at(caller, given)
    plan = plan_search(given, source=source, options=option or [])
    files = (given, *plan.files)
    check_folders({"--out": out.parent} | ({"--plot": Path(plot).parent} if plot else {}))
    check_file("--out", out, files, what="scored")
    if plot:
        _check_picture(Path(plot), (*files, out))
    with nothing_half_done():
        load_tensorflow()
        from kepler_keras.predicting import predict_curves, read_unlabelled
        from kepler_keras.scores_table import counted, write_scores

        scorer = _load(model)
        curves = read_unlabelled(plan.origin)
        rows = predict_curves(curves, scorer, workers, place=str(given))
    write_scores(rows, out, searched=scorer.preparation.needs_search)
    _say(out, rows, curves, scorer, time.monotonic() - begun)
    pictures = [_draw(curves, scorer, rows, Path(plot))] if plot else []
    if run_id := os.environ.get("MLFLOW_RUN_ID"):
        _log(run_id, {"model": model, "input": str(given)}, rows, [out, *pictures])
    if not any(not row.reason for row in rows):
        raise InputError(f"{given}: no curve could be scored, {out} says why: {rows[0].reason}")
    print(f"{out}: {counted(rows)}")


def _check_picture(file: Path, read: tuple[Path, ...]) -> None:
    if file.suffix != ".png":
        raise InputError(f"--plot: must name a .png file, got {file}")
    check_file("--plot", file, read, what="scored or written")


def _load(model: str) -> "CurveScorer":
    """The model of a folder, or of the MLflow store.

    Raises:
        InputError: There is none.
    """
    from kepler_keras.tracking import fetch_model, fitted_folder, is_address, tracking_address
    from kepler_keras.training.saved import PREPARATION_FILE, load_fitted

    if is_address(model):
        with TemporaryDirectory(prefix="kepler_keras-") as folder:
            address = tracking_address(os.environ, Path.cwd())
            return load_fitted(fetch_model(model, address=address, target=Path(folder)))
    if not Path(model).is_dir():
        raise InputError(
            f"--model: neither a folder nor an address as models:/NAME@champion, got {model!r}"
        )
    plain = (Path(model) / PREPARATION_FILE).exists()
    return load_fitted(Path(model) if plain else fitted_folder(Path(model)))


def _say(
    out: Path, rows: "list[Scored]", curves: "LightCurves", scorer: "CurveScorer", seconds: float
) -> None:
    """What the table itself cannot say, a line each."""
    from kepler_keras.progress import duration

    for note in curves.notes:
        print(f"data: {note}")
    if scorer.score_kind == "decision":
        print("the scores are decision values: they rank curves and are no probabilities")
    if scorer.decision is None:
        print("the model was saved without a threshold: nothing is decided")
    each = 1000 * seconds / max(len(rows), 1)
    print(f"took {duration(seconds)}, {each:.0f} ms a curve with all that is loaded")


def _draw(curves: "LightCurves", scorer: "CurveScorer", rows: "list[Scored]", path: Path) -> Path:
    from kepler_keras.reporting.score_picture import draw_scores

    draw_scores(curves, scorer, rows, path)
    print(f"picture: {path}")
    return path


def _log(run_id: str, parameters: dict[str, str], rows: "list[Scored]", files: list[Path]) -> None:
    """Adds the scores to the MLflow run that this command runs in."""
    from kepler_keras.tracking import log_files, tracking_address

    log_files(
        run_id,
        what="prediction",
        address=tracking_address(os.environ, Path.cwd()),
        parameters=parameters,
        metrics={
            "n_curves": len(rows),
            "n_planets": sum(row.decision == "planet" for row in rows),
            "n_not_scored": sum(bool(row.reason) for row in rows),
        },
        files=files,
    )
