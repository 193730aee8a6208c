"""One trial of a study, in a worker: fitted on part of a fold's training rows, judged on others."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import ClassVar, Self

import numpy as np
import optuna
from optuna.trial import FrozenTrial, TrialState
from pydantic import ValidationError

from kepler_keras.errors import InputError
from kepler_keras.evaluation.metrics import average_precision
from kepler_keras.experiment import Entry, Tuning
from kepler_keras.training.cross_validation import ViewFiles, load_libraries
from kepler_keras.training.fit import Rows, Task, fit_entry
from kepler_keras.training.scoring import part_scores
from kepler_keras.tuning.study import EPOCHS, REASON, SECONDS, next_trial, settings_of
from kepler_keras.tuning_space import with_settings


@dataclass(frozen=True)
class TrialJob:
    """The next trial of a study, as a worker gets it. No row of the fold's test is in it.

    Attributes:
        entry: As it is written.
        study: Its name.
        earlier: The trials of it that ended, oldest first.
        train: Rows that are fitted.
        stop: Rows that early stopping and pruning look at.
        judged: Rows that give the trial its value.
        seed: Of every fit of the study, so that trials differ in their settings alone.
    """

    entry: Entry
    tuning: Tuning
    study: str
    views: ViewFiles
    train: Rows
    stop: Rows
    judged: Rows
    seed: int
    earlier: tuple[FrozenTrial, ...] = ()
    writes: ClassVar[None] = None

    @property
    def reads(self) -> tuple[Path, ...]:
        """Views, and the file of a user's own builder."""
        return (*self.views.reads, *self.entry.reads)

    def at(self, places: Mapping[Path, Path]) -> Self:
        """The same job with these at another place."""
        return replace(self, entry=self.entry.at(places), views=self.views.at(places))


class _Pruning:
    """Tells the study of every epoch, and ends training where the study says so."""

    def __init__(self, trial: optuna.Trial) -> None:
        self._trial = trial
        self.pruned = False
        self.epochs = 0

    def __call__(self, epoch: int, best: float) -> bool:
        self.epochs = epoch
        if np.isfinite(best):
            self._trial.report(best, epoch)
            self.pruned = self._trial.should_prune()
        return self.pruned


def run_trial(job: TrialJob) -> FrozenTrial:
    """Runs a study's next trial, by those before it alone, and gives it back as it ended."""
    load_libraries(job.entry)
    tuning = job.tuning
    study, trial = next_trial(
        job.study, job.earlier, seed=tuning.seed, pruning=tuning.pruning, space=tuning.space
    )
    pruning, start = _Pruning(trial), time.process_time()
    try:
        value = _value(job, trial, pruning)
    except (InputError, ValidationError) as error:
        value = None
        trial.set_user_attr(REASON, " ".join(str(error).split()))
    trial.set_user_attr(SECONDS, time.process_time() - start)
    trial.set_user_attr(EPOCHS, pruning.epochs or None)
    if value is None:
        return study.tell(trial, state=TrialState.FAIL)
    if pruning.pruned:
        return study.tell(trial, state=TrialState.PRUNED)
    return study.tell(trial, value)


def _value(job: TrialJob, trial: optuna.Trial, pruning: _Pruning) -> float:
    """Average precision of the trial's model on the judging rows."""
    entry = with_settings(job.entry, settings_of(trial))
    examples = job.views.open()
    fitted = fit_entry(Task(entry, examples, job.train, job.stop, job.seed, judge=pruning))
    scores = part_scores(fitted, entry, examples, job.judged).alone
    return float(average_precision(examples.labels[job.judged], scores))
