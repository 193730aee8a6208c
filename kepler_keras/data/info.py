"""What a file is, what is in it and what is wrong with it; recognised by content, not by name."""

from collections.abc import Callable
from pathlib import Path

from kepler_keras.data.file_start import Start, read_start
from kepler_keras.data.info_curves import Info, describe_curves
from kepler_keras.data.info_other import examine_record, examine_table
from kepler_keras.data.layouts import Layout, layout_of, origin_of, refused
from kepler_keras.data.sources import read_source
from kepler_keras.errors import InputError

EXAMINERS: dict[str, Callable[[Start], Info]] = {
    "record of a comparison": examine_record,
    "table of signals": examine_table,
}  # of layouts that hold no curves


def examine(path: Path) -> Info:
    """Says what a file or folder is.

    Raises:
        InputError: It is of no known layout, or of one that it breaks; the sentence is followed
            by the layout that it should have had.
    """
    start = read_start(path)
    layout = layout_of(start)
    try:
        return _examined(start, layout)
    except InputError as error:
        raise refused(str(error), layout) from error


def _examined(start: Start, layout: Layout) -> Info:
    if layout.what in EXAMINERS:
        return EXAMINERS[layout.what](start)
    origin = origin_of(start, layout)
    curves = read_source(origin.source, origin.path, origin.options)
    return describe_curves(start.path, layout.what, curves)
