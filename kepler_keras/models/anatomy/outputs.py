"""What every layer of a network gives for some examples."""

from collections.abc import Mapping, Sequence
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from kepler_keras.models.anatomy.graph import calls_of

Outputs = dict[str, NDArray[np.float32]]


def layer_outputs(model: Any, views: Mapping[str, NDArray[Any]], names: Sequence[str]) -> Outputs:
    """The outputs of some layers, as in scoring: without dropout, with the kept means of norms.

    Args:
        model: A functional or sequential network.
        views: An array (n, ...) for each of its inputs, by name.
        names: Of the layers, as the card names them; those inside a nested model are left out.

    Returns:
        Arrays (n, ...) by the layers' names.
    """
    tensors = {
        call.name: call.tensor
        for call in calls_of(model)
        if call.name in names and "/" not in call.name
    }
    if not tensors:
        return {}
    inputs, outputs = list(model.inputs), list(tensors.values())
    arrays = [views[tensor.name] for tensor in inputs]
    if len(inputs) == 1:
        given = keras.Model(inputs[0], outputs)(arrays[0], training=False)
    else:
        given = keras.Model(inputs, outputs)(arrays, training=False)
    given = given if isinstance(given, list | tuple) else [given]
    return {name: np.asarray(one) for name, one in zip(tensors, given, strict=True)}
