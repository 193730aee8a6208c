"""Compare Keras classifiers of Kepler light curves on identical folds."""

__version__ = "0.1.0"
