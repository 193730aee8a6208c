"""All rules, by the Keras class that they are about."""

from typing import Any

from kepler_keras.models.anatomy import (
    convolution_rules,
    dense_rules,
    pointwise_rules,
    pooling_rules,
    reshaping_rules,
    sequence_rules,
)
from kepler_keras.models.anatomy.facts import Facts, Rule, Shape

RULES: dict[type, Rule] = {
    **convolution_rules.RULES,
    **pooling_rules.RULES,
    **reshaping_rules.RULES,
    **dense_rules.RULES,
    **pointwise_rules.RULES,
    **sequence_rules.RULES,
}
# What a subclass must leave as it is, if its base's rule shall hold for it.
DECISIVE = ("call", "build", "compute_output_shape")


def find_rule(layer: Any) -> Rule | None:
    """The rule of a layer's class, or of a base that does the same; None where none is known."""
    kind = type(layer)
    for base in kind.__mro__:
        if base in RULES:
            alike = all(getattr(kind, name, None) is getattr(base, name, None) for name in DECISIVE)
            return RULES[base] if alike else None
    return None


def facts_of(layer: Any, sources: tuple[Shape, ...]) -> Facts | None:
    """What the rules say of a layer; None of one that they do not know.

    Args:
        layer: A layer or another operation of Keras.
        sources: Shape of one example of each tensor that it takes.
    """
    rule = find_rule(layer)
    return None if rule is None else rule(layer, sources)
