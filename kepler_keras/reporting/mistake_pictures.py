"""Small pictures of a star that a model was wrong about, and of what the model took from it."""

import numpy as np
from markupsafe import Markup
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from kepler_keras.attention import Line, SeenView, ShownStar
from kepler_keras.reporting.feature_maps import MAP
from kepler_keras.reporting.gallery import calm_axes
from kepler_keras.reporting.svg import INK, SERIES, SOFT, figure_style, inline_svg

NARROW, WIDE = 2.6, 4.0  # inches; two narrow ones stand side by side on a phone
FOR, AGAINST = SERIES[1], SERIES[0]  # planets have the warm colour in the gallery, too
MOST_MARKS = 40  # transits that are marked one by one
MOST_FEATURES = 6
IN_PHASE = ("global_view", "folded_image")
IN_TIME = ("flux", "log_differences")

Floats = NDArray[np.float64]


def raw_picture(star: ShownStar, *, key: str) -> Markup | None:
    """The flux as it came, with marks at the transits of the period it was folded at."""
    if not star.raw or star.days is None:
        return None
    marks = _transits(star)
    with figure_style():
        figure = Figure(figsize=(NARROW, 1.5), layout="constrained")
        axes = figure.subplots()
        flux = _array(star.raw)
        axes.plot(_spread(len(flux), 0, star.days), flux, color=INK, linewidth=0.6)
        if len(marks):  # one path for all of them
            places, ends = np.repeat(marks, 3), np.tile([-0.06, 0.06, np.nan], len(marks))
            axes.plot(places, ends, color=FOR, linewidth=1.5, clip_on=False,
                      transform=axes.get_xaxis_transform())  # fmt: skip
        axes.set_xlabel("days", labelpad=1)
        calm_axes(axes, flux)
        _bare(axes)
        marked = f", {len(marks)} transits marked" if len(marks) else ""
        label = f"Raw light curve of {star.star}, {star.days:.0f} days{marked}"
        return inline_svg(figure, key=key, label=label)


def folded_picture(star: ShownStar, *, key: str) -> Markup | None:
    """The folded curve over the whole period: where a second eclipse would stand."""
    if not star.folded:
        return None
    flux, median = _array(star.folded), _array(star.folded_median)
    with figure_style():
        figure = Figure(figsize=(NARROW, 1.5), layout="constrained")
        axes = figure.subplots()
        if len(median):
            phase = _spread(len(median), -0.5, 0.5)
            axes.fill_between(phase, flux[::2], flux[1::2], color=SOFT, alpha=0.3, linewidth=0)
            axes.plot(phase, median, color=INK, linewidth=1)
        else:
            axes.plot(_spread(len(flux), -0.5, 0.5), flux, color=INK, linewidth=0.8)
        axes.set_xlabel("phase", labelpad=1)
        calm_axes(axes, flux)
        _bare(axes)
        at = "as it came" if star.period is None else f"at {star.period:.5g} days"
        return inline_svg(figure, key=key, label=f"Light curve of {star.star}, folded {at}")


def view_picture(view: SeenView, star: ShownStar, *, key: str) -> Markup:
    """What the model saw; below it what hiding each stretch changed, and the gradient."""
    label = f"What the model saw of {star.star}, {view.view}: {strongest(view, star)}"
    with figure_style():
        if view.window == 1:  # a row of features
            return inline_svg(_features(view), key=key, label=label)
        figure = Figure(figsize=(WIDE, 2.3), layout="constrained")
        heights = [2.4, 1.0, 0.6] if view.saliency else [2.4, 1.0]
        rows = figure.subplots(len(heights), 1, height_ratios=heights, sharex=True)
        low, high, unit = _axis(view, star)
        if view.image:
            cells = np.array(view.image)
            end = float(np.percentile(np.abs(cells), 99)) or 1.0
            rows[0].imshow(
                cells, vmin=-end, vmax=end, aspect="auto", cmap=MAP, interpolation="none",
                extent=(low, high, len(cells) - 0.5, -0.5),
            )  # fmt: skip
            rows[0].set_yticks([])
        else:
            values = _array(view.curve)
            rows[0].plot(_spread(len(values), low, high), values, color=INK, linewidth=0.8)
            rows[0].yaxis.set_major_locator(MaxNLocator(3))
        _draw_occlusion(rows[1], view, low, high)
        if view.saliency:
            _draw_saliency(rows[2], _array(view.saliency), low, high)
        for axes in rows:
            _bare(axes)
        rows[-1].xaxis.set_major_locator(MaxNLocator(5))
        rows[-1].set_xlabel(unit, labelpad=1)
        rows[0].set_xlim(low, high)
        return inline_svg(figure, key=key, label=label)


