"""The blind baseline: the same score for every star."""

from sklearn.dummy import DummyClassifier


def prevalence(input_shape: tuple[int, ...]) -> DummyClassifier:
    """Builds a classifier that always answers with the share of planets in training."""
    return DummyClassifier(strategy="prior")
