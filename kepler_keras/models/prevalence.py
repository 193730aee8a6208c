"""The blind baseline: the same score for every star."""

from sklearn.dummy import DummyClassifier

from kepler_keras.models.shapes import Shapes


def prevalence(input_shapes: Shapes) -> DummyClassifier:
    """Builds a classifier that always answers with the share of planets in training."""
    return DummyClassifier(strategy="prior")
