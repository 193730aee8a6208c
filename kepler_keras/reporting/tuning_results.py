"""The part of `results.json` about tuned entries: what was tried, chosen, gained and spent."""

from collections.abc import Sequence
from statistics import fmean
from typing import Any

from kepler_keras.record import FoldTuning, Record, TrialRecord
from kepler_keras.reporting.result_parts import Part


class ChosenResult(Part):
    """What tuning chose in one outer fold.

    `inner` and `inner_as_written` are average precisions on the fold's validation rows, of the
    chosen trial and of the entry as it is written; the latter is None (null) where that failed.
    `settings` is what differs from the entry; empty where that itself was chosen.
    """

    repeat: int
    fold: int
    trial: int
    settings: dict[str, Any]
    inner: float
    inner_as_written: float | None
    importance: dict[str, float]


class TuningResult(Part):
    """How one entry was tuned.

    `cpu_seconds` is that of all trials together. `importance`: share of the trials' spread that
    each setting explains, mean over the folds in which it is known, the most important first.
    """

    entry: str
    of: str
    trials: int
    pruned: int
    failed: int
    cpu_seconds: float
    chosen: list[ChosenResult]
    importance: dict[str, float]

    @property
    def inner_gain(self) -> float | None:
        """Mean gain on the rows that chose, which is too kind; None where it is unknown."""
        gains = [
            one.inner - one.inner_as_written
            for one in self.chosen
            if one.inner_as_written is not None
        ]
        return fmean(gains) if gains else None


def tuning_results(record: Record) -> list[TuningResult]:
    """The tuned entries that take part, in the experiment's order."""
    results = []
    for entry in record.experiment.entries:
        folds = [one for one in record.tunings if one.entry == entry.name]
        if folds:
            results.append(_tuned(folds))
    return results


def _tuned(folds: Sequence[FoldTuning]) -> TuningResult:
    trials = [trial for fold in folds for trial in fold.trials]
    ends = [trial.end for trial in trials]
    return TuningResult(
        entry=folds[0].entry,
        of=folds[0].of,
        trials=len(trials),
        pruned=ends.count("pruned"),
        failed=ends.count("failed"),
        cpu_seconds=sum(trial.cpu_seconds for trial in trials),
        chosen=[_chosen(fold) for fold in folds],
        importance=_mean_importance(folds),
    )


def _chosen(fold: FoldTuning) -> ChosenResult:
    best: TrialRecord = fold.trials[fold.chosen]
    if best.average_precision is None:
        raise ValueError(f"trial {fold.chosen} of {fold.entry} was chosen and is not complete")
    return ChosenResult(
        repeat=fold.repeat,
        fold=fold.fold,
        trial=best.number,
        settings=best.settings,
        inner=best.average_precision,
        inner_as_written=fold.trials[0].average_precision,
        importance=fold.importance,
    )


def _mean_importance(folds: Sequence[FoldTuning]) -> dict[str, float]:
    known = [fold.importance for fold in folds if fold.importance]
    keys = {key for one in known for key in one}
    means = {key: fmean(one.get(key, 0.0) for one in known) for key in keys}
    return dict(sorted(means.items(), key=lambda item: (-item[1], item[0])))
