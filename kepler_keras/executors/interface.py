"""What the package knows of where jobs run: an interface for who runs them, one for the jobs."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, Self, TypeVar, overload, runtime_checkable

from kepler_keras.errors import RunError

Job = TypeVar("Job")
Result = TypeVar("Result")


class WorkerKilledError(RunError):
    """A worker process ended in the middle of its work.

    Attributes:
        positions: The jobs that are known to have been under way in such workers; empty where all
            workers died together and nobody can tell.
    """

    def __init__(self, sentence: str, positions: Sequence[int] = ()) -> None:
        super().__init__(sentence)
        self.positions = tuple(positions)


@dataclass(frozen=True)
class Made(Sequence[Job]):
    """Jobs that are made when they are asked for: what each holds need not be in memory together.

    Attributes:
        n_jobs: How many.
        make: The job at a position.
    """

    n_jobs: int
    make: Callable[[int], Job]

    def __len__(self) -> int:
        return self.n_jobs

    @overload
    def __getitem__(self, position: int) -> Job: ...

    @overload
    def __getitem__(self, position: slice) -> Sequence[Job]: ...

    def __getitem__(self, position: int | slice) -> Job | Sequence[Job]:
        if isinstance(position, slice):
            return [self.make(one) for one in range(*position.indices(self.n_jobs))]
        if not 0 <= position < self.n_jobs:
            raise IndexError(position)
        return self.make(position)


class Executor(Protocol):
    """Runs one function over many jobs; nothing else in the package knows where."""

    def run(
        self, function: Callable[[Job], Result], jobs: Sequence[Job]
    ) -> Iterator[tuple[int, Result]]:
        """Yields (position of the job, result) as jobs finish, in any order.

        Function and jobs may travel to another process or machine; a job that names files is
        `Portable`. An error that a job raises is raised here.

        Args:
            function: At a module's top level.
            jobs: Each is asked for once, or again where it was lost.
        """
        ...


class Workers(Executor, Protocol):
    """An executor of processes with a fixed number of threads each, on which results depend."""

    @property
    def jobs(self) -> int:
        """Jobs that run side by side."""
        ...

    @property
    def threads(self) -> int:
        """Threads of each job."""
        ...

    def alone(self) -> "Workers":
        """The same for one job at a time."""
        ...


@runtime_checkable
class Portable(Protocol):
    """A job that reads files and folders, or writes into a folder, wherever these lie.

    A worker without the disk of the parent gets copies of them, and what it writes is brought to
    the folder before the parent hears of the result.
    """

    @property
    def reads(self) -> tuple[Path, ...]:
        """Files and folders that the job reads; what is in them does not change meanwhile."""
        ...

    @property
    def writes(self) -> Path | None:
        """The folder that the job writes into, if any."""
        ...

    def at(self, places: Mapping[Path, Path]) -> Self:
        """The same job with each of these at another place."""
        ...
