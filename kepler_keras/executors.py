"""Where jobs run: worker processes with a fixed number of threads each."""

import os
import signal
import sys
import threading
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, as_completed
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from kepler_keras.errors import RunError

STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM)
WATCH = 0.5  # seconds between two looks of a worker at whether its parent still lives

Job = TypeVar("Job")
Result = TypeVar("Result")


class WorkerKilledError(RunError):
    """A worker process ended in the middle of its work; others of its time died with it."""


class Executor(Protocol):
    """Runs one function over many jobs; nothing else in the package knows where."""

    def run(
        self, function: Callable[[Job], Result], jobs: Sequence[Job]
    ) -> Iterator[tuple[int, Result]]:
        """Yields (position of the job, result) as jobs finish, in any order."""
        ...


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


@dataclass(frozen=True)
class Persistent:
    """An executor that goes on with new workers where some were killed.

    Attributes:
        workers: Where the jobs run.
    """

    workers: LocalProcesses

    def run(
        self, function: Callable[[Job], Result], jobs: Sequence[Job]
    ) -> Iterator[tuple[int, Result]]:
        """Yields (position of the job, result) as jobs finish.

        Raises:
            WorkerKilledError: Workers were killed twice without a job's end in between.
        """
        waiting, in_vain = dict(enumerate(jobs)), 0
        while waiting:
            order = list(waiting)
            try:
                for place, result in self.workers.run(function, list(waiting.values())):
                    del waiting[order[place]]
                    yield order[place], result
            except WorkerKilledError:
                in_vain = in_vain + 1 if len(waiting) == len(order) else 0
                if in_vain == 2:
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


def worker_environment(threads: int) -> dict[str, str]:
    """Environment variables that a worker needs before it imports a numerical library."""
    count = str(threads)
    pools = ("OMP", "OPENBLAS", "MKL", "NUMBA", "VECLIB_MAXIMUM")
    return {
        **{f"{pool}_NUM_THREADS": count for pool in pools},
        "TF_NUM_INTRAOP_THREADS": count,
        "TF_NUM_INTEROP_THREADS": count,
        "TF_CPP_MIN_LOG_LEVEL": os.environ.get("TF_CPP_MIN_LOG_LEVEL", "3"),
        "KERAS_BACKEND": "tensorflow",
    }


def default_jobs(threads: int) -> int:
    """As many workers as the processors that this process may use can feed."""
    processors = (
        len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    )
    return max(1, (processors or 1) // threads)
