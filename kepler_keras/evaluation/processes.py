"""Work on a predictions table that several processes share, where it is large enough to pay.

Threads would not do: loops as short as those over one fold wait for Python's one lock.
"""

import os
import warnings
from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

import pandas as pd
from loky import ProcessPoolExecutor, get_reusable_executor

Found = TypeVar("Found")

WORKERS = min(4, os.cpu_count() or 1)
MANY_ROWS = 300_000  # with fewer the work is done before other processes have started
PATIENCE = 60  # seconds that processes wait for more work


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
        shares = [table[table["entry"].isin(names[i::WORKERS])] for i in range(WORKERS)]
        parts = list(_pool().map(function, shares))
    else:
        parts = [function(table)]
    found = {name: one for part in parts for name, one in part.items()}
    return {name: found[name] for name in names}


def started(work: Callable[[], Found], *, apart: bool) -> Callable[[], Found]:
    """Begins work in another process if `apart`, else when its result is asked for."""
    if not apart:
        return work
    running: Future[Found] = _pool().submit(work)
    return running.result


def _pool() -> ProcessPoolExecutor:
    # Large tables make a process grow, which loky takes for a leak: it starts the process anew.
    warnings.filterwarnings("ignore", message="A worker was restarted", category=UserWarning)
    return get_reusable_executor(max_workers=WORKERS, timeout=PATIENCE)
