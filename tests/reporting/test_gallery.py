import numpy as np
from made_up_record import gallery as made_up_gallery

from kepler_keras.record import GalleryCurve
from kepler_keras.reporting.gallery import gallery, thinned


def test_thinning_keeps_the_lowest_and_highest_point_of_each_run() -> None:
    x = np.arange(8.0)
    flux = np.array([0.0, 5.0, -1.0, 2.0, 7.0, 7.5, -9.0, 0.0])
    kept_x, kept = thinned(x, flux, columns=2)
    assert kept_x.tolist() == [1, 2, 5, 6]
    assert kept.tolist() == [5, -1, 7.5, -9]


def test_a_dip_of_one_cadence_survives() -> None:
    flux = np.zeros(3197)
    flux[1234] = -1.0
    x, kept = thinned(np.arange(3197.0), flux, columns=160)
    assert len(kept) <= 320
    assert x[kept == -1.0].tolist() == [1234]


def test_short_curves_stay_as_they_are() -> None:
    x, flux = np.arange(4.0), np.array([1.0, np.nan, 3.0, 4.0])
    kept_x, kept = thinned(x, flux, columns=2)
    assert kept_x is x
    assert kept is flux


def test_a_gap_breaks_the_line_and_a_partial_gap_does_not() -> None:
    flux = np.array([1.0, 2.0, 3.0, np.nan, np.nan, np.nan, np.nan, 4.0, 5.0])
    x, kept = thinned(np.arange(9.0), flux, columns=3)
    assert x.tolist() == [0, 2, 3, 7, 8]
    assert np.isnan(kept).tolist() == [False, False, True, False, False]


def test_both_classes_are_drawn_apart_and_named() -> None:
    planets, others = gallery(made_up_gallery(400, each=2)[:3], folded=False)
    assert (len(planets), len(others)) == (2, 1)
    assert 'aria-label="Light curve of star star0, with a planet"' in planets[0]
    assert 'aria-label="Light curve of star star2, without a planet"' in others[0]
    assert ">days<" in planets[0]


def test_odd_star_names_and_empty_curves_draw() -> None:
    """Dollar signs would start a formula; markup must not become markup."""
    curve = GalleryCurve(star="$\\frac$<b>", label=0, x=[0.0, 0.5], flux=[None, None])
    _, (picture,) = gallery([curve], folded=True)
    assert "$\\frac$&lt;b&gt;" in picture
    assert "<b>" not in picture
    assert ">phase<" in picture
