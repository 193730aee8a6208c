"""The table of a FITS light-curve file, plain or gzipped, as plain dictionaries and arrays."""

import gzip
import io
import re
import warnings
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from astropy.io import fits
from astropy.utils.exceptions import AstropyWarning
from numpy.typing import NDArray

from kepler_keras.errors import InputError

TABLE = "LIGHTCURVE"
KEYWORDS = (
    "KEPLERID",
    "TICID",
    "QUARTER",
    "CAMPAIGN",
    "SECTOR",
    "MISSION",
    "OBSMODE",
    "BJDREFI",
    "BJDREFF",
)
GZIP_MAGIC = b"\x1f\x8b"
LARGEST_FILE = 32 * 2**20  # bytes once unpacked; a quarter has half a megabyte, in 20 s cadence 12
MOST_PARTS = 20  # header and data units; a light-curve file has three
LONGEST_HEADER = 1 << 20  # bytes; Kepler's longest has 20 thousand
# FITS standard 4.0, section 4.4.1.1 and 7.3.1, allows 999; astropy counts as far as a header says.
TOO_MANY = re.compile(rb"(NAXIS|TFIELDS) *= *\+?0*([1-9][0-9]{3,})", re.IGNORECASE)
END_CARD = re.compile(rb"END {77}")
# What astropy, gzip and numpy raise on damage.
UNREADABLE = (
    OSError,
    EOFError,
    zlib.error,
    ValueError,
    TypeError,
    KeyError,
    IndexError,
    AttributeError,
    AssertionError,
    OverflowError,
    MemoryError,
    AstropyWarning,
    fits.VerifyError,
)


@dataclass(frozen=True)
class FitsTable:
    """A light-curve file before anything in it is checked.

    Attributes:
        path: The file.
        primary: Those of `KEYWORDS` that the primary header has, with their values.
        header: Those that the table's own header has.
        names: Names of all columns.
        units: The unit of each column that has one.
        columns: The columns that were asked for and are there, each (n_rows, ...), as stored.
    """

    path: Path
    primary: dict[str, Any]
    header: dict[str, Any]
    names: tuple[str, ...]
    units: dict[str, str]
    columns: dict[str, NDArray[Any]]


def read_fits_table(path: Path, wanted: tuple[str, ...]) -> FitsTable:
    """Reads headers and some columns of the table LIGHTCURVE.

    Whether a file is gzipped is told from its first bytes, not from its name.

    Raises:
        InputError: It is missing, no FITS file, damaged, cut short, too large, or has no such
            table.
    """
    try:
        with _opened(path) as file, _strict_warnings(), fits.open(file, memmap=False) as hdus:
            table = _table(path, hdus)
            names = tuple(table.columns.names)
            return FitsTable(
                path=path,
                primary=_keywords(hdus[0].header),
                header=_keywords(table.header),
                names=names,
                units={one.name: str(one.unit).strip() for one in table.columns if one.unit},
                columns={name: np.array(table.data[name]) for name in wanted if name in names},
            )
    except InputError:
        raise
    except UNREADABLE as error:
        raise InputError(f"{path}: cannot read it as a FITS file: {_reason(error)}") from error


@contextmanager
def _opened(path: Path) -> Iterator[io.BytesIO]:
    """The unpacked content of a file, in memory; a light curve is small."""
    too_large = InputError(
        f"{path}: a light-curve file must have at most {LARGEST_FILE // 2**20} MiB once unpacked, "
        "got more"
    )
    if path.stat().st_size > LARGEST_FILE:
        raise too_large
    content = path.read_bytes()
    if content.startswith(GZIP_MAGIC):
        with gzip.open(io.BytesIO(content)) as stream:
            content = stream.read(LARGEST_FILE + 1)
    if len(content) > LARGEST_FILE:
        raise too_large
    if not content:
        raise InputError(f"{path}: the file is empty")
    _check_header(path, content)
    yield io.BytesIO(content)


def _check_header(path: Path, content: bytes) -> None:
    """Refuses what would keep astropy busy for hours."""
    if len(content) > LONGEST_HEADER and not END_CARD.search(content, 0, LONGEST_HEADER):
        raise InputError(
            f"{path}: cannot read it as a FITS file: no header ends in its first "
            f"{LONGEST_HEADER} bytes"
        )
    if found := TOO_MANY.search(content):
        keyword, value = found[1].decode().upper(), found[2][:20].decode()
        raise InputError(f"{path}: {keyword} must be at most 999, got {value}")


@contextmanager
def _strict_warnings() -> Iterator[None]:
    """Astropy only warns of a file that is cut short; other remarks on style do no harm."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", AstropyWarning)
        warnings.filterwarnings("error", message=".*truncated", category=AstropyWarning)
        yield


def _table(path: Path, hdus: Any) -> Any:
    parts = list(islice(hdus, MOST_PARTS))  # the next part shows whether the table's size is right
    for hdu in parts:
        if hdu.name == TABLE and isinstance(hdu, fits.BinTableHDU):
            return hdu
    found = [str(hdu.name or "one without a name") for hdu in parts]
    raise InputError(
        f"{path}: a light-curve file must have a table {TABLE}, got the parts {', '.join(found)}"
    )


def _keywords(header: Any) -> dict[str, Any]:
    """The keywords in use that have a value; FITS leaves it blank where it is not known.

    Others are not even looked at: astropy refuses malformed ones, which need not matter here.
    """
    found = {key: header[key] for key in KEYWORDS if key in header}
    undefined = fits.card.Undefined
    return {key: value for key, value in found.items() if not isinstance(value, undefined)}


def _reason(error: Exception) -> str:
    if isinstance(error, FileNotFoundError):
        return "there is no such file"
    strerror = getattr(error, "strerror", None)
    said = " ".join(str(error).split()).rstrip(".") or "the data end too early"
    return strerror or f"it is damaged or cut short ({said})"
