"""Where a network's answer is steepest."""

import numpy as np
from numpy.typing import NDArray

from kepler_keras.data.views import Views
from kepler_keras.training.fitted import FittedKeras


def saliency(network: FittedKeras, views: Views) -> dict[str, NDArray[np.float64]]:
    """The size of the logit's gradient by each scaled view, the plain gradient and not times input.

    Of several channels, and of the rows of an image, the largest counts: Simonyan et al. 2014,
    arXiv:1312.6034, Sec. 3.1. Layers that act in training alone, as dropout, are off.

    Args:
        network: After training.
        views: Of n examples, unscaled.

    Returns:
        Shape (n, length) by view: the last axis before the channels; of features (n, k). 0 where
        the logit does not depend on a view.
    """
    import tensorflow as tf

    given = {name: tf.convert_to_tensor(view) for name, view in network.scaler(views).items()}
    with tf.GradientTape() as tape:
        tape.watch(list(given.values()))
        inputs = next(iter(given.values())) if len(given) == 1 else given
        logit = network.model(inputs, training=False)
    none = tf.UnconnectedGradients.ZERO
    gradients = tape.gradient(logit, given, unconnected_gradients=none)
    return {name: _along_last_axis(np.abs(one.numpy())) for name, one in gradients.items()}


def _along_last_axis(sizes: NDArray[np.floating]) -> NDArray[np.float64]:
    if sizes.ndim == 2:
        return np.asarray(sizes, np.float64)
    others = tuple(axis for axis in range(1, sizes.ndim) if axis != sizes.ndim - 2)
    return np.asarray(sizes.max(axis=others), np.float64)
