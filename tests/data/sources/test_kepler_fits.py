import gzip
from pathlib import Path

import numpy as np
import pytest
from fits_files import CADENCE, KOI_HEADER, TCE_HEADER, kepler_columns, write_file, write_kepler

from kepler_keras.data.light_curves import UNKNOWN
from kepler_keras.data.sources import load_source
from kepler_keras.data.sources.kepler_fits import load
from kepler_keras.errors import InputError

NAN = np.nan


def koi_table(folder, *rows):
    path = folder / "koi.csv"
    path.write_text("\n".join(["# KOI table", KOI_HEADER, *rows]) + "\n")
    return str(path)


def notes_about(curves, words):
    return [note for note in curves.notes if words in note]


def test_a_file_becomes_ppm_about_its_median(tmp_path):
    curves = load(write_kepler(tmp_path / "a.fits", [99, 100, 102, NAN]))
    np.testing.assert_allclose(curves.flux, [[-10_000, 0, 20_000, NAN]], rtol=1e-6)
    assert curves.flux.dtype == np.float32
    assert curves.stars.tolist() == ["7"]
    assert curves.labels.tolist() == [UNKNOWN]
    assert curves.ephemerides is None
    assert curves.start == pytest.approx(50 + 100 * CADENCE)
    assert curves.cadence == pytest.approx(CADENCE)


def test_flux_as_it_stands_in_the_file(tmp_path):
    path = write_kepler(tmp_path / "a.fits", [99, 100, 102])
    assert load(path, normalise="none").flux.tolist() == [[99, 100, 102]]
    assert load(path, normalise="none", flux_column="SAP").flux.tolist() == [[109, 110, 112]]


def test_quarters_are_normalised_apart_and_joined_on_the_cadence_grid(tmp_path):
    write_kepler(tmp_path / "b.fits", [200, 202, 198], first=105, primary={"QUARTER": 2})
    write_kepler(tmp_path / "a.fits", [100, 101, 99], first=100)
    write_kepler(tmp_path / "c.fits", [50, 51], first=106, primary={"KEPLERID": 3})
    curves = load(str(tmp_path))
    assert curves.stars.tolist() == ["3", "7"]
    expected = [
        [NAN, NAN, NAN, NAN, NAN, NAN, 50 / 50.5 - 1, 51 / 50.5 - 1],
        [0, 0.01, -0.01, NAN, NAN, 0, 0.01, -0.01],
    ]
    np.testing.assert_allclose(curves.flux, np.array(expected) * 1e6, rtol=1e-4)
    assert notes_about(curves, "3 files of 2 stars (Kepler, 1 to 2 files a star), flux in ppm")
    assert notes_about(curves, "flux in 25.0% to 75.0% of the columns")


def test_a_quarter_can_be_chosen(tmp_path):
    write_kepler(tmp_path / "a.fits", [100, 101, 99], first=100)
    write_kepler(tmp_path / "b.fits", [200, 202], first=105, primary={"QUARTER": 2})
    curves = load(str(tmp_path), quarters=[2])
    assert curves.flux.shape == (1, 2)
    assert curves.start == pytest.approx(50 + 105 * CADENCE)


@pytest.mark.parametrize(
    ("quality", "kept"),
    [
        ("none", [1, 1, 1, 1]),
        ("default", [1, 0, 1, 0]),
        ("hard", [1, 0, 0, 0]),
        (128, [1, 1, 0, 0]),
        (0, [1, 1, 1, 1]),
    ],
)
def test_quality_bits_become_gaps(tmp_path, quality, kept):
    path = write_kepler(tmp_path / "a.fits", [9, 10, 11, 10], quality=[0, 1, 128, 129])
    curves = load(path, quality=quality)
    assert np.isfinite(curves.flux[0]).tolist() == [bool(value) for value in kept]
    gone = kept.count(0)
    sentence = [f"{gone} values were taken out by their quality bits."] if gone else []
    assert notes_about(curves, "quality bits") == sentence


def test_masked_values_do_not_move_the_median(tmp_path):
    path = write_kepler(tmp_path / "a.fits", [100, 100, 9000, 9000, 9000], quality=[0, 0, 1, 1, 1])
    assert load(path).flux[0, :2].tolist() == [0, 0]


def test_gzip_is_told_from_the_content_not_the_name(tmp_path):
    plain = Path(write_kepler(tmp_path / "a.fits", [99, 100, 102])).read_bytes()
    (tmp_path / "packed.fits").write_bytes(gzip.compress(plain))
    (tmp_path / "plain.fits.gz").write_bytes(plain)
    for name in ("packed.fits", "plain.fits.gz"):
        np.testing.assert_array_equal(
            load(str(tmp_path / name)).flux, load(str(tmp_path / "a.fits")).flux
        )


