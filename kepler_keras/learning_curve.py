"""Every competitor on shares of the training stars: would more of them help?"""

import time
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from kepler_keras.canaries import BLIND
from kepler_keras.data.light_curves import LightCurves
from kepler_keras.data.splits import Fold, Split, stars_by_class
from kepler_keras.diagnostics import CurvePoint, LearningCurve
from kepler_keras.evaluation.metrics import average_precision
from kepler_keras.evaluation.prevalence import at_prevalence
from kepler_keras.executors import Executor
from kepler_keras.experiment import Entry, Experiment
from kepler_keras.fitting import FoldOutcomes
from kepler_keras.progress import duration, stage
from kepler_keras.training.cross_validation import FoldJob, FoldOutcome, ViewFiles, run_fold


def nested_shares(
    curves: LightCurves, fold: Fold, shares: Sequence[float], *, seed: int
) -> list[NDArray[np.int64]]:
    """Training rows of a fold, of a share of its stars each; the smaller stand in the larger.

    Of each class of stars the same share is taken, and at least one.

    Args:
        curves: Labels and stars.
        fold: Whose training rows are thinned.
        shares: Of the training stars, in (0, 1].
        seed: Of the draw.
    """
    rows = fold.train
    stars, positive = stars_by_class(curves.stars[rows], curves.labels[rows])
    rng = np.random.default_rng([seed, fold.repeat, fold.fold])
    classes = [rng.permutation(stars[positive == kind]) for kind in (True, False)]
    return [
        rows[
            np.isin(
                curves.stars[rows],
                np.concatenate([one[: max(round(share * len(one)), 1)] for one in classes]),
            )
        ]
        for share in shares
    ]


def run_learning_curve(
    experiment: Experiment,
    split: Split,
    curves: LightCurves,
    files: Mapping[str, ViewFiles],
    executor: Executor,
    fitted: FoldOutcomes,
    *,
    jobs: int,
) -> LearningCurve:
    """Fits each competitor on shares of the training stars, in the folds of the first repeat.

    Of an ensemble one member is fitted. Validation and test rows stay as they are.

    Args:
        experiment: What is compared; `protocol.learning_curve` has the shares.
        split: The folds.
        curves: Labels and stars.
        files: The views of each entry.
        executor: Where fits run.
        fitted: The whole fits, which give the last point and foretell the time.
        jobs: Worker processes, for the time foretold.
    """
    protocol, start = experiment.protocol, time.perf_counter()
    folds = [(number, fold) for number, fold in enumerate(split.folds) if fold.repeat == 0]
    entries = [
        entry for entry in experiment.entries if entry.against is None and entry.model.name != BLIND
    ]
    shares = {
        number: nested_shares(curves, fold, protocol.learning_curve, seed=protocol.seed)
        for number, fold in folds
    }
    whole = {(e.name, n): fitted.outcomes[e.name, n, e.seeds[0]] for e in entries for n, _ in folds}
    places, work = [], []
    for entry in entries:
        for number, fold in folds:
            own = fitted.chosen.get((entry.name, number), entry)
            for share, rows in zip(protocol.learning_curve, shares[number], strict=True):
                places.append((entry, fold, share, rows))
                thinned = replace(fold, train=rows)
                work.append(FoldJob(own, thinned, files[entry.name], entry.seeds[0]))
    seconds = sum(outcome.fit.train_seconds for outcome in whole.values())
    expected = seconds * sum(protocol.learning_curve) / jobs
    points = [
        _point(entry, fold, 1.0, fold.train, whole[entry.name, number], curves, experiment)
        for entry in entries
        for number, fold in folds
    ]
    title = f"learning curve (about {duration(expected)})"
    with stage(title, len(work)) as counter:
        for position, outcome in executor.run(run_fold, work):
            entry, fold, share, rows = places[position]
            points.append(_point(entry, fold, share, rows, outcome, curves, experiment))
            counter.advance(f"{entry.name}, fold {fold.fold + 1}, {share:g} of the stars")
    names = [entry.name for entry in entries]
    points.sort(key=lambda point: (names.index(point.entry), point.fold, point.share))
    taken = time.perf_counter() - start
    return LearningCurve(points=points, expected_seconds=expected, seconds=taken)


def _point(
    entry: Entry,
    fold: Fold,
    share: float,
    rows: NDArray[np.int64],
    outcome: FoldOutcome | str,
    curves: LightCurves,
    experiment: Experiment,
) -> CurvePoint:
    """What one fit reached; of a whole fit of an ensemble, its first member alone."""
    test = train = reason = None
    if isinstance(outcome, str):
        reason = outcome
    else:
        labels = curves.labels[fold.test]
        weights = at_prevalence(labels, experiment.protocol.prevalence)
        test = float(average_precision(labels, outcome.test.alone, weights))
        train = outcome.fit.train_average_precision
    return CurvePoint(
        entry=entry.name,
        repeat=fold.repeat,
        fold=fold.fold,
        share=share,
        n_stars=len(np.unique(curves.stars[rows])),
        average_precision=test,
        train_average_precision=train,
        reason=reason,
    )
