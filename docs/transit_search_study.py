"""What docs/transit_search.md tells of real stars: searched here, in numbers.

Kepler-11, all 17 quarters, is searched for ten signals; and each false positive of the KOI table
with a period below 25 d and a depth above 500 ppm in the one quarter that lies here, by this
package's search and by astropy's.
"""

import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from astropy.timeseries import BoxLeastSquares
from numpy.typing import NDArray

from kepler_keras.data.light_curves import LightCurves
from kepler_keras.data.period_search import flatten
from kepler_keras.data.sources.kepler_fits import load
from kepler_keras.experiment import Search
from kepler_keras.lightcurve.folding import cadence_times
from kepler_keras.lightcurve.transit_search import search_transits
from kepler_keras.lightcurve.transit_signals import TransitSignals

KEPLER_11 = "6541920"
N_SIGNALS = 10
PLANET_TOLERANCE = 0.001
TOLERANCE = 0.01
MIN_PERIOD = 0.5  # days
LONGEST_PERIOD, SHALLOWEST = 25.0, 500.0  # days, ppm, of the false positives
SIX_DURATIONS = (0.06, 0.088, 0.128, 0.187, 0.274, 0.4)  # days, astropy's side
GRID, OVERSAMPLE = 20.0, 10  # as good as astropy's finer grid, see benchmarks/period_search.py
MULTIPLES = {"exact": 1.0, "half": 1 / 2, "double": 2.0, "third": 1 / 3}


@dataclass(frozen=True)
class Star:
    """One star: its flat curve, shape (n_cadences,), and what was found in it."""

    name: str
    flat: NDArray[np.float32]
    cadence: float
    signals: TransitSignals


@dataclass(frozen=True)
class FalsePositive:
    """A star, its catalogued period in days, and the one that astropy finds."""

    star: Star
    period: float
    astropy: float


def kepler_11(data: Path) -> Star:
    """All quarters of Kepler-11, searched for ten signals."""
    return searched(read(files_of(data, KEPLER_11)), N_SIGNALS)


def false_positives(data: Path, koi: pd.DataFrame) -> list[FalsePositive]:
    """Those of the KOI table of which one quarter lies in the folder, searched."""
    chosen = koi[(koi.disposition == "FALSE POSITIVE") & (koi.period < LONGEST_PERIOD)]
    chosen = chosen[chosen.depth > SHALLOWEST]
    found = []
    for kepid, period in zip(chosen.kepid, chosen.period, strict=True):
        files = files_of(data, kepid)
        if len(files) == 1:
            star = searched(read(files), 1)
            found.append(FalsePositive(star, float(period), astropy_period(star)))
    return found


def files_of(data: Path, kepid: str) -> list[Path]:
    """The light-curve files of a star."""
    return sorted((data / "kepler_fits").glob(f"kplr{int(kepid):09d}-*"))


def read(files: list[Path]) -> LightCurves:
    """One star; the folder's other files are none of its business."""
    with tempfile.TemporaryDirectory() as folder:
        for file in files:
            (Path(folder) / file.name).symlink_to(file.absolute())
        return load(folder)


def searched(curves: LightCurves, n_signals: int) -> Star:
    """The star detrended and searched, all settings as they come."""
    cadence = curves.cadence or 0.0
    flat = flatten(curves.flux, cadence=cadence, level=curves.level, search=Search())
    signals = search_transits(flat, cadence=cadence, n_signals=n_signals)
    return Star(str(curves.stars[0]), flat[0], cadence, signals)


def astropy_period(star: Star) -> float:
    """What astropy's box least squares finds in the same flat curve, ranked by SNR."""
    known = np.isfinite(star.flat)
    times = cadence_times(len(star.flat), star.cadence)
    box = BoxLeastSquares(times[known], star.flat[known].astype(np.float64))
    periods = box.autoperiod(
        SIX_DURATIONS,
        minimum_period=MIN_PERIOD,
        maximum_period=len(star.flat) * star.cadence / 3,
        frequency_factor=GRID,
    )
    power = box.power(periods, SIX_DURATIONS, objective="snr", oversample=OVERSAMPLE).power
    return float(periods[np.argmax(power)])


def print_signals(star: Star, planets: NDArray[np.float64]) -> None:
    """The table of signals, with the planet that each one is."""
    print(f"Kepler-11, {star.signals.period.shape[1]} signals")
    print("rank  period (d)  duration (d)  depth (ppm)    SNR    SDE  odd-even  secondary  planet")
    columns = ("period", "duration", "depth", "snr", "sde", "odd_even", "secondary")
    for rank in range(star.signals.period.shape[1]):
        period, duration, depth, snr, sde, odd_even, secondary = (
            getattr(star.signals, name)[0, rank] for name in columns
        )
        known = planets[np.abs(period / planets - 1) < PLANET_TOLERANCE]
        print(
            f"{rank + 1:4d} {period:11.5f} {duration:13.3f} {depth:12.0f} {snr:6.1f} {sde:6.1f} "
            f"{odd_even:9.1f} {secondary:10.1f}  {f'{known[0]:.4f}' if len(known) else '-'}"
        )
    number = sum(np.isfinite(rank_of(star, period)) for period in planets)
    print(f"{number} of {len(planets)} planets within {PLANET_TOLERANCE:.1%}")


def rank_of(star: Star, period: float) -> float:
    """Position of the strongest signal with that period, from 0; NaN without one."""
    close = np.abs(star.signals.period[0] / period - 1) < PLANET_TOLERANCE
    return float(np.argmax(close)) if close.any() else np.nan


def kind_of(period: float, truth: float) -> str:
    """Whether a period is the catalogued one, a simple multiple of it or another."""
    near = [
        name for name, times in MULTIPLES.items() if abs(period / truth / times - 1) < TOLERANCE
    ]
    return near[0] if near else "other"


def print_false_positives(found: list[FalsePositive]) -> None:
    """Each star, and how many of each kind there are."""
    kinds: dict[str, list[str]] = {"ours": [], "astropy": []}
    print("\n   kepid  catalogue     ours             astropy             SNR  odd-even  secondary")
    for item in found:
        signals = item.star.signals
        period = float(signals.period[0, 0])
        kinds["ours"].append(kind_of(period, item.period))
        kinds["astropy"].append(kind_of(item.astropy, item.period))
        print(
            f"{item.star.name:>8s} {item.period:10.4f} {period:10.4f} {kinds['ours'][-1]:6s} "
            f"{item.astropy:10.4f} {kinds['astropy'][-1]:6s} {signals.snr[0, 0]:8.1f} "
            f"{signals.odd_even[0, 0]:9.1f} {signals.secondary[0, 0]:10.1f}"
        )
    for side, of_side in kinds.items():
        counts = {name: of_side.count(name) for name in (*MULTIPLES, "other")}
        print(f"{side}: {counts} of {len(found)}")
