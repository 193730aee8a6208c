"""The stars of docs/augmentations.md: simulated ones, and real light with planets put in."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from augmentation_measures import Floats, Measures, View, measure_flux, measure_folded
from numpy.typing import NDArray

from kepler_keras.data.augmentation.augmentation import Batch
from kepler_keras.data.augmentation.measured import is_circle
from kepler_keras.data.light_curves import LightCurves
from kepler_keras.data.pipeline import build_view, condition
from kepler_keras.data.sources.injected import load as load_injected
from kepler_keras.data.sources.simulated import load as load_simulated
from kepler_keras.data.view_kind import ViewKind, kind_of
from kepler_keras.experiment import Choice, Conditioning
from kepler_keras.lightcurve.ephemeris import Ephemerides
from kepler_keras.lightcurve.transit_search import search_transits

SNR_RANGE = (8.0, 40.0)  # of the hosts that are judged
UNEQUAL = 0.5  # secondary over primary, below which a binary's odd-even distance is judged
BINARY_SNR = 15.0
MOST_CYCLES = 132  # of half a day in 65.3 d
VIEWS = (
    Choice(name="flux", options={"mask": True}),
    Choice(name="global_view"),
    Choice(name="local_view"),
    Choice(name="folded_image", options={"grouping": "cycles", "rows": MOST_CYCLES}),
)


@dataclass(frozen=True)
class Stars:
    """Conditioned curves and what was put into them.

    Attributes:
        name: simulated or real.
        flux: Shape (n, n_cadences), NaN in gaps.
        kind: Shape (n,); planet, binary or quiet.
        fold: What each star is folded on, days: a planet's orbit, half a binary's, so that its two
            eclipses alternate, and of a quiet star the best that a search finds.
        unequal: Binaries whose two eclipses differ much in depth.
        cadence: Days.
    """

    name: str
    flux: View
    kind: NDArray[np.str_]
    fold: Ephemerides
    unequal: NDArray[np.bool_]
    cadence: float


@dataclass(frozen=True)
class Seen:
    """The stars in one view, and what is measured in it before anything is done.

    Attributes:
        stars: All of them.
        kind: Of the view.
        batch: The view as it goes into training.
        before: Measured in it.
        hosts: Those that are judged, positions, as are the other two.
        quiet: Stars without anything.
        binaries: Those that are judged by their odd-even distance.
    """

    stars: Stars
    kind: ViewKind
    batch: Batch
    before: Measures
    hosts: NDArray[np.intp]
    quiet: NDArray[np.intp]
    binaries: NDArray[np.intp]

    def measure(self, batch: Batch, period: Floats) -> Measures:
        """What stands in a changed batch; `period` as it is after the change, NaN without one."""
        return measured(batch, period, self.kind, self.stars.cadence)


def simulated(n_stars: int, seed: int) -> Stars:
    """Planet hosts (two fifths), binaries (an eighth) and quiet stars of the source `simulated`."""
    curves = load_simulated(
        n_stars=n_stars,
        seed=seed,
        prevalence=0.4,
        eclipsing_binary_share=0.125,
        depth_range=(150.0, 800.0),
    )
    return _stars("simulated", curves)


def real(data: Path, seed: int) -> Stars:
    """Planets and binaries put into real quiet stars; each star also stands for itself."""
    path = data / "kepler_flux_csv" / "keplerFlux.csv"
    copies = {"planet_share": 1.0, "planet_copies": 3, "binary_copies": 3}
    return _stars("real", load_injected(str(path), seed=seed, **copies))  # type: ignore[arg-type]


def _stars(name: str, curves: LightCurves) -> Stars:
    cadence = curves.cadence or 0.0
    flux = condition(
        curves.flux, cadence=cadence, settings=Conditioning(), what=name, level=curves.level
    )
    given = np.asarray(curves.truth["kind"], str)
    kind = np.select(
        [given == "planet", given == "eclipsing_binary"], ["planet", "binary"], "quiet"
    )
    period, t0, duration = (
        np.array(curves.truth[column], np.float64) for column in ("period", "t0", "duration")
    )
    period = np.where(kind == "binary", period / 2, period)
    searched = search_transits(flux, cadence=cadence).first()
    quiet = kind == "quiet"
    fold = Ephemerides(
        np.where(quiet, np.nan_to_num(searched.period, nan=1.0), period),
        np.where(quiet, np.nan_to_num(searched.t0), t0),
        np.where(quiet, np.nan_to_num(searched.duration, nan=0.1), duration),
    )
    depth = "depth_ppm" if name == "simulated" else "depth"
    columns = (depth, f"secondary_{depth}")
    primary, secondary = (np.asarray(curves.truth[column], np.float64) for column in columns)
    unequal = (kind == "binary") & (secondary < UNEQUAL * primary)
    return Stars(name, flux, kind, fold, unequal, cadence)


def seen(stars: Stars, choice: Choice, snr: Floats | None) -> Seen:
    """The stars in a view; `snr` is that of the unfolded flux, None if this is the view."""
    kind = kind_of(choice, cadence=stars.cadence)
    ephemerides = stars.fold if kind.folded else None
    view = build_view(stars.flux, choice, cadence=stars.cadence, ephemerides=ephemerides)
    labels = (stars.kind == "planet").astype(np.float32)
    batch = Batch(view, labels, np.ones_like(labels), float(labels.mean()))
    before = measured(batch, true_period(stars), kind, stars.cadence)
    snr = before.snr if snr is None else snr
    strong = (snr >= SNR_RANGE[0]) & (snr <= SNR_RANGE[1])
    return Seen(
        stars,
        kind,
        batch,
        before,
        hosts=np.flatnonzero((stars.kind == "planet") & strong),
        quiet=np.flatnonzero(stars.kind == "quiet"),
        binaries=np.flatnonzero(stars.unequal & (snr >= BINARY_SNR)),
    )


def measured(batch: Batch, period: Floats, kind: ViewKind, cadence: float) -> Measures:
    """What stands in a view, folded or not."""
    if not kind.folded:
        return measure_flux(with_gaps(batch.view), period, cadence=cadence)
    return measure_folded(batch.view[..., 0], circle=is_circle(kind))


def true_period(stars: Stars) -> Floats:
    """Periods of planets and half those of binaries, NaN for quiet stars."""
    return np.where(stars.kind == "quiet", np.nan, stars.fold.period)


def with_gaps(view: View) -> View:
    """Unfolded flux of a view with a mask, NaN in its gaps; shape (..., n_cadences)."""
    flux: View = np.where(view[..., 1] > 0, view[..., 0], np.float32(np.nan))
    return flux
