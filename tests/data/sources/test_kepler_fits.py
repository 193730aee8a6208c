import gzip
from pathlib import Path

import numpy as np
import pytest
from fits_files import CADENCE, kepler_columns, koi_table, notes_about, write_file, write_kepler

from kepler_keras.data.light_curves import UNKNOWN
from kepler_keras.data.sources import read_source
from kepler_keras.data.sources.kepler_fits import load
from kepler_keras.errors import InputError

NAN = np.nan


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
    assert curves.left_out == {"8": "no flux at all"}


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


def test_a_malformed_card_that_nobody_needs_does_no_harm(tmp_path):
    path = Path(write_kepler(tmp_path / "a.fits", [99, 100, 102]))
    content = path.read_bytes()
    card = b"TELESCOP= 'Kepler  '"
    path.write_bytes(content.replace(card, b"TELESCOP= Kepler '' "))
    assert path.read_bytes() != content
    assert load(str(path)).flux.shape == (1, 3)


def test_a_number_where_a_list_is_due_is_refused_in_words():
    with pytest.raises(InputError, match=r"quarters: must be a list, as \[1, 2\], got 10"):
        read_source("kepler_fits", "anywhere", {"quarters": 10})