def test_other_files_of_a_folder_are_ignored(tmp_path):
    below = tmp_path / "deeper" / "still"
    below.mkdir(parents=True)
    write_kepler(below / "a.fits", [99, 100, 102])
    for name in ("index.csv", "notes.txt", "a.fits.part", "._a.fits"):
        (below / name).write_text("nothing")
    (tmp_path / "folder.fits").mkdir()
    assert load(str(tmp_path)).flux.shape == (1, 3)


def test_unsorted_rows_are_sorted(tmp_path):
    columns = kepler_columns([99, 100, 102])
    order = [2, 0, 1]
    path = write_file(tmp_path / "a.fits", {key: v[order] for key, v in columns.items()})
    curves = load(path, normalise="none")
    assert curves.flux.tolist() == [[99, 100, 102]]
    assert notes_about(curves, "1 file (a.fits first): rows out of order, sorted by CADENCENO.")


def test_missing_cadences_are_gaps(tmp_path):
    columns = {key: v[[0, 3, 4]] for key, v in kepler_columns([99, 0, 0, 100, 102]).items()}
    curves = load(write_file(tmp_path / "a.fits", columns), normalise="none")
    np.testing.assert_array_equal(curves.flux, [[99, NAN, NAN, 100, 102]])


def test_a_time_that_is_unknown_keeps_its_cadence(tmp_path):
    columns = kepler_columns([99, 100, 102])
    columns["TIME"][1] = NAN
    curves = load(write_file(tmp_path / "a.fits", columns), normalise="none")
    assert curves.flux.tolist() == [[99, 100, 102]]


def test_zero_is_a_filling_and_negative_rates_stay(tmp_path):
    curves = load(write_kepler(tmp_path / "a.fits", [0, 5, -1, 6]), normalise="none")
    np.testing.assert_array_equal(curves.flux, [[NAN, 5, -1, 6]])
    assert notes_about(curves, "1 values of exactly 0 e-/s were taken out")
    assert notes_about(curves, "1 values are negative electron rates; they were kept.")


def test_a_file_without_flux_is_left_out_where_others_have_some(tmp_path):
    write_kepler(tmp_path / "a.fits", [99, 100, 102])
    write_kepler(tmp_path / "b.fits", [NAN, NAN], primary={"KEPLERID": 8})
    curves = load(str(tmp_path))
    assert curves.stars.tolist() == ["7"]
    assert notes_about(curves, "1 file (b.fits first): no flux at all, left out.")


def test_short_cadence_files_of_a_folder_are_left_out(tmp_path):
    write_kepler(tmp_path / "a.fits", [99, 100, 102])
    write_kepler(tmp_path / "s.fits", [1, 2], primary={"OBSMODE": "short cadence"})
    curves = load(str(tmp_path))
    assert notes_about(curves, "1 file (s.fits first): no long cadence, left out.")


def test_a_file_of_k2(tmp_path):
    path = write_kepler(
        tmp_path / "a.fits",
        [99, 100, 102],
        quality=[0, 0, 1048576],
        primary={"KEPLERID": 201367065, "QUARTER": None, "CAMPAIGN": 1, "MISSION": "K2"},
    )
    curves = load(path, quarters=[1])
    assert curves.stars.tolist() == ["EPIC 201367065"]
    assert np.isnan(curves.flux[0, 2])  # a thruster fired


def test_a_file_of_tess(tmp_path):
    columns = kepler_columns([99, 100, 102, 101])
    columns["QUALITY"] = [0, 0, 512, 0]
    del columns["SAP_QUALITY"]
    columns["TIME"] = 1325 + 2 / 1440 * np.arange(4)
    primary = {"KEPLERID": None, "QUARTER": None, "OBSMODE": None, "TICID": 261136679, "SECTOR": 1}
    path = write_file(
        tmp_path / "a.fits",
        columns,
        primary=primary,
        header={"BJDREFI": 2457000, "BJDREFF": 0.0},
        units={"TIME": "BJD - 2457000, days"},
    )
    curves = load(path)
    assert curves.stars.tolist() == ["TIC 261136679"]
    assert curves.cadence * 1440 == pytest.approx(2)
    assert curves.start == pytest.approx(1325)
    assert np.isfinite(curves.flux[0]).tolist() == [True, True, False, True]
    table = koi_table(tmp_path, "261136679,K1.01,CONFIRMED,3,140,2,9")
    with pytest.raises(InputError, match=r"lists Kepler's stars by kepid, but .* is of TESS"):
        load(path, table=table)


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
    curves = load_source("kepler_fits", str(folder), {}, labelled=False)
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
