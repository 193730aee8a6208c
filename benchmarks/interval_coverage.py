"""How often the 95 % intervals of every measure hold the value of the whole population.

Each made-up scorer has a population of its own, so large that its measures are known. From it come
test sets of 500, 3,700 and 50,000 stars, of which 5, 37 and 500 have planets, in five folds with a
threshold each or in one. Beside the shipped intervals stand percentiles of the Bayesian bootstrap
alone, which they replaced. The ten scorers are weak and strong,
tied and skewed (`scorers.py`); each has data sets of its own.

    python benchmarks/interval_coverage.py                             # about three minutes
    python benchmarks/interval_coverage.py --data-sets 400 --out coverage.json --table coverage.csv
"""

import argparse
import json
import sys
import time
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scorers import SCORERS, Scorer

from kepler_keras.evaluation.counts import confusion
from kepler_keras.evaluation.folds import FoldScores
from kepler_keras.evaluation.intervals import estimates
from kepler_keras.evaluation.measures import METRICS, measures, statistics
from kepler_keras.evaluation.tallies import Tallies, tally
from kepler_keras.evaluation.uncertainty import StarWeights, estimate

Floats = NDArray[np.float64]
SHARE = 0.01  # of planets
STARS = {5: 500, 37: 3_700, 500: 50_000}
DRAWS = {5: 400, 37: 400, 500: 300}
LEAST = 0.93  # coverage that every shipped interval must have
N_POPULATION = 150_000  # planets, and ten times as many others
ROUNDING = 1e-9


@dataclass(frozen=True)
class Setting:
    """Planets, folds and data sets of the scorer of a name."""

    name: str
    planets: int
    folds: int
    data_sets: int

    @property
    def scorer(self) -> Scorer:
        """Whose scores are dealt out."""
        return SCORERS[self.name]

    @property
    def thresholds(self) -> Floats:
        """One a fold, around the scorer's own."""
        around = np.arange(self.folds) - (self.folds - 1) / 2
        return np.asarray(self.scorer.threshold * (1 + 0.1 * around))


