"""A fault of each kind that the checks must find, planted into a comparison."""

import contextlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np
import pandas as pd
from made_comparisons import compared, curves_of, experiment_of

from kepler_keras.data.imbalance.registry import strategies
from kepler_keras.data.imbalance.strategy import Resampled, Strategy
from kepler_keras.data.light_curves import LightCurves
from kepler_keras.data.splits import Fold, Split
from kepler_keras.evaluation.calibration import LEAST_SLOPE, Correction
from kepler_keras.experiment import Experiment
from kepler_keras.record import MemberFit, Record, member_name


def by_row(curves: LightCurves) -> Split:
    """The wrong way: rows are dealt out, so that the rows of a star part company."""
    rows = np.random.default_rng(0).permutation(len(curves))
    folds = []
    for number, test in enumerate(np.array_split(rows, 5)):
        rest = np.setdiff1d(rows, test)
        folds.append(Fold(0, number, rest[rest % 5 != 0], rest[rest % 5 == 0], np.sort(test)))
    return Split(tuple(folds))


def hoarding() -> Strategy:
    """A remedy that keeps the rows of every fold it has seen, and adds them to the next."""
    kept: list[tuple[Any, Any]] = []

    def hoard(view: Any, labels: Any, kind: Any, seed: int) -> Resampled:
        views = [one[0] for one in kept] or [view[:0]]
        classes = [one[1] for one in kept] or [labels[:0]]
        kept.append((view.copy(), labels.copy()))
        return Resampled(np.arange(len(labels)), np.concatenate(views), np.concatenate(classes))

    return Strategy("hoard", "none", resample=hoard)


def with_hoarding(curves: LightCurves, folder: Path) -> Record:
    """A comparison whose remedy carries rows from fold to fold."""
    known = {**strategies(), "hoard": hoarding()}
    places = ("data.imbalance.registry", "canaries", "training.building")
    with contextlib.ExitStack() as stack:
        for place in places:
            stack.enter_context(patch(f"kepler_keras.{place}.strategies", lambda: known))
        return compared(curves, folder, experiment=experiment_of("hoard"))


def with_scores(record: Record, change: Callable[[Any], Any]) -> Record:
    """The record with other scores of its first entry."""
    table = record.predictions.copy()
    mine = table["entry"] == "linear"
    table.loc[mine, "score"] = change(table[mine])
    return record.model_copy(update={"predictions": table})


def flattened(record: Record) -> Record:
    """Log-odds of the first entry's scores as a slope at its bound leaves them."""
    spread = LEAST_SLOPE

    def change(rows: Any) -> Any:
        places = rows.groupby(["fold", "split"])["score"].rank(pct=True)
        wide = (places - 0.5) * np.sqrt(12) * spread  # uniform, of that standard deviation
        return 1 / (1 + np.exp(2 - wide))

    held = [
        fit.model_copy(update={"correction": Correction(slope=0.01, intercept=-2.0)})
        for fit in record.fits
    ]
    return with_scores(record, change).model_copy(update={"fits": held})


def with_seeds(record: Record) -> Record:
    """The first entry as an ensemble whose members lie far apart."""
    entries = [entry.model_dump() for entry in record.experiment.entries]
    entries[0]["ensemble"] = {"members": 2}
    experiment = Experiment.model_validate({**record.experiment.model_dump(), "entries": entries})
    mine = record.predictions[record.predictions["entry"] == "linear"]
    blind = np.random.default_rng(0).random(len(mine))
    members = [
        mine.assign(entry=member_name("linear", 0)),
        mine.assign(entry=member_name("linear", 1), score=blind),
    ]
    fits = [
        fit.model_copy(
            update={"members": [MemberFit(seed=s, epochs=None, train_seconds=1, history={})
                                for s in (0, 1)]}
        )
        if fit.entry == "linear" else fit
        for fit in record.fits
    ]  # fmt: skip
    table = pd.concat(members, ignore_index=True)
    return record.model_copy(update={"experiment": experiment, "fits": fits, "members": table})


def planted(folder: Path, seed: int) -> dict[str, tuple[str, Record]]:
    """Of each fault the code that must find it, and the record it was planted in."""
    curves = curves_of(seed)
    while len(np.unique(curves.stars)) == len(curves):  # two rows a star are needed below
        seed += 1
        curves = curves_of(seed)
    clean = compared(curves, folder, experiment=experiment_of())
    parted = compared(curves, folder, experiment=experiment_of(), split=by_row(curves))
    copied = replace(
        curves.rows(np.concatenate([np.arange(len(curves)), np.arange(40)])),
        stars=np.concatenate([curves.stars, [f"copy{n}" for n in range(40)]]),
    )
    factor = np.where(np.arange(len(copied)) < len(curves), 1, 1.3)[:, None].astype(np.float32)
    scaled = replace(copied, flux=copied.flux * factor)
    few = curves_of(seed, share=0.03)
    table = clean.predictions
    lost = table.index[(table["entry"] == "stiff") & (table["split"] == "test")][:3]
    return {
        "no signal": ("KK001", compared(curves_of(seed, dip=0.0), folder,
                                        experiment=experiment_of())),
        "held by nothing": ("KK002", compared(curves_of(seed, dip=0.3, share=0.12), folder,
                                              experiment=experiment_of(strength=1e5))),
        "seeds far apart": ("KK003", with_seeds(clean)),
        "split by row": ("KK004", parted),
        "split by row, canary": ("KK012", parted),
        "scaled copies before the split": ("KK005", compared(scaled, folder,
                                                             experiment=experiment_of())),
        "few planets": ("KK006", compared(few, folder, experiment=experiment_of())),
        "calls too many planets": ("KK007", with_scores(
            clean, lambda rows: np.where(rows["split"] == "test", 1.0, rows["score"]))),
        "threshold at the top": ("KK008", with_scores(
            clean, lambda rows: np.where(rows["split"] == "test", rows["score"],
                                         1 - rows["score"]))),
        "uncommitted changes": ("KK009", clean.model_copy(update={
            "environment": clean.environment.model_copy(update={"git_dirty": True})})),
        "dead model": ("KK010", with_scores(clean, lambda rows: 0.1)),
        "rows left out": ("KK011", clean.model_copy(update={
            "predictions": table.drop(lost).reset_index(drop=True)})),
        "remedy keeps rows of other folds": ("KK012", with_hoarding(curves, folder)),
        "slope at its bound": ("KK013", flattened(clean)),
    }  # fmt: skip
