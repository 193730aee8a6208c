"""Physics of light curves: NumPy and numba only, no labels and no learners."""