def main() -> None:
    """Measures coverage and width, prints the worst of each measure, writes all."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--data-sets", type=int, default=40, help="with 5 planets; fewer with more")
    parser.add_argument("--planets", type=int, nargs="+", default=list(STARS), choices=list(STARS))
    parser.add_argument("--scorers", nargs="+", default=list(SCORERS), choices=list(SCORERS))
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path, help="a JSON file for every figure")
    parser.add_argument("--table", type=Path, help="a CSV file for the printed table")
    asked = parser.parse_args()
    started, rows = time.process_time(), []
    for planets in asked.planets:
        data_sets = asked.data_sets if planets < 500 else max(asked.data_sets // 4, 2)
        for folds in (5, 1):
            for name in asked.scorers:
                setting = Setting(name, planets, folds, data_sets)
                rows += [{"scorer": name, **row} for row in covered(setting, asked.seed)]
        print(f"{planets} planets: {time.process_time() - started:.0f} s so far", file=sys.stderr)
    figures = pd.DataFrame(rows)
    table = by_measure(figures)
    print(table.to_string(index=False))
    if asked.out:
        asked.out.write_text(json.dumps(figures.to_dict("records"), indent=1) + "\n")
    if asked.table:
        table.to_csv(asked.table, index=False)


def covered(setting: Setting, seed: int) -> list[dict[str, object]]:
    """Coverage and width of both intervals of every measure, over data sets of one scorer."""
    own = list(SCORERS).index(setting.name)  # scorers that share their luck would tell less
    rng = np.random.default_rng([seed, setting.planets, setting.folds, own])
    truth = population_values(setting)
    found: dict[str, list[list[tuple[float, float]]]] = {key: [] for key in METRICS}
    for number in range(setting.data_sets):
        folds = dealt(setting, rng)
        weights = star_weights(setting, rng)
        shipped, drawn = estimates(folds, weights, seed=number), statistics(folds, weights)
        for key, value in shipped.items():
            bootstrap = estimate(value.mean, drawn[key], ())
            found[key].append([(value.low, value.high), (bootstrap.low, bootstrap.high)])
    rows = []
    for key, pairs in found.items():
        ends = np.array(pairs)  # data sets, kinds, ends
        known = np.isfinite(ends).all(axis=2)
        held = (ends[..., 0] - ROUNDING <= truth[key]) & (truth[key] <= ends[..., 1] + ROUNDING)
        width = np.where(known, ends[..., 1] - ends[..., 0], np.nan)
        row = {"measure": key, "planets": setting.planets, "folds": setting.folds}
        row |= {"truth": truth[key], "data_sets": setting.data_sets, "estimable": known[:, 0].sum()}
        for place, kind in enumerate(("", "bootstrap_")):
            some = known[:, place].any()
            row[f"{kind}held"] = int((held & known)[:, place].sum())
            row[f"{kind}known"] = int(known[:, place].sum())
            row[f"{kind}width"] = float(np.nanmedian(width[:, place])) if some else None
        rows.append(
            {name: getattr(value, "item", lambda v=value: v)() for name, value in row.items()}
        )
    return rows


def dealt(setting: Setting, rng: np.random.Generator) -> list[FoldScores]:
    """Test rows dealt into folds, each with its share of planets."""
    stars, names = STARS[setting.planets], star_names(STARS[setting.planets])
    label = (np.arange(stars) < setting.planets).astype(np.int8)
    return [
        FoldScores(
            repeat=0,
            labels=label[number :: setting.folds],
            scores=setting.scorer.draw(label[number :: setting.folds], rng),
            stars=names[number :: setting.folds],
            threshold=float(threshold),
        )
        for number, threshold in enumerate(setting.thresholds)
    ]


def star_names(n: int) -> NDArray[np.str_]:
    """Names in the order of their numbers."""
    return np.char.zfill(np.arange(n).astype(str), 6)


def star_weights(setting: Setting, rng: np.random.Generator) -> StarWeights:
    """Weights as `draw_star_weights` draws them."""
    n = STARS[setting.planets]
    weights = rng.standard_exponential((n, DRAWS[setting.planets]))
    return StarWeights(star_names(n), weights.T)


def population_values(setting: Setting) -> dict[str, float]:
    """Each measure of very many stars, of which `SHARE` are planets by weight."""
    label, score, weight, whole = population(setting.scorer)
    rows = STARS[setting.planets] // setting.folds  # of which precision at k takes k
    counts = replace(whole.counts, rows=rows)
    cells = [confusion(label, score >= at, weight) for at in setting.thresholds]
    folds = [FoldScores(0, label, score, np.array([], str), at) for at in setting.thresholds]
    values = measures(folds, [replace(whole, counts=counts, cells=part) for part in cells])
    return {key: float(value) for key, value in values.items()}


@cache
def population(scorer: Scorer) -> tuple[NDArray[np.int8], Floats, Floats, Tallies]:
    """Labels, scores and weights of very many stars, and the sums over them."""
    label = np.repeat(np.array([1, 0], np.int8), [N_POPULATION, 10 * N_POPULATION])
    score = scorer.draw(label, np.random.default_rng(2024))
    weight = np.where(label == 1, 1.0, (1 - SHARE) / SHARE / 10)
    return label, score, weight, tally(label, score, scorer.threshold, weight)


def by_measure(figures: pd.DataFrame) -> pd.DataFrame:
    """One row for each measure, number of planets and folds: pooled, and the worst scorer's."""
    rows = []
    for (key, planets, folds), part in figures.groupby(["measure", "planets", "folds"], sort=False):
        known = part[part["known"] > 0]
        row = {"measure": key, "planets": planets, "folds": folds}
        row["not estimable"] = round(1 - part["known"].sum() / part["data_sets"].sum(), 3)
        for kind in ("", "bootstrap_"):
            name = kind.replace("_", " ")
            share = part[f"{kind}held"] / part[f"{kind}known"].where(part[f"{kind}known"] > 0)
            row[f"{name}coverage"] = round(share.mean(), 3)
            row[f"{name}least"] = round(share.min(), 3)
            row[f"{name}width"] = float(f"{known[f'{kind}width'].median():.3g}")
        rows.append(row)
    return pd.DataFrame(rows)


if __name__ == "__main__":
    main()
