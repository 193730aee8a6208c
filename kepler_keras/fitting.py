"""Every entry on every fold, in worker processes, and the tables that come of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

import numpy as np
import pandas as pd

from kepler_keras.data.light_curves import LightCurves
from kepler_keras.data.prevalence import refit_rows
from kepler_keras.data.splits import Fold, Split
from kepler_keras.errors import RunError
from kepler_keras.evaluation.calibration import Correction
from kepler_keras.evaluation.predictions import sort_predictions
from kepler_keras.executors import Executor
from kepler_keras.experiment import Entry, Experiment
from kepler_keras.preparation import PreparedViews
from kepler_keras.progress import stage
from kepler_keras.record import FoldFit, LeftOut, MemberFit, member_name
from kepler_keras.training.cross_validation import (
    FoldJob,
    FoldOutcome,
    RefitJob,
    ViewFiles,
    join_members,
    prediction_rows,
    run_fold,
    run_refit,
)
from kepler_keras.training.saved import join_saved


@dataclass(frozen=True)
class FoldOutcomes:
    """What fitting gave.

    Attributes:
        outcomes: By entry, place of the fold and seed.
        left_out: Who could not be fitted.
        chosen: Settings of tuned entries, as they came.
    """

    outcomes: Mapping[tuple[str, int, int], FoldOutcome]
    left_out: list[LeftOut]
    chosen: Mapping[tuple[str, int], Entry] = field(default_factory=dict)


def cross_validate(
    experiment: Experiment,
    split: Split,
    files: Mapping[str, ViewFiles],
    executor: Executor,
    chosen: Mapping[tuple[str, int], Entry] | None = None,
) -> FoldOutcomes:
    """Fits every entry on every fold; fold by fold, so that the time left can be foretold.

    Args:
        experiment: What is compared.
        split: The folds.
        files: The views of each entry.
        executor: Where fits run.
        chosen: Of tuned entries the settings of each fold, by name and place of the fold.
    """
    settled = chosen or {}
    places = [
        (entry, number, seed)
        for number in range(len(split.folds))
        for entry in experiment.entries
        for seed in entry.seeds
    ]
    jobs = [
        FoldJob(
            settled.get((entry.name, number), entry),
            split.folds[number],
            files[entry.name],
            seed,
            portrait=number == 0 and seed == entry.seed and entry.against is None,
            mistakes=seed == entry.seed and _shows_mistakes(entry, split.folds[number]),
        )
        for entry, number, seed in places
    ]
    outcomes: dict[tuple[str, int, int], FoldOutcome] = {}
    broken: dict[int, str] = {}
    with stage("fitting", len(jobs)) as counter:
        for position, outcome in executor.run(run_fold, jobs):
            entry, number, seed = places[position]
            fold = split.folds[number]
            if isinstance(outcome, str):
                broken[position] = outcome
            else:
                outcomes[entry.name, number, seed] = outcome
            counter.advance(f"{entry.name}, repeat {fold.repeat + 1}, fold {fold.fold + 1}")
    failed: dict[tuple[str, int], str] = {}  # by entry and fold; of an ensemble the first member
    for position in sorted(broken):
        entry, number, _ = places[position]
        failed.setdefault((entry.name, number), broken[position])
    left_out = [
        LeftOut(entry=entry.name, reason=reason, failed=True)
        for entry in experiment.entries
        if (reason := _hole(entry, failed, len(split.folds)))
    ]
    if len(left_out) == len(experiment.entries):
        raise RunError(left_out[0].reason)
    return FoldOutcomes(outcomes, left_out, settled)


def _hole(entry: Entry, failed: Mapping[tuple[str, int], str], n_folds: int) -> str | None:
    """How many of an entry's folds failed, and why the first did, whichever ended first."""
    reasons = [reason for (name, _), reason in sorted(failed.items()) if name == entry.name]
    return f"{len(reasons)} of {n_folds} folds failed: {reasons[0]}" if reasons else None


def _shows_mistakes(entry: Entry, fold: Fold) -> bool:
    """Neither ablations nor controls on other data take a place among the competitors."""
    return fold.repeat == 0 and entry.against is None and not entry.data_options


@dataclass(frozen=True)
class Tables:
    """The record's tables; attributes as of `Record`."""

    fits: list[FoldFit]
    predictions: pd.DataFrame
    members: pd.DataFrame | None


