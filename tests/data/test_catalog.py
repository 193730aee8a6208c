# ruff: noqa: E501 (a sentence is easier to compare in one line)
import os
import re
import time
from pathlib import Path

import numpy as np
import pytest

from kepler_keras.data.catalog import read_catalog, read_koi_table, read_tce_table
from kepler_keras.errors import InputError

KOI = """\
# NASA Exoplanet Archive
# COLUMN koi_period:     Orbital Period [days]
# COLUMN koi_time0bk:    Transit Epoch [BKJD]
# COLUMN koi_duration:   Transit Duration [hrs]
#
kepid,kepoi_name,koi_disposition,koi_period,koi_time0bk,koi_duration,koi_depth,koi_model_snr
0010,K00001.01,CONFIRMED,2.5,140.5,3.0,615.8,20
10,K00001.02,FALSE POSITIVE,10,141,4.8,,
9,K00002.01,CANDIDATE,100,150,12,90,7
"""
TCE = """\
# COLUMN tce_duration:   Transit Duration [hrs]
kepid,tce_plnt_num,tce_period,tce_time0bk,tce_duration,av_training_set
10,2,10,141,4.8,AFP
10,1,2.5,140.5,3.0,PC
"""


def written(folder, text):
    path = folder / "table.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_koi_table_in_days_strongest_first(tmp_path):
    frame = read_koi_table(written(tmp_path, KOI))
    assert frame["kepid"].tolist() == ["10", "10", "9"]
    assert frame["name"].tolist() == ["K00001.01", "K00001.02", "K00002.01"]
    assert frame["disposition"].tolist() == ["CONFIRMED", "FALSE POSITIVE", "CANDIDATE"]
    assert frame["period"].tolist() == [2.5, 10, 100]
    assert frame["t0"].tolist() == [140.5, 141, 150]
    assert frame["duration"].tolist() == pytest.approx([0.125, 0.2, 0.5])
    np.testing.assert_array_equal(frame["depth"], [615.8, np.nan, 90])
    np.testing.assert_array_equal(frame["snr"], [20, np.nan, 7])


def test_tce_table_in_days_first_found_first(tmp_path):
    frame = read_tce_table(written(tmp_path, TCE))
    assert frame["name"].tolist() == ["10-01", "10-02"]
    assert frame["disposition"].tolist() == ["PC", "AFP"]
    assert frame["duration"].tolist() == pytest.approx([0.125, 0.2])


def test_the_table_is_known_by_its_columns(tmp_path):
    assert read_catalog(written(tmp_path, KOI)).kind.signal == "KOI"
    assert read_catalog(written(tmp_path, TCE)).kind.signal == "TCE"


def test_style_does_no_harm(tmp_path):
    quoted = KOI.replace("K00002.01", '"K00002.01"').replace(",", " , ").replace("\n", "\r\n")
    path = tmp_path / "style.csv"
    path.write_bytes(
        ("\ufeff" + quoted.replace(' "K00002.01" ', '"K00002.01"') + "\r\n\r\n").encode()
    )
    plain = read_koi_table(written(tmp_path, KOI))
    assert read_koi_table(path).equals(plain)


def test_an_unknown_part_makes_the_whole_ephemeris_unknown(tmp_path):
    frame = read_koi_table(written(tmp_path, KOI.replace("100,150,12", "100,,12")))
    assert frame.loc[2, ["period", "t0", "duration"]].isna().all()


def test_one_transit_longer_than_its_period_loses_its_ephemeris(tmp_path):
    many = "".join(f"{n},K{n:05d}.01,CANDIDATE,3,140,4,9,9\n" for n in range(100, 130))
    frame = read_koi_table(written(tmp_path, f"{KOI}{many}8,K8.01,CANDIDATE,0.54,131,13.93,9,9\n"))
    assert frame["period"].isna().sum() == 1
    assert np.isnan(frame.set_index("kepid").loc["8", "duration"])


