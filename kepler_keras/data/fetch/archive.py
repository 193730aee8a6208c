"""NASA's archives: the catalogue tables, and the light curves of one star."""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from urllib.parse import urlencode, urljoin

from kepler_keras.data.fetch.checks import check_light_curve, check_table
from kepler_keras.data.fetch.connection import NotThereError, Patience, fetch_text, open_session
from kepler_keras.data.fetch.download import Remote, download
from kepler_keras.errors import InputError
from kepler_keras.progress import stage

# https://exoplanetarchive.ipac.caltech.edu/docs/TAP/usingTAP.html
TABLES_ADDRESS = "https://exoplanetarchive.ipac.caltech.edu/TAP/sync"
# https://archive.stsci.edu/kepler/download_options.html
CURVES_ADDRESS = "https://archive.stsci.edu/missions/kepler/lightcurves"
LARGEST_KEPID = 10**9 - 1
LONGEST_LISTING = 1 << 20  # bytes

# When the last cadence of a quarter was taken stands in a file's name; quarter 4 has two, since
# module 3 failed in it. Kepler Archive Manual (KDMC-10008), Sec. 2.2.
QUARTERS = {
    "2009131105131": 0,
    "2009166043257": 1,
    "2009259160929": 2,
    "2009350155506": 3,
    "2010009091648": 4,
    "2010078095331": 4,
    "2010174085026": 5,
    "2010265121752": 6,
    "2010355172524": 7,
    "2011073133259": 8,
    "2011177032512": 9,
    "2011271113734": 10,
    "2012004120508": 11,
    "2012088054726": 12,
    "2012179063303": 13,
    "2012277125453": 14,
    "2013011073258": 15,
    "2013098041711": 16,
    "2013131215648": 17,
}


@dataclass(frozen=True)
class Table:
    """A table of the Exoplanet Archive.

    Attributes:
        name: As the archive calls it.
        file: Name of the file it is kept in.
        columns: Some that it must have.
        least_rows: Rows it is known to have at least.
    """

    name: str
    file: str
    columns: tuple[str, ...]
    least_rows: int


TABLES = (
    # 9564 rows in July 2026. It is still being revised, so a few less are no damage.
    Table(
        "cumulative",
        "koi_cumulative.csv",
        ("kepid", "koi_disposition", "koi_period", "koi_time0bk", "koi_duration"),
        least_rows=9500,
    ),
    # Closed in 2015: exactly this many.
    Table(
        "q1_q17_dr24_tce",
        "q1_q17_dr24_tce.csv",
        ("kepid", "tce_plnt_num", "av_training_set", "tce_period", "tce_time0bk", "tce_duration"),
        least_rows=20367,
    ),
)


def fetch_tables(
    folder: Path,
    *,
    address: str = TABLES_ADDRESS,
    again: bool = False,
    patience: Patience | None = None,
) -> list[Path]:
    """Brings the cumulative KOI table and the TCE table of DR24, as CSV.

    Args:
        folder: Where they are put.
        address: Of the archive's TAP service, or of a mirror that answers the same queries.
        again: Whether a table that is there already is brought once more.
        patience: How long the server is waited for.

    Raises:
        InputError: As `download` says.
    """
    session = open_session(address)
    files = []
    for table in TABLES:
        query = urlencode({"query": f"select * from {table.name}", "format": "csv"})
        check = partial(check_table, columns=table.columns, least_rows=table.least_rows)
        file = Remote(f"{address}?{query}", folder / table.file, check)
        if again or not file.is_here():
            download(session, file, patience=patience)
        files.append(file.path)
    return files


def fetch_star(
    kepid: int,
    folder: Path,
    *,
    quarters: Collection[int] | None = None,
    address: str = CURVES_ADDRESS,
    again: bool = False,
    patience: Patience | None = None,
) -> list[Path]:
    """Brings a star's long-cadence light curves, one FITS file a quarter.

    Args:
        kepid: Number in the Kepler Input Catalog.
        folder: Where they are put.
        quarters: Which ones, 0 to 17; all by default. Asking for one without data is an error.
        address: Of the folder tree at the archive, or of a mirror of it.
        again: Whether files that are there already are brought once more.
        patience: How long the server is waited for.

    Raises:
        InputError: No such star or quarter, or as `download` says.
    """
    if not 0 < kepid <= LARGEST_KEPID:
        raise InputError(f"kepid must be a number of up to 9 digits, got {kepid}")
    session = open_session(address)
    star = f"{kepid:09d}"
    place = f"{address.rstrip('/')}/{star[:4]}/{star}/"
    try:
        page = fetch_text(session, place, patience or Patience(), most=LONGEST_LISTING)
    except NotThereError as error:
        raise InputError(f"{place}: the archive has no light curves of KIC {kepid}") from error
    names = list(_wanted(place, page, kepid, quarters))
    check = partial(check_light_curve, kepid=kepid)
    files = [Remote(urljoin(place, name), folder / name, check) for name in names]
    with stage(f"light curves of KIC {kepid}", len(files)) as counter:
        for file in files:
            if again or not file.is_here():
                download(session, file, patience=patience, bar=False)
            counter.advance(file.path.name)
    return [file.path for file in files]


def _wanted(place: str, page: str, kepid: int, quarters: Collection[int] | None) -> Iterator[str]:
    """Names of the long-cadence files of the wanted quarters, from a folder's page."""
    names = sorted(set(re.findall(rf"kplr{kepid:09d}-\d{{13}}_llc\.fits", page)))
    if not names:
        raise InputError(f"{place}: the page lists no long-cadence light curve of KIC {kepid}")
    there = {name: QUARTERS.get(name.split("-")[1][:13]) for name in names}
    for quarter in quarters or ():
        if quarter not in there.values():
            known = ", ".join(str(q) for q in sorted({q for q in there.values() if q is not None}))
            raise InputError(
                f"{place}: there is no long-cadence light curve of KIC {kepid} in quarter "
                f"{quarter}, there are quarters {known}"
            )
    return (name for name in names if quarters is None or there[name] in quarters)
