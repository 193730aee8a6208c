"""Threads of this process, for compiled work that leaves the interpreter free."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from typing import Any, ClassVar

from kepler_keras.executors.interface import Job, Result

AHEAD = 2  # jobs handed in for each that runs


@dataclass(frozen=True)
class LocalThreads:
    """Threads that share all memory: nothing travels, and nothing has to start.

    Attributes:
        jobs: Number of threads.
    """

    jobs: int
    threads: ClassVar[int] = 1

    def alone(self) -> "LocalThreads":
        """One thread."""
        return LocalThreads(1)

    def run(
        self, function: Callable[[Job], Result], jobs: Sequence[Job]
    ) -> Iterator[tuple[int, Result]]:
        """Yields (position of the job, result) as jobs finish; a job's error is raised here.

        After an error or Ctrl-C nothing more is begun, and nobody waits for what runs.
        """
        pool = ThreadPoolExecutor(self.jobs)
        under_way: dict[Future[Any], int] = {}
        position = 0
        try:
            while position < len(jobs) or under_way:
                while position < len(jobs) and len(under_way) < AHEAD * self.jobs:
                    under_way[pool.submit(function, jobs[position])] = position
                    position += 1
                ended, _ = wait(under_way, return_when=FIRST_COMPLETED)
                for future in ended:
                    yield under_way.pop(future), future.result()
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


ONE_THREAD = LocalThreads(1)
