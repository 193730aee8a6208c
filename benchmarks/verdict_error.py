"""How often each rule calls two equally good procedures different, and what it finds of others.

Two procedures are trained for real on overlapping folds (`verdict_populations`); by symmetry their
expected average precision is equal. The error of a rule is the share of data sets on which it finds
one better. Power is the same share where the second procedure was made worse, by as much as a
Monte Carlo run says; `equivalent` is the share of those data sets that the verdict calls so.

    python benchmarks/verdict_error.py        # about three minutes of an idle core
    python benchmarks/verdict_error.py --data-sets 1000 --table docs/statistics_verdicts.csv
"""

import argparse
import csv
import json
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from verdict_populations import (
    N_FOLDS,
    POPULATIONS,
    Population,
    Scored,
    average_precision,
    draw,
    fit_and_score,
)
from verdict_rules import bootstrap_found, judged, mcnemar_found

Floats = NDArray[np.float64]
OTHERS = 99  # a planet, for a prevalence of 1 %
LIMIT = 0.07
REPEATS = (1, 3)
DIFFERENCES = (0.0, 0.05, 0.1)
STEPS = 7  # of halving, while a difference is looked for
LOOKED_AT = 5000  # planets in the data sets of each such step


@dataclass(frozen=True)
class Case:
    """One population, size and number of repeats; every share is one of data sets.

    Attributes:
        difference: The true one in average precision, as the mean over the data sets.
        verdict: Better or worse by the shipped rule, were its margin 0.
        equivalent: Equivalent by the shipped rule, with a margin of 0.02.
        uncapped: The corrected t-test with J - 1 degrees of freedom, as it is published.
        plain_t: Student's t-test over the folds.
        bootstrap: Stars weighted anew, paired, for the fitted models; of fewer data sets.
        mcnemar: Exact, of the calls of the first repeat.
    """

    population: str
    planets: int
    repeats: int
    data_sets: int
    asked: float
    difference: float
    average_precision: float
    verdict: float
    equivalent: float
    uncapped: float
    plain_t: float
    bootstrap: float | None
    mcnemar: float


def main() -> None:
    """Measures all cases, prints them, and ends with an error where the shipped rule errs."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--populations", nargs="+", default=list(POPULATIONS), choices=POPULATIONS)
    parser.add_argument("--planets", type=int, nargs="+", default=[5, 37, 500])
    parser.add_argument("--data-sets", type=int, default=300, help="for each case")
    parser.add_argument("--bootstrapped", type=int, default=100, help="data sets of them")
    parser.add_argument("--draws", type=int, default=400, help="of the bootstrap")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path, help="a JSON file for the figures")
    parser.add_argument("--table", type=Path, help="a CSV file for the figures")
    asked = parser.parse_args()
    began = time.process_time()
    cases = []
    for case in measured(asked):
        cases.append(case)
        print(_line(case), flush=True)
    seconds = time.process_time() - began
    print(f"{seconds:.0f} s of CPU time")
    if asked.out:
        found = {"limit": LIMIT, "cpu_s": seconds, "cases": [asdict(case) for case in cases]}
        asked.out.write_text(json.dumps(found, indent=1) + "\n")
    if asked.table:
        _write(asked.table, cases)
    wrong = [case for case in cases if case.asked == 0 and case.verdict > LIMIT]
    if wrong:
        sys.exit(f"{len(wrong)} cases err more often than {LIMIT}")


def measured(asked: argparse.Namespace) -> Iterator[Case]:
    """All cases, population by population."""
    for population in (POPULATIONS[name] for name in asked.populations):
        for planets in asked.planets:
            for difference in DIFFERENCES:
                rng = np.random.default_rng([asked.seed, planets, round(100 * difference)])
                worse = weakened(population, planets, difference, asked.seed)
                data_sets = asked.bootstrapped if difference == 0 else 0
                yield from measure(
                    population,
                    planets,
                    worse,
                    difference,
                    data_sets=asked.data_sets,
                    bootstrapped=data_sets,
                    draws=asked.draws,
                    rng=rng,
                )


def weakened(population: Population, planets: int, difference: float, seed: int) -> float:
    """The share of the shift to take away for a difference, found by halving.

    The second procedure is compared with itself unweakened on the same data sets.
    """
    if difference == 0:
        return 0.0

    def reached(share: float) -> float:
        rng = np.random.default_rng([seed, planets, 999])
        fits = (_fitted(population, planets, share, 1, rng) for _ in range(n))
        return float(np.mean([_values(fit)[1] for fit in fits]))

    n = max(40, LOOKED_AT // planets)
    low, high, whole = 0.0, 0.6, reached(0.0)
    for _ in range(STEPS):
        middle = (low + high) / 2
        if whole - reached(middle) < difference:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def _fitted(
    population: Population, planets: int, worse: float, repeats: int, rng: np.random.Generator
) -> list[tuple[Scored, Scored]]:
    rows = draw(population, planets, OTHERS * planets, worse, rng)
    return fit_and_score(population, rows, repeats, rng)


def _values(folds: list[tuple[Scored, Scored]]) -> Floats:
    """Average precision of the two procedures in each fold, shape (2, folds)."""
    return np.array([[average_precision(*one.test) for one in pair] for pair in folds]).T


def measure(
    population: Population,
    planets: int,
    worse: float,
    asked: float,
    *,
    data_sets: int,
    bootstrapped: int,
    draws: int,
    rng: np.random.Generator,
) -> list[Case]:
    """One case for each number of repeats; the fewer repeats are the first ones of the most."""
    found: dict[int, list[dict[str, float]]] = {repeats: [] for repeats in REPEATS}
    values = []
    for number in range(data_sets):
        folds = _fitted(population, planets, worse, max(REPEATS), rng)
        value = _values(folds)
        values.append(value)
        called = mcnemar_found(folds[:N_FOLDS])
        for repeats in REPEATS:
            n = N_FOLDS * repeats
            rules = judged((value[0] - value[1])[:n].tolist(), planets)
            moved = np.nan
            if number < bootstrapped:
                moved = bootstrap_found(folds[:n], repeats, draws, rng)
            found[repeats].append({**rules, "bootstrap": moved, "mcnemar": called})
    mean = np.mean(values, axis=(0, 2))
    return [
        Case(
            population.name,
            planets,
            repeats,
            data_sets,
            asked,
            float(mean[0] - mean[1]),
            float(mean[0]),
            **{key: _share([one[key] for one in rows]) for key in rows[0]},
        )
        for repeats, rows in found.items()
    ]


def _share(found: list[float]) -> Any:
    known = [one for one in found if np.isfinite(one)]
    return float(np.mean(known)) if known else None


def _line(case: Case) -> str:
    moved = "   –" if case.bootstrap is None else f"{case.bootstrap:.3f}"
    return (
        f"{case.population:18}{case.planets:4} planets, {case.repeats} x {N_FOLDS} folds, "
        f"difference {case.difference:+.3f} (AP {case.average_precision:.2f}): "
        f"verdict {case.verdict:.3f}, equivalent {case.equivalent:.3f}, "
        f"J - 1 {case.uncapped:.3f}, plain t {case.plain_t:.3f}, bootstrap {moved}, "
        f"McNemar {case.mcnemar:.3f}"
    )


def _write(path: Path, cases: list[Case]) -> None:
    with path.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(asdict(cases[0]))
        for case in cases:
            row = asdict(case).values()
            writer.writerow([round(one, 4) if isinstance(one, float) else one for one in row])


if __name__ == "__main__":
    main()
