"""Builds an entry's model, and holds it to the builders' contract."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from kepler_keras.data.imbalance.registry import strategies
from kepler_keras.errors import InputError
from kepler_keras.experiment import Choice, Entry
from kepler_keras.models.own_file import FOREIGN, described
from kepler_keras.models.registry import find_builder, is_own
from kepler_keras.models.shapes import Shapes
from kepler_keras.training.backend import load_tensorflow


def is_network(model: Any) -> bool:
    """Whether a builder gave a Keras model and not an estimator."""
    import keras

    return isinstance(model, keras.Model)


def build(entry: Entry, input_shapes: Shapes) -> Any:
    """Builds an entry's model and checks that it keeps the builders' contract.

    Raises:
        InputError: The model cannot be built for these views, or it is neither an uncompiled
            network with an input a view and one logit nor an estimator that scores.
    """
    load_tensorflow()
    import keras

    keras.config.set_dtype_policy(entry.training.precision)
    model = build_model(entry.model, input_shapes)
    _check_needs(entry, network=is_network(model))
    return model


def build_model(choice: Choice, input_shapes: Shapes) -> Any:
    """Builds a model with Keras's present precision; errors as of `build`."""
    load_tensorflow()
    import tensorflow as tf

    try:
        model = find_builder(choice)(input_shapes)
        if is_network(model):
            _check_network(choice, model, input_shapes)
        else:
            _check_estimator(choice, model)
    except InputError:
        raise
    except FOREIGN as error:
        refused = TypeError | ValueError | tf.errors.OpError
        if not is_own(choice) and not isinstance(error, refused):
            raise
        raise InputError(
            f"model {choice.label} cannot be built for {_listed(input_shapes)}: {described(error)}"
        ) from error
    return model


@contextmanager
def named_faults(entry: Entry, doing: str) -> Iterator[None]:
    """Makes a sentence of whatever a user's own model raises; a fault of this package stays one.

    Args:
        entry: Whose model is at work.
        doing: What it does, as "fitting".

    Raises:
        InputError: Naming entry and model.
    """
    try:
        yield
    except InputError:
        raise
    except FOREIGN as error:
        if not is_own(entry.model):
            raise
        raise InputError(
            f"entry {entry.name!r}: {doing} model {entry.model.name!r} failed: {described(error)}"
        ) from error


def _check_network(choice: Choice, model: Any, input_shapes: Shapes) -> None:
    what = f"model {choice.name!r}"
    if model.output_shape != (None, 1):
        raise InputError(f"{what} must end in one logit, its output is {model.output_shape}")
    if model.compiled:
        raise InputError(f"{what} must come uncompiled: how it is trained stands in the experiment")
    last = getattr(model.layers[-1], "activation", None)
    if last is not None and last.__name__ != "linear":
        raise InputError(f"{what} must end in a logit, its last layer has {last.__name__!r}")
    if model.outputs[0].dtype != "float32":
        raise InputError(
            f"{what} must give its logit in float32, got {model.outputs[0].dtype}: its last layer "
            "needs dtype='float32'"
        )
    inputs = {x.name: tuple(x.shape[1:]) for x in model.inputs}
    single = len(inputs) == len(input_shapes) == 1  # then its name does not matter
    if not single and inputs.keys() != input_shapes.keys():
        raise InputError(
            f"{what} must have an input of each view's name, {', '.join(input_shapes)}, "
            f"got {', '.join(inputs)}"
        )


def _check_estimator(choice: Choice, model: Any) -> None:
    scores = ("predict_proba", "decision_function")
    if not hasattr(model, "fit") or not any(hasattr(model, name) for name in scores):
        raise InputError(
            f"model {choice.name!r} must give a keras.Model, or an estimator with fit and "
            f"predict_proba or decision_function, it gave {type(model).__name__}"
        )


def _check_needs(entry: Entry, *, network: bool) -> None:
    """Refuses what acts on batches, losses and biases where the model has none."""
    if network:
        return
    if strategies()[entry.imbalance.name].needs_network:
        raise InputError(
            f"imbalance {entry.imbalance.name!r} acts on how a network is trained, and model "
            f"{entry.model.name!r} is none"
        )
    if entry.augmentations:
        raise InputError(
            f"augmentations act on training batches, and model {entry.model.name!r} is fitted on "
            "all rows at once"
        )


def _listed(input_shapes: Mapping[str, tuple[int, ...]]) -> str:
    """`a view of shape (201, 1)`, or `views global (201, 1), local (61, 1)`."""
    if len(input_shapes) == 1:
        (shape,) = input_shapes.values()
        return f"a view of shape {shape}"
    return "views " + ", ".join(f"{name} {shape}" for name, shape in input_shapes.items())
