"""Layouts of data that this package knows, and the source that reads each.

A layout is known by the start of a file or by the names in a folder, never by what it is called. A
new source that reads curves needs a line in `LAYOUTS` and a function that knows its files.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kepler_keras.data.file_start import Start, is_html, is_tfrecord, read_start, record_head
from kepler_keras.data.sources import SourcePath
from kepler_keras.errors import InputError
from kepler_keras.experiment import TrainTestPaths

KAGGLE_PAIR = ("exoTrain.csv", "exoTest.csv")
FITS_ENDINGS = (".fits", ".fits.gz")


def _no_options(start: Start) -> Mapping[str, Any]:
    return {}


@dataclass(frozen=True)
class Layout:
    """A layout that this package knows.

    Attributes:
        what: Its name in a sentence.
        rule: How a file of it has to be, for people whose file was refused.
        knows: Whether a start is of this layout, be it whole or damaged.
        source: Name of the source that reads it; None where it holds no curves.
        options: Options that the source needs for this very file.
    """

    what: str
    rule: str
    knows: Callable[[Start], bool]
    source: str | None = None
    options: Callable[[Start], Mapping[str, Any]] = _no_options


@dataclass(frozen=True)
class Origin:
    """Curves as an experiment names them: what `read_source` takes."""

    source: str
    path: SourcePath
    options: Mapping[str, Any] = field(default_factory=dict)


def layout_of(start: Start) -> Layout:
    """The layout of a file or folder.

    Raises:
        InputError: No layout knows it; the sentence is followed by those that there are.
    """
    layout = next((layout for layout in LAYOUTS if layout.knows(start)), None)
    if layout is None:
        came = "an HTML page" if is_html(start) else "something else"
        sentence = f"{start.path}: is of no layout that this package knows, it is {came}"
        raise refused(sentence, *LAYOUTS)
    return layout


def origin_of(start: Start, layout: Layout) -> Origin:
    """How the source of a layout is to be asked for curves.

    Raises:
        InputError: The layout holds no curves.
    """
    if layout.source is None:
        raise InputError(f"{start.path}: is a {layout.what}, which holds no light curves")
    return Origin(layout.source, path_for(layout.source, start.path), layout.options(start))


def recognise(path: Path) -> Origin:
    """The source that reads a file or folder, recognised by its content.

    Raises:
        InputError: There is nothing, no layout knows it, or it holds no curves.
    """
    start = read_start(path)
    return origin_of(start, layout_of(start))


def path_for(source: str, path: Path) -> SourcePath:
    """The path as a source takes it: Kaggle's folder is a train and a test file."""
    if source == "kaggle_csv" and path.is_dir():
        train, test = (str(path / name) for name in KAGGLE_PAIR)
        return TrainTestPaths(train=train, test=test)
    return str(path)


def refused(sentence: str, *layouts: Layout) -> InputError:
    """The error of a file that breaks a layout, or is of none; the layouts follow the sentence."""
    rules = (f"  {layout.what}: {layout.rule}" for layout in layouts)
    title = "The layout it should have had" if len(layouts) == 1 else "Layouts that are known"
    return InputError(sentence, f"{title}:", *rules)


def _is_kaggle(start: Start) -> bool:
    if start.is_folder:
        return set(KAGGLE_PAIR) <= set(start.names)
    header = [cell.upper() for cell in start.header]
    return bool(header) and (header[0] == "LABEL" or any(c.startswith("FLUX") for c in header))


def _is_fits(start: Start) -> bool:
    """One file, or a folder with some in it or one level below, as the archives sort them."""
    if start.head.startswith(b"SIMPLE  ="):
        return True
    return start.is_folder and any(name.endswith(FITS_ENDINGS) for name in start.names)


def _is_folded(start: Start) -> bool:
    is_array = start.head.startswith(b"\x93NUMPY")
    return start.path.suffix == ".npz" or is_array or any(n.endswith(".npy") for n in start.names)


def _is_table(start: Start) -> bool:
    signs = {"koi_disposition", "kepoi_name", "tce_plnt_num", "av_training_set"}
    return bool(signs & set(start.header))


def _is_record(start: Start) -> bool:
    return start.is_folder and "record.json" in start.names


def _tfrecord_options(start: Start) -> Mapping[str, Any]:
    head = record_head(start)
    if b"Disposition" in head and b"av_training_set" not in head:  # Yu et al. 2019
        return {"label_column": "Disposition", "star_column": "tic_id", "positive": ("PC", "EB")}
    return {}


LAYOUTS = (
    Layout(
        "record of a comparison",
        "a folder that `kepler-keras compare` wrote, with record.json and predictions.parquet",
        _is_record,
    ),
    Layout(
        "light curves in FITS files",
        "FITS as Kepler, K2 and TESS have it, .fits or .fits.gz, one file or a folder; extension 1 "
        "is LIGHTCURVE with TIME, PDCSAP_FLUX and SAP_QUALITY",
        _is_fits,
        "kepler_fits",
    ),
    Layout(
        "AstroNet's TFRecords",
        "one file or a folder of tf.Example records with global_view, local_view, a label such as "
        "av_training_set and a star such as kepid",
        is_tfrecord,
        "astronet_tfrecord",
        _tfrecord_options,
    ),
    Layout(
        "folded curves",
        "an .npz file with X (n, bins) finite numbers, transit in the middle bin, kepid (n,), y "
        "(n,) of 0 and 1 where labels are known and, where stars are ambiguous, kepid_unique (n,) "
        "bool",
        _is_folded,
        "folded",
    ),
    Layout(
        "table of signals",
        "CSV of the Exoplanet Archive, comment lines with #, a header with kepid and koi_period, "
        "koi_time0bk, koi_duration, koi_disposition (or tce_... and av_training_set)",
        _is_table,
    ),
    Layout(
        "flux table",
        "CSV as Kaggle has it, one light curve a row: a header LABEL,FLUX.1,FLUX.2,...,FLUX.n, "
        "labels 1 and 2 (2 = planet) or 0 and 1, flux as numbers; or a folder with exoTrain.csv "
        "and exoTest.csv",
        _is_kaggle,
        "kaggle_csv",
    ),
)
