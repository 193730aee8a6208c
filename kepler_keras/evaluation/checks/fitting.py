"""What the fits give away: KK002 and KK003, KK008 and KK013."""

from collections.abc import Iterator

import numpy as np

from kepler_keras.evaluation.checks.check import Check, Found
from kepler_keras.evaluation.checks.evidence import Evidence, FoldRows, listed
from kepler_keras.evaluation.diagnosis import LARGE_GAP, gap_interval


def train_gap(evidence: Evidence) -> Iterator[Found]:
    """KK002: the training rows are ranked far better than the validation rows."""
    found = []
    for entry in evidence.judged:
        held = np.array([fold.validation_average_precision for fold in evidence.folds(entry)])
        train = np.array(entry.train_average_precision)
        if len(train) != len(held) or np.isnan(train).any():
            continue
        gap = gap_interval(
            train, held, test_share=evidence.test_share, n_planets=evidence.n_planets
        )
        if gap.low > LARGE_GAP:
            found.append((entry.name, train.mean(), held.mean()))
    if found:
        words = [f"{name} ({a:.2f} against {b:.2f})" for name, a, b in found]
        yield Found(
            "note",
            f"Average precision on training rows lies above that on validation rows by more than "
            f"{LARGE_GAP:g}, with 95 % certainty: {listed(words)}. The model knows its stars by "
            "heart; more stars, augmentation, dropout or fewer weights may help.",
            tuple(name for name, _, _ in found),
        )


def seed_spread(evidence: Evidence) -> Iterator[Found]:
    """KK003: the seed alone moves an entry further than the gap between the two best."""
    ranked = sorted(
        (entry for entry in evidence.judged if entry.competitor),
        key=lambda entry: -float(evidence.average_precision(entry).mean()),
    )
    if len(ranked) < 2:
        return
    first, second = ranked[:2]
    reached = [float(evidence.average_precision(entry).mean()) for entry in (first, second)]
    gap = reached[0] - reached[1]
    spread = {entry.name: float(np.ptp(entry.seeds)) for entry in (first, second) if entry.seeds}
    wide = [name for name, width in spread.items() if width > gap]
    if wide:
        words = [f"{name} over {spread[name]:.3f}" for name in wide]
        yield Found(
            "note",
            f"Another seed alone moves {listed(words)} of average precision, and {first.name} is "
            f"only {gap:.3f} ahead of {second.name}. One fit of each could have ended the other "
            "way round: compare ensembles, or more seeds.",
            tuple(wide),
        )


def threshold_edge(evidence: Evidence) -> Iterator[Found]:
    """KK008: the best threshold is the highest or the lowest of the validation scores."""
    found = []
    for entry in evidence.judged:
        folds = evidence.folds(entry)
        n = sum(_at_edge(fold) for fold in folds)
        if n:
            found.append((entry.name, n, len(folds)))
    if found:
        words = [f"{name} in {n} of {total} folds" for name, n, total in found]
        yield Found(
            "note",
            f"The threshold of {listed(words)} is the highest or lowest score of the validation "
            "rows: there is no best place inside. Precision, recall and F1 then hang on one row; "
            "read average precision, or give validation more planets.",
            tuple(name for name, _, _ in found),
        )


def _at_edge(fold: FoldRows) -> bool:
    scores = fold.validation_scores
    if fold.rule.kind == "given":  # it was not looked for
        return False
    return bool(np.ptp(scores) > 0 and fold.threshold in (scores.min(), scores.max()))


def held_slope(evidence: Evidence) -> Iterator[Found]:
    """KK013: calibration would have to turn the ranking of the validation rows round."""
    found = [entry for entry in evidence.entries if entry.held_slopes]
    if found:
        words = [f"{e.name} in {e.held_slopes} of {e.n_fits} fits" for e in found]
        yield Found(
            "warning",
            f"Calibration wanted a slope of 0 or below and was held at its lower bound: "
            f"{listed(words)}. On validation rows higher scores did not mean more planets; the "
            "probabilities of these fits are nearly one number.",
            tuple(entry.name for entry in found),
        )


CHECKS = (
    Check("KK002", "training rows ranked far better than validation rows", train_gap),
    Check("KK003", "the seed matters more than the model", seed_spread),
    Check("KK008", "threshold at the edge of the validation scores", threshold_edge),
    Check("KK013", "calibration slope at its lower bound", held_slope),
)
