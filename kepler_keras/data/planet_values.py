"""What the data know of each planet, for asking which planets a model finds."""

from collections.abc import Collection, Mapping

import numpy as np
from numpy.typing import NDArray

from kepler_keras.data.light_curves import LightCurves

Floats = NDArray[np.float64]

# What archives and searches call it; in this order the first that stands beside the curves counts.
COLUMNS = {
    "period_days": ("koi_period", "tce_period", "Period"),
    "depth_ppm": ("koi_depth", "tce_depth", "Transit_Depth"),
    "signal_to_noise": ("koi_model_snr", "tce_model_snr", "SN"),
    "magnitude": ("koi_kepmag", "kepmag", "tmag", "Tmag"),
}


def planet_values(
    curves: LightCurves, *, logarithms: Collection[str] = ()
) -> dict[str, dict[int, float]]:
    """Period (days), depth (ppm), signal-to-noise and magnitude of planets, as far as known.

    What a simulation or an injection put in goes first, then the catalogue's ephemerides, then
    columns beside the curves. The signal-to-noise of an injected planet is its depth over the
    scatter of a cadence, times the root of the number of cadences in transit.

    Args:
        curves: As they are compared.
        logarithms: Columns of `curves.scalars` that hold logarithms to base 10.

    Returns:
        By property, the value of each row with a planet that has one, to six digits.
    """
    columns = _scalars(curves, logarithms)
    if curves.ephemerides is not None:
        columns["period_days"] = curves.ephemerides.period
    columns |= _put_in(curves)
    planets = curves.labels == 1
    values = {
        name: {
            int(row): float(f"{columns[name][row]:.6g}")
            for row in np.flatnonzero(planets & np.isfinite(columns[name]))
        }
        for name in COLUMNS
        if name in columns
    }
    return {name: by_row for name, by_row in values.items() if by_row}


def _scalars(curves: LightCurves, logarithms: Collection[str]) -> dict[str, Floats]:
    if curves.scalars is None:
        return {}
    table = dict(zip(curves.scalars.names, curves.scalars.values.T.astype(np.float64), strict=True))
    found = {
        name: next((column for column in known if column in table), None)
        for name, known in COLUMNS.items()
    }
    return {
        name: 10 ** table[column] if column in logarithms else table[column]
        for name, column in found.items()
        if column is not None
    }


def _put_in(curves: LightCurves) -> dict[str, Floats]:
    """From `truth`; depths in units of the scatter are no depths in ppm."""
    truth: Mapping[str, Floats] = {
        name: column.astype(np.float64)
        for name, column in curves.truth.items()
        if np.issubdtype(column.dtype, np.number)
    }
    found = {}
    if "period" in truth:
        found["period_days"] = truth["period"]
    if "depth_ppm" in truth:
        found["depth_ppm"] = truth["depth_ppm"]
    noise = _signal_to_noise(curves, truth)
    return found if noise is None else {**found, "signal_to_noise": noise}


def _signal_to_noise(curves: LightCurves, truth: Mapping[str, Floats]) -> Floats | None:
    if {"depth_ppm", "white_noise_ppm", "duration", "period"} <= truth.keys():
        depth = truth["depth_ppm"] / truth["white_noise_ppm"]
        in_transit = curves.flux.shape[1] * truth["duration"] / truth["period"]
    elif {"depth", "n_transits", "duration"} <= truth.keys() and "depth_ppm" not in truth:
        if curves.cadence is None:
            return None
        depth = truth["depth"]
        in_transit = truth["n_transits"] * truth["duration"] / curves.cadence
    else:
        return None
    return np.asarray(depth * np.sqrt(in_transit))
