"""The command `kepler-keras models`: what the zoo holds, and what its networks are."""

from collections.abc import Mapping
from typing import Annotated, Any

import typer

from kepler_keras.errors import InputError, suggestion

Views = Mapping[str, tuple[int, ...]]

REFERENCES: tuple[Views, ...] = (
    {"global_view": (201, 1)},
    {"folded_image": (32, 128, 1)},
    {"search_features": (14,)},
)


def models(
    name: Annotated[str, typer.Argument(help="The model to describe.  [default: list all]")] = "",
    shape: Annotated[
        str,
        typer.Option(
            help="Shape of one example, to count parameters for.  [default: 201x1; 32x128x1 "
            "where an image is needed, 14 where it is the features of a search]",
            metavar="AxB",
        ),
    ] = "",
    view: Annotated[
        list[str] | None,
        typer.Option(help="Instead of --shape, one of several views.", metavar="NAME=AxB"),
    ] = None,
    preset: Annotated[
        str, typer.Option(help="The preset whose layers are shown.  [default: the first]")
    ] = "",
    as_json: Annotated[
        bool, typer.Option("--json", help="Print the layers alone, as JSON.")
    ] = False,
    shifts: Annotated[
        bool, typer.Option("--shifts", help="Measure how untrained layers answer to a moved curve.")
    ] = False,
    plot: Annotated[
        str, typer.Option(help="Draw one transit through the untrained layers.", metavar="FILE.png")
    ] = "",
) -> None:
    """List the models, or describe one: its options, presets and sizes, and its layers.

    Example: kepler-keras models astronet --view global_view=2001x1 --view local_view=201x1
    """
    if not name:
        if shape or view:
            raise InputError("--shape and --view: need the name of a model beside them")
        if preset or as_json or shifts or plot:
            raise InputError("--preset, --json, --shifts and --plot: need the name of a model")
        _list()
        return
    if shape and view:
        raise InputError("--shape and --view: only one of them can be given")
    views: Views = dict(_view(text) for text in view or [])
    if len(views) < len(view or []):
        raise InputError(f"--view: every name may come once, got {', '.join(view or [])}")
    if shape:
        views = {"view": _shape("--shape", shape)}
    _describe(
        name,
        (views,) if views else REFERENCES,
        preset=preset,
        as_json=as_json,
        shifts=shifts,
        plot=plot,
    )


def _list() -> None:
    from kepler_keras.models.listing import list_models

    listed = list_models()
    width = max(len(model.name) for model in listed)
    for model in listed:
        print(f"{model.name:{width}}  {model.summary}")
        if model.presets:
            print(f"{'':{width}}  presets: {', '.join(model.presets)}")


def _describe(
    name: str, references: tuple[Views, ...], *, preset: str, as_json: bool, shifts: bool, plot: str
) -> None:
    """Prints a model's docstring, options, presets and layers, or the layers alone as JSON.

    Args:
        name: The model.
        references: Views to count parameters for; the first that the model takes.
        preset: Whose layers are shown; the first where it is empty.
        as_json: Whether JSON is asked for.
        shifts: Whether its answers to a moved curve are measured.
        plot: File of a picture; empty for none.
    """
    from kepler_keras.choice import Choice
    from kepler_keras.models.registry import check_model_name

    check_model_name(Choice(name=name))  # before TensorFlow, which takes seconds
    from kepler_keras.training.backend import load_tensorflow

    load_tensorflow()
    from kepler_keras.cli_card import show_layers
    from kepler_keras.models.registry import load_builder, presets_of

    builder = load_builder(Choice(name=name))
    presets = {key: dict(options) for key, options in presets_of(builder).items()}
    views, counts = _counted(name, list(presets), references)
    shown = preset or next(iter(counts))
    if shown not in counts:
        raise InputError(
            f"model {name!r}: unknown preset {preset!r}; {suggestion(preset, presets)}"
        )
    if counts[shown] is None and (as_json or shifts or plot):
        raise InputError(
            f"--json, --shifts and --plot: model {name!r} is no network and has no layers"
        )
    if not as_json:
        _print_model(name, builder)
        _print_sizes(presets, views, counts)
    if counts[shown] is not None:
        options = {"preset": shown} if shown in presets else {}
        show_layers(name, shown, options, views, as_json=as_json, shifts=shifts, plot=plot)


def _print_model(name: str, builder: Any) -> None:
    import inspect

    print(f"{name}\n\n{inspect.getdoc(builder) or 'It has no docstring.'}\n\nOptions:")
    options = [
        f"  {option.name} = {_shown(option.default)}"
        for option in inspect.signature(builder).parameters.values()
        if option.kind is inspect.Parameter.KEYWORD_ONLY
    ]
    print("\n".join(options or ["  none"]))


def _print_sizes(
    presets: Mapping[str, dict[str, Any]], views: Views, counts: Mapping[str, int | None]
) -> None:
    shapes = ", ".join(f"{view} {shape}" for view, shape in views.items())
    print(f"\nPresets, with parameters for {shapes}:")
    for preset, count in counts.items():
        changes = [f"{key}={_shown(value)}" for key, value in presets.get(preset, {}).items()]
        size = "no network" if count is None else f"{count:,}"
        print(f"  {preset:{max(map(len, counts))}}  {size:>12}  {', '.join(changes)}".rstrip())


def _counted(
    name: str, presets: list[str], references: tuple[Views, ...]
) -> tuple[Views, dict[str, int | None]]:
    """Parameters of every preset for the first views that the model takes; None of no network.

    Raises:
        InputError: It takes none; what it said of the first ones.
    """
    refused = []
    for views in references:
        try:
            counts = {preset: _parameters(name, {"preset": preset}, views) for preset in presets}
            return views, counts or {"(defaults)": _parameters(name, {}, views)}
        except InputError as error:
            refused.append(error)
    raise refused[0]


def _parameters(name: str, options: dict[str, Any], views: Views) -> int | None:
    from kepler_keras.choice import Choice
    from kepler_keras.training.building import build_model

    model = build_model(Choice(name=name, options=options), views)
    return int(model.count_params()) if hasattr(model, "count_params") else None


def _shown(value: Any) -> str:
    """A value as an experiment file writes it."""
    import json

    return json.dumps(value, default=str)


def _view(text: str) -> tuple[str, tuple[int, ...]]:
    """Reads ``global_view=201x1``."""
    name, equals, shape = text.partition("=")
    if not (name and equals):
        raise InputError(f"--view: must be a name and a shape, as global_view=201x1, got {text!r}")
    return name, _shape("--view", shape)


def _shape(option: str, text: str) -> tuple[int, ...]:
    """Reads ``201x1``."""
    sizes = text.split("x")
    if not all(size.isascii() and size.isdecimal() and int(size) > 0 for size in sizes):
        raise InputError(f"{option}: a shape must be whole numbers, as 201x1, got {text!r}")
    return tuple(int(size) for size in sizes)
