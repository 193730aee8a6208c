"""What a network minimises, as a remedy for imbalance asks for it."""

from collections.abc import Callable
from typing import Any

import keras

from kepler_keras.data.imbalance.strategy import Loss


def keras_loss(loss: Loss) -> Callable[[Any, Any], Any]:
    """A loss of labels and logits, both of shape (n, 1)."""
    if loss.focusing or loss.planet_weight is not None:
        inner = keras.losses.BinaryFocalCrossentropy(
            from_logits=True,
            gamma=loss.focusing,
            apply_class_balancing=loss.planet_weight is not None,
            alpha=0.25 if loss.planet_weight is None else loss.planet_weight,
            reduction=None,
        )
    else:
        inner = keras.losses.BinaryCrossentropy(from_logits=True, reduction=None)
    if not loss.logit_shift:
        return inner  # type: ignore[no-any-return]

    def shifted(labels: Any, logits: Any) -> Any:
        return inner(labels, logits + loss.logit_shift)

    return shifted
