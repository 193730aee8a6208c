"""Cheap models that cannot know anything, sent the way of every entry: what they find is a leak."""

import math
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from kepler_keras.data.imbalance.registry import strategies
from kepler_keras.data.light_curves import LightCurves
from kepler_keras.data.permuting import canary_rows, permuted_labels
from kepler_keras.data.splits import PARTS, Fold, Split
from kepler_keras.diagnostics import Canaries, CanaryFold, CanaryKind, CanaryRun
from kepler_keras.disk import disk_errors
from kepler_keras.evaluation.metrics import average_precision
from kepler_keras.executors import Executor
from kepler_keras.experiment import Choice, Entry, Experiment, Training
from kepler_keras.progress import stage
from kepler_keras.training.cross_validation import FoldJob, FoldOutcome, ViewFiles, run_fold
from kepler_keras.training.seeding import job_seed

MOST_PIPELINES = 4  # that are tried; each costs two fits a fold
MOST_ROWS = 4000  # of larger data some stars are taken
MEMORY = Choice(name="memory", options={"file": str(Path(__file__).with_name("canary_model.py"))})
NETWORK = Choice(name="mlp", options={"units": [64], "dropout": 0.0})
BLIND = "prevalence"
EPOCHS = 10  # of the network: enough to know every training row again


@dataclass(frozen=True)
class Pipeline:
    """What is done to the rows before a model sees them, and the entries that share it."""

    entries: tuple[Entry, ...]
    views: ViewFiles

    @property
    def canary(self) -> Entry:
        """The first of the entries with a cheap model in place of its own."""
        entry = self.entries[0]
        remedy = strategies()[entry.imbalance.name]
        network = bool(entry.augmentations) or remedy.needs_network
        training = Training(
            epochs=EPOCHS,
            patience=EPOCHS,
            batch_size=entry.training.batch_size,
            learning_rate=0.01,
            scaling=entry.training.scaling,
        )
        changes = {
            "name": "canaries",  # whoever is left out, these fits are the same
            "model": NETWORK if network else MEMORY,
            "training": training,
            "ensemble": None,
        }
        return entry.model_copy(update=changes)

    @property
    def words(self) -> str:
        """The views, and what is done to them beside the default."""
        entry = self.entries[0]
        words = [" + ".join(view.label for view in entry.views)]
        if entry.training.scaling == "none":
            words.append("not scaled")
        if entry.imbalance.name != "none":
            words.append(entry.imbalance.label)
        return ", ".join([*words, *(choice.label for choice in entry.augmentations)])


def pipelines(experiment: Experiment, files: Mapping[str, ViewFiles]) -> list[Pipeline]:
    """The different pipelines of an experiment, those of competitors before those of ablations.

    A model that looks at nothing has none.
    """
    found: dict[str, list[Entry]] = {}
    looking = [entry for entry in experiment.entries if entry.model.name != BLIND]
    for entry in sorted(looking, key=lambda entry: entry.against is not None):
        parts = [
            files[entry.name].paths,
            entry.training.scaling,
            entry.imbalance,
            entry.augmentations,
        ]
        found.setdefault(repr(parts), []).append(entry)
    return [Pipeline(tuple(entries), files[entries[0].name]) for entries in found.values()]


def run_canaries(
    experiment: Experiment,
    split: Split,
    curves: LightCurves,
    files: Mapping[str, ViewFiles],
    executor: Executor,
    work: Path,
    *,
    most_pipelines: int = MOST_PIPELINES,
) -> Canaries:
    """Fits two canaries a pipeline on every fold of the first repeat.

    Args:
        experiment: Whose entries count.
        split: The folds.
        curves: Labels and stars.
        files: The views of each entry.
        executor: Where fits run.
        work: A folder for views of noise.
        most_pipelines: How many pipelines are tried, those of competitors first.
    """
    start = time.perf_counter()
    seed = job_seed(experiment.protocol.seed, "canaries")
    kept = canary_rows(curves.labels, curves.stars, most_rows=MOST_ROWS, seed=seed)
    folds = [_within(fold, kept) for fold in split.folds if fold.repeat == 0]
    every = pipelines(experiment, files)
    dealt = permuted_labels(curves.labels, curves.stars, folds, seed=seed)
    cages = []
    for number, pipeline in enumerate(every[:most_pipelines]):
        noise = _noise(pipeline.views, kept, work / f"noise-{number}", seed=seed)
        cages.append(_Cage("noise", pipeline, noise))
        if dealt is not None:
            labelled = replace(pipeline.views, labels=dealt)
            cages.append(_Cage("permuted", pipeline, labelled))
    outcomes = _fitted(cages, folds, executor)
    return Canaries(
        runs=[
            _run(cage, folds, own, curves.stars)
            for cage, own in zip(cages, outcomes, strict=True)
        ],
        seconds=time.perf_counter() - start,
        n_pipelines=len(every),
        n_stars=len(np.unique(curves.stars[kept])),
    )  # fmt: skip


