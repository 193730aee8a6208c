"""Cards and pictures of a comparison's networks, from what their first fold's worker saw."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from kepler_keras.data.light_curves import LightCurves
from kepler_keras.experiment import Entry, Experiment
from kepler_keras.fitting import FoldOutcomes
from kepler_keras.lightcurve.view_scale import ReferenceTransit
from kepler_keras.models.anatomy.scaled_card import ScaledCard, scaled_card
from kepler_keras.record import FeaturePicture
from kepler_keras.reporting.feature_maps import draw_feature_maps
from kepler_keras.reporting.svg import figure_style, inline_svg
from kepler_keras.training.portrait import Portrait


def cards_of(
    experiment: Experiment, fitted: FoldOutcomes, curves: LightCurves
) -> dict[str, ScaledCard]:
    """The card of every entry that is a network, scaled to a transit typical of the data."""
    reference = typical_transit(curves)
    return {
        entry.name: replace(
            scaled_card(portrait.card, entry.views, reference=reference), shifts=portrait.shifts
        )
        for entry, portrait in _portraits(experiment, fitted).values()
    }


def pictures_of(
    experiment: Experiment, fitted: FoldOutcomes, curves: LightCurves
) -> dict[str, FeaturePicture]:
    """One transit through the layers of every entry whose network has places along a curve."""
    pictures = {}
    for name, (_, portrait) in _portraits(experiment, fitted).items():
        if portrait.maps:
            star = str(curves.stars[portrait.row])
            pictures[name] = FeaturePicture(
                star=star, score=portrait.score, svg=_drawn(name, star, portrait)
            )
    return pictures


def _portraits(
    experiment: Experiment, fitted: FoldOutcomes
) -> Mapping[str, tuple[Entry, Portrait]]:
    found = {}
    for entry in experiment.entries:
        outcome = fitted.outcomes.get((entry.name, 0, entry.seed))
        if outcome is not None and outcome.portrait is not None:
            found[entry.name] = (entry, outcome.portrait)
    return found


def typical_transit(curves: LightCurves) -> ReferenceTransit:
    """Medians of period and duration of the planets, where the data know them."""
    usual = ReferenceTransit()
    cadence = curves.cadence or usual.cadence
    ephemerides = curves.ephemerides
    if ephemerides is None or not (known := ephemerides.known() & (curves.labels == 1)).any():
        return replace(usual, cadence=cadence)
    return ReferenceTransit(
        period=float(np.median(ephemerides.period[known])),
        duration=float(np.median(ephemerides.duration[known])),
        cadence=cadence,
    )


def _drawn(name: str, star: str, portrait: Portrait) -> str:
    title = f"{name}: {star}, score {portrait.score:.2f}"
    with figure_style():
        figure = draw_feature_maps(portrait.curves, portrait.maps, title=title)
        label = f"What each layer of {name} makes of the transit of {star}"
        return str(inline_svg(figure, key=f"maps-{name}", label=label))
