"""The real files, against what astropy reads in them."""

import os
from collections import defaultdict
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from astropy.io import fits

from kepler_keras.data.light_curves import UNKNOWN
from kepler_keras.data.missions import KEPLER_DEFAULT
from kepler_keras.data.sources import load_source
from kepler_keras.data.sources.kepler_fits import load

pytestmark = pytest.mark.data


@pytest.fixture
def data():
    folder = os.environ.get("KEPLER_KERAS_DATA")
    if not folder:
        pytest.skip("KEPLER_KERAS_DATA is not set: the real light curves are not here")
    return Path(folder)


def folder_of(tmp_path, data, kepid):
    """A folder with links to the files of one star."""
    for file in (data / "kepler_fits").glob(f"kplr{kepid:09d}-*"):
        (tmp_path / file.name).symlink_to(file)
    return str(tmp_path)


def as_astropy_reads(files, column):
    """Flux by star and cadence number, ppm about each file's median, row by row."""
    stars = defaultdict(dict)
    for path in files:
        with fits.open(path) as hdus:
            kepid, table = str(hdus[0].header["KEPLERID"]), hdus["LIGHTCURVE"].data
            flux = table[column].astype(np.float64)
            flux[(table["SAP_QUALITY"] & KEPLER_DEFAULT) != 0] = np.nan
            ppm = (flux / np.nanmedian(flux) - 1) * 1e6
            stars[kepid].update(zip(table["CADENCENO"].tolist(), ppm.tolist(), strict=True))
    return stars


@pytest.mark.parametrize("column", ["PDCSAP", "SAP"])
def test_all_files_agree_with_astropy_value_by_value(data, column):
    curves = load(str(data / "kepler_fits"), flux_column=column)
    assert curves.flux.shape == (101, 71964)
    assert set(curves.labels.tolist()) == {UNKNOWN}
    files = sorted((data / "kepler_fits").glob("*.fits*"))
    expected = as_astropy_reads(files, f"{column}_FLUX")
    assert sorted(expected) == curves.stars.tolist()
    first = min(min(of_star) for of_star in expected.values())
    for row, star in enumerate(curves.stars.tolist()):
        line = np.full(71964, np.nan)
        line[np.array(list(expected[star])) - first] = list(expected[star].values())
        np.testing.assert_array_equal(curves.flux[row], line.astype(np.float32))


def test_flux_as_it_stands_in_one_file(data):
    path = data / "kepler_fits" / "kplr001026032-2011271113734_llc.fits"
    curves = load(str(path), normalise="none", quality="none")
    with fits.open(path) as hdus:
        table = hdus["LIGHTCURVE"].data
        np.testing.assert_array_equal(curves.flux[0], table["PDCSAP_FLUX"])
        columns = curves.start + curves.cadence * np.arange(len(table))
        assert np.nanmax(np.abs(columns - table["TIME"])) < 2 / 1440
        assert curves.start == pytest.approx(table["TIME"][0], abs=2 / 1440)


def test_the_seventeen_quarters_of_kepler_11(data, tmp_path):
    path = folder_of(tmp_path, data, 6541920)
    table = str(data / "koi_tables" / "koi_cumulative.csv")
    curves = load(path, table=table, rows="signal")
    assert curves.stars.tolist() == ["6541920"] * 6
    assert curves.labels.tolist() == [1] * 6
    assert curves.flux.shape == (6, 72531 - 1105 + 1)
    assert "17 files of 1 stars (Kepler, 17 to 17 files a star)" in " ".join(curves.notes)
    periods = [10.304, 13.025, 22.687, 31.996, 46.689, 118.379]
    assert sorted(curves.ephemerides.period) == pytest.approx(periods, abs=0.01)
    assert abs(float(np.nanmedian(curves.flux[0]))) < 20


def test_the_transits_of_kepler_11_lie_where_the_table_says(data, tmp_path):
    """Hours for days, or BJD for BKJD, would put the dip elsewhere or nowhere."""
    path = folder_of(tmp_path, data, 6541920)
    table = str(data / "koi_tables" / "koi_cumulative.csv")
    curves = load(path, table=table, rows="signal")
    time = curves.cadence * np.arange(curves.flux.shape[1])
    frame = curves.ephemerides
    for row in np.argsort(frame.period):
        period, t0, duration = frame.period[row], frame.t0[row], frame.duration[row]
        assert 0 <= t0 < period
        phase = np.abs((time - t0 + period / 2) % period - period / 2)
        inside = np.nanmedian(curves.flux[row, phase < duration / 3])
        around = (phase > duration) & (phase < 3 * duration)
        assert -2500 < inside - np.nanmedian(curves.flux[row, around]) < -100


def test_the_three_files_of_kepler_90(data, tmp_path):
    path = folder_of(tmp_path, data, 11442793)
    curves = load(path, table=str(data / "koi_tables" / "koi_cumulative.csv"))
    assert curves.stars.tolist() == ["11442793"]
    assert curves.labels.tolist() == [1]
    assert curves.flux.shape == (1, 21006 - 7404 + 1)
    gap = curves.flux[0, 12935 - 7404 : 16373 - 7404]  # the fourth quarter broke off
    assert np.isnan(gap).all()
    assert np.isfinite(curves.flux[0]).sum() == 4134 + 1008 + 4486


def test_labels_are_those_of_the_list_of_files(data):
    index = pd.read_csv(data / "kepler_fits" / "index.csv")
    table = str(data / "koi_tables" / "koi_cumulative.csv")
    curves = load_source("kepler_fits", str(data / "kepler_fits"), {"table": table})
    listed = dict(zip(index["kepid"].astype(str), index["koi_disposition"], strict=True))
    meaning = {"CONFIRMED": 1, "FALSE POSITIVE": 0, "no KOI": 0, "CANDIDATE": None}
    for star, label in zip(curves.stars.tolist(), curves.labels.tolist(), strict=True):
        assert meaning[listed[star]] == label
    left_out = set(listed) - set(curves.stars.tolist())
    assert {listed[star] for star in left_out} == {"CANDIDATE"}
    assert len(curves) == 98


def test_the_tce_table_labels_real_files(data):
    table = str(data / "koi_tables" / "q1_q17_dr24_tce.csv")
    options = {"table": table, "quarters": [10], "rows": "signal"}
    curves = load_source("kepler_fits", str(data / "kepler_fits"), options)
    assert curves.flux.shape == (86, 4573)
    assert int(curves.labels.sum()) == 8
