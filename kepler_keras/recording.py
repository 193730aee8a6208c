"""What a record holds of the data and of the fits."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kepler_keras.data.describe import gallery_rows
from kepler_keras.data.light_curves import LightCurves
from kepler_keras.data.planet_values import planet_values
from kepler_keras.data.splits import Split, summarise_parts
from kepler_keras.experiment import Experiment
from kepler_keras.fitting import FoldOutcomes, join_tables
from kepler_keras.mistake_recording import mistakes_in_record, shown_star
from kepler_keras.models.shapes import Shapes
from kepler_keras.portraits import cards_of, pictures_of
from kepler_keras.preparation import Folding
from kepler_keras.record import DataSummary, GalleryCurve, PartSummary


def data_and_fits(
    experiment: Experiment,
    split: Split,
    shapes: Mapping[str, Shapes],
    fitted: FoldOutcomes,
    curves: LightCurves,
    folding: Folding | None,
) -> dict[str, Any]:
    """The fields of a record that come from data and fits.

    Args:
        experiment: With the entries that take part.
        split: The folds.
        shapes: Of one example of each view of every entry.
        fitted: What fitting gave.
        curves: All light curves.
        folding: What views were folded from, and when, as far as known.
    """
    tables = join_tables(experiment, split, fitted, curves)
    mistakes = mistakes_in_record(experiment, split, fitted, curves, tables.predictions)
    return {
        "data": _describe(curves, split),
        "parts": [PartSummary(**vars(part)) for part in summarise_parts(split, curves)],
        "fits": tables.fits,
        "view_shapes": {
            entry.name: {view: list(shape) for view, shape in shapes[entry.name].items()}
            for entry in experiment.entries
        },
        "cards": cards_of(experiment, fitted, curves),
        "pictures": pictures_of(experiment, fitted, curves),
        "planets": planet_values(curves, logarithms=experiment.data.options.get("logarithms", ())),
        "mistakes": mistakes,
        "shown": {
            row: shown_star(curves, row, folding)
            for row in sorted({one.example_id for one in mistakes})
        },
        "predictions": tables.predictions,
        "members": tables.members,
    }


def _describe(curves: LightCurves, split: Split) -> DataSummary:
    rows, x = gallery_rows(curves)
    return DataSummary(
        source=curves.source,
        n_examples=len(curves),
        n_positive=int(curves.labels.sum()),
        n_stars=len(np.unique(curves.stars)),
        n_positive_stars=len(curves.positive_stars),
        fingerprint=curves.fingerprint,
        n_columns=curves.flux.shape[1],
        cadence=curves.cadence,
        notes=[*curves.notes, *split.notes],
        warnings=[],  # that there are few planets, a check says
        gallery=[_gallery_curve(curves, int(row), x) for row in rows],
    )


def _gallery_curve(curves: LightCurves, row: int, x: NDArray[np.float64]) -> GalleryCurve:
    flux = [None if np.isnan(value) else float(f"{value:.5g}") for value in curves.flux[row]]
    return GalleryCurve(
        star=str(curves.stars[row]),
        label=int(curves.labels[row]),
        x=[float(f"{value:.6g}") for value in x],
        flux=flux,
    )
