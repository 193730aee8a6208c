"""What the commands that read light curves share: options, and the folder that paths are from."""

import os
from pathlib import Path
from typing import Annotated

import typer

from kepler_keras.cli_caller import as_seen_by

Source = Annotated[
    str,
    typer.Option(
        help="The source, where it is not to be recognised by the content.", metavar="NAME"
    ),
]
SourceOptions = Annotated[
    list[str] | None,
    typer.Option(help="Option of the source; repeatable.", metavar="KEY=VALUE"),
]
Threads = Annotated[
    int, typer.Option(help="Jobs side by side; 0 means as many as fit.", min=0, metavar="N")
]


def stand_at(caller: Path, given: Path) -> Path:
    """Goes to the caller's folder, so that every relative path is the caller's.

    Returns:
        The input's path from there.
    """
    seen = as_seen_by(caller, given)
    given = seen if caller == Path(".") else seen.absolute()
    os.chdir(caller)
    return given
