"""Are injected transits found again in the real light that they were put into?

Injects one planet into one quiet row of each of 60 real stars and looks for it twice: with the
period search, which knows nothing, and by fitting period, duration and depth about the true ones.

    KEPLER_KERAS_DATA=... python benchmarks/injected_recovery.py
"""

import os
import time
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from kepler_keras.data.light_curves import LightCurves
from kepler_keras.data.sources import load_source
from kepler_keras.lightcurve.conditioning import fill_gaps, robust_scatter
from kepler_keras.lightcurve.detrending import detrend
from kepler_keras.lightcurve.folding import cadence_times, cycle, phase
from kepler_keras.lightcurve.transit_search import search_transits
from kepler_keras.lightcurve.transits import Transit

N_STARS = 60
DURATIONS = (0.08, 0.16, 0.32)
WINDOW = 1.5  # days of the running median
SNR_EDGES = (0, 10, 15, 25, np.inf)


def main() -> None:
    """Prints both tables."""
    curves = planets(
        str(Path(os.environ["KEPLER_KERAS_DATA"]) / "kepler_flux_csv" / "keplerFlux.csv")
    )
    filled, _ = fill_gaps(curves.flux, "linear")
    flat = detrend(filled, cadence=curves.cadence or 0, method="running_median", window=WINDOW)
    snr = expected_snr(curves, flat)
    print(f"{len(curves)} stars, one row each; SNR {snr.min():.1f} to {snr.max():.1f}")
    started = time.process_time()
    found = search_transits(flat, cadence=curves.cadence or 0, min_period=0.5, durations=DURATIONS)
    print(f"\nperiod search, {(time.process_time() - started) / len(curves):.2f} CPU s a star")
    report(curves, snr, found.period[:, 0], found.duration[:, 0], found.depth[:, 0])
    fits = np.array([fit(curves, row) for row in range(len(curves))])
    print("\nfit about the true period")
    report(curves, snr, *fits.T)


def planets(path: str) -> LightCurves:
    """One row with a planet for each of the first stars."""
    curves = load_source("injected", path, {"planet_share": 1.0, "binary_copies": 0})
    hosts = np.flatnonzero(curves.labels == 1)
    _, first = np.unique(curves.stars[hosts], return_index=True)
    return curves.rows(hosts[np.sort(first)[:N_STARS]])


def expected_snr(curves: LightCurves, flat: NDArray[np.float32]) -> NDArray[np.float64]:
    """Depth over the scatter of the detrended curve, times the root of the cadences in transit."""
    truth = {name: np.asarray(curves.truth[name], np.float64) for name in ("duration", "period")}
    in_transit = flat.shape[1] * truth["duration"] / truth["period"]
    depth = np.asarray(curves.truth["depth_flux"], np.float64)
    result: NDArray[np.float64] = depth / robust_scatter(flat) * np.sqrt(in_transit)
    return result


def fit(curves: LightCurves, row: int) -> tuple[float, float, float]:
    """Period, duration and depth that fit best, one after the other, from the true ones on."""
    true = {name: column[row] for name, column in curves.truth.items()}
    transit = Transit(
        float(true["period"]),
        float(true["t0"]),
        float(true["radius_ratio"]),
        float(true["impact"]),
        float(true["separation"]),
        (float(true["limb_darkening_1"]), float(true["limb_darkening_2"])),
    )
    flux, drift = curves.flux[row], transit.duration / curves.flux.shape[1] / (curves.cadence or 0)
    periods = transit.period * (1 + np.linspace(-1, 1, 80) * drift * transit.period)
    period = best(flux, [scaled(transit, one, 1.0) for one in periods], curves.cadence or 0).period
    stretched = [scaled(transit, period, stretch) for stretch in np.geomspace(0.5, 2, 80)]
    model = best(flux, stretched, curves.cadence or 0)
    return period, model.duration, match(flux, model, curves.cadence or 0)[1]


def scaled(transit: Transit, period: float, stretch: float) -> Transit:
    """The transit at another period, `stretch` times as long."""
    distance = transit.separation * period / transit.period / stretch
    return Transit(
        period, transit.t0, transit.radius_ratio, transit.impact, distance, transit.limb_darkening
    )


def best(flux: NDArray[np.float32], models: list[Transit], cadence: float) -> Transit:
    """The model whose dips leave the least of the flux."""
    return max(models, key=lambda model: match(flux, model, cadence)[0])


def match(flux: NDArray[np.float32], model: Transit, cadence: float) -> tuple[float, float]:
    """Squares that the model explains, and its depth, with a level and slope about each transit."""
    time = cadence_times(len(flux), cadence)
    orbit = phase(time, period=model.period, t0=model.t0) * model.period
    near = (np.abs(orbit) < max(1.5 * model.duration, 8 * cadence)) & np.isfinite(flux)
    shape = model.mean_flux(time, exposure=cadence)[near]
    shape = shape / model.flux(np.array([model.t0]), exposure=0)[0]
    values, number = (
        flux[near].astype(np.float64),
        cycle(time[near], period=model.period, t0=model.t0),
    )
    across = orbit[near]
    for one in np.unique(number):
        here = number == one
        line = np.column_stack([np.ones(here.sum()), across[here]])
        for column in (shape, values):
            column[here] -= line @ np.linalg.lstsq(line, column[here], rcond=None)[0]
    overlap, power = float(shape @ values), float(shape @ shape)
    return np.sign(-overlap) * overlap**2 / power, -overlap / power


def report(
    curves: LightCurves,
    snr: NDArray[np.float64],
    period: NDArray[np.float64],
    duration: NDArray[np.float64],
    depth: NDArray[np.float64],
) -> None:
    """Prints, by SNR, how many periods are right to 1 % and the median errors among them."""
    off = np.abs(period / np.asarray(curves.truth["period"], np.float64) - 1)
    for low, high in pairwise(SNR_EDGES):
        group = (snr >= low) & (snr < high)
        right = group & (off < 0.01)
        if not right.any():
            print(f"  SNR {low:>3} to {high:<4} period right {right.sum()}/{group.sum()}")
            continue
        errors = [
            np.median(np.abs(found[right] / np.asarray(curves.truth[name], np.float64)[right] - 1))
            for found, name in ((period, "period"), (duration, "duration"), (depth, "depth_flux"))
        ]
        print(
            f"  SNR {low:>3} to {high:<4} period right {right.sum()}/{group.sum()}; median error: "
            f"period {errors[0]:.1e}, duration {errors[1]:.3f}, depth {errors[2]:.3f}"
        )


if __name__ == "__main__":
    main()
