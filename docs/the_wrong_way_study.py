"""Measures docs/the_wrong_way.md: SMOTE before the split, and what that model is really worth.

    KEPLER_KERAS_DATA=... python docs/the_wrong_way_study.py --out docs    # ten minutes of one core
    python docs/the_wrong_way_study.py --out docs --quick                  # seconds, means nothing

A fifth of the stars is put aside before anything else. Each way gets the rest and does with it what
it likes; the stars put aside then tell what its model reaches. Without KEPLER_KERAS_DATA there is
noise only. Writes `the_wrong_way.csv`, from which draw_the_wrong_way.py makes picture and tables.
"""

import argparse
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from imblearn.over_sampling import SMOTE, RandomOverSampler
from numpy.typing import NDArray
from scipy import stats
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split

from kepler_keras.data.light_curves import LightCurves
from kepler_keras.data.sources.folded import load
from kepler_keras.data.splits import make_folds
from kepler_keras.evaluation.metrics import average_precision, confusion, recall, roc_auc
from kepler_keras.evaluation.null import average_precision_null
from kepler_keras.experiment import Protocol

Rows = tuple[NDArray[np.float32], NDArray[np.int8]]  # flux (n, cadences), labels (n,)

PREVALENCE = 0.02
DATA, FOLDS, MODELS = 1, 2, 3  # streams of random numbers
OWN, OWN_REAL = "own test rows", "own test rows, real ones"
UNTOUCHED, UNTOUCHED_SMOTE = "untouched stars", "untouched stars after SMOTE"
SMOTE_FIRST, COPIES_FIRST = "SMOTE, then split", "copies, then split"
SPLIT_FIRST, NO_SMOTE = "split, then SMOTE", "no SMOTE"
FOLDED = Path("kepler_folded201") / "kepler_folded201.npz"
FOREST, LOGISTIC, CHANCE = "random forest", "logistic regression", "random ranking"
MEASURES = ["average_precision", "roc_auc", "accuracy", "recall"]
KEYS = ["data", "model", "way", "scored_on"]


@dataclass(frozen=True)
class Size:
    """How much is measured: repeats, folds, trees, and the noise's curves and cadences."""

    repeats: int = 5
    folds: int = 5
    trees: int = 100  # scikit-learn's default
    curves: int = 2000
    cadences: int = 200


QUICK = Size(repeats=2, folds=2, trees=10, curves=800, cadences=40)


