"""Pages of small pictures, one an entry or a star."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from kepler_keras.evaluation.displays import LearningCurveDisplay
from kepler_keras.record import FoldFit, GalleryCurve, MemberFit
from kepler_keras.reporting.diagnosis_section import Curves, draw_more_stars
from kepler_keras.reporting.gallery import draw_curve
from kepler_keras.reporting.threshold_section import EntryCurve, draw_threshold_curve
from kepler_keras.reporting.write_up.print_style import TEXT_WIDTH

COLUMNS = 2
PANELS_ON_A_PAGE = 6
CURVES_SHOWN = 4  # of each class
T = TypeVar("T")


def pages(items: Sequence[T], most: int) -> list[Sequence[T]]:
    """The items in runs of at most so many, all about equally long."""
    n_pages = -(-len(items) // most)
    size = -(-len(items) // n_pages)
    return [items[begin : begin + size] for begin in range(0, len(items), size)]


def in_panels(items: Sequence[T], draw: Callable[[Axes, T], None]) -> list[Figure]:
    """Pages of panels, two beside each other, with one legend for all of a page."""
    figures = []
    for part in pages(items, PANELS_ON_A_PAGE):
        n_rows = -(-len(part) // COLUMNS)
        figure = Figure(figsize=(TEXT_WIDTH, 0.5 + 2.1 * n_rows), layout="constrained")
        grid = list(figure.subplots(n_rows, COLUMNS, squeeze=False).flat)
        for axes, item in zip(grid, part, strict=False):
            draw(axes, item)
        for axes in grid[len(part) :]:
            axes.remove()
        _one_legend(figure, grid[: len(part)])
        figures.append(figure)
    return figures


def learning_curve(axes: Axes, item: tuple[str, Sequence[FoldFit | MemberFit]]) -> None:
    """Draws the histories of one entry's fits."""
    name, fits = item
    LearningCurveDisplay(fits).plot(axes)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.set_title(name, loc="left")


def threshold_curve(axes: Axes, curve: EntryCurve) -> None:
    """Draws what one entry's thresholds would give."""
    draw_threshold_curve(axes, curve)
    axes.legend()


def more_stars(curves: Curves) -> Figure:
    """The learning curves over numbers of training stars, one below the other."""
    figure = Figure(figsize=(4.4, 0.6 + 1.3 * len(curves)), layout="constrained")
    draw_more_stars(figure, curves)
    figure.supylabel("average precision", fontsize="medium")
    return figure


def light_curves(curves: Sequence[GalleryCurve], folded: bool) -> Figure:
    """Planets on the left, other stars on the right."""
    planets = [curve for curve in curves if curve.label == 1][:CURVES_SHOWN]
    others = [curve for curve in curves if curve.label != 1][:CURVES_SHOWN]
    n_rows = max(len(planets), len(others))
    figure = Figure(figsize=(TEXT_WIDTH, 1.25 * n_rows), layout="constrained")
    grid = figure.subplots(n_rows, COLUMNS, squeeze=False)
    for column, shown in zip(grid.T, (planets, others), strict=True):
        for axes, curve in zip(column, shown, strict=False):
            draw_curve(axes, curve, folded=folded)
        for axes in column[len(shown) :]:
            axes.remove()
    return figure


def _one_legend(figure: Figure, panels: Sequence[Axes]) -> None:
    """Takes the legends out of the panels and puts one below them, each label once."""
    handles: dict[str, Artist] = {}
    for axes in panels:
        legend = axes.get_legend()
        if legend is not None:
            for handle, text in zip(legend.legend_handles, legend.get_texts(), strict=True):
                if handle is not None:
                    handles.setdefault(text.get_text(), handle)
            legend.remove()
    figure.legend(
        handles=list(handles.values()), labels=list(handles), loc="outside lower center", ncols=3
    )
