"""What `kepler-keras models` says of a network's layers: its card, as text, JSON or picture."""

import json
from collections.abc import Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kepler_keras.errors import InputError

if TYPE_CHECKING:
    from kepler_keras.models.anatomy.scaled_card import ScaledCard

Views = Mapping[str, tuple[int, ...]]
SEED = 0  # of untrained weights and of the noise, in the picture


def card_of(model: Any, views: Views, *, shifts: bool = False) -> "ScaledCard":
    """The card of a network for views by name, with the default transit as reference.

    Args:
        model: The network.
        views: Shapes of its views, by name.
        shifts: Whether its answers to a moved curve are measured.
    """
    from kepler_keras.choice import Choice
    from kepler_keras.models.anatomy.describe import describe
    from kepler_keras.models.anatomy.scaled_card import scaled_card

    scaled = scaled_card(describe(model), [Choice(name=name) for name in views])
    if not shifts:
        return scaled
    from kepler_keras.models.anatomy.shifts import shift_errors

    return replace(scaled, shifts=tuple(shift_errors(model, _transits(scaled))))


def _transits(scaled: "ScaledCard") -> dict[str, Any]:
    """One made transit in every view; a twentieth of the view wide where it has no scale."""
    from kepler_keras.models.anatomy.probe import transits_on_noise

    views = scaled.card.views
    widths = {view: scaled.width(view) or shape[0] / 20 for view, shape in views.items()}
    return transits_on_noise(views, widths=widths, seed=SEED)


def show_layers(
    name: str,
    preset: str,
    options: Mapping[str, Any],
    views: Views,
    *,
    as_json: bool,
    shifts: bool,
    plot: str,
) -> None:
    """Builds a network, prints its card and draws one transit through it.

    Args:
        name: The model.
        preset: What its options are called.
        options: Of the model.
        views: Shapes of its views, by name.
        as_json: Whether JSON and not text is printed.
        shifts: Whether the answers of its untrained layers to a moved curve are measured.
        plot: File of the picture; empty for none.

    Raises:
        InputError: The network has no card or no picture, or the file cannot be written.
    """
    import keras

    from kepler_keras.choice import Choice
    from kepler_keras.reporting.card_text import card_text
    from kepler_keras.training.building import build_model

    keras.utils.set_random_seed(SEED)
    model = build_model(Choice(name=name, options=dict(options)), views)
    scaled = card_of(model, views, shifts=shifts)
    if as_json:
        print(json.dumps(_document(name, preset, scaled), indent=1))
    else:
        print(f"\nLayers of {name}, {preset}:\n{card_text(scaled)}")
    if plot:
        plot_card(f"{name}, {preset}", model, scaled, Path(plot))


def _document(name: str, preset: str, scaled: "ScaledCard") -> dict[str, Any]:
    """The card, its totals, the scales of its views and what was measured, as plain data."""
    from kepler_keras.models.anatomy.card import card_to_dict

    card = scaled.card
    return {
        "model": name,
        "preset": preset,
        "parameters": card.parameters,
        "multiply_adds": card.multiply_adds,
        "dense_share": card.dense_share,
        "unknown": card.unknown,
        "reference": asdict(scaled.reference),
        "scales": {view: asdict(scale) for view, scale in scaled.scales.items()},
        "shifts": [asdict(one) for one in scaled.shifts],
        "card": card_to_dict(card),
    }


def plot_card(what: str, model: Any, scaled: "ScaledCard", path: Path) -> None:
    """Draws the feature maps of one made transit through the network, untrained.

    Raises:
        InputError: No layer has places along a curve, or the file cannot be written.
    """
    import warnings

    from kepler_keras.models.anatomy.feature_maps import feature_maps
    from kepler_keras.reporting.feature_maps import draw_feature_maps
    from kepler_keras.reporting.svg import figure_style

    transits = _transits(scaled)
    maps = feature_maps(model, transits)
    title = f"{what}: one made transit through untrained weights"
    with figure_style(), warnings.catch_warnings():
        # A picture of very many layers is as high as it must be.
        warnings.filterwarnings("ignore", message="constrained_layout not applied")
        curves = {view: array[0] for view, array in transits.items()}
        figure = draw_feature_maps(curves, maps, title=title)
        try:
            figure.savefig(path, dpi=150, facecolor="white")
        except (OSError, ValueError) as error:
            raise InputError(f"--plot: {path} cannot be written: {error}") from error
