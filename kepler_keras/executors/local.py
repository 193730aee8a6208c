"""Worker processes of this machine."""

import os
import signal
import sys
import threading
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, as_completed
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from kepler_keras.executors.environment import worker_environment
from kepler_keras.executors.interface import Job, Result, WorkerKilledError

STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM)
WATCH = 0.5  # seconds between two looks of a worker at whether its parent still lives


@dataclass(frozen=True)
class LocalProcesses:
    """Processes on this machine.

    Results depend on `threads` (sums are taken in another order) and never on `jobs`: even a
    single job runs in a worker, because TensorFlow's thread count is fixed when it is loaded.

    Attributes:
        jobs: Number of worker processes.
        threads: Threads of each.
    """

    jobs: int
    threads: int

    def run(
        self, function: Callable[[Job], Result], jobs: Sequence[Job]
    ) -> Iterator[tuple[int, Result]]:
        """Yields (position of the job, result) as jobs finish; a job's error is raised here.

        Raises:
            WorkerKilledError: A worker died. The next call gets new ones.
        """
        pool, futures = self._submit(function, jobs)
        positions = {future: position for position, future in enumerate(futures)}
        del futures  # a result that was handed out is held no longer
        with _worker_errors(pool):
            for future in as_completed(positions):
                yield positions.pop(future), future.result()

    def alone(self) -> "LocalProcesses":
        """One process."""
        return replace(self, jobs=1)

    def begin(self, work: Callable[[], Result]) -> Callable[[], Result]:
        """Starts one piece of work.

        Returns:
            What waits for its result, and raises as `run` does.
        """
        pool, (future,) = self._submit(_call, [work])

        def result() -> Result:
            with _worker_errors(pool):
                return future.result()

        return result

    def _submit(
        self, function: Callable[[Job], Result], jobs: Sequence[Job]
    ) -> tuple[Any, "list[Future[Result]]"]:
        from loky import get_reusable_executor

        # TensorFlow grows at its first fit, which loky takes for a leak: it starts the worker anew,
        # harmlessly, and would say so in the middle of the progress.
        warnings.filterwarnings("ignore", message="A worker was restarted", category=UserWarning)
        with _stop_signals_held_back():
            pool = get_reusable_executor(
                max_workers=max(1, min(self.jobs, len(jobs))),
                timeout=600,
                initializer=_end_with_parent,
                env=worker_environment(self.threads),
            )
            with _worker_errors(pool):  # the first jobs may kill workers while others are handed in
                return pool, [pool.submit(function, job) for job in jobs]


def _call(work: Callable[[], Result]) -> Result:
    return work()


@contextmanager
def _worker_errors(pool: Any) -> Iterator[None]:
    """Says that a worker died; after any other error nobody waits for what still runs."""
    from loky.process_executor import TerminatedWorkerError

    try:
        yield
    except TerminatedWorkerError as error:
        raise WorkerKilledError(
            "a worker process was killed, most often because memory ran out; fewer workers "
            "need less: --jobs 1"
        ) from error
    except BaseException:  # what still runs would keep the command from ending
        pool.shutdown(wait=True, kill_workers=True)
        raise


@contextmanager
def _stop_signals_held_back() -> Iterator[None]:
    """Workers that start in here never see Ctrl-C, which goes to the whole group of processes.

    They inherit what is held back; the parent gets at the end what came meanwhile, and ends them.
    """
    if not hasattr(signal, "pthread_sigmask"):  # Windows
        yield
        return
    from multiprocessing import resource_tracker

    resource_tracker.ensure_running()  # loky would do it in here, and that lets them through again
    before = signal.pthread_sigmask(signal.SIG_BLOCK, STOP_SIGNALS)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _end_with_parent() -> None:
    """In a worker: ends it when the parent is gone, which SIGKILL leaves no time to do itself."""
    parent = os.getppid()

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(WATCH)
        os._exit(1)

    threading.Thread(target=watch, daemon=True, name="end with parent").start()


def end_workers() -> None:
    """Kills what still runs, whoever waits for it; nothing happens where nothing runs."""
    if "loky" not in sys.modules:  # to load it takes longer than to end
        return
    from loky import get_reusable_executor

    get_reusable_executor(max_workers=1, kill_workers=True, reuse=False)
