"""Whether an entry knows anything: KK001 and KK010."""

from collections.abc import Iterator

import numpy as np

from kepler_keras.evaluation.checks.check import Check, Found
from kepler_keras.evaluation.checks.evidence import EntryFacts, Evidence, listed
from kepler_keras.evaluation.metrics import average_precision
from kepler_keras.evaluation.null import null_of_counts

LINEAR = "logistic_regression"
LEAST_P = 0.05  # of random ranking; above, nothing was shown to be learned
DRAWS = 400


def no_better(evidence: Evidence) -> Iterator[Found]:
    """KK001: random ranking reaches as much, or a linear model does."""
    blind = [
        (entry, value, p)
        for entry in _scoring(evidence)
        for value, p in [_against_chance(evidence, entry)]
        if p >= LEAST_P
    ]
    if blind:
        words = [f"{entry.name} ({value:.3f}, p = {p:.2f})" for entry, value, p in blind]
        of_them, place = ("it", "its place") if len(blind) == 1 else ("them", "their places")
        yield Found(
            "warning",
            f"The average precision by star of {listed(words)} is no higher than ranking the same "
            f"folds at random may give. Nothing was shown to be learned by {of_them}: {place} in "
            "the ranking may be luck. Look at the learning curves; try another view or more stars.",
            tuple(entry.name for entry, _, _ in blind),
        )
    yield from _below_linear(evidence)


def _below_linear(evidence: Evidence) -> Iterator[Found]:
    peers = [e for e in evidence.judged if e.model == LINEAR and e.competitor]
    if not peers:
        return
    peer = max(peers, key=lambda entry: float(evidence.average_precision(entry).mean()))
    reached = float(evidence.average_precision(peer).mean())
    below = [
        entry
        for entry in _scoring(evidence)
        if entry.competitor
        and entry.model != LINEAR
        and float(evidence.average_precision(entry).mean()) <= reached
    ]
    if below:
        words = [f"{e.name} ({evidence.average_precision(e).mean():.3f})" for e in below]
        yield Found(
            "note",
            f"{listed(words)}: no higher average precision than the linear model {peer.name} "
            f"({reached:.3f}). What they add to a weighted sum is not seen here; ask whether their "
            "cost is worth it.",
            tuple(entry.name for entry in below),
        )


def _against_chance(evidence: Evidence, entry: EntryFacts) -> tuple[float, float]:
    """Mean average precision by star of the first repeat, and how often random ranking reaches it.

    In other repeats the same stars are ranked, by a model that knows nothing in nearly the same
    order: they are no further evidence. That folds share training stars is passed over here: what
    must not happen is a warning about a model that learned a little.
    """
    every = evidence.folds(entry)
    folds = [fold.by_star for fold in every if fold.repeat == every[0].repeat]
    reached = [float(average_precision(labels, scores)) for labels, scores in folds]
    counts = [(len(labels), int(labels.sum())) for labels, _ in folds]
    null, value = null_of_counts(counts, draws=DRAWS), float(np.mean(reached))
    return value, float((1 + np.count_nonzero(null >= value)) / (1 + len(null)))


def constant(evidence: Evidence) -> Iterator[Found]:
    """KK010: a model gives every row of a fold one score."""
    dead = []
    for entry in evidence.judged:
        flat = [np.ptp(fold.scores) == 0 for fold in evidence.folds(entry)]
        if any(flat):
            dead.append((entry, sum(flat), len(flat)))
    if dead:
        words = [f"{entry.name} in {n} of {total} folds" for entry, n, total in dead]
        yield Found(
            "warning",
            f"One score for every test row: {listed(words)}. Such a model ranks nothing; most "
            "often a learning rate is too large, or every unit of a layer is dead.",
            tuple(entry.name for entry, _, _ in dead),
        )


def _scoring(evidence: Evidence) -> list[EntryFacts]:
    """The entries that rank at all; of the others KK010 speaks."""
    return [
        entry
        for entry in evidence.judged
        if not all(np.ptp(fold.scores) == 0 for fold in evidence.folds(entry))
    ]


CHECKS = (
    Check("KK001", "no better than random ranking or a linear model", no_better),
    Check("KK010", "constant scores", constant),
)
