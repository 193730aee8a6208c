"""Features of the rows, and a linear classifier of the features: one estimator of two parts."""

from collections.abc import Sequence
from typing import Annotated, Any

import numpy as np
from numpy.typing import NDArray
from pydantic import Field
from sklearn.base import BaseEstimator, ClassifierMixin, clone
from sklearn.utils.metaestimators import available_if

Strength = Annotated[float, Field(gt=0, allow_inf_nan=False)]
Strengths = Annotated[Sequence[Strength], Field(min_length=1)]
# Of the ridge on convolutional features: aeon's, after Dempster et al. 2021; and ten times as many
# features as rows may want more.
ALPHAS = tuple(np.logspace(-3, 3, 10).tolist())
STRONGER = tuple(np.logspace(0, 6, 13).tolist())
BATCH = 1024  # rows whose features are held at a time while scoring


def _has_probabilities(estimator: "FeatureClassifier") -> bool:
    return hasattr(estimator.classifier, "predict_proba")


class FeatureClassifier(ClassifierMixin, BaseEstimator):  # type: ignore[misc] # sklearn has no types
    """A transformer and a classifier on what it gives.

    Unlike scikit-learn's pipeline it takes weights and a seed of its own. Weights reach the
    classifier alone; a row of weight 0 is left out altogether, so that it moves no mean, no
    standard deviation and no random draw of the features either.

    Args:
        features: Turns rows (n, d) into features (n, k).
        classifier: Has `decision_function`, perhaps `predict_proba`, and takes `sample_weight`.
        random_state: Seed of every part that has one.
    """

    def __init__(self, features: Any, classifier: Any, random_state: int | None = None):
        self.features = features
        self.classifier = classifier
        self.random_state = random_state

    def fit(
        self, rows: NDArray[Any], labels: NDArray[Any], sample_weight: NDArray[Any] | None = None
    ) -> "FeatureClassifier":
        """Fits both parts on the rows of weight above 0."""
        if sample_weight is not None:
            kept = np.asarray(sample_weight) > 0
            if not kept.all():
                rows, labels, sample_weight = rows[kept], labels[kept], sample_weight[kept]
        self.features_ = seeded(self.features, self.random_state)
        self.classifier_ = seeded(self.classifier, self.random_state)
        state = np.random.get_state()  # noqa: NPY002 - aeon seeds the generator of everyone
        try:
            values = self.features_.fit_transform(rows, labels)
        finally:
            np.random.set_state(state)  # noqa: NPY002
        self.classifier_.fit(values, labels, sample_weight=sample_weight)
        self.classes_ = self.classifier_.classes_
        return self

    def decision_function(self, rows: NDArray[Any]) -> NDArray[np.float64]:
        """Decision values, higher for planets, shape (n,)."""
        return self._batched(rows, lambda part: self.classifier_.decision_function(part))

    @available_if(_has_probabilities)  # type: ignore[untyped-decorator]
    def predict_proba(self, rows: NDArray[Any]) -> NDArray[np.float64]:
        """Probabilities of both classes, shape (n, 2)."""
        return self._batched(rows, lambda part: self.classifier_.predict_proba(part))

    def _batched(self, rows: NDArray[Any], answer: Any) -> NDArray[np.float64]:
        parts = [rows[start : start + BATCH] for start in range(0, max(len(rows), 1), BATCH)]
        answers = [answer(self.features_.transform(part)) for part in parts]
        return np.asarray(np.concatenate(answers), np.float64)


def seeded(estimator: Any, seed: int | None) -> Any:
    """An unfitted copy of an estimator whose parts that draw anything draw from the seed."""
    copy = clone(estimator)
    names = [n for n in copy.get_params() if n == "random_state" or n.endswith("__random_state")]
    return copy.set_params(**dict.fromkeys(names, seed))
