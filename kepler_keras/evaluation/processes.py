"""Work on a predictions table that several processes share, where it is large enough to pay.

Threads would not do: loops as short as those over one fold wait for Python's one lock.
"""

from collections.abc import Callable
from typing import TypeVar

import pandas as pd

from kepler_keras.executors import LocalProcesses, default_jobs

Found = TypeVar("Found")

WORKERS = min(4, default_jobs(1))
MANY_ROWS = 300_000  # with fewer the work is done before other processes have started


def is_large(table: pd.DataFrame) -> bool:
    """Whether work on a table is worth other processes."""
    return len(table) >= MANY_ROWS and WORKERS > 1


def by_entry(
    function: Callable[[pd.DataFrame], dict[str, Found]], table: pd.DataFrame
) -> dict[str, Found]:
    """What a function finds of each entry of a table, in the table's order.

    Args:
        function: Of the rows of some entries; what it finds of one depends on no other.
        table: Its column `entry` names them.
    """
    names = [str(name) for name in table["entry"].unique()]
    if is_large(table):
        n = min(WORKERS, len(names))
        shares = [table[table["entry"].isin(names[first::n])] for first in range(n)]
        parts = [part for _, part in LocalProcesses(n, 1).run(function, shares)]
    else:
        parts = [function(table)]
    found = {name: one for part in parts for name, one in part.items()}
    return {name: found[name] for name in names}


def started(work: Callable[[], Found], *, apart: bool) -> Callable[[], Found]:
    """Begins work in another process if `apart`, else when its result is asked for."""
    return LocalProcesses(1, 1).begin(work) if apart else work
