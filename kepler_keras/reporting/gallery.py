"""Small pictures of light curves of both classes, thinned without losing a dip."""

from collections.abc import Sequence

import numpy as np
from markupsafe import Markup
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import EngFormatter, MaxNLocator
from numpy.typing import NDArray

from kepler_keras.record import GalleryCurve
from kepler_keras.reporting.svg import SERIES, figure_style, inline_svg
from kepler_keras.visible import one_line, shortened

PIXEL_COLUMNS = 160  # about what one small picture has on a phone


def thinned(
    x: NDArray[np.float64], flux: NDArray[np.float64], *, columns: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Keeps the lowest and the highest point of each pixel column, in their order.

    Skipping points would lose transits of a few cadences; the extremes keep them.

    Args:
        x: Shape (n,), ascending.
        flux: Shape (n,), NaN in gaps.
        columns: Into how many runs of equal length the curve is cut.

    Returns:
        x and flux of at most ``2 * columns`` points. A run without any flux gives one NaN, so that
        a line drawn through the points breaks there. Short curves come back unchanged.
    """
    if len(x) <= 2 * columns:
        return x, flux
    kept: list[int] = []
    for run in np.array_split(np.arange(len(x)), columns):
        values = flux[run]
        if np.isnan(values).all():
            kept.append(int(run[0]))
            continue
        kept.extend(sorted({int(run[np.nanargmin(values)]), int(run[np.nanargmax(values)])}))
    return x[kept], flux[kept]


def gallery(curves: Sequence[GalleryCurve], *, folded: bool) -> tuple[list[Markup], list[Markup]]:
    """Draws each curve by itself.

    Returns:
        The pictures of the planets and those of the other stars.
    """
    pictures = [_picture(curve, i, folded) for i, curve in enumerate(curves)]
    planets = [p for p, curve in zip(pictures, curves, strict=True) if curve.label == 1]
    others = [p for p, curve in zip(pictures, curves, strict=True) if curve.label != 1]
    return planets, others


def _picture(curve: GalleryCurve, number: int, folded: bool) -> Markup:
    with figure_style():
        figure = Figure(figsize=(2.35, 1.4), layout="constrained")
        draw_curve(figure.subplots(), curve, folded=folded)
        kind = "with a planet" if curve.label == 1 else "without a planet"
        return inline_svg(
            figure, key=f"curve{number}", label=f"Light curve of star {curve.star}, {kind}"
        )


def draw_curve(axes: Axes, curve: GalleryCurve, *, folded: bool) -> None:
    """Draws one light curve, planets in another colour than the rest."""
    x = np.array(curve.x, float)
    flux = np.array([np.nan if value is None else value for value in curve.flux], float)
    axes.plot(*thinned(x, flux, columns=PIXEL_COLUMNS), linewidth=0.8, linestyle="-",
              color=SERIES[1] if curve.label == 1 else SERIES[0])  # fmt: skip
    axes.set_title(shortened(one_line(curve.star), 21), loc="left")
    axes.set_xlabel("phase" if folded else "days", labelpad=1)
    calm_axes(axes, flux)


def calm_axes(axes: Axes, flux: NDArray[np.float64]) -> None:
    """Few ticks, and short ones also for flux in thousands of electrons a second."""
    axes.xaxis.set_major_locator(MaxNLocator(4))
    axes.yaxis.set_major_locator(MaxNLocator(3))
    finite = np.abs(flux[np.isfinite(flux)])
    if finite.size and finite.max() >= 1000:
        axes.yaxis.set_major_formatter(EngFormatter(sep=""))
    else:
        axes.ticklabel_format(axis="y", useOffset=False)
