"""What a file is, what is in it and what is wrong with it; recognised by content, not by name.

A layout is two functions: one that knows it by its start, one that examines it. A new source that
reads curves needs a line in `LAYOUTS` and a function that knows its files.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any, cast

from kepler_keras.data.file_start import Start, is_html, is_tfrecord, read_start, record_head
from kepler_keras.data.info_curves import Info, describe_curves
from kepler_keras.data.info_other import examine_record, examine_table
from kepler_keras.data.sources import Source
from kepler_keras.errors import InputError
from kepler_keras.experiment import TrainTestPaths

KAGGLE_PAIR = ("exoTrain.csv", "exoTest.csv")
FITS_ENDINGS = (".fits", ".fits.gz")


@dataclass(frozen=True)
class Layout:
    """A layout that this package knows.

    Attributes:
        what: Its name in a sentence.
        rule: How a file of it has to be, for people whose file was refused.
        knows: Whether a start is of this layout, be it whole or damaged.
        examine: Describes it, or raises an `InputError` that says what is wrong.
    """

    what: str
    rule: str
    knows: Callable[[Start], bool]
    examine: Callable[[Start], Info]


def examine(path: Path) -> Info:
    """Says what a file or folder is.

    Raises:
        InputError: It is of no known layout, or of one that it breaks; the sentence is followed
            by the layout that it should have had.
    """
    start = read_start(path)
    layout = next((layout for layout in LAYOUTS if layout.knows(start)), None)
    if layout is None:
        came = "an HTML page" if is_html(start) else "something else"
        raise _refused(f"{path}: is of no layout that this package knows, it is {came}", *LAYOUTS)
    try:
        return layout.examine(start)
    except InputError as error:
        raise _refused(str(error), layout) from error


def _refused(sentence: str, *layouts: Layout) -> InputError:
    rules = "\n".join(f"  {layout.what}: {layout.rule}" for layout in layouts)
    title = "The layout it should have had" if len(layouts) == 1 else "Layouts that are known"
    return InputError(f"{sentence}\n{title}:\n{rules}")


def _by_source(what: str, name: str, start: Start, **options: Any) -> Info:
    """Describes the curves that a source reads."""
    source = cast(Source, import_module(f"kepler_keras.data.sources.{name}"))
    path: str | TrainTestPaths = str(start.path)
    if name == "kaggle_csv" and start.is_folder:
        train, test = (str(start.path / file) for file in KAGGLE_PAIR)
        path = TrainTestPaths(train=train, test=test)
    return describe_curves(start.path, what, source.load(path, **options))


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


def _examine_fits(start: Start) -> Info:
    return _by_source("light curves in FITS files", "kepler_fits", start)


def _examine_tfrecord(start: Start) -> Info:
    options: Mapping[str, Any] = {}
    head = record_head(start)
    if b"Disposition" in head and b"av_training_set" not in head:  # Yu et al. 2019
        options = {
            "label_column": "Disposition",
            "star_column": "tic_id",
            "positive": ("PC", "EB"),
        }
    return _by_source("AstroNet's views in TFRecords", "astronet_tfrecord", start, **options)


LAYOUTS = (
    Layout(
        "record of a comparison",
        "a folder that `kepler-keras compare` wrote, with record.json and predictions.parquet",
        _is_record,
        examine_record,
    ),
    Layout(
        "light curves in FITS files",
        "FITS as Kepler, K2 and TESS have it, .fits or .fits.gz, one file or a folder; extension 1 "
        "is LIGHTCURVE with TIME, PDCSAP_FLUX and SAP_QUALITY",
        _is_fits,
        _examine_fits,
    ),
    Layout(
        "AstroNet's TFRecords",
        "one file or a folder of tf.Example records with global_view, local_view, a label such as "
        "av_training_set and a star such as kepid",
        is_tfrecord,
        _examine_tfrecord,
    ),
    Layout(
        "folded curves",
        "an .npz file with X (n, bins) finite numbers, transit in the middle bin, y (n,) of 0 and "
        "1, kepid (n,) and, where stars are ambiguous, kepid_unique (n,) bool",
        _is_folded,
        lambda start: _by_source("folded curves", "folded", start),
    ),
    Layout(
        "table of signals",
        "CSV of the Exoplanet Archive, comment lines with #, a header with kepid and koi_period, "
        "koi_time0bk, koi_duration, koi_disposition (or tce_... and av_training_set)",
        _is_table,
        examine_table,
    ),
    Layout(
        "flux table",
        "CSV as Kaggle has it, one light curve a row: a header LABEL,FLUX.1,FLUX.2,...,FLUX.n, "
        "labels 1 and 2 (2 = planet) or 0 and 1, flux as numbers; or a folder with exoTrain.csv "
        "and exoTest.csv",
        _is_kaggle,
        lambda start: _by_source("flux table", "kaggle_csv", start),
    ),
)
