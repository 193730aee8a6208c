"""The commands below `kepler-keras data`: bring data, and say what a file is."""

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from kepler_keras.errors import InputError

DATA_FOLDER = "KEPLER_KERAS_DATA"
TABLES_ADDRESS = "KEPLER_KERAS_TABLES_ADDRESS"
CURVES_ADDRESS = "KEPLER_KERAS_CURVES_ADDRESS"

data_app = typer.Typer(
    help="Bring light curves and catalogues from the archives; say what a file is.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
fetch_app = typer.Typer(
    help="Bring data, whole and checked; a download that broke off is gone on with.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
data_app.add_typer(fetch_app, name="fetch")

Again = Annotated[bool, typer.Option("--again", help="Bring what is there already once more.")]


def _out(subfolder: str) -> typer.models.OptionInfo:
    option: typer.models.OptionInfo = typer.Option(
        help=f"The folder for the files.  [default: ${DATA_FOLDER}/{subfolder} or data/{subfolder}]"
    )
    return option


@fetch_app.command()
def koi(
    out: Annotated[str, _out("koi_tables")] = "",
    again: Again = False,
    address: Annotated[
        str, typer.Option(help="A mirror of the TAP service.", envvar=TABLES_ADDRESS)
    ] = "",
) -> None:
    """Bring the KOI table and the DR24 TCE table from NASA's Exoplanet Archive.

    Example: kepler-keras data fetch koi --out tables
    """
    from kepler_keras.data.fetch import archive

    folder = _folder(out, "koi_tables")
    for file in archive.fetch_tables(
        folder, address=address or archive.TABLES_ADDRESS, again=again
    ):
        print(file)


@fetch_app.command()
def star(
    kepid: Annotated[int, typer.Argument(help="Number in the Kepler Input Catalog.")],
    quarters: Annotated[
        str, typer.Option(help="Quarters, as 1,3-5.  [default: all]", metavar="LIST")
    ] = "",
    out: Annotated[str, _out("kepler_fits")] = "",
    again: Again = False,
    address: Annotated[
        str, typer.Option(help="A mirror of the folder tree.", envvar=CURVES_ADDRESS)
    ] = "",
) -> None:
    """Bring a star's long-cadence light curves, a FITS file a quarter, from MAST.

    Example: kepler-keras data fetch star 6541920 --quarters 1-4
    """
    from kepler_keras.data.fetch import archive

    for file in archive.fetch_star(
        kepid,
        _folder(out, "kepler_fits"),
        quarters=_quarters(quarters),
        address=address or archive.CURVES_ADDRESS,
        again=again,
    ):
        print(file)


@fetch_app.command()
def kaggle(out: Annotated[str, _out("kaggle")] = "", again: Again = False) -> None:
    """Bring the Kaggle set with your own account, through kagglehub.

    Example: kepler-keras data fetch kaggle
    """
    from kepler_keras.data.fetch.kaggle import FILES, fetch_kaggle

    folder = _folder(out, "kaggle")
    for warning in fetch_kaggle(folder, again=again):
        print(f"Warning: {warning}", file=sys.stderr)
    for name in FILES:
        print(folder / name)


@data_app.command()
def info(
    path: Annotated[Path, typer.Argument(help="A file or folder.")],
    picture: Annotated[
        Path | None, typer.Option(help="Draw curves and classes into this PNG file.")
    ] = None,
) -> None:
    """Say what a file is, what is in it and what is wrong with it.

    Example: kepler-keras data info exoTrain.csv --picture curves.png
    """
    from kepler_keras.data.info import examine

    if picture is not None and (picture.suffix != ".png" or not picture.absolute().parent.is_dir()):
        raise InputError(f"--picture: must name a .png file in an existing folder, got {picture}")
    found = examine(path)
    print(found.text())
    if picture is not None:
        from kepler_keras.reporting.data_picture import draw_data

        draw_data(found, picture)
        print(f"picture: {picture}")


def _folder(out: str, subfolder: str) -> Path:
    """The folder asked for, or its place in the data folder, where experiments look."""
    return Path(out) if out else Path(os.environ.get(DATA_FOLDER) or "data") / subfolder


def _quarters(text: str) -> set[int] | None:
    """Reads ``1,3-5``; None for all."""
    if not text.strip():
        return None
    quarters: set[int] = set()
    for item in text.split(","):
        first, _, last = item.strip().partition("-")
        if not (first.isdecimal() and (last or first).isdecimal()) or int(last or first) > 17:
            raise InputError(f"--quarters: must be numbers from 0 to 17, as 1,3-5, got {text!r}")
        quarters |= set(range(int(first), int(last or first) + 1))
    return quarters
