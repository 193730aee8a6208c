"""The command line. Heavy modules are imported inside commands, so that help answers at once."""

import os
import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from kepler_keras.cli_caller import Caller, as_seen_by
from kepler_keras.cli_data import data_app
from kepler_keras.cli_models import models
from kepler_keras.cli_search import search
from kepler_keras.errors import InputError


class Truth(StrEnum):
    """The yes or no of an `mlflow run` parameter, which is always text."""

    true = "true"
    false = "false"


app = typer.Typer(
    help="Compare classifiers of Kepler light curves on identical folds; search for transits.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.add_typer(data_app, name="data")
app.command()(search)
app.command()(models)


@app.command()
def compare(
    file: Annotated[Path, typer.Argument(help="The experiment file (YAML).")],
    out: Annotated[
        str,
        typer.Option(help="The report folder.  [default: reports/<name>, or reports/<name>-quick]"),
    ] = "",
    quick: Annotated[
        bool, typer.Option("--quick", help="Cut down to end within a minute; figures mean nothing.")
    ] = False,
    jobs: Annotated[int, typer.Option(help="Worker processes; 0 means as many as fit.", min=0)] = 0,
    overrides: Annotated[
        list[str] | None, typer.Option("--set", help="Change a setting: key=value, dotted keys.")
    ] = None,
    quick_mode: Annotated[
        Truth, typer.Option(hidden=True, help="--quick as text, for `mlflow run`.")
    ] = Truth.false,
    caller: Caller = Path("."),
) -> None:
    """Compare the entries of an experiment file and write its report.

    An entry that breaks is left out, the others are compared, and the exit code is 2.

    Example: kepler-keras compare experiments/quickstart.yaml --set protocol.folds=3
    """
    from kepler_keras.executors import default_jobs
    from kepler_keras.experiment_file import read_experiment

    changes = overrides or []
    experiment = read_experiment(as_seen_by(caller, file), changes)
    os.chdir(caller)  # from here on every relative path is the caller's
    from kepler_keras.run import compare as run_comparison
    from kepler_keras.tracking import tracking_address

    quick = quick or quick_mode is Truth.true
    outcome = run_comparison(
        experiment,
        out=_report_folder(out, f"{experiment.name}-quick" if quick else experiment.name),
        quick=quick,
        jobs=jobs or default_jobs(experiment.protocol.threads),
        address=tracking_address(os.environ, Path.cwd()),
        command=_command(file, changes, quick=quick),
    )
    print(f"report: {outcome.report}")
    print(f"in MLflow: {outcome.artifact} (run {outcome.run_id})")
    print("to browse the runs: kepler-keras ui")
    for fault in outcome.faults:
        print(f"Error: {fault}", file=sys.stderr)
    if outcome.faults:
        raise typer.Exit(2)


@app.command()
def report(
    experiment: Annotated[str, typer.Option(help="Name of the experiment, as in its file.")],
    out: Annotated[
        str, typer.Option(help="The report folder.  [default: reports/<experiment name>]")
    ] = "",
    caller: Caller = Path("."),
) -> None:
    """Rebuild a report from MLflow alone, from the newest finished run of an experiment.

    Example: kepler-keras report --experiment quickstart --out rebuilt
    """
    from kepler_keras.publish import rebuild
    from kepler_keras.tracking import tracking_address

    os.chdir(caller)
    address = tracking_address(os.environ, Path.cwd())
    path = rebuild(experiment, out=_report_folder(out, experiment), address=address)
    print(f"report: {path}")


@app.command()
def ui(
    port: Annotated[int, typer.Option(help="Port on 127.0.0.1.", min=1, max=65535)] = 5000,
) -> None:
    """Open the MLflow UI of this folder's store, on this machine only.

    Example: kepler-keras ui --port 5001
    """
    from kepler_keras.tracking import serve_ui, tracking_address

    raise typer.Exit(serve_ui(tracking_address(os.environ, Path.cwd()), port=port))


def _report_folder(out: str, name: str) -> Path:
    """The folder asked for; `reports/<name>` by default."""
    return Path(out) if out else Path("reports") / name


def _command(file: Path, overrides: list[str], *, quick: bool) -> str:
    """The command that makes this comparison again."""
    import shlex

    words = ["kepler-keras", "compare", str(file)]
    for override in overrides:
        words += ["--set", override]
    return shlex.join(words + ["--quick"] * quick)


def main() -> NoReturn:
    """Runs the command line; a user's mistake ends in one sentence and exit code 2."""
    try:
        app(standalone_mode=True)
    except InputError as error:
        print(f"Error: {error}", file=sys.stderr)
        sys.exit(2)
    sys.exit(0)


if __name__ == "__main__":
    main()
