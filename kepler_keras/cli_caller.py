"""Where the caller of a command stands, which `mlflow run` makes another folder than this one."""

from pathlib import Path
from typing import Annotated

import typer

Caller = Annotated[
    Path,
    typer.Option(
        hidden=True,
        help="The folder that addresses and relative paths are meant from. `mlflow run` starts an "
        "entry point in the project's folder, for a git address in a temporary one.",
    ),
]


def as_seen_by(caller: Path, file: Path) -> Path:
    """The file here, or else the one in the caller's folder."""
    return file if file.exists() or not (caller / file).exists() else caller / file
