"""Flux that is too much for memory goes through a file, and not a byte of the curves differs."""

import os
import resource

import numpy as np
import pytest
from fits_files import koi_table, write_kepler

from kepler_keras.data import flux_rows, quarter_list
from kepler_keras.data.cache import FOLDER_VARIABLE
from kepler_keras.data.flux_rows import FluxRows, ScratchFile, taken_rows
from kepler_keras.data.quarter_list import QuarterList
from kepler_keras.data.sources import read_source
from kepler_keras.data.sources.kepler_fits import load
from kepler_keras.data.thinning import thin_stars
from kepler_keras.errors import RunError

ROWS = np.arange(12, dtype=np.float32).reshape(4, 3)
SMALL = {"n_stars": 20, "n_cadences": 900}
SOURCES = [
    ("simulated", SMALL),
    ("simulated", {**SMALL, "realism": "kepler", "n_cadences": 1600}),
    ("injected", {"base_source": "simulated", "base_options": SMALL, "min_transits": 1}),
]


@pytest.fixture
def large(monkeypatch, tmp_path):
    """Makes any flux too large for memory."""
    monkeypatch.setenv(FOLDER_VARIABLE, str(tmp_path / "cache"))

    def make():
        monkeypatch.setattr(flux_rows, "LARGEST_IN_MEMORY", 1)

    return make


@pytest.mark.parametrize(("name", "options"), SOURCES, ids=["plain", "kepler", "injected"])
def test_made_curves_are_the_same(large, name, options, tmp_path):
    small = read_source(name, None, options)
    large()
    mapped = read_source(name, None, options)
    assert small.flux.flags.writeable
    assert not mapped.flux.flags.writeable
    assert mapped.flux.tobytes() == small.flux.tobytes()
    assert mapped.digest.describes(mapped.flux)
    assert mapped.fingerprint == small.fingerprint
    assert mapped.notes == small.notes
    assert all(
        np.array_equal(
            mapped.truth[key], small.truth[key], equal_nan=key != "kind" and key != "pulsation"
        )
        for key in small.truth
    )
    assert os.listdir(tmp_path / "cache" / "scratch") == []  # nothing is left behind


@pytest.mark.parametrize("rows", ["star", "signal"])
def test_curves_of_files_are_the_same(large, tmp_path, monkeypatch, rows):
    folder = tmp_path / "fits"
    folder.mkdir()
    for kepid in (1, 2, 3):
        for number, first in ((1, 100), (2, 110)):
            flux = [99, np.nan, 102 + kepid, 95 + number]
            primary = {"KEPLERID": kepid, "QUARTER": number}
            write_kepler(folder / f"{kepid}-{number}.fits", flux, first=first, primary=primary)
    table = koi_table(
        tmp_path,
        "1,K1.01,CONFIRMED,3.0,140.0,4.8,30",
        "1,K1.02,FALSE POSITIVE,2.0,140.0,2.4,50",
        "3,K3.01,FALSE POSITIVE,5.0,51.5,12.0,",
    )
    small = load(str(folder), table=table, rows=rows)
    large()
    monkeypatch.setattr(quarter_list.QuarterList.__init__, "__defaults__", (40,))
    mapped = load(str(folder), table=table, rows=rows)
    assert mapped.flux.shape == ({"star": 3, "signal": 4}[rows], 14)
    assert not mapped.flux.flags.writeable
    assert mapped.flux.tobytes() == small.flux.tobytes()
    assert (mapped.fingerprint, mapped.notes) == (small.fingerprint, small.notes)
    assert mapped.stars.tolist() == small.stars.tolist()


def test_quarters_come_back_in_the_order_they_came(large):
    from kepler_keras.data.light_curve_file import Quarter

    def quarter(number):
        flux = np.full(number + 1, number, np.float32)
        return Quarter(None, None, "a", number, 0, flux, None, 0, 0, 0, True)

    for most in (0, 8, 30, 1000):
        held = QuarterList(most)
        for number in range(6):
            held.add(quarter(number))
        assert len(held) == 6
        for number, back in enumerate(held.quarters()):
            assert (back.number, back.flux.tolist()) == (number, [float(number)] * (number + 1))


def test_rows_that_are_taken_from_large_flux_stay_on_the_disk(large):
    index = np.array([2, 0, 2])
    assert taken_rows(ROWS, index)[0].flags.writeable
    large()
    taken, digest = taken_rows(ROWS, index)
    assert taken.tobytes() == ROWS[index].tobytes()
    assert digest.describes(taken)


def test_a_large_set_is_thinned_to_the_same_stars(large):
    small = read_source("simulated", None, SMALL)
    large()
    mapped = read_source("simulated", None, SMALL)
    thinned = [
        thin_stars(curves, n_stars=12, min_positive_stars=1, seed=0) for curves in (small, mapped)
    ]
    assert thinned[0].fingerprint == thinned[1].fingerprint


def test_rows_that_do_not_come_are_missed():
    rows = FluxRows(4, 3)
    rows.add(ROWS[:2])
    with pytest.raises(ValueError, match="4 rows were announced, 2 came"):
        rows.flux()


def test_a_full_disk_is_a_sentence(large):
    """A limit on the size of a file stands for it: the system says no the same way."""
    large()
    file = ScratchFile()
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, before[1]))
    try:
        with pytest.raises(RunError, match="KEPLER_KERAS_CACHE names another folder for large"):
            file.add(np.zeros(1 << 20, np.float32))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_cache_that_cannot_be_made_is_a_sentence(monkeypatch, tmp_path):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv(FOLDER_VARIABLE, str(tmp_path / "file"))
    with pytest.raises(RunError, match="file/scratch: cannot write there: Not a directory"):
        ScratchFile()
