"""Curves of white noise that planets are put into."""

import numpy as np

from kepler_keras.data.light_curves import LightCurves
from kepler_keras.data.sources import injected

CADENCE = 29.4244 / 1440
SHORT = {"period_range": (0.6, 3.0), "planet_share": 1.0}


def base(*, n=6, n_cadences=600, level=0.0, scatter=5.0, **fields):
    """White noise about a level; the first row is a planet's, stars b and c have two rows each."""
    flux = level + np.random.default_rng(0).normal(0, scatter, (n, n_cadences))
    given = {
        "source": "planted",
        "flux": flux.astype(np.float32),
        "labels": np.array([1] + [0] * (n - 1), np.int8),
        "stars": np.array(["a", "b", "b", "c", "c", "d", "e", "f"][:n]),
        "cadence": CADENCE,
    }
    return LightCurves(**{**given, **fields})


def load(**options):
    return injected.load(None, **{**SHORT, **options})
