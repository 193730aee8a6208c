"""MultiRocket and Hydra side by side, and one ridge on both: the strong peer of time series."""

from typing import Annotated, Any

from aeon.transformations.collection.convolution_based import MultiRocket
from pydantic import Field
from sklearn.linear_model import RidgeClassifierCV
from sklearn.pipeline import make_pipeline, make_union
from sklearn.preprocessing import StandardScaler

from kepler_keras.errors import InputError
from kepler_keras.models.curves_of_rows import back_to_curves
from kepler_keras.models.feature_classifier import ALPHAS, STRONGER, FeatureClassifier, Strengths
from kepler_keras.models.hydra import LENGTH, Hydra, SparseScaler
from kepler_keras.models.shapes import Shapes

PRESETS: dict[str, dict[str, Any]] = {
    "plain": {},
    "small": {"n_kernels": 840, "n_groups": 16},
    "stronger_ridge": {"alphas": STRONGER},
}


def multirocket_hydra(
    input_shapes: Shapes,
    *,
    n_kernels: Annotated[int, Field(ge=84)] = 6_250,
    n_groups: Annotated[int, Field(ge=2)] = 64,
    kernels_a_group: Annotated[int, Field(ge=2)] = 8,
    alphas: Strengths = ALPHAS,
) -> FeatureClassifier:
    """Builds MultiRocket (Tan et al. 2022, arXiv:2102.00457) with Hydra (arXiv:2203.13652).

    As the classifier of that name in aeon 1.6: both see the same curves, MultiRocket's features are
    standardised, Hydra's as its authors do. MultiRocket is aeon's, Hydra our own (`Hydra`), which
    needs no PyTorch. With all 50,000 features a training row takes about 1.5 MB while the ridge
    is fitted.

    Args:
        input_shapes: Of curves of one length, which become channels of one.
        n_kernels: Of MultiRocket, on the curve and on its differences; four features each.
        n_groups: Of Hydra's kernels at each dilation, an even number.
        kernels_a_group: Hydra's kernels that compete.
        alphas: Strengths of the ridge; leaving single rows out chooses one.

    Raises:
        InputError: A view is no curve, shorter than 10, or not as long as another; `n_groups` is
            odd.
    """
    if n_groups % 2:
        raise InputError(
            f"model 'multirocket_hydra': n_groups must be even, for curves and differences, "
            f"got {n_groups}"
        )
    features = make_pipeline(
        back_to_curves("multirocket_hydra", input_shapes, shortest=LENGTH + 1),
        make_union(
            make_pipeline(MultiRocket(n_kernels=n_kernels), StandardScaler(copy=False)),
            make_pipeline(Hydra(n_groups, kernels_a_group), SparseScaler()),
        ),
    )
    return FeatureClassifier(features, RidgeClassifierCV(alphas=tuple(alphas)))
