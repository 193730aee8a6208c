"""Random stacks of layers, the same for the same seed, and what a unit of them sees, measured.

python tests/models/anatomy/random_stacks.py 2000    # all of them, with the time they took
"""

import sys
import time

import numpy as np

from kepler_keras.training.backend import load_tensorflow

load_tensorflow()

import keras  # noqa: E402
from keras import layers  # noqa: E402

from kepler_keras.models.anatomy.describe import describe  # noqa: E402

POSITIVE = {"kernel_initializer": "ones", "bias_initializer": "zeros"}
SEPARABLE = {
    "depthwise_initializer": "ones",
    "pointwise_initializer": "ones",
    "bias_initializer": "zeros",
}
CLASSES = {
    1: (layers.Conv1D, layers.DepthwiseConv1D, layers.SeparableConv1D),
    2: (layers.Conv2D, layers.DepthwiseConv2D, layers.SeparableConv2D),
}
POOLS = {
    1: (layers.MaxPooling1D, layers.AveragePooling1D),
    2: (layers.MaxPooling2D, layers.AveragePooling2D),
}
ENDS = {
    1: (layers.ZeroPadding1D, layers.Cropping1D),
    2: (layers.ZeroPadding2D, layers.Cropping2D),
}
LONGEST = {1: 100, 2: 22}


def random_layer(rng, axes, channels):
    """A recipe: a function that makes the layer, told whether max pools shall be means."""
    kind = rng.choice(["conv", "conv", "conv", "depthwise", "separable", "pool", "pool", "ends"])
    if kind == "ends":
        cls = ENDS[axes][rng.integers(2)]
        ends = tuple(tuple(int(n) for n in rng.integers(0, 4, 2)) for _ in range(axes))
        return lambda mean: cls(ends[0] if axes == 1 else ends)
    size = [int(n) for n in rng.integers(1, 7 if axes == 1 else 5, axes)]
    paddings = ["valid", "same"]
    if kind == "pool":
        most, mean_of = POOLS[axes]
        stride = [int(n) for n in rng.integers(1, 4, axes)]
        padding = str(rng.choice(paddings))
        return lambda mean: (mean_of if mean else most)(size, stride, padding)
    stride, dilation = [1] * axes, [1] * axes
    step = int(rng.integers(1, 4))
    if rng.random() < 0.5:
        stride = [step] * axes
    else:
        dilation = [step] * axes
    if kind == "conv":
        if axes == 1:
            paddings.append("causal")
        groups = int(rng.choice([g for g in (1, 2, 3) if channels % g == 0]))
        options = {"filters": groups * int(rng.integers(1, 4)), "groups": groups, **POSITIVE}
        cls = CLASSES[axes][0]
    elif kind == "depthwise":
        options = {"depth_multiplier": int(rng.integers(1, 3)), **SEPARABLE}
        del options["pointwise_initializer"]
        cls = CLASSES[axes][1]
        size = [size[0]] * axes
    else:
        options = {"filters": int(rng.integers(1, 4)), **SEPARABLE}
        options["depth_multiplier"] = int(rng.integers(1, 3))
        cls = CLASSES[axes][2]
    options |= {
        "kernel_size": size,
        "strides": stride,
        "dilation_rate": dilation,
        "padding": str(rng.choice(paddings)),
        "use_bias": bool(rng.integers(2)),
    }
    return lambda mean: cls(**options)


def random_stack(rng):
    """Two models of the same random layers, the second with means for max pools, and its card.

    The input is doubled until some unit of the last layer sees nothing of a border.
    """
    axes = 1 if rng.random() < 0.75 else 2
    lengths = rng.integers(LONGEST[axes] // 2, LONGEST[axes], axes)
    channels, recipes = int(rng.integers(1, 4)), []
    x = keras.Input((*map(int, lengths), channels))
    for _ in range(rng.integers(1, 7)):
        recipe = random_layer(rng, axes, x.shape[-1])
        try:
            after = recipe(False)(x)
        except ValueError:  # nothing would be left
            continue
        if min(after.shape[1:]) > 0:
            x = after
            recipes.append(recipe)
    while True:
        model = built(lengths, channels, recipes)
        card = describe(model)
        if inner_unit(card.layers[-1].sees["view"], card.layers[-1].shape) is not None:
            return model, built(lengths, channels, recipes, mean=True), card
        lengths = 2 * lengths


def built(lengths, channels, recipes, *, mean=False):
    x = source = keras.Input((*map(int, lengths), channels), name="view")
    for recipe in recipes:
        x = recipe(mean)(x)
    return keras.Model(source, x)


def inner_unit(extents, shape):
    """The middle one of the units that see nothing of a border, or None."""
    unit = []
    for extent, units in zip(extents, shape[:-1], strict=True):
        inner = [i for i in range(units) if extent.is_inner(i)]
        if not inner:
            return None
        unit.append(inner[len(inner) // 2])
    return tuple(unit)


def measured_steps(model, unit):
    """First and last input step, along each axis, on which one unit's values depend.

    The stack is linear, so that its gradient is what it answers to an impulse; weights are
    positive, so that all steps across the other axis may be one impulse together. TensorFlow's own
    gradient of grouped convolutions, compiled by XLA, brings the process down after some hundreds.
    """
    shape, found = model.input_shape[1:], []
    for axis, length in enumerate(shape[:-1]):
        impulses = np.zeros((length, *shape), np.float32)
        for step in range(length):
            impulses[(step, *(slice(None),) * axis, step)] = 1
        answers = np.asarray(model(impulses, training=False))[(slice(None), *unit)]
        touched = np.flatnonzero(answers.any(axis=-1))
        found.append((int(touched[0]), int(touched[-1])))
    return found


def wrong_in(model, linear, card):
    """What the card says otherwise than Keras or the gradient."""
    wrong = []
    for layer, line in zip(model.layers, card.layers, strict=True):
        if line.shape != tuple(layer.output.shape[1:]):
            wrong.append(f"{line.kind}: shape {line.shape}, {layer.output.shape}")
        if line.parameters != layer.count_params():
            wrong.append(f"{line.kind}: {line.parameters} parameters, {layer.count_params()}")
    last = card.layers[-1]
    unit = inner_unit(last.sees["view"], last.shape)
    said = [extent.steps(i) for extent, i in zip(last.sees["view"], unit, strict=True)]
    if any(
        end - start + 1 != extent.size
        for extent, (start, end) in zip(last.sees["view"], said, strict=True)
    ):
        wrong.append(f"{said} are not as many steps as it says")
    if said != (came := measured_steps(linear, unit)):
        wrong.append(f"unit {unit} sees {said}, measured {came}: {linear.get_config()}")
    return wrong


def main(count, first=0):
    start, cpu = time.perf_counter(), time.process_time()
    kinds, wrong, flat = {}, 0, 0
    for seed in range(first, first + count):
        rng = np.random.default_rng(seed)
        model, linear, card = random_stack(rng)
        flat += len(card.views["view"]) == 3
        for line in card.layers[1:]:
            kinds[line.kind] = kinds.get(line.kind, 0) + 1
        for sentence in wrong_in(model, linear, card):
            wrong += 1
            print(seed, sentence)
    print(f"{count} stacks, {flat} of them 2-D, {wrong} wrong; {kinds}")
    print(f"{time.process_time() - cpu:.0f} s of CPU, {time.perf_counter() - start:.0f} s")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
