"""Histogram gradient boosting on the values of the view: the strong cheap peer."""

from typing import Annotated

from pydantic import Field
from sklearn.ensemble import HistGradientBoostingClassifier

from kepler_keras.models.shapes import Shapes

Positive = Annotated[float, Field(gt=0, allow_inf_nan=False)]


def hist_gradient_boosting(
    input_shapes: Shapes,
    *,
    max_iter: Annotated[int, Field(ge=1)] = 200,
    learning_rate: Positive = 0.1,
    max_leaf_nodes: Annotated[int, Field(ge=2)] = 31,
    l2_regularization: Annotated[float, Field(ge=0)] = 1.0,
) -> HistGradientBoostingClassifier:
    """Builds scikit-learn's gradient boosting on binned values, after LightGBM (Ke et al. 2017).

    Early stopping inside it is off: it would split rows, not stars.
    """
    return HistGradientBoostingClassifier(
        max_iter=max_iter,
        learning_rate=learning_rate,
        max_leaf_nodes=max_leaf_nodes,
        l2_regularization=l2_regularization,
        early_stopping=False,
    )
