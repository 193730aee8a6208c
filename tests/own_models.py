"""Builders as a user may write them in a file, most of them broken; see test_own_entries."""

import keras
import numpy as np
from keras import layers
from sklearn.base import BaseEstimator
from sklearn.svm import LinearSVC


def my_net(input_shapes, *, units: int = 2):
    """A network that works."""
    inputs = [keras.Input(shape, name=name) for name, shape in input_shapes.items()]
    flat = [layers.Flatten()(x) for x in inputs]
    hidden = layers.Dense(units, activation="relu")(layers.Concatenate()(flat))
    return keras.Model(inputs, layers.Dense(1, name="logit")(hidden))


def margin(input_shapes):
    """Knows decision values only."""
    return LinearSVC()


class Careless(BaseEstimator):
    """Breaks in the way that its builder is called."""

    def __init__(self, fault="none"):
        self.fault = fault

    def fit(self, X, y):  # noqa: N803 (scikit-learn's name)
        if self.fault == "fit" or (self.fault == "refit" and len(y) > 60):
            raise RuntimeError("no luck\nat all")
        self.means_ = X.mean(axis=0)
        return self

    def decision_function(self, X):  # noqa: N803
        if self.fault == "score":
            raise KeyError("lost")
        scores = X @ self.means_
        if self.fault == "nan":
            scores[1] = np.nan
        return scores[:, None] if self.fault == "shape" else scores

    def __getstate__(self):
        if self.fault == "saving":
            raise OSError("cannot be written")
        return super().__getstate__()


def careless(input_shapes, *, fault: str):
    """An estimator that breaks."""
    return Careless(fault)


def nan_weights(input_shapes):
    """A network that scores nothing."""
    ((name, shape),) = input_shapes.items()
    x = keras.Input(shape, name=name)
    logit = layers.Dense(1, kernel_initializer=keras.initializers.Constant(np.nan), name="logit")
    return keras.Model(x, logit(layers.Flatten()(x)))


def two_outputs(input_shapes):
    """A network of the wrong shape."""
    ((name, shape),) = input_shapes.items()
    x = keras.Input(shape, name=name)
    return keras.Model(x, layers.Dense(2)(layers.Flatten()(x)))


def not_probable(input_shapes):
    """Says that its scores are probabilities, and they are not."""

    class Wild(Careless):
        def predict_proba(self, X):  # noqa: N803
            return np.full((len(X), 2), 3.0)

    return Wild()


class OneColumn(BaseEstimator):
    """Says what one column of the view says."""

    def __init__(self, column=0):
        self.column = column

    def fit(self, X, y):  # noqa: N803
        if self.column < 0:
            raise ValueError("no such column")
        return self

    def decision_function(self, X):  # noqa: N803
        return X[:, self.column]


def one_column(input_shapes, *, column: int = 0):
    """An estimator that learns nothing; see test_tune."""
    return OneColumn(column)
