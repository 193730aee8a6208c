"""One real transit for docs/handout.md: Kepler-90 h (KIC 11442793), quarter 5.

The extract `handout_transit.csv` is committed: 128 long cadences of PDCSAP flux about one transit.
`KEPLER_KERAS_DATA=... python docs/handout_transit.py` cuts it anew from the quarter's file.
"""

import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from kepler_keras.data.light_curve_file import read_quarter
from kepler_keras.handout.windows import Floats

EXTRACT = Path(__file__).parent / "handout_transit.csv"
FILE = "kplr011442793-2010174085026_llc.fits"
FIRST, N_CADENCES = 17710, 128
CADENCE = 0.0204340  # days: 29.4 minutes
MIDDLE = 17774  # cadence halfway between the crossings of half the depth
DURATION = 14.4  # hours (KOI table, K00351.01)
HEADER = f"""\
# Kepler-90 h (KIC 11442793, KOI-351.01), quarter 5, long cadence, PDCSAP flux in e-/s
# NASA, MAST, {FILE}; empty where the quality bits say so
cadence,flux
"""


@dataclass(frozen=True)
class Transit:
    """One transit.

    Attributes:
        hours: From mid-transit, shape (128,).
        flux: Percent above the star's median outside of the transit, likewise. The one gap is
            bridged by a line.
    """

    hours: Floats
    flux: Floats


def cut(data: Path) -> str:
    """The extract as CSV, from the folder that KEPLER_KERAS_DATA names."""
    path = data / "kepler_fits" / FILE
    quarter = read_quarter(path, flux_column="PDCSAP", quality="default")
    start = FIRST - quarter.first
    flux = quarter.flux[start : start + N_CADENCES]
    lines = [
        f"{FIRST + place},{'' if np.isnan(value) else f'{value:.2f}'}\n"
        for place, value in enumerate(flux)
    ]
    return HEADER + "".join(lines)


def read(path: Path = EXTRACT) -> Transit:
    """The transit of an extract, from 31 hours before its middle to 31 hours after."""
    table = np.genfromtxt(path, delimiter=",", names=True, comments="#", skip_header=2)
    hours = 24 * CADENCE * (table["cadence"] - MIDDLE)
    return Transit(hours, _relative(_bridged(table["flux"]), outside=np.abs(hours) > DURATION))


def _bridged(flux: Floats) -> Floats:
    known, places = np.isfinite(flux), np.arange(len(flux))
    return np.interp(places, places[known], flux[known])


def _relative(flux: Floats, *, outside: NDArray[np.bool_]) -> Floats:
    relative: Floats = 100 * (flux / np.median(flux[outside]) - 1)
    return relative


if __name__ == "__main__":
    text = cut(Path(os.environ["KEPLER_KERAS_DATA"]))
    EXTRACT.write_text(text, encoding="utf-8", newline="\n")
