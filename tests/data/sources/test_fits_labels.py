"""Labels and ephemerides of light-curve files, from tables."""

import numpy as np
import pytest
from fits_files import CADENCE, TCE_HEADER, koi_table, notes_about, write_kepler

from kepler_keras.data.light_curves import UNKNOWN
from kepler_keras.data.sources import load_source, read_source
from kepler_keras.data.sources.kepler_fits import load
from kepler_keras.errors import InputError

NAN = np.nan


@pytest.fixture
def folder(tmp_path):
    """Five stars: a host, a candidate, a false positive, a mixed one and a quiet one."""
    for kepid in (1, 2, 3, 4, 5):
        write_kepler(
            tmp_path / f"{kepid}.fits", [99, 100, 102 + kepid], primary={"KEPLERID": kepid}
        )
    koi_table(
        tmp_path,
        "0001,K1.01,FALSE POSITIVE,7.0,140.0,2.4,900",
        "1,K1.02,CONFIRMED,3.0,140.0,4.8,30",
        "1,K1.03,CONFIRMED,2.0,140.0,2.4,50",
        "2,K2.01,CANDIDATE,3.0,140.0,2.4,30",
        "3,K3.01,FALSE POSITIVE,5.0,51.5,12.0,",
        "4,K4.01,FALSE POSITIVE,5.0,140.0,2.4,30",
        "4,K4.02,CANDIDATE,5.0,140.0,2.4,10",
        "99,K9.01,CONFIRMED,5.0,140.0,2.4,10",
    )
    return tmp_path


def test_a_host_a_false_positive_and_a_quiet_star(folder):
    curves = load(str(folder), table=str(folder / "koi.csv"))
    assert curves.stars.tolist() == ["1", "3", "5"]
    assert curves.labels.tolist() == [1, 0, 0]
    assert curves.labels.dtype == np.int8
    assert curves.flux[:, 2].tolist() == pytest.approx([30_000, 50_000, 70_000])
    assert notes_about(curves, "2 of 5 stars were left out")
    # The strongest confirmed one, in days, from the first column at BKJD 52.043.
    start = 50 + 100 * CADENCE
    np.testing.assert_allclose(curves.ephemerides.period, [2, 5, NAN])
    np.testing.assert_allclose(curves.ephemerides.duration, [0.1, 0.5, NAN])
    np.testing.assert_allclose(curves.ephemerides.t0, [(140 - start) % 2, 56.5 - start, NAN])


def test_an_unknown_ephemeris_gives_way_to_a_weaker_signal(tmp_path):
    path = write_kepler(tmp_path / "a.fits", [99, 100, 102])
    table = koi_table(tmp_path, "7,K1.01,CONFIRMED,,,,90", "7,K1.02,CONFIRMED,4.0,140.0,2.4,30")
    assert load(path, table=table).ephemerides.period.tolist() == [4]


def test_one_row_a_signal(folder):
    curves = load(str(folder), table=str(folder / "koi.csv"), rows="signal")
    assert curves.stars.tolist() == ["1", "1", "1", "3", "4", "5"]
    assert curves.labels.tolist() == [0, 1, 1, 0, 0, 0]
    np.testing.assert_allclose(curves.ephemerides.period, [7, 2, 3, 5, 5, NAN])
    np.testing.assert_array_equal(curves.flux[0], curves.flux[2])


def test_candidates_can_be_chosen(folder):
    curves = load(
        str(folder),
        table=str(folder / "koi.csv"),
        positive=["CONFIRMED", "CANDIDATE"],
        negative=["FALSE POSITIVE"],
    )
    assert curves.stars.tolist() == ["1", "2", "3", "4"]
    assert curves.labels.tolist() == [1, 1, 0, 1]


def test_a_tce_table(folder):
    (folder / "tce.csv").write_text(
        f"# TCE\n{TCE_HEADER}\n2,2,3,140,2,AFP\n2,1,4,140,2,NTP\n1,1,3,140,2,PC\n3,1,3,140,2,UNK\n"
    )
    curves = load(str(folder), table=str(folder / "tce.csv"))
    assert curves.stars.tolist() == ["1", "2", "4", "5"]
    assert curves.labels.tolist() == [1, 0, 0, 0]
    np.testing.assert_allclose(curves.ephemerides.period, [3, 4, NAN, NAN])


def test_without_a_table_a_comparison_is_refused_and_a_search_is_not(folder):
    with pytest.raises(InputError, match="a label for every row, but 5 of 5 rows have none"):
        load_source("kepler_fits", str(folder), {})
    curves = read_source("kepler_fits", str(folder), {})
    assert curves.labels.tolist() == [UNKNOWN] * 5


def test_the_table_may_stand_behind_a_variable(folder, monkeypatch):
    options = {"table": "${PLANTED_FOLDER}/koi.csv"}
    with pytest.raises(InputError, match=r"^data\.options\.table: the environment variable PLANT"):
        load_source("kepler_fits", str(folder), options)
    monkeypatch.setenv("PLANTED_FOLDER", str(folder))
    assert len(load_source("kepler_fits", str(folder), options)) == 3


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"positive": ["CONFIRMD"]}, "no disposition 'CONFIRMD'; did you mean 'CONFIRMED'?"),
        ({"negative": ["CONFIRMED"]}, "'CONFIRMED' is also among the positive ones"),
        ({"negative": []}, "must name at least one disposition"),
        (
            {"positive": ["NO KOI"], "negative": ["CANDIDATE"]},
            "a star with NO KOI is no planet's",
        ),
        ({"table": None, "positive": ["CONFIRMED"]}, "need a table"),
        ({"table": None, "rows": "signal"}, "need a table"),
        ({"quality": -1}, "must not be negative, got -1"),
        ({"quality": "soft"}, "data.options.quality"),
        ({"flux_column": "KSPSAP"}, "data.options.flux_column: input should be 'PDCSAP' or 'SAP'"),
        ({"quarters": [3, 4]}, "no file is of quarter [3, 4], got quarter 1"),
        (
            {"positive": ["NOT DISPOSITIONED"], "negative": ["CANDIDATE"], "quarters": [1]},
            "must hold both classes",
        ),
    ],
)
def test_options_that_cannot_be(folder, options, words):
    with pytest.raises(InputError) as caught:
        load_source("kepler_fits", str(folder), {"table": str(folder / "koi.csv"), **options})
    assert words in str(caught.value)


def test_no_star_that_the_table_decides(tmp_path):
    path = write_kepler(tmp_path / "a.fits", [99, 100, 102])
    table = koi_table(tmp_path, "7,K1.01,CANDIDATE,3.0,140.0,4.8,30")
    with pytest.raises(InputError, match="none of the 1 stars has a disposition among CONFIRMED"):
        load(path, table=table)
