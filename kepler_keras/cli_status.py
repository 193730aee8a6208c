"""The command `kepler-keras status`: how far a comparison is."""

from pathlib import Path
from typing import Annotated

import typer

from kepler_keras.cli_caller import Caller, as_seen_by


def status(
    folder: Annotated[Path, typer.Argument(help="The report folder of the comparison.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    caller: Caller = Path("."),
) -> None:
    """Say which fits of a comparison are done, running and failed, and how long the rest takes.

    Works while it runs, after it was cut off and after its end.

    Example: kepler-keras status reports/quickstart
    """
    import json

    from kepler_keras.durable.status import as_text, status_of

    found = status_of(as_seen_by(caller, folder))
    print(json.dumps(found.to_dict(), indent=1) if as_json else as_text(found))
