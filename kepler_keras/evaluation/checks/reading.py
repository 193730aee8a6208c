"""What a reader of the figures should know: KK007, KK009 and KK012."""

from collections.abc import Iterator

import numpy as np

from kepler_keras.evaluation.canaries import ALARM
from kepler_keras.evaluation.checks.check import Check, Found
from kepler_keras.evaluation.checks.evidence import EntryFacts, Evidence, listed

KINDS = {"permuted": "labels dealt out anew among the stars", "noise": "views of white noise"}


def below_always_no(evidence: Evidence) -> Iterator[Found]:
    """KK007: calling nothing a planet would be right more often."""
    found = []
    for entry in evidence.judged:
        right, n, others = _counts(evidence, entry)
        if right < others:
            found.append((entry.name, right / n, others / n))
    if found:
        words = [f"{name} ({accuracy:.3f})" for name, accuracy, _ in found]
        yield Found(
            "note",
            f"Accuracy below {found[0][2]:.3f}, which calling no row a planet gives: "
            f"{listed(words)}. With rare planets that is no fault of a ranking; it shows why "
            "accuracy says little here.",
            tuple(name for name, _, _ in found),
        )


def _counts(evidence: Evidence, entry: EntryFacts) -> tuple[int, int, int]:
    """Test rows called rightly, all of them, and those without a planet."""
    folds = evidence.folds(entry)
    right = sum(int(((f.scores >= f.threshold) == (f.labels == 1)).sum()) for f in folds)
    labels = np.concatenate([fold.labels for fold in folds])
    return right, len(labels), int((labels == 0).sum())


def dirty_tree(evidence: Evidence) -> Iterator[Found]:
    """KK009: nobody else can have the code that ran."""
    if evidence.git_dirty:
        yield Found(
            "note",
            "The source tree had changes that were not committed: the commit below is not the code "
            "that ran. Commit, and run again, before a figure goes into a paper.",
        )


def canary(evidence: Evidence) -> Iterator[Found]:
    """KK012: a model that cannot know anything ranks planets first."""
    red = [one for one in evidence.canaries if one.adjusted < ALARM]
    for one in red:
        yield Found(
            "red",
            f"A canary sings: with {KINDS[one.kind]}, through {one.pipeline}, average precision is "
            f"{one.test.average_precision:.3f} where random ranking gives {one.test.null:.3f} "
            f"(p = {one.adjusted:.1g} after {len(evidence.canaries)} canaries). Labels of test "
            "rows reach the training: find the leak before reading on.",
            one.entries,
        )


CHECKS = (
    Check("KK007", "accuracy below that of always saying no", below_always_no),
    Check("KK009", "source tree with changes", dirty_tree),
    Check("KK012", "a canary sings", canary),
)
