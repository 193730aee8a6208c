"""FITS headers that would keep a reader busy, or that astropy stumbles over in its own way."""

import time

import pytest
from fits_files import write_kepler

from kepler_keras.data.fits_table import LONGEST_HEADER, MOST_PARTS
from kepler_keras.data.sources import read_source
from kepler_keras.errors import InputError

CARD = 80
BLOCK = 2880
EMPTY_PART = b"".join(
    line.encode().ljust(CARD)
    for line in (
        "XTENSION= 'IMAGE   '",
        "BITPIX  =                    8",
        "NAXIS   =                    0",
        "PCOUNT  =                    0",
        "GCOUNT  =                    1",
        "END",
    )
).ljust(BLOCK)


def with_card(content, keyword, value):
    """The file with another value in the last card of that keyword."""
    at = content.rindex(keyword.encode().ljust(8) + b"=")
    return content[:at] + f"{keyword:8}= {value:>20}".encode().ljust(CARD) + content[at + CARD :]


HOSTILE = {
    "dimensions": (lambda c: with_card(c, "NAXIS", "99999999999"), "NAXIS must be at most 999"),
    "fields": (lambda c: with_card(c, "TFIELDS", "4000000000"), "TFIELDS must be at most 999"),
    "no name for a column": (
        lambda c: with_card(c, "TTYPE1", "7"),
        "cannot read it as a FITS file|the column TIME is missing",
    ),
    "a unit that is a number": (lambda c: with_card(c, "TUNIT1", "7"), "TIME must be in days"),
    "an endless header": (
        lambda c: c[: 4 * CARD] + b"COMMENT ".ljust(CARD) * (LONGEST_HEADER // CARD + 1),
        "no header ends in its first",
    ),
    "many parts": (
        lambda c: c[:BLOCK] + EMPTY_PART * (MOST_PARTS + 1) + c[BLOCK:],
        "must have a table LIGHTCURVE",
    ),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_a_hostile_header_is_refused_at_once(case, tmp_path):
    change, words = HOSTILE[case]
    path = tmp_path / "a.fits"
    write_kepler(path, [5.0, 6.0, 7.0])
    path.write_bytes(change(path.read_bytes()))
    start = time.perf_counter()
    with pytest.raises(InputError, match=words):
        read_source("kepler_fits", str(path), {})
    assert time.perf_counter() - start < 5
