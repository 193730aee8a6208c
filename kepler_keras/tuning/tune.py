"""Tunes entries inside the training part of each outer fold; test folds see the choice alone."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path

import numpy as np
import optuna

from kepler_keras.checking import BuildJob, build_fault
from kepler_keras.data.inner_split import inner_split
from kepler_keras.data.light_curves import LightCurves
from kepler_keras.data.splits import Fold, Split
from kepler_keras.errors import InputError
from kepler_keras.executors import Executor
from kepler_keras.experiment import Entry, Experiment, Question, Tuning
from kepler_keras.models.shapes import Shapes
from kepler_keras.progress import stage
from kepler_keras.record import FoldTuning, TrialRecord
from kepler_keras.training.cross_validation import ViewFiles
from kepler_keras.training.seeding import job_seed
from kepler_keras.tuning.study import (
    ended_trials,
    importances,
    open_study,
    store_errors,
    trial_records,
)
from kepler_keras.tuning.trial import TrialJob, run_trial
from kepler_keras.tuning_space import extremes, with_settings


def with_tuned_entries(experiment: Experiment) -> Experiment:
    """The experiment with a tuned entry behind each that is to be tuned, and the question of both.

    Raises:
        InputError: A name that a tuned entry needs is taken.
    """
    names = {one.entry: one.tuned_name for one in experiment.tuning}
    taken = {entry.name for entry in experiment.entries} & set(names.values())
    if taken:
        raise InputError(f"entries: the name {min(taken)!r} is needed for the tuned entry")
    entries: list[Entry] = []
    for entry in experiment.entries:
        entries.append(entry)
        if entry.name in names:
            entries.append(entry.model_copy(update={"name": names[entry.name]}))
    asked = [
        Question(ask=f"Did tuning {name} help?", better=tuned, than=name)
        for name, tuned in names.items()
    ]
    questions = (*experiment.questions, *asked)
    return experiment.model_copy(update={"entries": tuple(entries), "questions": questions})


def check_space(experiment: Experiment, shapes: Mapping[str, Shapes], executor: Executor) -> None:
    """Builds each tuned entry at every end of its space, one setting changed at a time.

    Args:
        experiment: From `with_tuned_entries`.
        shapes: Of the views of each entry.
        executor: Where models are built.

    Raises:
        InputError: The entry cannot be built with a value that may be tried.
    """
    entries = {entry.name: entry for entry in experiment.entries}
    changes = [
        (tuning.entry, key, value)
        for tuning in experiment.tuning
        if tuning.entry in entries
        for key, values in tuning.space.items()
        for value in extremes(values)
        if key.partition(".")[0] == "model"
    ]
    jobs = [
        BuildJob(with_settings(entries[name], {key: value}), shapes[name])
        for name, key, value in changes
    ]
    for position, reason in executor.run(build_fault, jobs):
        if reason is not None:
            _, key, value = changes[position]
            raise InputError(f"tuning, {key}: {value!r} cannot be tried: {reason}")


@dataclass(frozen=True)
class _Study:
    """The study of an entry in one outer fold."""

    job: TrialJob
    fold: Fold


def tune(
    experiment: Experiment,
    split: Split,
    curves: LightCurves,
    files: Mapping[str, ViewFiles],
    executor: Executor,
    *,
    file: Path,
) -> list[FoldTuning]:
    """Runs all trials that a file of studies does not hold yet.

    Trials of one study follow each other, because each learns from those before it; studies run
    side by side. So the same trials come of any number of workers, and of a run that was cut off.

    Args:
        experiment: From `with_tuned_entries`, without entries that are left out.
        split: The outer folds.
        curves: Stars and labels of all rows.
        files: The views of each entry.
        executor: Where trials run.
        file: SQLite file that keeps the studies.

    Raises:
        InputError: The file cannot be used, or no trial of a fold could be fitted.
    """
    studies = _studies(experiment, split, curves, files)
    file.parent.mkdir(parents=True, exist_ok=True)
    opened = [open_study(file, study.job.study) for study in studies]
    left = {
        position: max(study.job.tuning.trials - len(ended_trials(opened[position])), 0)
        for position, study in enumerate(studies)
    }
    kept = sum(study.job.tuning.trials for study in studies) - sum(left.values())
    title = f"tuning ({kept} trials stand in {file.name})" if kept else "tuning"
    with stage(title, sum(left.values())) as counter:
        for number in range(max(left.values(), default=0)):
            going = [position for position in left if left[position] > number]
            jobs = [_next(studies[position], opened[position]) for position in going]
            for place, trial in executor.run(run_trial, jobs):
                with store_errors(file):
                    opened[going[place]].add_trial(trial)
                fold, name = studies[going[place]].fold, jobs[place].entry.name
                counter.advance(f"{name}, repeat {fold.repeat + 1}, fold {fold.fold + 1}")
    return [_outcome(study, kept) for study, kept in zip(studies, opened, strict=True)]


def _next(study: _Study, opened: optuna.Study) -> TrialJob:
    """The next trial of a study, with all that it draws from."""
    return replace(study.job, earlier=tuple(ended_trials(opened)))


def _studies(
    experiment: Experiment,
    split: Split,
    curves: LightCurves,
    files: Mapping[str, ViewFiles],
) -> list[_Study]:
    entries = {entry.name: entry for entry in experiment.entries}
    studies = []
    for tuning in experiment.tuning:
        if tuning.entry not in entries:
            continue
        entry = entries[tuning.entry]
        for fold in split.folds:
            seed = job_seed(entry.seed, fold.repeat, fold.fold, "tuning")
            train, stop = inner_split(fold.train, curves, share=tuning.stop_share, seed=seed)
            job = TrialJob(
                entry,
                tuning,
                _study_name(experiment, tuning, entry, fold, curves),
                files[entry.name],
                train,
                stop,
                fold.validation,
                seed,
            )
            studies.append(_Study(job, fold))
    return studies


def _study_name(
    experiment: Experiment, tuning: Tuning, entry: Entry, fold: Fold, curves: LightCurves
) -> str:
    """A name that changes with all that a trial depends on, but for the number of trials."""
    settings = [
        curves.fingerprint,
        experiment.conditioning.model_dump(mode="json"),
        experiment.search.model_dump(mode="json"),
        experiment.protocol.threads,
        entry.model_dump(mode="json", exclude={"name", "optional", "against"}),
        _content(entry),
        version("kepler_keras"),
        tuning.model_dump(mode="json", exclude={"trials"}),
    ]
    digest = hashlib.sha256(json.dumps(settings, sort_keys=True).encode())
    for rows in (fold.train, fold.validation):
        digest.update(np.ascontiguousarray(rows).tobytes())
    place = f"repeat {fold.repeat + 1}, fold {fold.fold + 1}"
    return f"{entry.name}, {place}, {digest.hexdigest()[:16]}"


def _content(entry: Entry) -> str:
    """A digest of the file that a user's own model comes from; empty for others."""
    file = entry.model.options.get("file")
    return hashlib.sha256(Path(str(file)).read_bytes()).hexdigest() if file else ""


