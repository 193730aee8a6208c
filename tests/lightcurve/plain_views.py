"""The definition of the binned views once more, in plain NumPy, bin by bin."""

import numpy as np

BINS = {  # global bins and width in their distance; local bins, width and reach in durations
    "shallue2018": (2001, 1.0, 201, 0.16, 4.0),
    "yu2019": (201, 1.2, 61, 0.16, 2.0),
}


def plain_medians(flux, time, *, period, t0, per_cycle, half, bins, circular, odd=None):
    cycles = (np.asarray(time) - t0) / period
    number = np.floor(cycles + 0.5)
    place = (cycles - number) * per_cycle + bins // 2
    kept = np.isfinite(flux) & ((number % 2 == odd) if odd is not None else True)
    medians = np.full(bins, np.nan)
    for k in range(bins):
        centres = (k, k - bins, k + bins) if circular else (k,)
        inside = [(place - half < centre) & (centre <= place + half) for centre in centres]
        if (chosen := np.any(inside, axis=0) & kept).any():
            medians[k] = np.median(flux[chosen])
    return medians


def plain_global(flux, time, *, period, t0, preset="yu2019", bins=None):
    number, width = BINS[preset][:2]
    bins = bins or number
    return plain_medians(
        flux, time, period=period, t0=t0, per_cycle=bins, half=width / 2, bins=bins, circular=True
    )


def plain_local(flux, time, *, period, t0, duration, preset="yu2019", bins=None, odd=None):
    number, width, reach = BINS[preset][2:]
    bins = bins or number
    window, half = min(reach * duration, period / 2), width * duration / 2
    distance = (window - half) / (bins // 2)
    shape = {"per_cycle": period / distance, "half": half / distance, "bins": bins}
    return plain_medians(flux, time, period=period, t0=t0, **shape, circular=False, odd=odd)


def plain_filled(medians, *, circular):
    known = np.flatnonzero(np.isfinite(medians))
    if not known.size:
        return np.zeros(len(medians))
    period = len(medians) if circular else None
    row = np.interp(np.arange(len(medians)), known, medians[known], period=period)
    return row - np.median(row)
