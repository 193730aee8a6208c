"""What the spacecraft adds: jumps, ramps, the thruster comb, cosmic rays, gaps and quantisation.

When the spacecraft rolls, points to Earth or fires is the same for all stars (`Calendar`); how far
a star's flux follows is its own.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kepler_keras.lightcurve.realism import Instrument
from kepler_keras.lightcurve.stellar_noise import log_uniform

RAMP_TIME = 1.2  # days
DROPOUT_RECOVERY = 1.0  # days
RAY_RANGE = (3.5, 15.0)  # of the white noise


@dataclass(frozen=True)
class Calendar:
    """What happens to all stars at once.

    Attributes:
        time: Days from the first cadence, shape (n,).
        quarter: Number of the quarter of each cadence, shape (n,).
        gap: True where no star has flux, shape (n,).
        after_gap: Days since the end of the last gap or roll, shape (n,).
        roll: Pointing error between thruster firings, standard deviation 1, shape (n,); 0 without.
        firing: True in the cadence of a firing, shape (n,).
    """

    time: NDArray[np.float64]
    quarter: NDArray[np.int64]
    gap: NDArray[np.bool_]
    after_gap: NDArray[np.float64]
    roll: NDArray[np.float64]
    firing: NDArray[np.bool_]


def draw_calendar(
    random: np.random.Generator, instrument: Instrument, time: NDArray[np.float64]
) -> Calendar:
    """Draws where in the mission the curves begin; the first cadence never lies in a gap."""
    n = len(time)
    quarter = np.zeros(n, np.int64)
    if instrument.quarter is not None:
        quarter = np.floor(time / instrument.quarter + random.uniform(0, 1)).astype(np.int64)
        quarter -= quarter[0]
    breaks = set(np.flatnonzero(np.diff(quarter)) + 1)
    next_downlink = random.uniform(0.1, 1.0) * instrument.downlink
    starts = np.arange(next_downlink, time[-1], instrument.downlink)
    breaks |= set(np.searchsorted(time, starts).tolist())
    gap = np.zeros(n, bool)
    after_gap = time + random.uniform(0, instrument.downlink)
    for start in sorted(breaks):
        days = log_uniform(random, *instrument.downlink_gap)
        gap |= (time >= time[start]) & (time < time[start] + days)
        later = time >= time[start] + days
        after_gap[later] = (time - time[start] - days)[later]
    roll, firing = _comb(random, instrument, n)
    return Calendar(time, quarter, gap, after_gap, roll, firing)


def _comb(
    random: np.random.Generator, instrument: Instrument, n: int
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Sunlight rolls the spacecraft until the thrusters fire; halfway through, the other way."""
    if instrument.comb is None:
        return np.zeros(n), np.zeros(n, bool)
    place = (np.arange(n) + random.integers(instrument.comb)) % instrument.comb
    firing = place == 0
    strength = np.cos(np.pi * (np.arange(n) / n + random.uniform(-0.1, 0.1)))
    per_firing = 1 + 0.15 * random.standard_normal(n // instrument.comb + 2)
    roll = strength * per_firing[np.cumsum(firing)] * (place / (instrument.comb - 1) - 0.5)
    return roll / roll.std(), firing


def instrument_flux(
    random: np.random.Generator, instrument: Instrument, calendar: Calendar, *, noise: float
) -> NDArray[np.float64]:
    """What a star's flux follows of the calendar, ppm, shape (n,), without gaps."""
    time = calendar.time
    levels = instrument.quarter_jump * random.standard_normal(int(calendar.quarter.max()) + 1)
    ramp = log_uniform(random, *instrument.ramp) * random.choice([-1.0, 1.0])
    result: NDArray[np.float64] = levels[calendar.quarter] + ramp * np.exp(
        -calendar.after_gap / RAMP_TIME
    )
    if instrument.comb is not None:
        bend = random.normal(0, 0.5)  # the flux is no straight function of the pointing
        pointing = calendar.roll + bend * (calendar.roll**2 - 1)
        result += log_uniform(random, *instrument.comb_amplitude) * pointing
    rate = log_uniform(random, *instrument.cosmic_ray_rate)
    rays = random.integers(0, len(time), random.poisson(rate * (time[-1] - time[0])))
    low, high = np.log(RAY_RANGE)
    result[rays] += noise * np.exp(random.uniform(low, high, len(rays)))
    return result + _dropout(random, instrument, time, noise)


def _dropout(
    random: np.random.Generator, instrument: Instrument, time: NDArray[np.float64], noise: float
) -> NDArray[np.float64]:
    """A pixel that loses sensitivity at once and recovers in part (Smith et al. 2012)."""
    strikes, share = random.uniform(size=2)
    when, loss = random.uniform(time[0], time[-1]), noise * random.uniform(3, 20)
    if strikes >= instrument.dropout_share:
        return np.zeros(len(time))
    since = np.maximum(time - when, 0)
    recovered = 0.8 * share * (1 - np.exp(-since / DROPOUT_RECOVERY))
    return np.where(time < when, 0.0, -loss * (1 - recovered))


def lost_cadences(
    random: np.random.Generator, instrument: Instrument, calendar: Calendar
) -> NDArray[np.bool_]:
    """Cadences without flux: gaps of all stars, single ones of this one, firings; shape (n,)."""
    chance = random.uniform(size=(2, len(calendar.time)))
    single = chance[0] < instrument.lost_share
    fired = calendar.firing & (chance[1] < instrument.comb_lost_share)
    lost: NDArray[np.bool_] = calendar.gap | single | fired
    return lost


def quantised(flux: NDArray[np.float64], *, step: float) -> NDArray[np.float64]:
    """Flux rounded to whole steps."""
    result: NDArray[np.float64] = step * np.round(flux / step)
    return result
