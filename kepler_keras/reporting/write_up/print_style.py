"""The look of figures on paper, and files of them that hold no date."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import matplotlib
from matplotlib.figure import Figure

from kepler_keras.reporting.svg import figure_style

TEXT_WIDTH = 6.0  # inches; an article's page has a little more between margins of an inch
SIZE = 9.0  # points, when a figure is put in as it is

_STYLE = {
    "font.size": SIZE,
    "axes.titlesize": SIZE,
    "axes.labelsize": SIZE,
    "xtick.labelsize": SIZE - 1,
    "ytick.labelsize": SIZE - 1,
    "legend.fontsize": SIZE - 1,
    "lines.linewidth": 1.3,
    "lines.markersize": 4.0,
    "xtick.color": "#333333",
    "ytick.color": "#333333",
    "pdf.fonttype": 42,  # letters stay letters; journals refuse Type 3
}


@contextmanager
def print_style() -> Iterator[None]:
    """The style of figures in the report, with letters as small as on a printed page."""
    with figure_style():
        matplotlib.rcParams.update(_STYLE)
        yield


def write_pdf(figure: Figure, path: Path) -> None:
    """Writes a figure; the same figure gives the same bytes."""
    nothing = {"CreationDate": None, "Creator": None, "Producer": None}
    with print_style():
        figure.savefig(path, format="pdf", metadata=nothing)