def main() -> None:
    """Measures and writes the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--out", type=Path, required=True, metavar="FOLDER")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--quick", action="store_true", help="little noise, few trees, two repeats")
    arguments = parser.parse_args()
    table = study(QUICK if arguments.quick else Size(), seed=arguments.seed)
    arguments.out.mkdir(parents=True, exist_ok=True)
    table.to_csv(arguments.out / "the_wrong_way.csv", index=False, float_format="%.4f")


def study(size: Size, *, seed: int) -> pd.DataFrame:
    """A row for each data set, model, way, rows scored on and measure: mean and 95 % interval."""
    folds = pd.DataFrame(
        {"data": data, "repeat": repeat, **row}
        for data, draw in data_sets(size).items()
        for repeat in range(size.repeats)
        for row in one_repeat(draw([seed, repeat, DATA]), size, seed=[seed, repeat])
    )
    rows = []
    for key, group in folds.groupby(KEYS, sort=False):
        repeats = group.groupby("repeat")[MEASURES].mean()
        for measure in MEASURES:
            named = dict(zip([*KEYS, "measure"], [*key, measure], strict=True))
            rows.append({**named, **over_repeats(repeats[measure].to_numpy())})
    return pd.DataFrame([*rows, *chance(folds)])


def data_sets(size: Size) -> dict[str, Callable[[list[int]], LightCurves]]:
    """What is measured on, by name; each draws its curves anew from a seed."""
    sets = {"noise": lambda seed: noise(size, seed=seed)}
    if folder := os.environ.get("KEPLER_KERAS_DATA"):
        curves = load(str(Path(folder) / FOLDED))
        sets["Kepler"] = lambda seed: with_few_planets(curves, seed=seed)
    return sets


def noise(size: Size, *, seed: list[int]) -> LightCurves:
    """White noise, of which a random 2 % are called planets; a star each."""
    generator = np.random.default_rng(seed)
    flux = generator.normal(size=(size.curves, size.cadences)).astype(np.float32)
    labels = generator.permutation(size.curves) < round(PREVALENCE * size.curves)
    stars = np.array([f"star {number}" for number in range(size.curves)])
    return LightCurves("noise", flux, labels.astype(np.int8), stars, cadence=0.02)


def with_few_planets(curves: LightCurves, *, seed: list[int]) -> LightCurves:
    """All rows that are no planets, and as many planets as make 2 % of the whole."""
    planets, others = np.flatnonzero(curves.labels == 1), np.flatnonzero(curves.labels == 0)
    n = round(len(others) * PREVALENCE / (1 - PREVALENCE))
    kept = np.random.default_rng(seed).permutation(planets)[:n]
    return curves.rows(np.sort(np.concatenate([others, kept])))


def one_repeat(curves: LightCurves, size: Size, *, seed: list[int]) -> Iterator[dict[str, Any]]:
    """What each way measures in every fold; folds are by star."""
    protocol = Protocol(folds=size.folds, seed=number_from([*seed, FOLDS]))
    for fold in make_folds(curves, protocol).folds:
        rest = np.sort(np.concatenate([fold.train, fold.validation]))
        known = curves.flux[rest], curves.labels[rest]
        untouched = curves.flux[fold.test], curves.labels[fold.test]
        number = number_from([*seed, MODELS, fold.fold + 1])
        models = {
            FOREST: RandomForestClassifier(size.trees, random_state=number, n_jobs=1),
            LOGISTIC: LogisticRegression(max_iter=5000),
        }
        for name, model in models.items():
            for way, scored_on, found in ways(model, known, untouched, seed=number):
                place = {"fold": fold.fold, "model": name, "way": way, "scored_on": scored_on}
                yield {**place, **found}


def number_from(seed: list[int]) -> int:
    """A seed for those who take one number."""
    return int(np.random.default_rng(seed).integers(2**31))


def ways(
    model: Any, known: Rows, untouched: Rows, *, seed: int
) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Each way with the rows that its model is scored on."""
    smote, copies = SMOTE(random_state=seed), RandomOverSampler(random_state=seed)
    for way, sampler in ((SMOTE_FIRST, smote), (COPIES_FIRST, copies)):
        flux, labels = sampler.fit_resample(*known)  # the sin: made of rows that will be tested
        is_real = np.arange(len(labels)) < len(known[1])  # imbalanced-learn appends what it makes
        train, test = train_test_split(
            np.arange(len(labels)), test_size=0.2, stratify=labels, random_state=seed
        )
        model.fit(flux[train], labels[train])
        yield way, OWN, measures(model, (flux[test], labels[test]))
        real = test[is_real[test]]
        yield way, OWN_REAL, measures(model, (flux[real], labels[real]))
        yield way, UNTOUCHED, measures(model, untouched)
    model.fit(*smote.fit_resample(*known))
    yield SPLIT_FIRST, UNTOUCHED, measures(model, untouched)
    yield SPLIT_FIRST, UNTOUCHED_SMOTE, measures(model, smote.fit_resample(*untouched))
    model.fit(*known)
    yield NO_SMOTE, UNTOUCHED, measures(model, untouched)


def measures(model: Any, rows: Rows) -> dict[str, Any]:
    """Areas, accuracy and recall at a threshold of 0.5, and the labels that they are about."""
    flux, labels = rows
    scores = model.predict_proba(flux)[:, 1]
    cells = confusion(labels, scores >= 0.5)
    return {
        "average_precision": average_precision(labels, scores),
        "roc_auc": roc_auc(labels, scores),
        "accuracy": (cells[0] + cells[3]) / cells.sum(),
        "recall": recall(cells),
        "truth": labels,
    }


def over_repeats(values: NDArray[np.float64]) -> dict[str, float]:
    """Mean of the repeats and its 95 % interval, Student's t, cut at 0 and 1."""
    mean, n = values.mean(), len(values)
    width = stats.t.ppf(0.975, n - 1) * values.std(ddof=1) / np.sqrt(n)
    return {"mean": mean, "low": max(mean - width, 0.0), "high": min(mean + width, 1.0)}


def chance(folds: pd.DataFrame) -> Iterator[dict[str, Any]]:
    """Average precision of random ranking in the same test rows: mean and middle 95 %."""
    once = folds.drop_duplicates(["data", "scored_on", "repeat", "fold"])
    for (data, scored_on), group in once.groupby(["data", "scored_on"], sort=False):
        null = average_precision_null(group["truth"].tolist(), draws=500)
        low, high = np.quantile(null, [0.025, 0.975])
        named = dict(zip(KEYS, [data, CHANCE, CHANCE, scored_on], strict=True))
        yield {**named, "measure": MEASURES[0], "mean": null.mean(), "low": low, "high": high}


if __name__ == "__main__":
    main()
