"""What the checks look at, taken out of a record."""

import numpy as np
import pandas as pd

from kepler_keras.diagnostics import Canaries
from kepler_keras.evaluation.calibration import LEAST_SLOPE, UNCORRECTED, finite_log_odds
from kepler_keras.evaluation.canaries import judge_canary
from kepler_keras.evaluation.checks.evidence import (
    CanaryFacts,
    EntryFacts,
    EqualGroups,
    Evidence,
    SharedStars,
)
from kepler_keras.experiment import Entry
from kepler_keras.record import FoldFit, MemberFit, Record, member_name
from kepler_keras.reporting.entries import threshold_rules

SLACK = 0.01  # by which rounding may move a slope from its bound


def evidence_of(record: Record) -> Evidence:
    """The evidence of a record whose entries all take part."""
    split, protocol = record.diagnostics.split, record.experiment.protocol
    first = ""
    if split.shared:
        one = split.shared[0]
        where = f"repeat {one.repeat + 1}, fold {one.fold + 1}"
        first = f"{one.star} in {' and '.join(one.parts)} of {where}"
    return Evidence(
        predictions=record.predictions,
        entries=tuple(_facts(entry, record) for entry in record.experiment.entries),
        prevalence=protocol.prevalence,
        test_share=fold_share(record),
        git_dirty=record.environment.git_dirty,
        shared=SharedStars(split.n_shared, first),
        equal=EqualGroups(split.n_equal, tuple(split.equal[0].stars) if split.equal else ()),
        canaries=canary_facts(record.diagnostics.canaries),
    )


def fold_share(record: Record) -> float:
    """Test stars to training stars, mean of the folds."""
    sizes: dict[str, list[int]] = {}
    for part in record.parts:
        sizes.setdefault(part.part, []).append(part.n_stars)
    if not {"test", "train"} <= sizes.keys():
        return 1 / max(record.experiment.protocol.folds - 1, 1)
    return float(np.mean(sizes["test"]) / np.mean(sizes["train"]))


def canary_facts(canaries: Canaries | None) -> tuple[CanaryFacts, ...]:
    """The canaries that could be fitted, each judged."""
    runs = [run for run in canaries.runs if run.folds] if canaries else []
    facts = []
    for run in runs:
        test = judge_canary(
            [fold.average_precision for fold in run.folds],
            [(fold.n, fold.n_planets) for fold in run.folds],
        )
        adjusted = min(1.0, len(runs) * test.p_value)
        facts.append(CanaryFacts(run.kind, run.pipeline, tuple(run.entries), test, adjusted))
    return tuple(facts)


def train_scores(fits: list[FoldFit]) -> tuple[float, ...]:
    """Average precision on training rows of each fold, of an ensemble the mean of its members."""
    values = []
    for fit in fits:
        own: list[FoldFit | MemberFit] = [*fit.members] or [fit]
        known = [one.train_average_precision for one in own]
        values.append([value for value in known if value is not None])
        if len(values[-1]) < len(own):
            return ()
    return tuple(float(np.mean(value)) for value in values)


def _facts(entry: Entry, record: Record) -> EntryFacts:
    fits = [fit for fit in record.fits if fit.entry == entry.name]
    fits.sort(key=lambda fit: (fit.repeat, fit.fold))
    held, n_fits = _held_slopes(fits, record)
    return EntryFacts(
        name=entry.name,
        model=entry.model.name,
        competitor=entry.against is None and not entry.data_options,
        train_average_precision=train_scores(fits),
        seeds=_seeds(entry, record),
        held_slopes=held,
        n_fits=n_fits,
        rule=threshold_rules(record)[entry.name],
    )


def _seeds(entry: Entry, record: Record) -> tuple[float, ...]:
    """Average precision of each member alone, mean of the folds."""
    if entry.ensemble is None or record.members is None:
        return ()
    names = [member_name(entry.name, seed) for seed in entry.seeds]
    alone = Evidence(record.members, (), record.experiment.protocol.prevalence)
    known = set(record.members["entry"])
    return tuple(
        float(alone.average_precision(EntryFacts(name, entry.model.name)).mean())
        for name in names
        if name in known
    )


def _held_slopes(fits: list[FoldFit], record: Record) -> tuple[int, int]:
    """Fits whose slope stands at its lower bound, and all fits.

    The bound is one of the slope by a standard deviation of the log-odds before the correction:
    after it the log-odds of the validation rows have just that standard deviation.
    """
    held = n_fits = 0
    for fit in fits:
        alone: list[tuple[str, FoldFit | MemberFit]] = [(fit.entry, fit)]
        if fit.members:
            alone = [(member_name(fit.entry, one.seed), one) for one in fit.members]
        for name, one in alone:
            n_fits += 1
            if one.correction.slope == UNCORRECTED.slope:
                continue
            table = record.members if fit.members else record.predictions
            scores = _validation_scores(table, name, fit)
            slope = float(np.std(finite_log_odds(scores))) if len(scores) else 0.0
            held += abs(slope / LEAST_SLOPE - 1) < SLACK
    return held, n_fits


def _validation_scores(table: pd.DataFrame | None, name: str, fit: FoldFit) -> np.ndarray:
    if table is None:
        return np.empty(0)
    mine = (table["entry"] == name) & (table["repeat"] == fit.repeat) & (table["fold"] == fit.fold)
    return table.loc[mine & (table["split"] == "validation"), "score"].to_numpy()
