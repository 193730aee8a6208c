"""Draws the pictures of docs/simulated_stars.md from real Kepler files and simulated stars.

    KEPLER_KERAS_DATA=... python docs/draw_simulated_stars.py

Real stars are those without a KOI in `kepler_fits/index.csv`, one quarter each; PDCSAP flux in ppm
of its median. All curves are cut to 3197 cadences. The numbers quoted in the page are printed.
"""

import csv
import os
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from astropy.io import fits
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from kepler_keras.lightcurve.conditioning import fill_gaps
from kepler_keras.lightcurve.detrending import detrend
from kepler_keras.lightcurve.inject import point_scatter, variability
from kepler_keras.lightcurve.realism import KEPLER, Realism
from kepler_keras.lightcurve.simulate import KAGGLE_CADENCES, KEPLER_CADENCE, simulate

Curves = NDArray[np.float64]

FOLDER = Path(__file__).parent
N_SIMULATED = 300
QUIET = 3.0  # variability; the default of the source `injected`
BINS = (1, 2, 3, 6, 12, 24, 48, 96, 192)  # cadences
LAGS = np.arange(0, 241)
DPI = 110


@dataclass(frozen=True)
class Group:
    """Curves of one origin, shape (n, 3197), ppm, NaN in gaps, and how they are drawn."""

    name: str
    flux: Curves
    colour: str


def main() -> None:
    """Draws every picture and prints what the page quotes."""
    real = real_curves(Path(os.environ["KEPLER_KERAS_DATA"]) / "kepler_fits")
    single_quarter = replace(KEPLER, instrument=replace(KEPLER.instrument, quarter=None))
    plain = simulated(realism=None)
    kepler = simulated(realism=single_quarter)
    everything = [
        Group("real, no KOI", real, "#222222"),
        Group("simulated, plain", plain, "#d1495b"),
        Group("simulated, kepler", kepler, "#00798c"),
    ]
    groups = [replace(group, flux=quiet(group.flux)) for group in everything]
    for group, before in zip(groups, everything, strict=True):
        print(f"{group.name}: {len(group.flux)} of {len(before.flux)} are quiet")
        print("  " + ", ".join(f"{key} {value:.3g}" for key, value in numbers(group).items()))
    draw_examples(groups)
    draw_scatter(groups)
    draw_autocorrelation(groups)
    draw_skewness(groups)


def real_curves(folder: Path) -> Curves:
    """The first long file of each star without a KOI."""
    seen: set[str] = set()
    rows = []
    with (folder / "index.csv").open(encoding="utf-8") as file:
        for line in csv.DictReader(file):
            if line["koi_disposition"] != "no KOI" or line["kepid"] in seen:
                continue
            with fits.open(folder / line["file"]) as hdus:
                flux = np.asarray(hdus[1].data["PDCSAP_FLUX"], np.float64)
            if len(flux) < KAGGLE_CADENCES:
                continue
            seen.add(line["kepid"])
            cut = flux[:KAGGLE_CADENCES]
            rows.append(1e6 * (cut / np.nanmedian(cut) - 1))
    return np.array(rows)


def simulated(*, realism: Realism | None) -> Curves:
    """Quiet stars of a simulated population; companions would add their own scatter."""
    made = simulate(N_SIMULATED, seed=0, prevalence=0.01, eclipsing_binary_share=0, realism=realism)
    flux: Curves = made.flux[made.kind == "quiet"].astype(np.float64)
    return flux


def quiet(flux: Curves) -> Curves:
    """The curves that the source `injected` takes for quiet, of those with scatter."""
    kept = [variability(row, cadence=KEPLER_CADENCE) <= QUIET for row in flux]
    return flux[kept]


def binned_scatter(flux: Curves) -> Curves:
    """Standard deviation of the means of bins of each width, shape (n, len(BINS)), robust."""
    result = np.empty((len(flux), len(BINS)))
    for column, width in enumerate(BINS):
        n = flux.shape[1] // width
        cells = flux[:, : n * width].reshape(len(flux), n, width)
        full = np.isfinite(cells).sum(axis=2) > width / 2
        means = np.where(full, np.nansum(cells, axis=2) / np.isfinite(cells).sum(2).clip(1), np.nan)
        centre = np.nanmedian(means, axis=1, keepdims=True)
        result[:, column] = 1.4826 * np.nanmedian(np.abs(means - centre), axis=1)
    return result


def autocorrelation(flux: Curves) -> Curves:
    """Correlation of each curve with itself at LAGS cadences, shape (n, len(LAGS))."""
    filled = fill_gaps(flux, "linear")[0].astype(np.float64)
    low, high = np.percentile(filled, [0.5, 99.5], axis=1, keepdims=True)
    centred = np.clip(filled, low, high)
    centred -= centred.mean(axis=1, keepdims=True)
    n = flux.shape[1]
    power = np.abs(np.fft.rfft(centred, 2 * n, axis=1)) ** 2
    lagged = np.fft.irfft(power, axis=1)[:, LAGS] / (n - LAGS)
    result: Curves = lagged / lagged[:, :1]
    return result


