"""The table of candidates: names, columns, digits, and writing whole or not at all."""

import math
import os
from dataclasses import replace

import pandas as pd
import pytest
from astropy.table import Table

from kepler_keras.candidates import (
    COLUMNS,
    Candidate,
    curve_names,
    picture_name,
    table_text,
    write_candidates,
)
from kepler_keras.errors import InputError

ONE = Candidate(
    star="6541920",
    rank=1,
    period=10.303750123,
    t0=3.5,
    duration=0.16,
    depth=301.23456,
    depth_unit="ppm",
    snr=12.3456,
    sde=8.0,
    odd_even=math.nan,
    secondary=0.5,
    n_transits=7,
)
TEXT = """\
star,rank,period,t0,duration,depth,depth_unit,snr,sde,odd_even,secondary,n_transits
6541920,1,10.3037501,3.50000,0.16000,301.235,ppm,12.346,8.000,,0.500,7
"""


def test_a_row_is_a_signal_and_an_undefined_number_an_empty_cell():
    assert table_text([ONE]) == TEXT


def test_pandas_and_astropy_read_it_without_options(tmp_path):
    path = tmp_path / "t.csv"
    write_candidates([ONE, replace(ONE, star='a, "b"', rank=2, depth_unit="scatter")], path)
    frame = pd.read_csv(path)
    assert tuple(frame.columns) == COLUMNS
    assert frame["star"].tolist() == ["6541920", 'a, "b"']
    assert frame["period"].tolist() == [10.3037501, 10.3037501]
    assert math.isnan(frame["odd_even"][0])
    table = Table.read(path)
    assert tuple(table.colnames) == COLUMNS
    assert table["star"].tolist() == ["6541920", 'a, "b"']
    assert table["n_transits"].tolist() == [7, 7]


def test_a_table_without_signals_has_its_header(tmp_path):
    write_candidates([], tmp_path / "t.csv")
    assert (tmp_path / "t.csv").read_text() == TEXT.splitlines()[0] + "\n"


def test_only_curves_of_stars_with_several_carry_their_row():
    assert curve_names(["a", "b", "a"]) == ("a:row-1", "b", "a:row-3")


def test_a_write_that_breaks_off_leaves_the_old_table(tmp_path, monkeypatch):
    path = tmp_path / "t.csv"
    path.write_text("old")

    def stopped(*paths):
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "replace", stopped)
    with pytest.raises(KeyboardInterrupt):
        write_candidates([ONE], path)
    assert [item.name for item in tmp_path.iterdir()] == ["t.csv"]
    assert path.read_text() == "old"


def test_a_table_that_cannot_be_written_is_the_users_error(tmp_path):
    with pytest.raises(InputError, match=r"cannot write the table: No such file"):
        write_candidates([ONE], tmp_path / "absent" / "t.csv")


def test_pictures_of_two_curves_never_have_one_name():
    names = ("a/b", "a_b", "K2-3 b", "71:row-4")
    files = [picture_name(names, row) for row in range(4)]
    assert files == ["a_b.row-1.png", "a_b.row-2.png", "K2-3_b.png", "71_row-4.png"]
