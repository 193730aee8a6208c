"""The model of a canary: it learns training rows by heart, whatever they show.

Named by its file in the canaries' entries, as a user's own model is; it is no model of the zoo.
"""

from math import prod

from sklearn.impute import SimpleImputer
from sklearn.kernel_approximation import RBFSampler
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from kepler_keras.models.feature_classifier import FeatureClassifier
from kepler_keras.models.shapes import Shapes

FEATURES = 1000
WIDTH = 2.0  # a row and one that has nothing in common with it then share exp(-4) of the kernel


def memory(input_shapes: Shapes) -> FeatureClassifier:
    """Builds logistic regression on random features of a Gaussian kernel.

    Rahimi & Recht 2007 ("Random features for large-scale kernel machines", Algorithm 1). A test row
    that equals or resembles a training row gets that row's label, in a view of any size: a linear
    model remembers no more rows than a view has values.

    Args:
        input_shapes: Of any views.
    """
    n_values = sum(prod(shape) for shape in input_shapes.values())
    features = make_pipeline(
        SimpleImputer(keep_empty_features=True),
        StandardScaler(copy=False),
        RBFSampler(gamma=WIDTH / n_values, n_components=FEATURES),
    )
    return FeatureClassifier(features, LogisticRegression(C=10.0, max_iter=200))
