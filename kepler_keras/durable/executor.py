"""An executor that fits nothing twice and outlives its workers."""

import shutil
import sys
import time
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Generic, Self, get_type_hints

from kepler_keras.disk import disk_errors
from kepler_keras.durable.codec import CodecError
from kepler_keras.durable.key import Keys
from kepler_keras.durable.plan import Fit, Plan
from kepler_keras.durable.store import FitStore
from kepler_keras.errors import InputError
from kepler_keras.executors import Job, Persistent, Result, WorkerKilledError, Workers
from kepler_keras.models.own_file import described
from kepler_keras.training.cross_validation import FoldJob, RefitJob

KILLED = (
    "its worker process was killed each time, at last alone: most often memory ran out, and a "
    "smaller batch_size or model needs less"
)


@dataclass(frozen=True)
class DurableExecutor:
    """Runs fits in worker processes, each kept in the store by its worker the moment it ends.

    A fit that is kept is not run again. One that fails is a sentence, and the others go on. Where a
    worker is killed, those that were under way with it are tried once more, each alone; whose
    worker is killed again has failed. Jobs other than fits are not kept.

    Attributes:
        workers: Where the fits run.
        store: Where they are kept.
        keys: Names them.
        plan: Of all fits that were asked for.
    """

    workers: Workers
    store: FitStore
    keys: Keys
    plan: Plan

    @property
    def jobs(self) -> int:
        """Worker processes."""
        return self.workers.jobs

    def run(
        self, function: Callable[[Job], Result], jobs: Sequence[Job]
    ) -> Iterator[tuple[int, Result]]:
        """Yields (position of the job, result); those that are kept come first."""
        if not all(isinstance(job, FoldJob | RefitJob) for job in jobs):
            yield from Persistent(self.workers).run(function, jobs)
            return
        keys = [self.keys.of(function, job) for job in jobs]
        self._add_to_plan(keys, jobs)
        kept = [position for position, key in enumerate(keys) if self.store.has(key)]
        if kept:
            what = "models" if isinstance(jobs[0], RefitJob) else "folds"
            print(f"resuming: {len(kept)} of {len(jobs)} {what} done", file=sys.stderr)
        waiting = {
            position: _Task(function, job, self.store, key)
            for position, (job, key) in enumerate(zip(jobs, keys, strict=True))
        }
        for position in kept:
            with suppress(CodecError):  # damaged: it is fitted again
                yield position, waiting[position].kept()
                del waiting[position]
        yield from self._fitted(waiting)

    def _add_to_plan(self, keys: Sequence[str], jobs: Sequence[Any]) -> None:
        known = self.plan.keys
        fits = [Fit(key, job.entry.name, _place(job)) for key, job in zip(keys, jobs, strict=True)]
        self.plan.fits += [fit for fit in fits if fit.key not in known]
        with disk_errors(self.store.folder):
            self.plan.write(self.store.folder)

    def _fitted(self, waiting: "dict[int, _Task[Result]]") -> Iterator[tuple[int, Result]]:
        """Runs what is not kept, with new workers as often as some are killed."""
        while waiting:
            order, killed = list(waiting), list[int]()
            try:
                for place, result in self.workers.run(_run, list(waiting.values())):
                    task = waiting.pop(order[place])
                    yield order[place], task.kept(result)
            except WorkerKilledError as error:
                killed = [order[place] for place in error.positions] or self._under_way(waiting)
            for position in killed:
                yield position, self._alone(waiting.pop(position))

    def _under_way(self, waiting: "dict[int, _Task[Any]]") -> list[int]:
        """The fits that a dead pool had begun; the first where it died before any."""
        ended = {position for position, task in waiting.items() if self.store.has(task.key)}
        begun = [position for position, task in waiting.items() if self.store.began(task.key)]
        return sorted(ended | set(begun)) or [min(waiting)]

    def _alone(self, task: "_Task[Any]") -> Any:
        if self.store.has(task.key):  # it ended, and its worker was killed before it could say so
            return task.kept()
        try:
            ((_, result),) = self.workers.alone().run(_run, [task])
        except WorkerKilledError:
            return task.failed(KILLED)
        return task.kept(result)


@dataclass(frozen=True)
class _Task(Generic[Result]):
    """A fit as a worker gets it, with the place where it is kept."""

    function: Callable[[Any], Result]
    job: Any
    store: FitStore
    key: str

    @property
    def reads(self) -> tuple[Path, ...]:
        """What the job reads."""
        return tuple(self.job.reads)

    @property
    def writes(self) -> Path:
        """The store's folder, and no other."""
        return self.store.folder

    def at(self, places: Mapping[Path, Path]) -> Self:
        """The same fit with these at another place."""
        return replace(self, job=self.job.at(places), store=FitStore(places[self.writes]))

    def kept(self, result: Any = None) -> Any:
        """What came of the job as it asked for it: a model is copied to the job's folder.

        Args:
            result: What the worker has just given back; else it is read.

        Raises:
            CodecError: What is kept is damaged.
            RunError: There is no room for a model.
        """
        if result is None:
            result = self.store.load(self.key, _annotation(self.function))
        if isinstance(result, Path):
            with disk_errors(self.job.folder.parent):
                shutil.copytree(result, self.job.folder)
            return self.job.folder
        return result

    def failed(self, reason: str, *, trace: str = "") -> str:
        """Notes a failure; the sentence that stands in the place of a result."""
        what = "no model is kept: " if isinstance(self.job, RefitJob) else ""
        sentence = f"{what}{_place(self.job)}: entry {self.job.entry.name!r}: {reason}"
        with disk_errors(self.store.folder):
            self.store.fail(self.key, sentence, trace=trace)
        return sentence


def _run(task: _Task[Any]) -> Any:
    """Fits in a worker, and keeps what came of it before anybody hears of it."""
    store, key, job, start = task.store, task.key, task.job, time.perf_counter()
    with disk_errors(store.folder):
        store.begin(key)
        if isinstance(job, RefitJob):
            job = replace(job, folder=store.unfinished(key))
    try:
        result = task.function(job)
    except InputError:
        raise
    except Exception as error:  # hours of other fits are not lost for it
        return task.failed(described(error), trace=traceback.format_exc())
    seconds = time.perf_counter() - start
    with disk_errors(store.folder):
        if isinstance(result, str):
            store.fail(key, result)
            return result
        return store.keep(key, result, _annotation(task.function), seconds=seconds)


def _annotation(function: Callable[..., Any]) -> Any:
    return get_type_hints(function)["return"]


def _place(job: FoldJob | RefitJob) -> str:
    if isinstance(job, RefitJob):
        return "refit on all stars"
    return f"repeat {job.fold.repeat + 1}, fold {job.fold.fold + 1}"
