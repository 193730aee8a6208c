"""An executor that outlives its workers."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from kepler_keras.executors.interface import Executor, Job, Made, Result, WorkerKilledError


@dataclass(frozen=True)
class Persistent:
    """An executor that goes on with new workers where some were killed.

    Attributes:
        workers: Where the jobs run.
    """

    workers: Executor

    def run(
        self, function: Callable[[Job], Result], jobs: Sequence[Job]
    ) -> Iterator[tuple[int, Result]]:
        """Yields (position of the job, result) as jobs finish.

        Raises:
            WorkerKilledError: Workers were killed twice without a job's end in between.
        """
        waiting, in_vain = set(range(len(jobs))), 0
        while waiting:
            order = sorted(waiting)
            left = Made(len(order), partial(_job, jobs, order))
            try:
                for place, result in self.workers.run(function, left):
                    waiting.remove(order[place])
                    yield order[place], result
            except WorkerKilledError:
                in_vain = in_vain + 1 if len(waiting) == len(order) else 0
                if in_vain == 2:
                    raise


def _job(jobs: Sequence[Job], order: Sequence[int], place: int) -> Job:
    return jobs[order[place]]
