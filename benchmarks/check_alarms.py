"""Lets all checks and canaries look at clean comparisons, and at a planted fault of each kind.

A clean comparison is small and real: two learners really trained on every fold of simulated curves
(noise, and a dip of the planets that can be found), with sizes drawn at random, through the code of
every comparison. Then each fault is planted into such a comparison: in the curves, the folds, the
remedy or the record. Counted are comparisons with a red or a warning, and with a note, by code; no
clean one may have a red or a warning, and every fault must be found.

    python benchmarks/check_alarms.py                        # some two minutes
    python benchmarks/check_alarms.py --runs 20 --out a.json # fewer, and keep the figures
"""

import argparse
import contextlib
import io
import json
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from kepler_keras.canaries import run_canaries
from kepler_keras.data.imbalance.registry import strategies
from kepler_keras.data.imbalance.strategy import Resampled, Strategy
from kepler_keras.data.light_curves import LightCurves
from kepler_keras.data.split_faults import split_faults
from kepler_keras.data.splits import Fold, Split, make_folds
from kepler_keras.diagnostics import Diagnostics
from kepler_keras.environment import describe_environment
from kepler_keras.evaluation.calibration import LEAST_SLOPE, Correction
from kepler_keras.evaluation.checks.check import Finding, checks, findings
from kepler_keras.experiment import Experiment
from kepler_keras.fitting import cross_validate, join_tables
from kepler_keras.record import DataSummary, MemberFit, Record, member_name
from kepler_keras.reporting.evidence import evidence_of
from kepler_keras.training.backend import load_tensorflow
from kepler_keras.training.cross_validation import ViewFiles

Found = Sequence[Finding]


class InThisProcess:
    """Runs jobs one after another, in one thread."""

    def run(self, function: Callable[[Any], Any], jobs: Sequence[Any]) -> Iterator[tuple[int, Any]]:
        """Yields each job's place and result."""
        yield from enumerate(map(function, jobs))


def experiment_of(imbalance: str = "none", strength: float = 0.01) -> Experiment:
    """A strongly and a very strongly held linear model, on the curves as they are."""
    entries = [
        {
            "name": name,
            "model": {"name": "logistic_regression", "C": c},
            "view": "flux",
            "imbalance": imbalance,
        }
        for name, c in (("linear", strength), ("stiff", strength / 10))
    ]
    return Experiment.model_validate(
        {
            "name": "made",
            "question": "Is anything wrong?",
            "data": {"source": "simulated"},
            "protocol": {"folds": 5},
            "entries": entries,
            "baseline": "linear",
        }
    )


def curves_of(seed: int, *, dip: float = 1.0, share: float | None = None) -> LightCurves:
    """Noise, most of it the star's own, and in the curves of planets a dip of some columns."""
    rng = np.random.default_rng(seed)
    n_stars, n_columns = int(rng.integers(250, 600)), int(rng.integers(24, 80))
    rows_a_star = int(rng.integers(1, 3))
    share = float(rng.uniform(0.12, 0.25)) if share is None else share
    star = np.repeat(np.arange(n_stars), rows_a_star)
    labels = (star < round(share * n_stars)).astype(np.int8)
    flux = 0.95 * rng.normal(size=(n_stars, n_columns))[star]
    flux += 0.3 * rng.normal(size=flux.shape)
    flux[labels == 1, 8:14] -= dip
    names = np.array([f"s{number:04d}" for number in star])
    return LightCurves("made", flux.astype(np.float32), labels, names, cadence=0.02)


def compared(
    curves: LightCurves, folder: Path, *, experiment: Experiment, split: Split | None = None
) -> Record:
    """A comparison of really trained models, with canaries, as a record."""
    split = split or make_folds(curves, experiment.protocol)
    np.save(folder / "view.npy", curves.flux[..., None])
    file = ViewFiles({"flux": folder / "view.npy"}, curves.labels, curves.cadence)
    files = {entry.name: file for entry in experiment.entries}
    here: Any = InThisProcess()
    with contextlib.redirect_stderr(io.StringIO()), tempfile.TemporaryDirectory() as work:
        fitted = cross_validate(experiment, split, files, here)
        canaries = run_canaries(experiment, split, curves, files, here, Path(work))
    tables = join_tables(experiment, split, fitted, curves)
    environment = describe_environment(threads=1).model_copy(update={"git_dirty": False})
    return Record(
        experiment=experiment,
        quick=False,
        command="",
        data=DataSummary(
            source="made", n_examples=len(curves), n_positive=int(curves.labels.sum()), n_stars=0,
            n_positive_stars=0, fingerprint="", n_columns=curves.flux.shape[1],
            cadence=curves.cadence, notes=[], warnings=[], gallery=[],
        ),
        parts=[],
        fits=tables.fits,
        view_shapes={},
        environment=environment,
        predictions=tables.predictions,
        diagnostics=Diagnostics(split=split_faults(curves, split.folds), canaries=canaries),
    )  # fmt: skip


def found_in(record: Record) -> Found:
    """What the checks find."""
    return findings(evidence_of(record))


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


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints both tables; 1 where a clean comparison alarms or a fault is missed."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--runs", type=int, default=200)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path)
    options = parser.parse_args(arguments)
    load_tensorflow()
    start = time.process_time()
    loud, quiet, lowest = Counter[str](), Counter[str](), 1.0
    with threadpool_limits(1), tempfile.TemporaryDirectory() as name:
        for run in range(options.runs):
            record = compared(curves_of(options.seed + run), Path(name), experiment=experiment_of())
            found = found_in(record)
            loud.update({one.code for one in found if one.level != "note"})
            quiet.update({one.code for one in found if one.level == "note"})
            lowest = min(lowest, *(one.adjusted for one in evidence_of(record).canaries))
        faults = {
            fault: (code, code in {one.code for one in found_in(record)})
            for fault, (code, record) in planted(Path(name), options.seed).items()
        }
    seconds = time.process_time() - start
    print(f"{options.runs} clean comparisons: how many had a finding\n")
    print(f"{'code':8}{'red or warning':>16}{'note':>8}  title")
    for check in checks():
        print(f"{check.code:8}{loud[check.code]:16}{quiet[check.code]:8}  {check.title}")
    print(f"\nlowest adjusted p-value of a canary: {lowest:.4f}\n\nplanted faults")
    for fault, (code, caught) in faults.items():
        print(f"{code:8}{'found' if caught else 'MISSED':8}{fault}")
    print(f"\n{seconds:.0f} CPU seconds")
    if options.out:
        figures = {
            "runs": options.runs,
            "seed": options.seed,
            "alarms": {check.code: loud[check.code] for check in checks()},
            "notes": {check.code: quiet[check.code] for check in checks()},
            "lowest_canary_p": lowest,
            "faults": {fault: {"code": code, "found": c} for fault, (code, c) in faults.items()},
            "cpu_seconds": seconds,
        }
        options.out.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    return int(bool(loud) or not all(caught for _, caught in faults.values()))


if __name__ == "__main__":
    sys.exit(main())
