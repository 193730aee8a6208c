"""The command line. Heavy modules are imported inside commands, so that help answers at once."""

import os
import sys
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from kepler_keras.cli_across import across
from kepler_keras.cli_caller import Caller
from kepler_keras.cli_compare import compare, tune
from kepler_keras.cli_data import data_app
from kepler_keras.cli_models import models
from kepler_keras.cli_predict import predict
from kepler_keras.cli_prepare import prepare
from kepler_keras.cli_search import search
from kepler_keras.cli_status import status
from kepler_keras.errors import InputError, RunError
from kepler_keras.stopping import INTERRUPTED, leave

app = typer.Typer(
    help="Compare classifiers of Kepler light curves on identical folds; search for transits.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.add_typer(data_app, name="data")
app.command()(compare)
app.command()(tune)
app.command()(prepare)
app.command()(status)
app.command()(search)
app.command()(predict)
app.command()(models)
app.command()(across)


@app.command()
def report(
    runs: Annotated[
        list[str] | None,
        typer.Argument(metavar="[RUN_ID]...", help="Runs of comparisons in MLflow."),
    ] = None,
    experiments: Annotated[
        list[str] | None,
        typer.Option(
            "--experiment",
            help="Name of an experiment, as in its file: its newest finished comparison. May stand "
            "several times.",
        ),
    ] = None,
    out: Annotated[
        str, typer.Option(help="The report folder.  [default: reports/<experiment names>]")
    ] = "",
    caller: Caller = Path("."),
) -> None:
    """Rebuild a report from MLflow alone, of one comparison or of several.

    Comparisons on the same stars and folds become one report; others get one each.

    Example: kepler-keras report --experiment quickstart --out rebuilt
    """
    from kepler_keras.rebuilding import rebuild
    from kepler_keras.tracking import tracking_address

    os.chdir(caller)
    address = tracking_address(os.environ, Path.cwd())
    done = rebuild(
        address=address,
        out=Path(out) if out else None,
        run_ids=runs or [],
        experiments=experiments or [],
    )
    for sentence in done.said:
        print(sentence)
    for path in done.reports:
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


def main() -> NoReturn:
    """Runs the command line; what goes wrong ends in one sentence.

    The exit code is 2 of a user's mistake and 1 of what broke without one.
    """
    try:
        app(standalone_mode=True)
    except InputError as error:
        print(f"Error: {error}", file=sys.stderr)
        sys.exit(1 if isinstance(error, RunError) else 2)
    except SystemExit as end:
        if end.code == INTERRUPTED:
            leave()
        raise
    sys.exit(0)


if __name__ == "__main__":
    main()