def join_tables(
    experiment: Experiment, split: Split, fitted: FoldOutcomes, curves: LightCurves
) -> Tables:
    """Joins the fits of each entry and fold, and puts scores into tables."""
    fits, rows, alone = [], [], []
    labels, stars = curves.labels, curves.stars
    for entry in experiment.entries:
        for number, fold in enumerate(split.folds):
            outcomes = [fitted.outcomes[entry.name, number, seed] for seed in entry.seeds]
            fits.append(join_members(entry, fold, outcomes))
            validation = np.mean([one.validation.shared for one in outcomes], axis=0)
            test = np.mean([one.test.shared for one in outcomes], axis=0)
            rows.append(
                prediction_rows(entry.name, fold, (validation, test), labels=labels, stars=stars)
            )
            if entry.ensemble is None:
                continue
            for one in outcomes:
                name = member_name(entry.name, one.fit.seed)
                scores = one.validation.alone, one.test.alone
                alone.append(prediction_rows(name, fold, scores, labels=labels, stars=stars))
    predictions = sort_predictions(pd.concat(rows, ignore_index=True))
    members = sort_predictions(pd.concat(alone, ignore_index=True)) if alone else None
    return Tables(fits, predictions, members)


def refit(
    experiment: Experiment,
    views: PreparedViews,
    files: Mapping[str, ViewFiles],
    fitted: FoldOutcomes,
    executor: Executor,
    work: Path,
) -> tuple[dict[str, Path], list[str]]:
    """Fits every entry once more on all rows that may train, for its folds' median of epochs.

    Ablations are there to be measured; no model of theirs is handed out. Nor is one of a tuned
    entry, which has other settings in every fold, nor any where the protocol asks for none.

    Returns:
        The folder of each entry's model, and a sentence for each that could not be fitted or saved:
        its figures are the folds' and stand.
    """
    if not experiment.protocol.refit:
        return {}, []
    tuned = {name for name, _ in fitted.chosen}
    entries = [
        entry for entry in experiment.entries if entry.against is None and entry.name not in tuned
    ]
    if not entries:
        return {}, []
    rows = refit_rows(views.curves, experiment.protocol)
    jobs = [
        RefitJob(
            entry,
            files[entry.name],
            rows,
            seed,
            _median_epochs(own := _fits(entry, seed, fitted)),
            _median_correction(own),
            views.preparation(entry),
            work / f"model-{number}-{seed}",
        )
        for number, entry in enumerate(entries)
        for seed in entry.seeds
    ]
    saved: dict[str, dict[int, Path]] = {entry.name: {} for entry in entries}
    broken: dict[str, str] = {}
    with stage("refitting on all stars", len(jobs)) as counter:
        for position, outcome in executor.run(run_refit, jobs):
            job = jobs[position]
            if isinstance(outcome, str):
                broken[job.entry.name] = outcome
            else:
                saved[job.entry.name][job.seed] = outcome
            counter.advance(job.entry.name)
    whole = [entry for entry in entries if entry.name not in broken]
    faults = [broken[entry.name] for entry in entries if entry.name in broken]
    return {entry.name: _joined(entry, saved[entry.name]) for entry in whole}, faults


def _joined(entry: Entry, saved: Mapping[int, Path]) -> Path:
    """The folder of an entry's model: of its only fit, or of its ensemble."""
    folders = [saved[seed] for seed in entry.seeds]
    if entry.ensemble is None:
        return folders[0]
    folder = folders[0].with_name(f"{folders[0].name}-ensemble")
    join_saved(folders, folder, reversal=entry.ensemble.reversal)
    return folder


def _fits(entry: Entry, seed: int, fitted: FoldOutcomes) -> list[MemberFit]:
    """An entry's fits on all folds under one of its seeds."""
    return [
        outcome.fit
        for (name, _, own), outcome in fitted.outcomes.items()
        if (name, own) == (entry.name, seed)
    ]


def _median_epochs(fits: Sequence[MemberFit]) -> int | None:
    epochs = [fit.epochs for fit in fits if fit.epochs is not None]
    return round(median(epochs)) if epochs else None


def _median_correction(fits: Sequence[MemberFit]) -> Correction:
    own = [fit.correction for fit in fits]
    return Correction(median(one.slope for one in own), median(one.intercept for one in own))
