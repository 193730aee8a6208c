"""The transit search on real Kepler files: what docs/transit_search.md claims."""

import os
from pathlib import Path

import numpy as np
import pytest

from kepler_keras.data.catalog import read_koi_table
from kepler_keras.data.period_search import flatten
from kepler_keras.data.sources.kepler_fits import load
from kepler_keras.experiment import Search
from kepler_keras.lightcurve.transit_search import search_transits

pytestmark = pytest.mark.data

KEPLER_11 = "6541920"


@pytest.fixture
def data():
    folder = os.environ.get("KEPLER_KERAS_DATA")
    if not folder:
        pytest.skip("KEPLER_KERAS_DATA is not set: the real light curves are not here")
    return Path(folder)


@pytest.fixture
def koi(data):
    return read_koi_table(data / "koi_tables" / "koi_cumulative.csv")


def files_of(data, kepid):
    return sorted((data / "kepler_fits").glob(f"kplr{int(kepid):09d}-*"))


def signals_of(path, *, n_signals=1):
    curves = load(str(path))
    flat = flatten(curves.flux, cadence=curves.cadence, level=curves.level, search=Search())
    return search_transits(flat, cadence=curves.cadence, n_signals=n_signals)


def within(period, truth, tolerance):
    return np.abs(period / truth - 1) < tolerance


def test_the_six_planets_of_kepler_11_are_the_first_six_of_ten_signals(data, koi, tmp_path):
    planets = koi.period[koi.kepid == KEPLER_11].to_numpy()
    # Lissauer+ 2013, ApJ 770:131
    published = [10.3039, 13.0241, 22.6845, 31.9996, 46.6888, 118.3807]
    np.testing.assert_allclose(np.sort(planets), published, rtol=2e-4)
    for file in files_of(data, KEPLER_11):
        (tmp_path / file.name).symlink_to(file)
    period = signals_of(tmp_path, n_signals=10).period[0, :6]
    assert all(within(period, planet, 0.001).any() for planet in planets)


def test_nine_of_ten_false_positives_come_back_from_a_single_quarter(data, koi):
    chosen = koi[(koi.disposition == "FALSE POSITIVE") & (koi.period < 25) & (koi.depth > 500)]
    found, true = [], []
    for kepid, period in zip(chosen.kepid, chosen.period, strict=True):
        files = files_of(data, kepid)
        if len(files) == 1:
            found.append(signals_of(files[0]).period[0, 0])
            true.append(period)
    found, true = np.array(found), np.array(true)
    exact = within(found, true, 0.01)
    aliases = within(found, true / 2, 0.01) | within(found, 2 * true, 0.01)
    assert len(true) == 22
    assert exact.sum() >= 0.9 * len(true), f"{exact.sum()} exact, {aliases.sum()} half or double"
