"""The report's pictures as PDF, none larger than a page."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from kepler_keras.evaluation.displays import PrecisionRecallDisplay, RocDisplay
from kepler_keras.record import Record
from kepler_keras.reporting.calibration_section import calibration_rows, share_of_planets
from kepler_keras.reporting.diagnosis_section import curves_of_more_stars
from kepler_keras.reporting.figures import RankingCurves, trained_by_epochs
from kepler_keras.reporting.intervals import draw_differences, draw_estimates, row_axes
from kepler_keras.reporting.remedy_pictures import draw_mean_scores
from kepler_keras.reporting.results import Results
from kepler_keras.reporting.threshold_section import threshold_curves
from kepler_keras.reporting.wording import METRIC_NAMES, capitalize_first
from kepler_keras.reporting.write_up import panels
from kepler_keras.reporting.write_up.print_style import print_style, write_pdf
from kepler_keras.reporting.write_up.rows import competitors, shown_pairs

ROW = 0.38  # inches of a row of intervals
ROWS_ON_A_PAGE = 20
T = TypeVar("T")


@dataclass(frozen=True)
class WrittenFigure:
    """A file of the folder `figures`, and what it shows in a sentence."""

    file: str
    caption: str


@dataclass(frozen=True)
class _Drawn:
    """A picture of one or several pages; their files are named after its stem."""

    stem: str
    caption: str
    pages: Sequence[Figure]


def write_figures(
    record: Record, results: Results, curves: RankingCurves, folder: Path
) -> list[WrittenFigure]:
    """Draws all pictures there is something to draw for, into an existing folder.

    Args:
        record: Its entries all take part.
        results: Of this record.
        curves: Of this record.
        folder: Where the files go. No name of an entry stands in theirs.
    """
    written = []
    with print_style():
        for drawn in _all(record, results, curves):
            for number, figure in enumerate(drawn.pages, start=1):
                alone = len(drawn.pages) == 1
                file = f"{drawn.stem}.pdf" if alone else f"{drawn.stem}_{number}.pdf"
                part = "" if alone else f" ({number} of {len(drawn.pages)})"
                write_pdf(figure, folder / file)
                written.append(WrittenFigure(file, f"{drawn.caption}{part}."))
    return written


def _all(record: Record, results: Results, curves: RankingCurves) -> Iterator[_Drawn]:
    yield _estimates(record, results)
    yield from _differences(record, results)
    yield from _ranking(curves)
    yield from _training(record, results)
    yield from _scores(record, results)
    if record.data.gallery:
        folded = record.data.cadence is None
        said = "Light curves of stars with a planet (left) and without (right)"
        yield _Drawn("light_curves", said, [panels.light_curves(record.data.gallery, folded)])


def _estimates(record: Record, results: Results) -> _Drawn:
    metric = results.primary_metric
    said = f"{capitalize_first(METRIC_NAMES[metric])} of every entry"
    return _Drawn(
        "estimates",
        f"{said}, with its 95 % interval over stars (bar) and the value of each test fold (dots)",
        _in_rows(
            competitors(record, results),
            lambda axes, part: draw_estimates(axes, part, metric=metric),
        ),
    )


def _differences(record: Record, results: Results) -> Iterator[_Drawn]:
    pairs, margin = shown_pairs(record, results), record.experiment.protocol.margin
    metric = results.primary_metric
    if pairs:
        yield _Drawn(
            "differences",
            f"Differences in {METRIC_NAMES[metric]} with their 95 % intervals; the band marks "
            f"differences below {margin:g}",
            _in_rows(
                pairs,
                lambda axes, part: draw_differences(axes, part, metric=metric, margin=margin),
            ),
        )


def _ranking(curves: RankingCurves) -> Iterator[_Drawn]:
    shown: tuple[tuple[str, str, PrecisionRecallDisplay | RocDisplay], ...] = (
        (
            "precision_recall",
            "Precision by recall, with average precision",
            curves.precision_recall,
        ),
        ("roc", "Recall by false-positive rate, with the area under it", curves.roc),
    )
    for stem, said, display in shown:
        figure = Figure(figsize=(4.6, 3.1 + 0.17 * len(display.curves)), layout="constrained")
        display.plot(figure.subplots())
        yield _Drawn(stem, f"{said} beside each name; mean of the folds", [figure])


def _training(record: Record, results: Results) -> Iterator[_Drawn]:
    histories = list(trained_by_epochs(record).items())
    if histories:
        said = "Learning curves, a thin line for each fit"
        yield _Drawn("learning_curves", said, panels.in_panels(histories, panels.learning_curve))
    curves = curves_of_more_stars(record, results)
    if curves:
        said = "Average precision by the number of training stars of a fold"
        yield _Drawn("more_stars", said, [panels.more_stars(curves)])


def _scores(record: Record, results: Results) -> Iterator[_Drawn]:
    corrected = calibration_rows(record, results)
    if corrected:
        share = share_of_planets(record)
        yield _Drawn(
            "calibration",
            "Mean score before (hollow) and after (full) its correction; upright: the share of "
            "planets",
            _in_rows(corrected, lambda axes, part: draw_mean_scores(axes, part, share=share)),
        )
    by_name = threshold_curves(record)
    names = [entry.name for entry in competitors(record, results)]
    curves = [by_name[name] for name in names if name in by_name]
    if curves:
        said = "Precision and recall by threshold on validation rows; dots: the choice of each fold"
        yield _Drawn("thresholds", said, panels.in_panels(curves, panels.threshold_curve))


def _in_rows(items: Sequence[T], draw: Callable[[Axes, Sequence[T]], None]) -> list[Figure]:
    figures = []
    for part in panels.pages(items, ROWS_ON_A_PAGE):
        figure, axes = row_axes(len(part), row=ROW)
        draw(axes, part)
        figures.append(figure)
    return figures
