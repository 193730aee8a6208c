"""Logistic regression: one weight for each value of the views."""

from typing import Annotated

from pydantic import Field
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from kepler_keras.models.feature_classifier import FeatureClassifier
from kepler_keras.models.shapes import Shapes


def logistic_regression(
    input_shapes: Shapes,
    *,
    C: Annotated[float, Field(gt=0, allow_inf_nan=False)] = 1.0,  # noqa: N803 - its own name
    max_iter: Annotated[int, Field(ge=1)] = 2000,
) -> FeatureClassifier:
    """Builds scikit-learn's logistic regression on standardised columns.

    In each column of the flattened views NaN becomes the mean, and the column is brought to mean 0
    and standard deviation 1; one that is constant, or nothing but NaN, says nothing. Classes weigh
    what the entry's imbalance remedy says.

    Args:
        input_shapes: Of any views.
        C: One over the strength of the ridge penalty; scikit-learn's default. The more columns and
            the fewer planets, the smaller it should be.
        max_iter: Iterations of L-BFGS, at most.
    """
    columns = make_pipeline(
        SimpleImputer(keep_empty_features=True),
        StandardScaler(copy=False),
    )
    return FeatureClassifier(columns, LogisticRegression(C=C, max_iter=max_iter))
