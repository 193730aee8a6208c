"""Two stars that eclipse each other."""

import numpy as np
import pytest

from kepler_keras.lightcurve.binaries import Binary, draw_eclipsing_binary
from kepler_keras.lightcurve.companions import Companions
from kepler_keras.lightcurve.folding import cadence_times, phase
from kepler_keras.lightcurve.transits import Transit

DARK_EDGE = (0.0, 0.0)  # no limb darkening: eclipses take areas
TIME = cadence_times(3197, 29.4244 / 1440)


def pair(ratio, brightness, secondary_phase=0.5):
    primary = Transit(5.0, 1.0, ratio, 0.0, 15.0, DARK_EDGE)
    return Binary(primary, brightness, secondary_phase, mass_ratio=0.5)


def test_twins_hide_half_of_the_light_twice():
    assert pair(1.0, 1.0).depths == pytest.approx((0.5, 0.5), abs=1e-6)


def test_a_dark_companion_has_no_secondary():
    assert pair(0.5, 0.0).depths == pytest.approx((0.25, 0.0), abs=1e-6)


def test_a_small_bright_star_loses_all_its_light_behind_the_large_one():
    # Areas 1 and 0.25, brightnesses 1 and 0.8: 1.2 units of light in all.
    first, second = pair(0.5, 0.8).depths
    assert first == pytest.approx(0.25 / 1.2, abs=1e-6)
    assert second == pytest.approx(0.2 / 1.2, abs=1e-6)


def test_both_eclipses_last_as_long_and_stand_where_they_should():
    binary = pair(0.4, 0.5, secondary_phase=0.43)
    assert binary.secondary.duration == pytest.approx(binary.primary.duration)
    flux = binary.flux(TIME, exposure=1e-3)
    phases = phase(TIME, period=5.0, t0=1.0)
    second = np.abs(np.abs(phases) - 0.43) < 0.03
    second &= phases > 0
    assert phases[second][np.argmin(flux[second])] == pytest.approx(0.43, abs=0.02)
    assert flux[second].min() == pytest.approx(-binary.depths[1], abs=2e-3)
    elsewhere = (np.abs(phases) > 0.1) & (np.abs(phases) < 0.38)
    assert np.abs(flux[elsewhere]).max() < 2e-3


@pytest.mark.parametrize("seed", range(8))
def test_a_blend_is_as_shallow_as_asked(seed):
    wanted = Companions(binary_depth_range=(300.0, 300.0))
    random = np.random.default_rng(seed)
    drawn = draw_eclipsing_binary(
        random, 1.0, (0.4, 0.2), wanted, TIME, exposure=0.02, blended=True
    )
    assert 0 < drawn.dilution <= 1
    assert drawn.depth <= 300 * (1 + 1e-9)
    assert drawn.depth == pytest.approx(300) or drawn.dilution == 1
    assert drawn.secondary_depth >= 0
    assert 0.4 <= drawn.secondary_phase <= 0.6


def test_one_that_stands_alone_keeps_its_depth():
    random = np.random.default_rng(1)
    drawn = draw_eclipsing_binary(
        random, 1.0, (0.4, 0.2), Companions(), TIME, exposure=0.02, blended=False
    )
    assert drawn.dilution == 1
    assert drawn.depth > 10_000