def _outcome(study: _Study, opened: optuna.Study) -> FoldTuning:
    fold = study.fold
    trials = trial_records(opened)[: study.job.tuning.trials]
    return FoldTuning(
        entry=study.job.tuning.tuned_name,
        of=study.job.entry.name,
        repeat=fold.repeat,
        fold=fold.fold,
        trials=trials,
        chosen=_best(trials, study).number,
        importance=importances(ended_trials(opened)[: study.job.tuning.trials]),
    )


def _best(trials: Sequence[TrialRecord], study: _Study) -> TrialRecord:
    """The trial of highest average precision, the earliest of equals."""
    complete = [trial for trial in trials if trial.average_precision is not None]
    if not complete:
        place = f"repeat {study.fold.repeat + 1}, fold {study.fold.fold + 1}"
        reason = next((trial.reason for trial in trials if trial.reason), "all were pruned")
        raise InputError(f"tuning {study.job.entry.name!r}, {place}: no trial ended: {reason}")
    return max(complete, key=lambda trial: (trial.average_precision or 0.0, -trial.number))


def chosen_entries(
    experiment: Experiment, tunings: Sequence[FoldTuning], split: Split
) -> dict[tuple[str, int], Entry]:
    """The tuned entry of each outer fold with the settings chosen there, by name and place."""
    entries = {entry.name: entry for entry in experiment.entries}
    places = {(fold.repeat, fold.fold): number for number, fold in enumerate(split.folds)}
    return {
        (one.entry, places[one.repeat, one.fold]): with_settings(
            entries[one.entry], one.trials[one.chosen].settings
        )
        for one in tunings
    }
