# ruff: noqa: E501 (a sentence is easier to compare in one line)
"""Every way a light-curve file can be wrong, with the sentence that says so."""

import gzip
import re
from pathlib import Path

import numpy as np
import pytest
from astropy.io import fits
from fits_files import CADENCE, kepler_columns, write_file, write_kepler

from kepler_keras.data.fits_table import LARGEST_FILE
from kepler_keras.data.sources.kepler_fits import load
from kepler_keras.errors import InputError
from kepler_keras.experiment import TrainTestPaths

FLUX = np.linspace(99, 101, 200)


def columns(**changes):
    """Sound columns with some replaced; None takes one out."""
    made = {**kepler_columns(FLUX), **changes}
    return {name: values for name, values in made.items() if values is not None}


def changed(name, row, value):
    values = columns()[name].copy()
    values[row] = value
    return {name: values}


def written(path, made=None, **changes):
    return write_file(path, columns() if made is None else made, **changes)


def raw(path, content):
    Path(path).write_bytes(content)


def sound_bytes(path):
    return Path(written(path)).read_bytes()


def truncated(path, keep):
    raw(path, sound_bytes(path)[:keep])


def truncated_gzip(path, share):
    packed = gzip.compress(sound_bytes(path))
    raw(path, packed[: int(len(packed) * share)])


