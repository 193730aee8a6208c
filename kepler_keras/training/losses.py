"""What a network minimises, as a remedy for imbalance asks for it."""

from collections.abc import Callable
from typing import Any

import keras
from keras import ops

from kepler_keras.data.imbalance.strategy import Loss


def keras_loss(loss: Loss) -> Callable[[Any, Any], Any]:
    """A loss of labels and logits, both of shape (n, 1), that gives one value a row, shape (n,).

    A plain function and no `keras.losses.Loss`: Keras weighs what it gives and takes the mean over
    the batch. Labels between 0 and 1 mix the losses of the two classes.
    """

    # Keras writes a loss's name into a saved network and warns of a lambda, which has none.
    def cross_entropy(labels: Any, logits: Any) -> Any:
        return keras.losses.binary_crossentropy(labels, logits + loss.logit_shift, from_logits=True)

    def weighted(labels: Any, logits: Any) -> Any:
        labels = ops.cast(labels, logits.dtype)
        shifted = logits + loss.logit_shift
        planet, other = (_of_class(sign * shifted, loss.focusing) for sign in (1.0, -1.0))
        if loss.planet_weight is not None:
            planet, other = loss.planet_weight * planet, (1 - loss.planet_weight) * other
        return ops.mean(labels * planet + (1 - labels) * other, axis=-1)

    plain = not loss.focusing and loss.planet_weight is None
    return cross_entropy if plain else weighted


def _of_class(margin: Any, focusing: float) -> Any:
    """Loss of a row whose class has log-odds `margin`: ``-(1 - p)^focusing log p``.

    From the log-odds themselves. Keras's own focal loss clips p first, so that a row which is told
    wrongly and surely has no gradient.
    """
    cross_entropy = ops.softplus(-margin)
    if not focusing:
        return cross_entropy
    return ops.exp(focusing * ops.log_sigmoid(-margin)) * cross_entropy