def strongest(view: SeenView, star: ShownStar) -> str:
    """In words, which hidden part changed the answer most."""
    change = _array(view.occlusion)
    if not np.isfinite(change).any():
        return "what hiding changes is unknown"
    place = int(np.nanargmax(np.abs(change)))
    if view.window == 1:
        where = view.names[place] if view.names else f"feature {place + 1}"
    else:
        low, high, unit = _axis(view, star)
        where = f"the stretch about {unit} {round(_centres(view, low, high)[place], 2):g}"
    toward = "for" if change[place] > 0 else "against"
    return f"{where} spoke loudest, {toward} a planet ({_signed(change[place])})"


def largest_change(view: SeenView) -> float:
    """The largest change of the log-odds that hiding a part of a view made."""
    change = np.abs(_array(view.occlusion))
    return float(np.nanmax(change)) if np.isfinite(change).any() else 0.0


def _features(view: SeenView) -> Figure:
    """A bar each for the features whose hiding changes most, the strongest at the top."""
    change = np.nan_to_num(_array(view.occlusion))
    order = np.argsort(-np.abs(change), kind="stable")[:MOST_FEATURES][::-1]
    names = view.names or [f"feature {i + 1}" for i in range(view.length)]
    values = [view.curve[i] for i in order] if len(view.curve) == view.length else []
    texts = [
        f"{names[i]} = {'unknown' if value is None else f'{value:.3g}'}"
        for i, value in zip(order, values, strict=True)
    ] or [names[i] for i in order]
    figure = Figure(figsize=(WIDE, 0.6 + 0.24 * len(order)), layout="constrained")
    axes = figure.subplots()
    colours = [FOR if change[i] > 0 else AGAINST for i in order]
    axes.barh(range(len(order)), change[order], color=colours, height=0.7)
    axes.axvline(0, color=SOFT, linewidth=0.7)
    axes.set_yticks(range(len(order)), texts)
    _bare(axes)
    axes.xaxis.set_major_locator(MaxNLocator(4))
    axes.set_xlabel("what hiding it changes", labelpad=1)
    return figure


def _draw_occlusion(axes: Axes, view: SeenView, low: float, high: float) -> None:
    change = np.nan_to_num(_array(view.occlusion))
    places = _centres(view, low, high)
    for part, colour in ((change.clip(min=0), FOR), (change.clip(max=0), AGAINST)):
        _fill(axes, places, part, colour)
    axes.axhline(0, color=SOFT, linewidth=0.7)
    ends = sorted({float(change.min()), 0.0, float(change.max())})
    size = max(abs(ends[0]), abs(ends[-1])) or 1.0
    axes.set_ylim(min(ends[0], -0.25 * size), max(ends[-1], 0.25 * size))
    shown = [end for end in ends if abs(end) in (0.0, size)]
    axes.set_yticks(shown, [_signed(end) if end else "0" for end in shown])
    _name(axes, "occlusion")


def _draw_saliency(axes: Axes, sizes: Floats, low: float, high: float) -> None:
    _fill(axes, _spread(len(sizes), low, high), np.nan_to_num(sizes), SOFT)
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    _name(axes, "gradient")


def _fill(axes: Axes, places: Floats, heights: Floats, colour: str) -> None:
    """What lies between a line and 0, in half the points that `fill_between` writes."""
    if heights.any():
        ends = [places[0], *places, places[-1]]
        axes.fill(ends, [0.0, *heights, 0.0], color=colour, linewidth=0)


def _bare(axes: Axes) -> None:
    """No grid and no marks at the ticks: their numbers do in so small a picture."""
    axes.grid(visible=False)
    axes.tick_params(left=False, bottom=False)
    axes.patch.set_visible(False)


def _name(axes: Axes, text: str) -> None:
    axes.text(1.0, 1.0, text, transform=axes.transAxes, ha="right", va="bottom", color=SOFT,
              fontsize=9)  # fmt: skip


def _axis(view: SeenView, star: ShownStar) -> tuple[float, float, str]:
    """Where the axis of a view begins and ends, and what it counts."""
    if view.view in IN_PHASE:
        return -0.5, 0.5, "phase"
    if view.view in IN_TIME and star.days is not None:
        return 0.0, star.days, "day"
    return 0.0, float(view.length), "step"


def _centres(view: SeenView, low: float, high: float) -> Floats:
    """The middle of each window."""
    half = (high - low) * view.window / view.length / 2
    return np.linspace(low + half, high - half, len(view.occlusion))


def _transits(star: ShownStar) -> Floats:
    """Mid-transits within the curve; none where there are too many to be told apart."""
    if star.period is None or star.t0 is None or star.days is None:
        return np.array([])
    first = int(np.ceil(-star.t0 / star.period))
    last = int(np.floor((star.days - star.t0) / star.period))
    if not 0 < last - first + 1 <= MOST_MARKS:
        return np.array([])
    return np.asarray(star.t0 + star.period * np.arange(first, last + 1))


def _array(line: Line) -> Floats:
    return np.array([np.nan if value is None else value for value in line], float)


def _spread(number: int, low: float, high: float) -> Floats:
    """The middles of equal parts."""
    return low + (high - low) * (np.arange(number) + 0.5) / max(number, 1)


def _signed(value: float) -> str:
    return f"{value:+.2g}".replace("-", "−")