def flipped_gzip(path):
    packed = bytearray(gzip.compress(sound_bytes(path)))
    packed[len(packed) // 2] ^= 0xFF
    raw(path, bytes(packed))


def bomb(path):
    raw(path, gzip.compress(bytes(LARGEST_FILE + 1), compresslevel=1))


def one_huge(path):
    with Path(path).open("wb") as file:
        file.truncate(LARGEST_FILE + 1)  # a hole: it takes no room on the disk


def image_instead(path):
    image = fits.ImageHDU(np.zeros((2, 2)), name="LIGHTCURVE")
    fits.HDUList([fits.PrimaryHDU(), image]).writeto(path)


def header_number(path, key, value):
    """Writes another value into a card of the file, whatever astropy would say."""
    content = sound_bytes(path)
    card = f"{key:8}= {value:>20}".encode()
    begin = content.index(f"{key:8}=".encode(), 2880)
    raw(path, content[:begin] + card + content[begin + len(card) :])


def text_cadences(path):
    made = columns()
    made["CADENCENO"] = np.array(["a"] * len(FLUX))
    written(path, made, formats={"CADENCENO": "4A"})


def several_a_row(path):
    made = columns()
    made["PDCSAP_FLUX"] = np.zeros((len(FLUX), 3))
    written(path, made, formats={"PDCSAP_FLUX": "3E"})


TIME = columns()["TIME"]
NUMBERS = columns()["CADENCENO"]

# What is done to the file a.fits, and what the sentence must say.
CASES = {
    "nothing there": (lambda p: None, "cannot read it as a FITS file: there is no such file"),
    "empty": (lambda p: raw(p, b""), "the file is empty"),
    "text": (lambda p: raw(p, b"<html>404</html>"), "cannot read it as a FITS file"),
    "zeros": (lambda p: raw(p, bytes(5760)), "cannot read it as a FITS file"),
    "half a header": (lambda p: truncated(p, 1500), "cannot read it as a FITS file"),
    "primary header only": (lambda p: truncated(p, 2880), "must have a table LIGHTCURVE, got the parts PRIMARY"),
    "table header cut": (lambda p: truncated(p, 2880 + 500), "a table LIGHTCURVE|cannot read it"),
    "no data": (lambda p: truncated(p, 5760), "damaged or cut short"),
    "data cut short": (lambda p: truncated(p, 5760 + 2000), "damaged or cut short"),
    "gzip cut early": (lambda p: truncated_gzip(p, 0.05), "damaged or cut short"),
    "gzip cut late": (lambda p: truncated_gzip(p, 0.95), "damaged or cut short"),
    "gzip flipped": (flipped_gzip, "damaged or cut short"),
    "gzip bomb": (bomb, "at most 32 MiB once unpacked"),
    "too large": (one_huge, "at most 32 MiB once unpacked"),
    "gzip of text": (lambda p: raw(p, gzip.compress(b"hello")), "cannot read it as a FITS file"),
    "wrong table": (lambda p: written(p, extname="TARGETTABLES"), "must have a table LIGHTCURVE, got the parts PRIMARY, TARGETTABLES"),
    "image for table": (image_instead, "must have a table LIGHTCURVE"),
    "impossible width": (lambda p: header_number(p, "NAXIS1", 7), "cannot read it as a FITS file"),
    "impossible length": (lambda p: header_number(p, "NAXIS2", 10**12), "cannot read it as a FITS file"),
    "negative length": (lambda p: header_number(p, "NAXIS2", -4), "cannot read it as a FITS file"),
    "no rows": (lambda p: written(p, {k: v[:0] for k, v in columns().items()}), "the table LIGHTCURVE has no rows"),
    "one row": (lambda p: written(p, {k: v[:1] for k, v in columns().items()}), "TIME must be known in at least 2 rows, got 1"),
    "no time column": (lambda p: written(p, columns(TIME=None)), "the column TIME is missing, got the columns CADENCENO, SAP_FLUX, "),
    "no cadence column": (lambda p: written(p, columns(CADENCENO=None)), "the column CADENCENO is missing"),
    "no flux column": (lambda p: written(p, columns(PDCSAP_FLUX=None)), "the column PDCSAP_FLUX is missing"),
    "no quality column": (lambda p: written(p, columns(SAP_QUALITY=None)), "the column SAP_QUALITY is missing"),
    "text cadences": (text_cadences, "CADENCENO must hold one of whole numbers a row, got str"),
    "real cadences": (lambda p: written(p, formats={"CADENCENO": "D"}), "CADENCENO must hold one of whole numbers a row, got float64"),
    "real quality": (lambda p: written(p, formats={"SAP_QUALITY": "E"}), "SAP_QUALITY must hold one of whole numbers"),
    "several values a row": (several_a_row, r"PDCSAP_FLUX must hold one of real numbers a row, got float32 of shape \(200, 3\)"),
    "no star": (lambda p: written(p, primary={"KEPLERID": None}), r"must have KEPLERID \(Kepler, K2\) or TICID \(TESS\), got neither"),
    "star in words": (lambda p: written(p, primary={"KEPLERID": "seven"}), "must have KEPLERID with a whole number, got 'seven'"),
    "negative star": (lambda p: written(p, primary={"KEPLERID": -7}), "must have KEPLERID with a whole number, got -7"),
    "no quarter": (lambda p: written(p, primary={"QUARTER": None}), "must have QUARTER with a whole number, got none"),
    "quarter in words": (lambda p: written(p, primary={"QUARTER": True}), "must have QUARTER with a whole number, got True"),
    "short cadence": (lambda p: written(p, primary={"OBSMODE": "short cadence"}), "OBSMODE must be 'long cadence', got 'short cadence'"),
    "short cadence unsaid": (lambda p: written(p, columns(TIME=50 + CADENCE / 30 * NUMBERS), primary={"OBSMODE": None}), "29.42 min, got 0.9808 min: this is a short-cadence file"),
    "time unit": (lambda p: written(p, units={"TIME": "s"}), "TIME must be in days .*, got the unit 's'"),
    "time zero unit": (lambda p: written(p, units={"TIME": "BJD - 2457000"}), r"TIME must be in days \(BJD - 2454833\), got the unit 'BJD - 2457000'"),
    "time zero keyword": (lambda p: written(p, header={"BJDREFI": 2400000}), "TIME must count from 2454833 .*, got BJDREFI 2400000"),
    "time zero fraction": (lambda p: written(p, header={"BJDREFF": 0.5}), "got BJDREFI 2454833 and BJDREFF 0.5"),
    "time in hours": (lambda p: written(p, columns(TIME=TIME * 24)), "takes 29.42 min, got 706.2 min; TIME must be in days"),
    "time in seconds": (lambda p: written(p, columns(TIME=TIME * 86400)), "TIME must be BKJD, days from 2454833 on"),
    "julian days": (lambda p: written(p, columns(TIME=TIME + 2454833)), r"TIME must be BKJD, days from 2454833 on, got 2\.4548"),
    "infinite time": (lambda p: written(p, columns(**changed("TIME", 5, np.inf))), "TIME must be BKJD, .* got inf"),
    "no time known": (lambda p: written(p, columns(TIME=np.full(200, np.nan))), "TIME must be known in at least 2 rows, got 0"),
    "time runs back": (lambda p: written(p, columns(TIME=TIME[::-1])), "TIME must grow with CADENCENO"),
    "time stands still": (lambda p: written(p, columns(TIME=np.full(200, 60.0))), "TIME must grow with CADENCENO"),
    "one time astray": (lambda p: written(p, columns(**changed("TIME", 5, 60.0))), r"cadence 105 stands \+7.85 d from where the others place it"),
    "one cadence astray": (lambda p: written(p, columns(**changed("CADENCENO", 5, 7000))), "cadence 7000 stands -141 d from where the others place it"),
    "a wild cadence": (lambda p: written(p, columns(**changed("CADENCENO", 5, 2**31 - 1), TIME=np.where(np.arange(200) == 5, np.nan, TIME))), "CADENCENO runs from 100 to 2147483647, too far for 200 rows"),
    "duplicate cadence": (lambda p: written(p, columns(**changed("CADENCENO", 5, 103))), r"CADENCENO must differ from row to row, got 103 in the rows 4 and 6 \(1 repeats in all\)"),
    "negative cadence": (lambda p: written(p, columns(**changed("CADENCENO", 5, -2))), "CADENCENO must not be negative, got -2 in row 6"),
    "flux unit": (lambda p: written(p, units={"PDCSAP_FLUX": "mag"}), r"PDCSAP_FLUX must be in electrons per second \(e-/s\), got the unit 'mag'"),
    "all NaN": (lambda p: written(p, columns(PDCSAP_FLUX=np.full(200, np.nan))), "no cadence has any flux that the quality bits leave"),
    "all zero": (lambda p: written(p, columns(PDCSAP_FLUX=np.zeros(200))), "no cadence has any flux that the quality bits leave"),
    "all flagged": (lambda p: written(p, columns(SAP_QUALITY=np.full(200, 2))), "no cadence has any flux that the quality bits leave"),
    "infinite flux": (lambda p: written(p, columns(**changed("PDCSAP_FLUX", 5, np.inf))), r"PDCSAP_FLUX must be finite or NaN, got inf in row 6 \(1 such values in all\)"),
    "too bright for float32": (lambda p: written(p, columns(PDCSAP_FLUX=np.full(200, 1e300)), formats={"PDCSAP_FLUX": "D"}), "PDCSAP_FLUX must be finite or NaN, got inf"),
    "negative median": (lambda p: written(p, columns(PDCSAP_FLUX=-FLUX)), "the median flux must be positive to normalise by it, got -100 e-/s"),
}  # fmt: skip


def refusal(path, **options):
    with pytest.raises(InputError) as caught:
        load(path, **options)
    sentence = str(caught.value)
    assert "\n" not in sentence
    return sentence


def test_the_file_that_is_damaged_is_sound_otherwise(tmp_path):
    assert load(written(tmp_path / "a.fits")).flux.shape == (1, 200)


@pytest.mark.parametrize("case", CASES)
def test_a_damaged_file_ends_in_one_sentence(tmp_path, case):
    path = tmp_path / "a.fits"
    damage, words = CASES[case]
    damage(path)
    sentence = refusal(str(path))
    assert sentence.startswith(f"{path}: ")
    assert re.search(words, sentence), sentence


@pytest.mark.parametrize("case", ["data cut short", "gzip cut late", "duplicate cadence"])
def test_a_damaged_file_of_a_folder_is_not_passed_over(tmp_path, case):
    written(tmp_path / "sound.fits", primary={"KEPLERID": 8})
    CASES[case][0](tmp_path / "a.fits")
    assert refusal(str(tmp_path)).startswith(f"{tmp_path / 'a.fits'}: ")


def test_a_negative_median_does_no_harm_where_nothing_is_divided(tmp_path):
    path = written(tmp_path / "a.fits", columns(PDCSAP_FLUX=-FLUX))
    assert load(path, normalise="none").flux[0, 0] == -99


def test_a_folder_without_fits(tmp_path):
    (tmp_path / "index.csv").write_text("file\n")
    assert (
        refusal(str(tmp_path))
        == f"{tmp_path}: the folder must hold .fits or .fits.gz files, got none"
    )


def test_a_folder_of_short_cadence_only(tmp_path):
    for name in ("a", "b"):
        written(tmp_path / f"{name}.fits", primary={"OBSMODE": "short cadence"})
    assert "all 2 files are short-cadence ones" in refusal(str(tmp_path))


def test_nothing_and_a_pair():
    assert "reads a file or a folder, got nothing" in refusal(None)
    assert "got a train and test pair" in refusal(TrainTestPaths(train="a", test="b"))


def test_one_quarter_twice(tmp_path):
    written(tmp_path / "a.fits")
    written(tmp_path / "b.fits")
    assert "two files of star 7 must not hold the same cadences" in refusal(str(tmp_path))


def test_quarters_that_overlap_by_one_cadence(tmp_path):
    write_kepler(tmp_path / "a.fits", FLUX, first=100)
    write_kepler(tmp_path / "b.fits", FLUX, first=299, primary={"QUARTER": 2})
    sentence = refusal(str(tmp_path))
    assert sentence.startswith(f"{tmp_path / 'b.fits'}: ")
    assert sentence.endswith("a.fits also holds cadence 299")


def test_two_missions(tmp_path):
    written(tmp_path / "a.fits")
    written(tmp_path / "b.fits", primary={"KEPLERID": 201367065, "QUARTER": None, "CAMPAIGN": 1})
    assert "all files must be of one mission, got K2 beside the Kepler of" in refusal(str(tmp_path))


def tess(path, *, minutes, star):
    made = columns(SAP_QUALITY=None, QUALITY=np.zeros(200), TIME=1300 + minutes / 1440 * NUMBERS)
    keys = {"KEPLERID": None, "QUARTER": None, "OBSMODE": None, "TICID": star, "SECTOR": 1}
    return written(path, made, primary=keys, units={"TIME": "BJD - 2457000, days"})


def test_two_cadences_of_tess(tmp_path):
    tess(tmp_path / "a.fits", minutes=2, star=1)
    tess(tmp_path / "b.fits", minutes=10, star=2)
    assert "must have the cadence of" in refusal(str(tmp_path))
    assert refusal(str(tmp_path)).endswith("2 min, got 10 min")


def test_a_file_of_tess_without_its_quality_column(tmp_path):
    made = columns(TIME=1300 + 2 / 1440 * NUMBERS)
    keys = {"KEPLERID": None, "QUARTER": None, "TICID": 1, "SECTOR": 1}
    path = written(tmp_path / "a.fits", made, primary=keys, units={"TIME": "d"})
    assert "the column QUALITY is missing" in refusal(path)


def test_files_that_count_cadences_differently(tmp_path):
    for star in (1, 2, 3):
        made = columns(CADENCENO=NUMBERS + 500 * (star == 3))
        written(tmp_path / f"{star}.fits", made, primary={"KEPLERID": star})
    sentence = refusal(str(tmp_path))
    assert sentence.startswith(f"{tmp_path / '3.fits'}: all files must count cadences alike")
    assert "-10.2 d" in sentence
