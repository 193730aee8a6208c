"""Types that a saved peer may hold beside scikit-learn's own: names only, nothing is imported."""

# Modules of these names, or below them, cannot be imported without aeon.
AEON_MODULES = ("aeon", "kepler_keras.models.knn_dtw")

PEER_TYPES = (
    "aeon.transformations.collection.convolution_based._minirocket.MiniRocket",
    "aeon.transformations.collection.convolution_based._multirocket.MultiRocket",
    "kepler_keras.models.bls_snr.Column",
    "kepler_keras.models.curves_of_rows.CurvesOfRows",
    "kepler_keras.models.feature_classifier.FeatureClassifier",
    "kepler_keras.models.hydra.Hydra",
    "kepler_keras.models.hydra.SparseScaler",
    "kepler_keras.models.knn_dtw.NearestCurves",
    "numpy.dtype",  # of the columns whose means fill gaps
)
