"""The two sides of the comparison: this package's search and astropy's, on the same arrays."""

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray
from transit_stars import MIN_PERIOD

from kepler_keras import progress
from kepler_keras.executors import LocalProcesses
from kepler_keras.lightcurve.folding import cadence_times
from kepler_keras.lightcurve.simulate import KEPLER_CADENCE
from kepler_keras.lightcurve.transit_search import search_transits

SIX_DURATIONS = (0.06, 0.088, 0.128, 0.187, 0.274, 0.4)  # days, below the shortest period
BATCH = 10  # stars of a job on astropy's side


@dataclass(frozen=True)
class Found:
    """The strongest period of each star, days, and what all of them took."""

    period: NDArray[np.float64]
    cpu_s: float

    @property
    def cpu_ms_a_star(self) -> float:
        """CPU milliseconds a star."""
        return 1000 * self.cpu_s / len(self.period)


@dataclass(frozen=True)
class Ours:
    """What `search_transits` is given beside curves and shortest period; the rest as it comes."""

    name: str
    options: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Astropy:
    """Settings of astropy's box least squares, ranked by SNR on its own grid of periods."""

    oversample: int = 10
    frequency_factor: float = 1.0
    durations: tuple[float, ...] = field(default=SIX_DURATIONS)

    @property
    def name(self) -> str:
        """As the tables call it."""
        coarser = f", grid {self.frequency_factor:g}x coarser" if self.frequency_factor > 1 else ""
        return f"astropy, oversample {self.oversample}{coarser}"


def search_ours(flux: NDArray[np.float32], setting: Ours) -> Found:
    """Searches all stars at once, in this process."""
    started = time.process_time()
    signals = search_transits(
        flux, cadence=KEPLER_CADENCE, min_period=MIN_PERIOD, **setting.options
    )
    return Found(signals.period[:, 0], time.process_time() - started)


def machine_code_seconds(flux: NDArray[np.float32], setting: Ours) -> float:
    """CPU seconds by which the first search of a process outlasts the second."""
    first, second = (search_ours(flux, setting).cpu_s for _ in range(2))
    return first - second


def search_astropy(
    flux: NDArray[np.float32], setting: Astropy, *, jobs: int = 1, title: str = ""
) -> Found:
    """Searches star by star, shows how far it is, and adds up the CPU time of all processes."""
    batches = [flux[start : start + BATCH] for start in range(0, len(flux), BATCH)]
    one: Callable[[NDArray[np.float32]], Found] = partial(_astropy_batch, setting)
    parts: dict[int, Found] = {}
    with progress.stage(title or setting.name, len(flux)) as shown:
        finished: Iterator[tuple[int, Found]]
        if jobs == 1:
            finished = ((number, one(batch)) for number, batch in enumerate(batches))
        else:
            finished = LocalProcesses(jobs, threads=1).run(one, batches)
        for number, part in finished:
            parts[number] = part
            shown.advance(steps=len(part.period))
    ordered = [parts[number] for number in range(len(batches))]
    period = np.concatenate([part.period for part in ordered])
    return Found(period, sum(part.cpu_s for part in ordered))


def _astropy_batch(setting: Astropy, flux: NDArray[np.float32]) -> Found:
    started = time.process_time()
    period = np.array([_astropy_star(setting, curve) for curve in flux])
    return Found(period, time.process_time() - started)


def _astropy_star(setting: Astropy, curve: NDArray[np.float32]) -> float:
    from astropy.timeseries import BoxLeastSquares

    known = np.isfinite(curve)
    times = cadence_times(len(curve), KEPLER_CADENCE)
    box = BoxLeastSquares(times[known], curve[known].astype(np.float64))
    periods = box.autoperiod(
        setting.durations,
        minimum_period=MIN_PERIOD,
        maximum_period=len(curve) * KEPLER_CADENCE / 3,
        frequency_factor=setting.frequency_factor,
    )
    power = box.power(
        periods, setting.durations, objective="snr", oversample=setting.oversample
    ).power
    return float(periods[np.argmax(power)])