HEADER = KOI.splitlines()[5]
CASES = {
    "no file": (None, "cannot read the table: No such file"),
    "binary": (b"\xff\xfe\x00", "it is not UTF-8 text"),
    "empty": ("", "must have a header and at least one row, got neither"),
    "comments only": ("# nothing\n", "must have a header and at least one row, got neither"),
    "header only": (HEADER + "\n", "must have a header and at least one row, got a header only"),
    "web page": ("<html>\n<body>\n", "must be a KOI table, with koi_disposition, or a TCE table, with av_training_set, got the columns <html>"),
    "no disposition": (KOI.replace("koi_disposition", "verdict"), "must be a KOI table, with koi_disposition"),
    "no kepid": (KOI.replace("kepid,", "star,"), "the column 'kepid' is missing, got the columns star, kepoi_name, "),
    "no name": (KOI.replace("kepoi_name", "name"), "the column 'kepoi_name' is missing"),
    "no period": (KOI.replace(",koi_period", ",period"), "the column 'koi_period' is missing"),
    "no epoch": (KOI.replace(",koi_time0bk", ",koi_time0"), "the column 'koi_time0bk' is missing"),
    "no duration": (KOI.replace(",koi_duration", ",d"), "the column 'koi_duration' is missing"),
    "column twice": (KOI.replace("koi_depth", "koi_period"), "the column 'koi_period' stands 2 times"),
    "short row": (KOI + "11,K3.01,CANDIDATE\n", "line 10: a row must have the 8 cells of the header, got 3"),
    "long row": (KOI + "11,K3.01,CANDIDATE,3,140,4,9,9,9\n", "line 10: a row must have the 8 cells of the header, got 9"),
    "open quote": (KOI + '11,"K3.01,CANDIDATE,3,140,4,9,9\n', "line 10: a quoted cell must end in its line"),
    "semicolons": (KOI.replace(",", ";"), "must be a KOI table"),
    "star in words": (KOI.replace("\n9,", "\nnine,"), "line 9, column kepid: must be a whole number, got 'nine'"),
    "star with a fraction": (KOI.replace("\n9,", "\n9.0,"), "line 9, column kepid: must be a whole number, got '9.0'"),
    "no star": (KOI.replace("\n9,", "\n,"), "line 9, column kepid: must be a whole number, got ''"),
    "unknown disposition": (KOI.replace("CANDIDATE", "MAYBE"), "line 9, column koi_disposition: must be one of CONFIRMED, CANDIDATE, FALSE POSITIVE, NOT DISPOSITIONED, got 'MAYBE'"),
    "signal twice": (KOI.replace("K00002.01", "K00001.01"), "line 9: every KOI must have a name of its own, got 'K00001.01' also in line 7"),
    "signal without name": (KOI.replace("K00002.01", ""), "line 9: every KOI must have a name of its own, got none"),
    "period in words": (KOI.replace("2.5,", "short,"), "line 7, column koi_period: must be a number or empty, got 'short'"),
    "infinite period": (KOI.replace("2.5,", "inf,"), "line 7, column koi_period: must be a number or empty, got 'inf'"),
    "negative period": (KOI.replace("2.5,", "-2.5,"), "line 7, column koi_period: must be positive, got -2.5"),
    "zero duration": (KOI.replace(",3.0,", ",0,"), "line 7, column koi_duration: must be positive, got 0"),
    "Julian days": (KOI.replace("140.5", "2454973.5"), r"line 7, column koi_time0bk: must be BKJD, days from BJD 2454833 on, got 2.45497e\+06"),
    "modified Julian days": (KOI.replace("140.5", "54973"), "line 7, column koi_time0bk: must be BKJD"),
    "duration said to be in days": (KOI.replace("[hrs]", "[days]"), r"koi_duration must be in hrs, its comment line says \[days\]"),
    "period said to be in hours": (KOI.replace("[days]", "[hrs]"), r"koi_period must be in days, its comment line says \[hrs\]"),
    "durations in days": (KOI.replace(",3.0,", ",0.125,").replace(",4.8,", ",0.2,"), r"koi_duration must be in hours, but its median is 0.2, where transits have 0.5 to 48"),
    "durations in minutes": (KOI.replace(",3.0,", ",180,").replace(",4.8,", ",288,"), "koi_duration must be in hours, but its median is 180"),
    "periods in years": (KOI.replace(",2.5,", ",0.007,").replace(",10,", ",0.03,"), "koi_period must be in days, but its median is 0.03, where transits have 0.1 to 5000"),
    "transit longer than its period": (KOI.replace(",2.5,", ",0.12,"), r"line 7, column koi_duration: a transit must be shorter than its period \(0.12 d\), got 3 h \(1 such rows of 3"),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_a_damaged_table_ends_in_one_sentence(tmp_path, case):
    content, words = CASES[case]
    path = tmp_path / "table.csv"
    if content is not None:
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(InputError) as caught:
        read_catalog(path)
    assert str(caught.value).startswith(f"{path}: ")
    assert re.search(words, str(caught.value)), str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_tce_number_must_be_whole(tmp_path):
    with pytest.raises(InputError, match=r"line 3, column tce_plnt_num: .* got 'two'"):
        read_catalog(written(tmp_path, TCE.replace("10,2,", "10,two,")))
    with pytest.raises(InputError, match="line 4: every TCE must have a name of its own, got '10-"):
        read_catalog(written(tmp_path, TCE.replace("10,2,", "10,1,")))


@pytest.fixture
def tables():
    folder = os.environ.get("KEPLER_KERAS_DATA")
    if not folder:
        pytest.skip("KEPLER_KERAS_DATA is not set: the real tables are not here")
    return Path(folder) / "koi_tables"


@pytest.mark.data
def test_the_real_koi_table(tables):
    frame = read_koi_table(tables / "koi_cumulative.csv")
    assert len(frame) == 9564
    counts = frame["disposition"].value_counts().to_dict()
    assert counts == {"FALSE POSITIVE": 4839, "CONFIRMED": 2747, "CANDIDATE": 1978}
    assert frame["period"].isna().sum() == 1  # one transit of 13.93 h in a period of 0.54 d
    by_name = frame.set_index("name")
    assert by_name.loc["K00752.01", ["period", "t0"]].tolist() == [9.488035570, 170.53875]
    assert by_name.loc["K00752.01", "duration"] == pytest.approx(2.9575 / 24)
    snr = frame["snr"].fillna(-1)
    same_star = frame["kepid"].to_numpy()[1:] == frame["kepid"].to_numpy()[:-1]
    assert (np.diff(snr)[same_star] <= 0).all()


@pytest.mark.data
def test_the_real_tce_table(tables):
    frame = read_tce_table(tables / "q1_q17_dr24_tce.csv")
    counts = frame["disposition"].value_counts().to_dict()
    assert counts == {"AFP": 9596, "UNK": 4630, "PC": 3600, "NTP": 2541}
    assert frame["period"].notna().all()
    assert frame.set_index("name").loc["757450-01", "duration"] == pytest.approx(2.078 / 24)


@pytest.mark.parametrize(
    ("text", "read"),
    [
        (KOI.replace("\n9,", f"\n{'9' * 5000},"), read_koi_table),
        (TCE.replace("10,2,", f"10,{'9' * 5000},"), read_tce_table),
    ],
    ids=["kepid", "tce_plnt_num"],
)
def test_a_number_of_endless_digits_is_none(text, read, tmp_path):
    path = tmp_path / "table.csv"
    path.write_text(text)
    with pytest.raises(InputError, match="must be a whole number, got '999"):
        read(path)


def test_a_header_of_many_columns_is_looked_at_once(tmp_path):
    path = tmp_path / "table.csv"
    names = ",".join(f"c{number}" for number in range(100_000))
    path.write_text(f"kepid,{names}\n1{',' * 100_000}\n")
    start = time.perf_counter()
    with pytest.raises(InputError, match="column"):
        read_koi_table(path)
    assert time.perf_counter() - start < 5
