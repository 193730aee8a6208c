"""MiniRocket: ten thousand convolutions, each reduced to a share, and a ridge on the shares."""

from typing import Annotated, Any

from aeon.transformations.collection.convolution_based import MiniRocket
from pydantic import Field
from sklearn.linear_model import RidgeClassifierCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from kepler_keras.models.curves_of_rows import back_to_curves
from kepler_keras.models.feature_classifier import ALPHAS, STRONGER, FeatureClassifier, Strengths
from kepler_keras.models.shapes import Shapes

SHORTEST = 9  # cadences or bins, the length of the kernels
PRESETS: dict[str, dict[str, Any]] = {
    "plain": {},
    "small": {"n_kernels": 840},
    "stronger_ridge": {"alphas": STRONGER},
}


def minirocket(
    input_shapes: Shapes,
    *,
    n_kernels: Annotated[int, Field(ge=84)] = 10_000,
    max_dilations_per_kernel: Annotated[int, Field(ge=1)] = 32,
    alphas: Strengths = ALPHAS,
) -> FeatureClassifier:
    """Builds MiniRocket (Dempster, Schmidt & Webb 2021, KDD, arXiv:2012.08791), aeon's transform.

    A feature is the share of a convolved curve that lies above a bias; features are standardised.
    The ridge's decision values are no log-odds and stay what they are. Its strength is chosen by
    leaving single rows out, which knows nothing of stars.

    Args:
        input_shapes: Of curves of one length, which become channels of one.
        n_kernels: Features, rounded down to a multiple of 84.
        max_dilations_per_kernel: Dilations of each of the 84 kernels, at most.
        alphas: Strengths of the ridge that are tried.

    Raises:
        InputError: A view is no curve, shorter than 9, or not as long as another.
    """
    features = make_pipeline(
        back_to_curves("minirocket", input_shapes, shortest=SHORTEST),
        MiniRocket(n_kernels=n_kernels, max_dilations_per_kernel=max_dilations_per_kernel),
        StandardScaler(copy=False),
    )
    return FeatureClassifier(features, RidgeClassifierCV(alphas=tuple(alphas)))
