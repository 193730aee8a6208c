"""Small light-curve files in the archive's layout, sound unless a test says otherwise."""

import numpy as np
from astropy.io import fits

CADENCE = 29.4244 / 1440
UNITS = {"TIME": "BJD - 2454833", "SAP_FLUX": "e-/s", "PDCSAP_FLUX": "e-/s"}
COLUMN_FORMATS = {"TIME": "D", "CADENCENO": "J", "SAP_FLUX": "E", "PDCSAP_FLUX": "E"}

KOI_HEADER = "kepid,kepoi_name,koi_disposition,koi_period,koi_time0bk,koi_duration,koi_model_snr"
TCE_HEADER = "kepid,tce_plnt_num,tce_period,tce_time0bk,tce_duration,av_training_set"


def kepler_columns(flux, *, first=100, quality=None):
    """Columns of a file whose cadence 0 was at BKJD 50."""
    flux = np.asarray(flux, np.float32)
    cadences = np.arange(first, first + len(flux))
    return {
        "TIME": 50 + CADENCE * cadences,
        "CADENCENO": cadences,
        "SAP_FLUX": flux + 10,
        "PDCSAP_FLUX": flux,
        "SAP_QUALITY": np.zeros(len(flux)) if quality is None else np.asarray(quality),
    }


def write_file(path, columns, *, primary=None, header=None, units=None, formats=None, extname=None):
    """Writes a file; `primary` and `header` change keywords, and None takes one out."""
    units = {**UNITS, **(units or {})}
    formats = {**COLUMN_FORMATS, **(formats or {})}
    table = fits.BinTableHDU.from_columns(
        [
            fits.Column(name, formats.get(name, "J"), unit=units.get(name), array=values)
            for name, values in columns.items()
        ],
        name=extname or "LIGHTCURVE",
    )
    first = fits.PrimaryHDU()
    keywords = {"KEPLERID": 7, "QUARTER": 1, "OBSMODE": "long cadence", "TELESCOP": "Kepler"}
    for hdu, changes in ((first, {**keywords, **(primary or {})}), (table, header or {})):
        for key, value in changes.items():
            if value is not None:
                hdu.header[key] = value
    fits.HDUList([first, table]).writeto(path, overwrite=True)
    return str(path)


def write_kepler(path, flux, *, first=100, quality=None, **changes):
    """Writes a file of Kepler."""
    return write_file(path, kepler_columns(flux, first=first, quality=quality), **changes)


def koi_table(folder, *rows):
    path = folder / "koi.csv"
    path.write_text("\n".join(["# KOI table", KOI_HEADER, *rows]) + "\n")
    return str(path)


def notes_about(curves, words):
    return [note for note in curves.notes if words in note]