def skewness(flux: Curves) -> NDArray[np.float64]:
    """Of each curve after a running median of 1.5 d, shape (n,)."""
    filled, _ = fill_gaps(flux, "linear")
    flat = detrend(filled, cadence=KEPLER_CADENCE, method="running_median").astype(np.float64)
    flat -= flat.mean(axis=1, keepdims=True)
    result: NDArray[np.float64] = (flat**3).mean(axis=1) / flat.std(axis=1) ** 3
    return result


def numbers(group: Group) -> dict[str, float]:
    """What the page quotes of a group, medians over its stars."""
    scatter = np.median(binned_scatter(group.flux), axis=0)
    lagged = np.median(autocorrelation(group.flux), axis=0)
    skew = skewness(group.flux)
    white = np.median([point_scatter(row) for row in group.flux])
    return {
        "point scatter (ppm)": float(white),
        "0.5 h": scatter[0],
        "6 h": scatter[BINS.index(12)],
        "1 d": scatter[BINS.index(48)],
        "4 d": scatter[-1],
        "r(6 h)": lagged[12],
        "r(1 d)": lagged[49],
        "r(4 d)": lagged[196],
        "skewness 16 %": float(np.percentile(skew, 16)),
        "skewness 50 %": float(np.median(skew)),
        "skewness 84 %": float(np.percentile(skew, 84)),
        "above 1 (%)": 100 * float((skew > 1).mean()),
        "lost (%)": 100 * float(np.isnan(group.flux).mean()),
    }


def draw_examples(groups: list[Group]) -> None:
    """Four curves of each group, at the same ranks of variability."""
    figure = Figure(figsize=(9, 5), layout="constrained")
    axes = figure.subplots(4, len(groups), sharex=True)
    days = np.arange(KAGGLE_CADENCES) * KEPLER_CADENCE
    for column, group in enumerate(groups):
        order = np.argsort(binned_scatter(group.flux)[:, BINS.index(48)])
        for row, share in enumerate((0.15, 0.4, 0.65, 0.9)):
            flux = group.flux[order[int(share * len(order))]]
            axes[row, column].plot(days, flux / 1000, lw=0.5, color=group.colour)
            low, high = np.nanpercentile(flux, [0.1, 99.9]) / 1000
            margin = 0.15 * (high - low)
            axes[row, column].set_ylim(low - margin, high + margin)
        axes[0, column].set_title(group.name)
        axes[-1, column].set_xlabel("days")
    figure.supylabel("flux, thousand ppm of its median")
    save(figure, "examples", dpi=80)


def draw_scatter(groups: list[Group]) -> None:
    """Scatter of binned flux against the width of the bin, and what white noise would do."""
    figure, axis = one_axis()
    hours = np.array(BINS) * KEPLER_CADENCE * 24
    for group in groups:
        band(axis, hours, binned_scatter(group.flux), group)
    white = 500 / np.sqrt(BINS)
    axis.plot(hours, white, ":", color="#888888", label="white noise alone")
    axis.set(xscale="log", yscale="log", xlabel="width of a bin, hours", ylabel="scatter, ppm")
    axis.legend(frameon=False)
    save(figure, "scatter")


def draw_autocorrelation(groups: list[Group]) -> None:
    """Median autocorrelation and the middle two thirds of the stars."""
    figure, axis = one_axis()
    for group in groups:
        band(axis, LAGS[1:] * KEPLER_CADENCE, autocorrelation(group.flux)[:, 1:], group)
    axis.axhline(0, color="#888888", lw=0.8)
    axis.set(xlabel="lag, days", ylabel="autocorrelation")
    axis.legend(frameon=False)
    save(figure, "autocorrelation")


def draw_skewness(groups: list[Group]) -> None:
    """Share of stars below each skewness."""
    figure, axis = one_axis()
    for group in groups:
        values = np.sort(skewness(group.flux))
        share = (np.arange(len(values)) + 0.5) / len(values)
        axis.step(values, share, where="mid", color=group.colour, label=group.name, lw=1.8)
    axis.set_xscale("symlog", linthresh=0.5)
    axis.set_xticks([-10, -1, -0.5, 0, 0.5, 1, 10, 50])
    axis.set_xticklabels(["-10", "-1", "-0.5", "0", "0.5", "1", "10", "50"])
    axis.set(xlabel="skewness after a running median of 1.5 d", ylabel="share of stars below")
    axis.legend(frameon=False)
    save(figure, "skewness")


def one_axis() -> tuple[Figure, Axes]:
    """A figure with one plot, without the frame's upper and right edge."""
    figure = Figure(figsize=(7, 4.2), layout="constrained")
    axis = figure.subplots()
    axis.spines[["top", "right"]].set_visible(False)
    return figure, axis


def band(axis: Axes, x: NDArray[np.floating], values: Curves, group: Group) -> None:
    """Median over the stars, and the band from 16 to 84 % of them."""
    low, middle, high = np.percentile(values, [16, 50, 84], axis=0)
    axis.fill_between(x, low, high, color=group.colour, alpha=0.15, lw=0)
    axis.plot(x, middle, color=group.colour, label=f"{group.name} ({len(values)})", lw=1.8)


def save(figure: Figure, name: str, *, dpi: int = DPI) -> None:
    """Writes a picture without a date in it, so that equal pictures are equal files."""
    path = FOLDER / f"simulated_stars_{name}.png"
    figure.savefig(path, dpi=dpi, metadata={"Software": None})
    print(f"{path.name}: {path.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main()
