"""What `kepler-keras models` says of a network's layers: its card, as text, JSON or picture."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kepler_keras.errors import InputError

if TYPE_CHECKING:
    from kepler_keras.models.anatomy.scaled_card import ScaledCard

Views = Mapping[str, tuple[int, ...]]
SEED = 0  # of untrained weights and of the noise, in the picture


def card_of(model: Any, views: Views) -> "ScaledCard":
    """The card of a network for views by name, with the default transit as reference."""
    from kepler_keras.choice import Choice
    from kepler_keras.models.anatomy.describe import describe
    from kepler_keras.models.anatomy.scaled_card import scaled_card

    return scaled_card(describe(model), [Choice(name=name) for name in views])


def show_layers(
    name: str, preset: str, options: Mapping[str, Any], views: Views, *, as_json: bool, plot: str
) -> None:
    """Builds a network, prints its card and draws one transit through it.

    Args:
        name: The model.
        preset: What its options are called.
        options: Of the model.
        views: Shapes of its views, by name.
        as_json: Whether JSON and not text is printed.
        plot: File of the picture; empty for none.

    Raises:
        InputError: The network has no card or no picture, or the file cannot be written.
    """
    import keras

    from kepler_keras.choice import Choice
    from kepler_keras.training.building import build_model

    keras.utils.set_random_seed(SEED)
    model = build_model(Choice(name=name, options=dict(options)), views)
    show = print_json if as_json else print_card
    show(name, preset, model, views)
    if plot:
        plot_card(name, preset, model, views, Path(plot))


def print_card(name: str, preset: str, model: Any, views: Views) -> None:
    """Prints the card as a table and sentences."""
    from kepler_keras.reporting.card_text import card_text

    print(f"\nLayers of {name}, {preset}:\n{card_text(card_of(model, views))}")


def print_json(name: str, preset: str, model: Any, views: Views) -> None:
    """Prints the card, its totals and the scales of its views as one JSON object."""
    from kepler_keras.models.anatomy.card import card_to_dict

    scaled = card_of(model, views)
    card = scaled.card
    document = {
        "model": name,
        "preset": preset,
        "parameters": card.parameters,
        "multiply_adds": card.multiply_adds,
        "dense_share": card.dense_share,
        "unknown": card.unknown,
        "reference": asdict(scaled.reference),
        "scales": {view: asdict(scale) for view, scale in scaled.scales.items()},
        "card": card_to_dict(card),
    }
    print(json.dumps(document, indent=1))


def plot_card(name: str, preset: str, model: Any, views: Views, path: Path) -> None:
    """Draws the feature maps of one made transit through the network, untrained.

    Raises:
        InputError: No layer has places along a curve, or the file cannot be written.
    """
    import warnings

    from kepler_keras.models.anatomy.feature_maps import feature_maps
    from kepler_keras.models.anatomy.probe import transits_on_noise
    from kepler_keras.reporting.feature_maps import draw_feature_maps
    from kepler_keras.reporting.svg import figure_style

    scaled = card_of(model, views)
    widths = {view: scaled.width(view) or shape[0] / 20 for view, shape in views.items()}
    transits = transits_on_noise(scaled.card.views, widths=widths, seed=SEED)
    maps = feature_maps(model, transits)
    title = f"{name}, {preset}: one made transit through untrained weights"
    with figure_style(), warnings.catch_warnings():
        # A picture of very many layers is as high as it must be.
        warnings.filterwarnings("ignore", message="constrained_layout not applied")
        curves = {view: array[0] for view, array in transits.items()}
        figure = draw_feature_maps(curves, maps, title=title)
        try:
            figure.savefig(path, dpi=150, facecolor="white")
        except (OSError, ValueError) as error:
            raise InputError(f"--plot: {path} cannot be written: {error}") from error
