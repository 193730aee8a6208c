"""What docs/augmentations.md measures in a view: is the planet there, how deep, how long.

Unfolded flux is asked by the package's own transit search, folded views by the box that fits best.
"""

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from kepler_keras.lightcurve.conditioning import robust_scatter
from kepler_keras.lightcurve.folding import cadence_times, cycle, phase
from kepler_keras.lightcurve.search_layout import DURATIONS
from kepler_keras.lightcurve.transit_search import search_transits

Floats = NDArray[np.float64]
View = NDArray[np.float32]

TOLERANCE = 0.01  # of the period, within which it counts as found
WIDEST = 0.3  # of a period, or of a local view, that a box may cover


@dataclass(frozen=True)
class Measures:
    """What stands in each of n views; every column has shape (n,), NaN where it is not defined.

    Attributes:
        found: 1 where the transit is found, 0 where not. Unfolded: the search gives its period
            within 1 %. Folded: the best box covers phase 0.
        best_snr: Of the strongest signal there is, whatever its period or place.
        depth: Of the box at the true period (unfolded) or of the best box, in the view's unit.
        duration: Of that box, in days or in bins.
        snr: Of that box.
        odd_even: Distance between the depths of odd and of even transits, in the view's unit.
    """

    found: Floats
    best_snr: Floats
    depth: Floats
    duration: Floats
    snr: Floats
    odd_even: Floats

    def rows(self, index: NDArray[np.intp]) -> "Measures":
        """Some of the rows."""
        return Measures(*(getattr(self, item.name)[index] for item in fields(self)))


def measure_flux(flux: View, period: Floats, *, cadence: float) -> Measures:
    """Searches each curve freely, and once more near its true period.

    Args:
        flux: Shape (n, n_cadences), dips negative, NaN in gaps.
        period: The true ones, days; NaN where there is none.
        cadence: Days between columns.
    """
    free = search_transits(flux, cadence=cadence)
    held = np.full((4, len(flux)), np.nan)
    for row in np.flatnonzero(np.isfinite(period)):
        held[:, row] = _held(flux[row], float(period[row]), cadence)
    found = np.abs(free.period[:, 0] / period - 1) < TOLERANCE
    return Measures(
        np.where(np.isfinite(period), found, np.nan), np.nan_to_num(free.snr[:, 0]), *held
    )


def _held(curve: View, period: float, cadence: float) -> tuple[float, float, float, float]:
    """Depth, duration, SNR and odd-even distance of the box within 1 % of a period."""
    near = search_transits(
        curve[None],
        cadence=cadence,
        min_period=(1 - TOLERANCE) * period,
        max_period=(1 + TOLERANCE) * period,
        durations=[one for one in DURATIONS if one <= WIDEST * period] or DURATIONS[:1],
    )
    found, t0, duration = (float(column[0]) for column in vars(near.first()).values())
    apart = odd_even_distance(curve, found, t0, duration, cadence=cadence)
    return float(near.depth[0, 0]), duration, float(np.nan_to_num(near.snr[0, 0])), apart


def odd_even_distance(
    curve: View, period: float, t0: float, duration: float, *, cadence: float
) -> float:
    """Distance between mean flux in the middle half of odd and of even transits; NaN without."""
    if not np.isfinite(period):
        return float("nan")
    time = cadence_times(len(curve), cadence)
    off = np.abs(phase(time, period=period, t0=t0)) * period
    inside = np.isfinite(curve) & (off < 0.25 * duration + 0.5 * cadence)
    odd = cycle(time, period=period, t0=t0) % 2 == 1
    if not (inside & odd).any() or not (inside & ~odd).any():
        return float("nan")
    return float(abs(curve[inside & odd].mean() - curve[inside & ~odd].mean()))


def measure_folded(view: View, *, circle: bool) -> Measures:
    """The best box of each folded view; that of an image in the mean of its rows with flux.

    Args:
        view: Shape (n, bins) or (n, rows, bins); a row of an image is a cycle, 0 throughout where
            there is none.
        circle: Whether the axis is a whole period.
    """
    curves = view if view.ndim == 2 else np.array([_seen(image).mean(axis=0) for image in view])
    boxes = np.array([best_box(curve, circle=circle) for curve in curves])
    snr, depth, centre, width = boxes.T
    found = np.abs(centre - curves.shape[1] // 2) <= width / 2
    apart = np.full(len(view), np.nan)
    if view.ndim == 3:
        places = zip(view, centre, width, strict=True)
        apart = np.array([image_odd_even(image, c, w) for image, c, w in places])
    return Measures(found.astype(float), snr, depth, width, snr, apart)


def best_box(curve: View, *, circle: bool) -> tuple[float, float, float, float]:
    """SNR, depth, centre and width, in bins, of the box that stands out most from a curve.

    The SNR is depth times sqrt(n_in n_out / n) over the robust scatter between neighbouring bins.
    """
    n = len(curve)
    values = curve.astype(np.float64)
    scatter = float(robust_scatter(np.diff(values)[None])[0]) / np.sqrt(2)
    widths = np.arange(1, max(2, int(WIDEST * n)))
    around = np.concatenate([values, values]) if circle else values
    sums = np.concatenate([[0.0], np.cumsum(around)])
    best = (-np.inf, np.nan, np.nan, np.nan)
    for width in widths.tolist():
        n_starts = n if circle else n - width + 1
        inside = sums[width : width + n_starts] - sums[:n_starts]
        depth = (values.sum() - inside) / (n - width) - inside / width
        start = int(np.argmax(depth))
        snr = float(depth[start] * np.sqrt(width * (n - width) / n) / scatter)
        if snr > best[0]:
            best = snr, float(depth[start]), (start + (width - 1) / 2) % n, float(width)
    return best


def image_odd_even(image: View, centre: float, width: float) -> float:
    """Distance between mean depths of odd and of even rows in the middle half of a box."""
    columns = np.arange(image.shape[1])
    inside = np.abs(columns - centre) <= max(0.5, 0.25 * width)
    rows = _seen(image)[:, inside].mean(axis=1)
    return float(abs(rows[1::2].mean() - rows[::2].mean())) if len(rows) > 1 else float("nan")


def _seen(image: View) -> View:
    """Rows from the first to the last with flux."""
    filled = np.flatnonzero((image != 0).any(axis=1))
    return image[filled[0] : filled[-1] + 1] if len(filled) else image