@dataclass(frozen=True)
class _Cage:
    """One canary: its kind, its pipeline, and what it sees."""

    kind: CanaryKind
    pipeline: Pipeline
    views: ViewFiles


def _within(fold: Fold, kept: NDArray[np.bool_]) -> Fold:
    """The fold with these rows alone."""
    return replace(fold, **{part: (rows := getattr(fold, part))[kept[rows]] for part in PARTS})


def _noise(views: ViewFiles, kept: NDArray[np.bool_], folder: Path, *, seed: int) -> ViewFiles:
    """Views of the same shapes with white noise in the rows that are used."""
    folder.mkdir()
    paths = {}
    for number, (name, array) in enumerate(views.open().views.items()):
        rng = np.random.default_rng([seed, number])
        paths[name] = folder / f"{number}.npy"
        with disk_errors(folder), paths[name].open("wb") as file:
            _write_noise(file, array.shape, kept, rng)
    return replace(views, paths=paths)


def _write_noise(
    file: BinaryIO, shape: tuple[int, ...], kept: NDArray[np.bool_], rng: np.random.Generator
) -> None:
    """Writes a `.npy`, whose rows that are left out stay a hole.

    A mapped file would do the same, but where the disk is full that kills the process.
    """
    head = {"descr": np.dtype(np.float32).str, "fortran_order": False, "shape": shape}
    np.lib.format.write_array_header_1_0(file, head)  # type: ignore[no-untyped-call]
    start, size = file.tell(), 4 * math.prod(shape[1:])
    for row in np.flatnonzero(kept):
        file.seek(start + int(row) * size)
        file.write(rng.standard_normal(shape[1:], np.float32).tobytes())
    file.truncate(start + len(kept) * size)


def _fitted(
    cages: Sequence[_Cage], folds: Sequence[Fold], executor: Executor
) -> list[list[FoldOutcome | str]]:
    """What became of each canary in each fold."""
    jobs = [
        FoldJob(cage.pipeline.canary, fold, cage.views, seed=0) for cage in cages for fold in folds
    ]
    outcomes: dict[int, FoldOutcome | str] = {}
    with stage("canaries", len(jobs)) as counter:
        for position, outcome in executor.run(run_fold, jobs):
            outcomes[position] = outcome
            counter.advance()
    ordered = [outcomes[position] for position in range(len(jobs))]
    return [ordered[start : start + len(folds)] for start in range(0, len(jobs), len(folds))]


def _run(
    cage: _Cage,
    folds: Sequence[Fold],
    outcomes: Sequence[FoldOutcome | str],
    stars: NDArray[np.str_],
) -> CanaryRun:
    """How a canary did, fold by fold; it counts only if it could be fitted on all of them."""
    broken = [outcome for outcome in outcomes if isinstance(outcome, str)]
    known: dict[str, object] = {}
    if broken:
        known = {"reason": broken[0]}
    else:
        known = {
            "folds": [
                _in_fold(cage, fold, outcome.test.alone, stars)
                for fold, outcome in zip(folds, outcomes, strict=True)
                if not isinstance(outcome, str)
            ]
        }
    return CanaryRun.model_validate(
        {
            "kind": cage.kind,
            "entries": [entry.name for entry in cage.pipeline.entries],
            "pipeline": cage.pipeline.words,
            "model": cage.pipeline.canary.model.name,
            **known,
        }
    )


def _in_fold(
    cage: _Cage, fold: Fold, scores: NDArray[np.float64], stars: NDArray[np.str_]
) -> CanaryFold:
    """Average precision in a test fold.

    Where labels were permuted, stars are ranked by the mean of their rows' scores: rows of a star
    share a label, and ranked one by one they would not be as many draws as there are rows.
    """
    labels = cage.views.labels[fold.test]
    if cage.kind == "permuted":
        _, first, star = np.unique(stars[fold.test], return_index=True, return_inverse=True)
        scores = np.bincount(star, weights=scores) / np.bincount(star)
        labels = labels[first]
    return CanaryFold(
        repeat=fold.repeat,
        fold=fold.fold,
        average_precision=float(average_precision(labels, scores)),
        n=len(labels),
        n_planets=int(labels.sum()),
    )
