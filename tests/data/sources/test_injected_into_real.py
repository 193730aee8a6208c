import os
from pathlib import Path

import numpy as np
import pytest

from kepler_keras.data.sources import load_source
from kepler_keras.lightcurve.detrending import detrend
from kepler_keras.lightcurve.folding import cadence_times, phase
from kepler_keras.lightcurve.transit_search import search_transits

CADENCE = 29.4244 / 1440


@pytest.fixture(scope="module")
def real():
    """One planet in one row of each of 60 real quiet stars, and the rows as they were."""
    folder = os.environ.get("KEPLER_KERAS_DATA")
    if not folder:
        pytest.skip("KEPLER_KERAS_DATA is not set: the real light curves are not here")
    path = str(Path(folder) / "kepler_flux_csv" / "keplerFlux.csv")
    options = {"planet_share": 1.0, "binary_copies": 0, "depth_range": (4.0, 10.0), "seed": 1}
    curves = load_source("injected", path, options)
    hosts = np.flatnonzero(curves.labels == 1)
    _, first = np.unique(curves.stars[hosts], return_index=True)
    rows = hosts[np.sort(first)[:60]]
    assert len(rows) == 60
    return curves.rows(rows), load_source("kaggle_csv", path, {}).flux


@pytest.mark.data
def test_injected_depths_and_durations_are_found_in_60_real_stars(real):
    curves, before = real
    time = cadence_times(curves.flux.shape[1], CADENCE)
    depths, durations = [], []
    for row in range(60):
        true = {name: column[row] for name, column in curves.truth.items()}
        orbit = phase(time, period=true["period"], t0=true["t0"]) * true["period"]
        flat = detrend(curves.flux[row][None], cadence=CADENCE, method="running_median")[0]
        floor = np.abs(orbit) < max(true["full_duration"] / 2 - CADENCE / 2, CADENCE / 2)
        beside = (np.abs(orbit) > 0.75 * true["duration"]) & (np.abs(orbit) < 2 * true["duration"])
        depths.append((np.median(flat[beside]) - np.median(flat[floor])) / true["depth_flux"])
        dimmed = curves.flux[row] != before[true["base_row"]]
        durations.append((2 * np.abs(orbit[dimmed]).max() - CADENCE) / true["duration"])
    assert np.median(depths) == pytest.approx(0.9, abs=0.1)  # limb darkening, median, detrending
    assert np.percentile(depths, 10) > 0.6
    # Known to a cadence's phase at either end.
    np.testing.assert_allclose(durations, 1, atol=2 * CADENCE / 0.08)
    assert np.median(durations) == pytest.approx(1, abs=0.05)


@pytest.mark.data
def test_injected_periods_are_found_by_the_search_in_60_real_stars(real):
    curves, _ = real
    flat = detrend(curves.flux, cadence=CADENCE, method="biweight", window=1.0)
    found = search_transits(flat, cadence=CADENCE)
    orbit = found.first()
    right = np.abs(orbit.period / curves.truth["period"] - 1) < 0.01
    assert right.sum() >= 48
    depth = found.depth[right, 0] / curves.truth["depth_flux"][right]
    duration = orbit.duration[right] / curves.truth["duration"][right]
    assert np.median(depth) == pytest.approx(0.85, abs=0.15)
    assert 0.6 < np.median(duration) < 1.2
    for row in np.flatnonzero(right):
        true = {name: curves.truth[name][row] for name in ("period", "t0", "duration")}
        off = phase(orbit.t0[row], period=true["period"], t0=true["t0"])
        assert abs(off) * true["period"] < true["duration"]
