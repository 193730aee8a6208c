"""Joining quarters: what may change of the files without a change of the curve."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kepler_keras.data.clock import read_clock
from kepler_keras.data.light_curve_file import Quarter
from kepler_keras.data.missions import KEPLER
from kepler_keras.data.quarters import join_quarters

CADENCE = 29.4244 / 1440


def quarter(flux, *, first, star="kplr1", number=1, start=100.0):
    cadences = np.arange(first, first + len(flux))
    return Quarter(
        path=Path(f"{star}-{number}.fits"),
        mission=KEPLER,
        star=star,
        number=number,
        first=first,
        flux=np.asarray(flux, np.float32),
        clock=read_clock(Path("x.fits"), cadences, start + CADENCE * cadences),
        n_masked=0,
        n_zero=0,
        n_negative=0,
        was_sorted=True,
    )


@st.composite
def quarters(draw):
    """Two to five quarters of two stars, with breaks of up to 20 cadences between them."""
    random = np.random.default_rng(draw(st.integers(0, 99)))
    made, first = [], draw(st.integers(0, 50))
    for number in range(draw(st.integers(2, 5))):
        length = draw(st.integers(3, 40))
        for star in ("kplr1", "kplr2"):
            flux = random.uniform(900, 1100, length) * (1 + number)
            flux[random.random(length) < 0.1] = np.nan
            flux[:2] = 1000
            made.append(quarter(flux, first=first, star=star, number=number))
        first += length + draw(st.integers(0, 20))
    return made


@settings(deadline=None)
@given(quarters(), st.randoms(use_true_random=False), st.sampled_from(["quarter", "none"]))
def test_the_order_of_the_files_does_not_matter(made, shuffler, normalise):
    joined = join_quarters(made, normalise=normalise)
    shuffled = list(made)
    shuffler.shuffle(shuffled)
    again = join_quarters(shuffled, normalise=normalise)
    np.testing.assert_array_equal(again.flux, joined.flux)
    assert again.stars.tolist() == ["kplr1", "kplr2"]


@settings(deadline=None)
@given(quarters(), st.integers(1, 10_000))
def test_where_cadences_are_counted_from_does_not_matter(made, later):
    joined = join_quarters(made, normalise="quarter")
    moved = [
        quarter(
            item.flux,
            first=item.first + later,
            star=item.star,
            number=item.number,
            start=100.0 - CADENCE * later,
        )
        for item in made
    ]
    again = join_quarters(moved, normalise="quarter")
    np.testing.assert_array_equal(again.flux, joined.flux)
    assert again.grid.start == pytest.approx(joined.grid.start, abs=1e-6)


@settings(deadline=None)
@given(quarters(), st.integers(2, 38))
def test_a_file_in_two_parts_is_the_same_file(made, place):
    joined = join_quarters(made, normalise="none")
    whole, rest = made[0], made[1:]
    place = min(place, len(whole.flux) - 1)
    parts = [whole.flux[:place], whole.flux[place:]]
    if min(len(part) for part in parts) < 2:
        return
    split = [
        quarter(parts[0], first=whole.first, star=whole.star),
        quarter(parts[1], first=whole.first + place, star=whole.star),
    ]
    again = join_quarters([*split, *rest], normalise="none")
    np.testing.assert_array_equal(again.flux, joined.flux)


@settings(deadline=None)
@given(quarters(), st.floats(0.01, 1000))
def test_how_bright_a_quarter_is_does_not_matter_once_it_is_normalised(made, factor):
    joined = join_quarters(made, normalise="quarter")
    brighter = [
        quarter(
            item.flux * (factor if item.number == 1 else 1),
            first=item.first,
            star=item.star,
            number=item.number,
        )
        for item in made
    ]
    again = join_quarters(brighter, normalise="quarter")
    np.testing.assert_allclose(again.flux, joined.flux, atol=1.0)  # ppm; flux is float32


@settings(deadline=None)
@given(quarters())
def test_every_value_stands_where_its_cadence_says(made):
    joined = join_quarters(made, normalise="none")
    known = np.isfinite(joined.flux).sum()
    assert known == sum(np.isfinite(item.flux).sum() for item in made)
    for item in made:
        row = joined.stars.tolist().index(item.star)
        begin = item.first - joined.grid.first
        np.testing.assert_array_equal(joined.flux[row, begin : begin + len(item.flux)], item.flux)
