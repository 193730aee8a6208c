"""Takes trends out of simulated curves here and by wotan's biweight, in one process.

    NUMBA_NUM_THREADS=1 python benchmarks/detrending.py [--stars 5657] [--seed 0] [--out FILE]

Every side gets the same 3197-cadence curves of realistic stars (`simulate(..., realism=KEPLER)`,
gaps included) and a window of 1.5 d. Each side runs three times over all of them; the first run
compiles and does not count, the better of the others does. Printed for each side: CPU time, its
ratio to wotan's, and the medians over the first quiet stars of

- the robust scatter of the residual, and of its means of 6 h: how flat it is;
- the share kept of the depth of injected transits of 3, 6 and 12 h, one and three scatters of a
  cadence deep: the residual with the transits less that without, along the transits.
"""

import argparse
import json
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import wotan
from numpy.typing import NDArray

from kepler_keras.lightcurve.conditioning import robust_scatter
from kepler_keras.lightcurve.detrending import METHODS, detrend
from kepler_keras.lightcurve.folding import cadence_times, phase
from kepler_keras.lightcurve.realism import KEPLER
from kepler_keras.lightcurve.simulate import KEPLER_CADENCE, simulate

Curves = NDArray[np.float32]
Side = Callable[[Curves], Curves]

WINDOW = 1.5  # days
JUDGED = 300  # stars
HOURS = (3, 6, 12)
DEPTHS = (1.0, 3.0)  # scatters of a cadence
BOX = 12  # cadences, 6 h


def here(method: str) -> Side:
    """One of our methods."""
    return lambda flux: detrend(flux, cadence=KEPLER_CADENCE, method=method, window=WINDOW)


def by_wotan(flux: Curves) -> Curves:
    """Wotan, star by star; it is called with the star's full light."""
    days = cadence_times(flux.shape[1], KEPLER_CADENCE)
    rest = np.empty_like(flux)
    for curve, result in zip(flux, rest, strict=True):
        _, trend = wotan.flatten(
            days, 1 + 1e-6 * curve, window_length=WINDOW, method="biweight", return_trend=True
        )
        result[:] = curve - 1e6 * (trend - 1)
    return rest


def boxes(flux: Curves) -> NDArray[np.float64]:
    """Means of 6 h that hold more than half of their cadences, NaN elsewhere."""
    cells = flux[:, : flux.shape[1] // BOX * BOX].reshape(len(flux), -1, BOX).astype(np.float64)
    number = np.isfinite(cells).sum(axis=2)
    means = np.nansum(cells, axis=2) / np.maximum(number, 1)
    return np.where(number > BOX / 2, means, np.nan)


def transits(random: np.random.Generator, flux: Curves, hours: float, depth: float) -> Curves:
    """Trapezoids of random period and phase, shape of `flux`, 0 or negative."""
    scatter = robust_scatter(np.diff(flux, axis=1)) / np.sqrt(2)
    days = cadence_times(flux.shape[1], KEPLER_CADENCE)
    dips = np.empty_like(flux)
    for row in range(len(flux)):
        period = random.uniform(6, 12)
        orbit = np.abs(phase(days, period=period, t0=random.uniform(0, period))) * period
        # A tenth of the duration goes into each of the two flanks.
        shape = np.clip((hours / 48 - orbit) / (hours / 240), 0, 1)
        dips[row] = -depth * scatter[row] * shape
    return dips


def share_kept(before: Curves, after: Curves, dips: Curves) -> float:
    """Median over stars of what is left of the dips, along the dips."""
    left = np.nansum((after - before) * dips, axis=1)
    return float(np.median(left / np.where(np.isnan(before), 0, dips**2).sum(axis=1)))


def judge(side: Side, flux: Curves, seed: int) -> dict[str, float]:
    """Flatness and depths kept."""
    random = np.random.default_rng([seed, 1])  # the same transits for every side
    before = side(flux)
    result = {
        "scatter_ppm": float(np.median(robust_scatter(before))),
        "scatter_6h_ppm": float(np.median(robust_scatter(boxes(before)))),
    }
    for depth in DEPTHS:
        for hours in HOURS:
            dips = transits(random, flux, hours, depth)
            result[f"kept_{hours}h_{depth:g}"] = share_kept(before, side(flux + dips), dips)
    return result


def cpu_seconds(side: Side, flux: Curves) -> float:
    """CPU time of one run."""
    started = time.process_time()
    side(flux)
    return time.process_time() - started


def main() -> None:
    """Runs every side and prints the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--stars", type=int, default=5657)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path)
    asked = parser.parse_args()
    made = simulate(asked.stars, seed=asked.seed, realism=KEPLER)
    quiet = made.flux[made.kind == "quiet"][:JUDGED]
    sides: dict[str, Side] = {method: here(method) for method in METHODS}
    sides["wotan_biweight"] = by_wotan
    seconds = {
        name: [cpu_seconds(side, made.flux) for _ in range(3)] for name, side in sides.items()
    }
    results: dict[str, dict[str, float]] = {}
    for name, taken in seconds.items():
        best = min(taken[1:])
        results[name] = {"cpu_s": best, "cpu_us_a_star": 1e6 * best / asked.stars}
    for name, side in sides.items():
        results[name]["wotan_over_this"] = (
            results["wotan_biweight"]["cpu_s"] / results[name]["cpu_s"]
        )
        results[name] |= judge(side, quiet, asked.seed)
    print(f"{asked.stars} stars of {made.flux.shape[1]} cadences, seed {asked.seed}")
    for key in results["spline"]:
        values = ", ".join(f"{name} {result[key]:.3f}" for name, result in results.items())
        print(f"{key}: {values}")
    if asked.out is not None:
        asked.out.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
