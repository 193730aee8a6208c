"""Times the median-binned views beside a plain loop over bins and beside scipy's medians of bins.

The plain loop takes the same definition: for each bin, the median of the flux that lies in it; it
fills and scales in NumPy. Both sides make the same stars' views in this process, alternately; CPU
seconds, the least of some rounds; results must agree to 1e-6. Scipy's `binned_statistic` stands
beside them where bins neither overlap nor leave spaces, which only the 2001 bins do; it has no
circle, so half a bin at the end of the axis belongs to the wrong one, and it is timed only.

    python benchmarks/median_views.py                     # about a minute
    python benchmarks/median_views.py --out views.json    # and keep the figures
"""

import argparse
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import binned_statistic

from kepler_keras.lightcurve.binned_views import PRESETS
from kepler_keras.lightcurve.ephemeris import Ephemerides
from kepler_keras.lightcurve.folding import cadence_times, phase
from kepler_keras.lightcurve.views import VIEWS

N_CADENCES, CADENCE = 3197, 29.4244 / 60 / 24  # of the Kaggle set, days
ROUNDS = 3
REQUIRED = {2001: (300, 1000), 201: (60, 100), 61: (60, 100)}  # times, and what is hoped for
Row = NDArray[np.float64]


def plain_medians(flux: Row, place: Row, half_width: float, bins: int) -> Row:
    """For each bin, the median of the values that lie within half its width."""
    low, high = place - half_width, place + half_width
    medians = np.full(bins, np.nan)
    for k in range(bins):
        inside = flux[(low < k) & (k <= high)]
        if inside.size:
            medians[k] = np.median(inside)
    return medians


def plain_view(medians: Row, *, circular: bool) -> Row:
    """Empty bins filled, median 0, minimum -1."""
    known, bins = np.flatnonzero(~np.isnan(medians)), np.arange(len(medians))
    period = len(medians) if circular else None
    row: Row = np.interp(bins, known, medians[known], period=period)
    row = row - np.median(row)
    row /= -row.min()
    return row


def plain_global(flux: Row, time: Row, star: tuple[float, float, float], preset: str) -> Row:
    """The global view of one star; cadences near the ends of the circle stand at both."""
    layout, (period, t0, _) = PRESETS[preset], star
    bins, half = layout.global_bins, layout.global_width / 2
    place = phase(time, period=period, t0=t0) * bins + bins // 2
    seen = ~np.isnan(flux)
    flux, place = flux[seen], place[seen]
    first, last = place + half > bins, place - half < 0
    place = np.concatenate([place, place[first] - bins, place[last] + bins])
    flux = np.concatenate([flux, flux[first], flux[last]])
    return plain_view(plain_medians(flux, place, half, bins), circular=True)


def plain_local(flux: Row, time: Row, star: tuple[float, float, float], preset: str) -> Row:
    """The local view of one star."""
    layout, (period, t0, duration) = PRESETS[preset], star
    bins, half = layout.local_bins, layout.local_width * duration / 2
    window = min(layout.local_reach * duration, period / 2)
    distance = (window - half) / (bins // 2)
    place = phase(time, period=period, t0=t0) * (period / distance) + bins // 2
    seen = ~np.isnan(flux)
    medians = plain_medians(flux[seen], place[seen], half / distance, bins)
    return plain_view(medians, circular=False)


PLAIN: dict[str, Callable[..., Row]] = {"global_view": plain_global, "local_view": plain_local}


def scipy_medians(flux: Row, time: Row, star: tuple[float, float, float], bins: int) -> Row:
    """Medians of equal bins of phase with their edges half a bin off the centres."""
    phases = phase(time, period=star[0], t0=star[1])
    seen = ~np.isnan(flux)
    ends = (-0.5, 0.5)
    medians: Row = binned_statistic(phases[seen], flux[seen], "median", bins, ends).statistic
    return medians


def stars_of(n: int, seed: int) -> tuple[NDArray[np.float32], Ephemerides]:
    """White noise with transits and gaps; periods and durations as in the Kaggle set."""
    random = np.random.default_rng(seed)
    period = np.exp(random.uniform(np.log(0.8), np.log(20), n))
    t0 = random.uniform(0, period)
    duration = np.clip(0.11 * period ** (1 / 3), 0.08, 0.4)
    flux = random.normal(size=(n, N_CADENCES)).astype(np.float32)
    times = cadence_times(N_CADENCES, CADENCE)
    for row in range(n):
        dip = abs(phase(times, period=period[row], t0=t0[row])) * period[row] < duration[row] / 2
        flux[row, dip] -= random.uniform(1, 20)
        start = random.integers(0, N_CADENCES, 3)
        for gap in start:
            flux[row, gap : gap + 50] = np.nan
    return flux, Ephemerides(period, t0, duration)


def cpu(function: Callable[[], Any]) -> tuple[float, Any]:
    """CPU seconds and the result."""
    start = time.process_time()
    result = function()
    return time.process_time() - start, result


def compare(view: str, preset: str, n: int, seed: int) -> dict[str, float]:
    """CPU microseconds a star of each side.

    The compiled side is timed on ten times as many stars, as a loop of so few is hard to time.
    """
    flux, known = stars_of(10 * n, seed)
    times = cadence_times(N_CADENCES, CADENCE)
    stars = list(zip(known.period, known.t0, known.duration, strict=True))[:n]
    build = VIEWS[view].build
    options: dict[str, Any] = {"cadence": CADENCE, "ephemerides": known, "preset": preset}
    bins = build(flux, **options).shape[1]  # compiles, too
    figures: dict[str, list[float]] = {"ours": [], "plain": [], "scipy": []}
    for _ in range(ROUNDS):
        seconds, ours = cpu(lambda: build(flux, **options))
        figures["ours"].append(seconds / len(flux))
        seconds, plain = cpu(
            lambda: [PLAIN[view](flux[i], times, star, preset) for i, star in enumerate(stars)]
        )
        figures["plain"].append(seconds / n)
        np.testing.assert_allclose(ours[:n, :, 0], plain, atol=1e-6, rtol=1e-6)
        if view == "global_view" and PRESETS[preset].global_width == 1:
            seconds, _ = cpu(
                lambda: [scipy_medians(flux[i], times, s, bins) for i, s in enumerate(stars)]
            )
            figures["scipy"].append(seconds / n)
    least = {f"{side}_us": 1e6 * min(values) for side, values in figures.items() if values}
    return {"bins": bins, **least, "times": least["plain_us"] / least["ours_us"]}


def main() -> None:
    """Measures, prints and keeps the figures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--stars", type=int, default=100, help="of the plain loop (100)")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path, help="a JSON file for the figures")
    arguments = parser.parse_args()
    cases = [
        ("global_view", "shallue2018"),
        ("global_view", "yu2019"),
        ("local_view", "yu2019"),
        ("local_view", "shallue2018"),
    ]
    results = {}
    for view, preset in cases:
        figures = compare(view, preset, arguments.stars, arguments.seed)
        results[f"{view} {preset}"] = figures
        beside = f", scipy {figures['scipy_us']:.0f} us" if "scipy_us" in figures else ""
        print(
            f"{view} {preset}, {figures['bins']} bins: {figures['ours_us']:.1f} us a star, "
            f"plain loop {figures['plain_us']:.0f} us{beside}: {figures['times']:.0f} times"
        )
    print("required (hoped for):", REQUIRED)
    if arguments.out:
        arguments.out.write_text(json.dumps(results, indent=2) + "\n")


if __name__ == "__main__":
    main()
