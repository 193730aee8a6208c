import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from kepler_keras.lightcurve.fast_median import median_of

FINITE = st.floats(-(2.0**90), 2.0**90, width=32)


@settings(deadline=None, max_examples=300)
@given(arrays.arrays(np.float32, st.integers(1, 300), elements=FINITE))
def test_it_is_the_median(values):
    before = values.copy()
    assert median_of(values) == pytest.approx(np.median(values.astype(np.float64)), rel=1e-12)
    np.testing.assert_array_equal(values, before)


@pytest.mark.parametrize("n", [1, 2, 63, 64, 65, 3197])
def test_outliers_and_many_equal_values_do_not_disturb_it(n):
    random = np.random.default_rng(n)
    values = random.integers(0, 4, n).astype(np.float32)
    values[:: max(1, n // 10)] = 1e12
    assert median_of(values) == np.median(values)
