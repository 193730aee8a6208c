"""Evidence typed by hand: a clean comparison, and for each check the same with its fault."""

from dataclasses import replace

import numpy as np
from made_up_predictions import rows, table

from kepler_keras.evaluation.canaries import CanaryTest
from kepler_keras.evaluation.checks.evidence import (
    CanaryFacts,
    EntryFacts,
    EqualGroups,
    Evidence,
    SharedStars,
)

# A fold tests 20 stars, 5 of them with a planet. `good` ranks four of these first and one third
# from below; `best` ranks all first.
LABELS = [1] * 5 + [0] * 15
GOOD = [*np.linspace(0.9, 0.7, 4), 0.13, *np.linspace(0.5, 0.1, 15)]
BEST = [*np.linspace(0.9, 0.7, 5), *np.linspace(0.5, 0.1, 15)]
N_FOLDS = 4


def of_entry(name, scores=GOOD, validation=GOOD):
    """The rows of an entry in all folds, the same scores in each."""
    parts = []
    for fold in range(N_FOLDS):
        place = {"fold": fold, "first": 100 * fold}
        parts.append(rows(name, LABELS, scores, **place))
        parts.append(rows(name, LABELS, validation, split="validation", **place | {"first": 5000}))
    return parts


def clean() -> Evidence:
    """Two entries that know something, the better one ahead by more than seeds move it."""
    return Evidence(
        predictions=table(*of_entry("good"), *of_entry("best", BEST)),
        entries=(
            EntryFacts("good", "logistic_regression", True, (0.9,) * N_FOLDS),
            EntryFacts("best", "mlp", True, (0.97, 0.96, 0.97, 0.95), (0.99, 1.0)),
        ),
        canaries=(canary(0.5),),
    )


def canary(p_value):
    return CanaryFacts("noise", "flux", ("good",), CanaryTest(0.6, 0.3, p_value), p_value)


def scored(name, scores):
    """The clean evidence with other test scores of one entry, which stands alone."""
    return replace(
        clean(), predictions=table(*of_entry(name, scores)), entries=(EntryFacts(name, "mlp"),)
    )


def _worse_than_linear():
    evidence = clean()
    linear = replace(evidence.entries[1], model="logistic_regression")
    return replace(evidence, entries=(replace(evidence.entries[0], model="mlp"), linear))


def _changed(name, **facts):
    evidence = clean()
    entries = tuple(
        replace(entry, **facts) if entry.name == name else entry for entry in evidence.entries
    )
    return replace(evidence, entries=entries)


def _star_in_two_parts():
    evidence = clean()
    predictions = evidence.predictions.copy()
    validation = predictions["split"] == "validation"
    predictions.loc[validation & (predictions["example_id"] == 5000), "star"] = "s0001"
    return replace(evidence, predictions=predictions)


def _rows_left_out():
    evidence = clean()
    predictions = evidence.predictions
    lost = (predictions["entry"] == "best") & (predictions["example_id"] == 3)
    return replace(evidence, predictions=predictions[~lost])


def _few_planets():
    evidence = clean()
    predictions = evidence.predictions
    return replace(evidence, predictions=predictions[predictions["fold"] < 3])


def _at_the_edge():
    """Planets but one stand below all others: F1 is best at the highest score."""
    validation = [0.9, *[0.01] * 4, *np.linspace(0.5, 0.1, 15)]
    predictions = table(*of_entry("good", GOOD, validation))
    return replace(clean(), predictions=predictions, entries=clean().entries[:1])


def _called_too_often():
    """Half of the stars without a planet lie above the threshold, 0.7."""
    return scored("good", [0.95] * 5 + [0.8] * 8 + [0.1] * 7)


# Of each check: evidence with its fault, the level, and words that its sentence must hold.
FAULTS = {
    "KK001": [
        (lambda: scored("good", [0.5, 0.4, 0.3, 0.2, 0.1, *np.linspace(0.9, 0.05, 15)]), "warning",
         "good (0."),
        (_worse_than_linear, "note", "no higher average precision than the linear model best"),
    ],
    "KK002": [(lambda: _changed("good", train_average_precision=(1.0,) * 4), "note", "good (1.00")],
    "KK003": [(lambda: _changed("best", seeds=(0.6, 1.0)), "note", "best over 0.400")],
    "KK004": [
        (_star_in_two_parts, "red", "1 star stands in two parts of a fold, the first s0001"),
        (lambda: replace(clean(), shared=SharedStars(3, "s7 in train and test")), "red",
         "3 stars stand in two parts of a fold, the first s7 in train and test"),
    ],
    "KK005": [
        (lambda: replace(clean(), equal=EqualGroups(2, ("a", "b"))), "warning", "first a and b"),
    ],
    "KK006": [(_few_planets, "warning", "Only 15 stars with a planet are tested")],
    "KK007": [(_called_too_often, "note", "Accuracy below 0.750")],
    "KK008": [(_at_the_edge, "note", "good in 4 of 4 folds")],
    "KK009": [(lambda: replace(clean(), git_dirty=True), "note", "not committed")],
    "KK010": [(lambda: scored("good", [0.3] * 20), "warning", "good in 4 of 4 folds")],
    "KK011": [(_rows_left_out, "red", "1 of 160 rows were not scored by every entry")],
    "KK012": [
        (lambda: replace(clean(), canaries=(canary(0.5), canary(5e-5))), "red", "A canary sings"),
    ],
    "KK013": [(lambda: _changed("best", held_slopes=1, n_fits=4), "warning", "best in 1 of 4")],
}  # fmt: skip
