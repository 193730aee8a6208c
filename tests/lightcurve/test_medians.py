import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from kepler_keras.lightcurve.medians import median, median_deviation


@pytest.mark.parametrize(
    ("values", "middle"), [([3], 3), ([4, 1], 2.5), ([9, 1, 5], 5), ([1, 1, 1, 7], 1)]
)
def test_medians_by_hand(values, middle):
    assert median(np.array(values, float)) == middle


def test_the_deviation_is_about_the_centre_given():
    assert median_deviation(np.array([0.0, 1.0, 10.0]), 1.0) == 1.0


@settings(deadline=None)  # the first of them compiles
@given(
    arrays(
        st.sampled_from([np.float32, np.float64]),
        st.integers(1, 200),
        elements=st.floats(-1e6, 1e6, width=32),
    )
)
def test_any_values_have_the_median_that_numpy_says(values):
    assert median(values) == pytest.approx(np.median(values), rel=1e-6)


def test_outliers_and_repeated_values_do_not_mislead_the_halving():
    random = np.random.default_rng(0)
    steps = np.round(random.normal(size=3000))
    wild = random.normal(size=3001)
    wild[:10] = 1e30
    two = np.repeat([0.0, 1.0], 500)
    for values in (steps, wild, two):
        assert median(values) == np.median(values)
