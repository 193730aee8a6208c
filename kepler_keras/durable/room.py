"""The part of a report folder in which a comparison keeps its fits while it goes on."""

import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from kepler_keras.disk import disk_errors
from kepler_keras.durable import lock
from kepler_keras.durable.executor import DurableExecutor
from kepler_keras.durable.key import Keys
from kepler_keras.durable.plan import FILE as PLAN_FILE
from kepler_keras.durable.plan import Plan
from kepler_keras.durable.store import FOLDER, FitStore
from kepler_keras.errors import InputError
from kepler_keras.executors import Workers


def check_nobody_there(out: Path) -> None:
    """Finds out before the data are read that another comparison is at work in a report folder.

    Raises:
        InputError: One is.
    """
    if lock.is_held(out / FOLDER):
        raise InputError(lock.refusal(out / FOLDER))


@contextmanager
def durable_fits(
    out: Path, workers: Workers, *, command: str, fresh: bool = False
) -> Iterator[DurableExecutor]:
    """Holds a report folder and hands out an executor that keeps its fits there.

    What no fit was begun for leaves no trace.

    Args:
        out: The report folder, made if need be.
        workers: Where fits run.
        command: What goes on with them, for `status`.
        fresh: Whether fits of before are thrown away.

    Raises:
        InputError: Another comparison holds the folder.
        RunError: It cannot be written.
    """
    folder = out / FOLDER
    with ExitStack() as held:
        with disk_errors(out):
            made = not out.exists()
            folder.mkdir(parents=True, exist_ok=True)
            held.enter_context(lock.hold(folder))
            store, plan = FitStore(folder), Plan(command, workers.jobs)
            if fresh:
                store.prune(set())
            store.sweep()
        try:
            yield DurableExecutor(workers, store, Keys(workers.threads), plan)
            plan.ended = "finished"
        except BaseException as error:
            plan.ended = "interrupted" if isinstance(error, KeyboardInterrupt) else "failed"
            raise
        finally:
            _leave(plan, folder, out if made else None)


def _leave(plan: Plan, folder: Path, made: Path | None) -> None:
    if plan.fits:
        with suppress(OSError):  # of a full disk, say, which is the error that ends the command
            plan.write(folder)
    elif not (folder / PLAN_FILE).exists():
        shutil.rmtree(folder, ignore_errors=True)
        with suppress(OSError):
            if made is not None:
                made.rmdir()
