"""The pictures and tables of anatomy.md: AstroNet's card, its answers to shifts, its feature maps.

python docs/draw_anatomy.py      # anatomy_fields.png, anatomy_maps.png, and the tables
"""

from functools import cache
from pathlib import Path
from typing import Any

from matplotlib.figure import Figure

from kepler_keras.choice import Choice
from kepler_keras.models.anatomy.probe import transits_on_noise
from kepler_keras.models.anatomy.scaled_card import ScaledCard, scaled_card
from kepler_keras.models.registry import find_builder
from kepler_keras.reporting.feature_maps import draw_feature_maps
from kepler_keras.reporting.svg import INK, SERIES, SOFT, figure_style
from kepler_keras.training.backend import load_tensorflow

FOLDER = Path(__file__).parent
VIEWS = {"global_view": (2001, 1), "local_view": (201, 1)}
SEED = 0
BLOCKS = range(1, 6)


def main(*, folder: Path = FOLDER) -> None:
    """Draws both pictures and prints the tables."""
    for name, figure in (("anatomy_fields", draw_fields()), ("anatomy_maps", draw_maps())):
        figure.savefig(folder / f"{name}.png", dpi=120, facecolor="white")
    print(f"{field_table()}\n\n{shift_table()}")


@cache
def network() -> Any:
    """AstroNet with the seed's untrained weights."""
    load_tensorflow()
    import keras

    keras.utils.set_random_seed(SEED)
    return find_builder(Choice(name="astronet", options={"preset": "shallue2018"}))(VIEWS)


@cache
def card() -> ScaledCard:
    """Its card, for views as the paper has them."""
    from kepler_keras.models.anatomy.describe import describe

    options = {"preset": "shallue2018"}
    return scaled_card(describe(network()), [Choice(name=v, options=options) for v in VIEWS])


def transits() -> dict[str, Any]:
    """One transit of the reference's width in noise, in both views."""
    widths = {view: card().width(view) or 1.0 for view in VIEWS}
    return transits_on_noise(VIEWS, widths=widths, seed=SEED)


def field_table() -> str:
    """What a unit sees after each block of the global column: a row a block."""
    lines = ["| After | Jump | Sees | Of the period | Durations |", "|---|---|---|---|---|"]
    for layer in _pools():
        (extent,) = layer.sees["global_view"]
        worth = card().scales["global_view"].times(extent.size)
        lines.append(
            f"| `{layer.name}` | {extent.jump:g} | {extent.size} | {worth.phase:.3g} | "
            f"{worth.durations:.3g} |"
        )
    return "\n".join(lines)


def _pools() -> list[Any]:
    names = {f"global_view_pool_{i}" for i in BLOCKS}
    return [layer for layer in card().card.layers if layer.name in names]


def shift_table() -> str:
    """Errors of layers along the global column when the global view is moved."""
    from kepler_keras.models.anatomy.shifts import shift_errors

    found = {one.layer: one for one in shift_errors(network(), transits()) if _is_global(one)}
    names = ["global_view_conv_1_1", *(f"global_view_pool_{i}" for i in BLOCKS)]
    lines = ["| Layer | One place is | Moved by a place | Moved by one bin |", "|---|---|---|---|"]
    for name in (*names, "global_view_head", "dense_1"):
        one = found[name]
        shift = f"{one.shift} bin{'s' * (one.shift > 1)}" if one.places else "–"
        lines.append(f"| `{name}` | {shift} | {one.by_place:.2f} | {one.by_step:.2f} |")
    return "\n".join(lines)


def _is_global(one: Any) -> bool:
    return bool(one.view == "global_view")


def draw_fields() -> Figure:
    """What the unit in the middle of each block sees, below one transit."""
    curve = transits()["global_view"][0, :, 0]
    with figure_style():
        figure = Figure(figsize=(8.0, 4.0), layout="constrained")
        top, axes = figure.subplots(2, 1, sharex=True, height_ratios=[1, 1.6])
        top.plot(curve, color=INK, linewidth=0.8)
        top.set_ylabel("in depths")
        for row, layer in enumerate(_pools()):
            (extent,) = layer.sees["global_view"]
            first, last = extent.steps(layer.shape[0] // 2)
            axes.barh(row, last - first + 1, left=first - 0.5, color=SERIES[0], height=0.6)
            axes.text(last + 12, row, f"{extent.size} bins", va="center", color=SOFT)
        axes.set_yticks(range(len(BLOCKS)), [f"block {i}" for i in BLOCKS])
        axes.invert_yaxis()
        axes.set_xlim(650, 1351)
        axes.set_xlabel("bin of the global view (of 2001)")
        top.set_title("What one unit sees after each block of AstroNet's global column", loc="left")
    return figure


def draw_maps() -> Figure:
    """The transit through every block of both columns."""
    from kepler_keras.models.anatomy.feature_maps import feature_maps

    views = transits()
    curves = {name: array[0] for name, array in views.items()}
    with figure_style():
        return draw_feature_maps(
            curves,
            feature_maps(network(), views),
            title="One made transit through AstroNet, untrained",
        )


if __name__ == "__main__":
    main()
