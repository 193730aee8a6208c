"""Whether what came is what was asked for; a server's page of excuses is neither table nor FITS."""

import csv
import hashlib
import re
import warnings
from collections.abc import Iterable
from pathlib import Path

import numpy as np

FITS_BLOCK = 2880  # bytes; FITS Standard 4.0, Sec. 3.1
EXCERPT = 80  # characters of a page that are quoted


class DamagedError(ValueError):
    """The bytes are not the file that they should be; a sentence without place."""


def check_table(path: Path, *, columns: Iterable[str], least_rows: int) -> None:
    """Checks a CSV table from end to end; lines that begin with `#` are comments.

    Args:
        path: The file.
        columns: Names that its header must have.
        least_rows: Rows it must have at least.

    Raises:
        DamagedError: A page, a header or row that does not fit, or too few rows.
    """
    refuse_page(path, "a CSV table")
    try:
        with path.open(encoding="utf-8", newline="") as file:
            lines = csv.reader(line for line in file if not line.startswith("#"))
            header = next(lines, [])
            missing = [name for name in columns if name not in header]
            if missing:
                raise DamagedError(f"the column {missing[0]!r} is missing from the table that came")
            n_rows = 0
            for row in lines:
                n_rows += 1
                if len(row) != len(header):
                    raise DamagedError(
                        f"row {n_rows} of the table that came has {len(row)} cells "
                        f"where the header has {len(header)}"
                    )
    except (UnicodeDecodeError, csv.Error) as error:
        raise DamagedError(f"what came is no CSV table: {error}") from error
    if n_rows < least_rows:
        raise DamagedError(f"the table that came has {n_rows} rows, at least {least_rows} are due")


def check_light_curve(path: Path, *, kepid: int) -> None:
    """Checks a Kepler light curve: blocks, star, columns and the checksum of every part.

    Raises:
        DamagedError: It is something else, cut short, of another star, or fails a checksum.
    """
    refuse_page(path, "a FITS file")
    if path.stat().st_size % FITS_BLOCK or not path.stat().st_size:
        raise DamagedError(
            f"what came is no whole FITS file: {path.stat().st_size} bytes are no "
            f"multiple of {FITS_BLOCK}"
        )
    from astropy.io import fits

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            with fits.open(path, memmap=False) as hdus:
                spans = {hdu.name: hdu.fileinfo() for hdu in hdus if "CHECKSUM" in hdu.header}
                star = hdus[0].header.get("KEPLERID")
                names = hdus["LIGHTCURVE"].columns.names
        except (OSError, KeyError, ValueError, TypeError, Warning) as error:
            reason = " ".join(str(error).split())
            raise DamagedError(f"what came is no whole light curve: {reason}") from error
    for name, span in spans.items():
        _verify_checksum(path, name, span["hdrLoc"], span["datLoc"] + span["datSpan"])
    if star != kepid or "TIME" not in names:
        raise DamagedError(f"a light curve of KIC {kepid} was due, got one of KIC {star}")


def _verify_checksum(path: Path, name: str, start: int, stop: int) -> None:
    """Sums the 32-bit words of one part of a FITS file; all bits of the sum must be set.

    Done on the bytes of the file: astropy's own check changes the header of scaled columns first,
    and then finds every Kepler light curve wrong. Source: FITS Standard 4.0, Appendix J.
    """
    words = np.fromfile(path, dtype=">u4", offset=start, count=(stop - start) // 4)
    total = int(words.sum(dtype=np.uint64))
    while total >> 32:
        total = (total & 0xFFFFFFFF) + (total >> 32)
    if total != 0xFFFFFFFF:
        raise DamagedError(f"the checksum of {name} in the FITS file that came is wrong")


def refuse_page(path: Path, due: str) -> None:
    """Refuses HTML and XML, which some servers send with status 200 where something went wrong.

    Raises:
        DamagedError: With the page's own first words.
    """
    with path.open("rb") as file:
        head = file.read(4096).decode("utf-8", errors="replace").lstrip("\ufeff \t\r\n")
    if head.startswith("<"):
        words = " ".join(re.sub(r"<[^>]*>", " ", head).split())
        raise DamagedError(f"{due} was due, a page came that begins {words[:EXCERPT]!r}")


def sha256(path: Path) -> str:
    """The sha256 of a file's bytes, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
