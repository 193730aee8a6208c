"""Global and local view: hand-typed curves, the plain definition, and what must change nothing."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from plain_views import BINS, plain_filled, plain_global, plain_local

from kepler_keras.errors import InputError
from kepler_keras.lightcurve.binned_rows import global_rows, local_rows
from kepler_keras.lightcurve.ephemeris import Ephemerides
from kepler_keras.lightcurve.folding import cadence_times
from kepler_keras.lightcurve.median_bins import ALL, EVEN, ODD
from kepler_keras.lightcurve.views import VIEWS

NAN = np.nan
CADENCE = 0.02


def one(period, t0, duration):
    return Ephemerides(*(np.array([float(value)]) for value in (period, t0, duration)))


def build(name, flux, period, t0, duration=0.1, cadence=1.0, **options):
    flux = np.asarray(flux, np.float64)[None]
    ephemerides = one(period, t0, duration)
    built = VIEWS[name].build(flux, cadence=cadence, ephemerides=ephemerides, **options)
    return built[0, :, 0]


def noisy(seed, n=2000):
    """A curve with gaps and transits, and its ephemeris."""
    random = np.random.default_rng(seed)
    period, duration = random.uniform(0.5, 15), random.uniform(0.05, 0.5)
    t0 = random.uniform(-2, 2) * period
    time, flux = cadence_times(n, CADENCE), random.normal(size=n)
    flux[abs((time - t0 + period / 2) % period - period / 2) < duration / 2] -= 8
    for start in random.integers(0, n, 4):
        flux[start : start + 70] = NAN
    return time, flux, {"period": period, "t0": t0, "duration": duration}


def scaled(row):
    return row / (-row.min() if row.min() < 0 else 1)


@pytest.mark.parametrize("preset", BINS)
@pytest.mark.parametrize("bins", [None, 3, 40, 61])
@pytest.mark.parametrize("seed", range(4))
def test_views_equal_the_plain_definition(preset, bins, seed):
    time, flux, known = noisy(seed)
    options = {**known, "cadence": CADENCE, "preset": preset, "bins": bins}
    ephemeris = {"period": known["period"], "t0": known["t0"]}
    plain = plain_global(flux, time, **ephemeris, preset=preset, bins=bins)
    np.testing.assert_allclose(
        build("global_view", flux, **options),
        scaled(plain_filled(plain, circular=True)),
        atol=1e-6,
    )
    plain = plain_local(flux, time, **known, preset=preset, bins=bins)
    np.testing.assert_allclose(
        build("local_view", flux, **options),
        scaled(plain_filled(plain, circular=False)),
        atol=1e-6,
    )


@pytest.mark.parametrize(
    ("preset", "shapes"), [("shallue2018", (2001, 201)), ("yu2019", (201, 61))]
)
def test_presets_have_the_published_numbers_of_bins(preset, shapes):
    _, flux, known = noisy(0)
    for view, bins in zip(("global_view", "local_view"), shapes, strict=True):
        built = build(view, flux, **known, cadence=CADENCE, preset=preset)
        assert built.shape == (bins,)
        assert (np.median(built), built.min()) == (pytest.approx(0, abs=1e-7), -1)
        if preset == "yu2019":
            np.testing.assert_array_equal(built, build(view, flux, **known, cadence=CADENCE))


def test_local_view_of_a_hand_typed_transit():
    # A window of 16 days to either side; bins 1.28 days wide at -15.36, -7.68, 0, 7.68 and 15.36.
    flux = np.full(40, 7.0)
    flux[[5, 12, 20, 28, 35]] = [9, 6, 3, 7, 8]
    built = build("local_view", flux, period=100, t0=20, duration=8, bins=5)
    np.testing.assert_allclose(built, [0.5, -0.25, -1, 0, 0.25])


@pytest.mark.parametrize("bins", [5, 6, 61])
def test_the_transit_falls_in_the_centre_bin(bins):
    flux = abs(np.arange(400.0) % 100 - 50)
    for view, duration in (("global_view", 8), ("local_view", 10)):
        built = build(view, flux, period=100, t0=50, duration=duration, bins=bins)
        assert built.argmin() == bins // 2


def test_a_window_wider_than_the_period_is_cut_at_half_a_period():
    """Duration 3 of a period of 8: the window ends at 4, not at 6, and nothing is shown twice."""
    flux = np.tile([0.0, 2, 3, 4, 5, 4, 3, 2], 4)
    built = build("local_view", flux, period=8, t0=0, duration=3, bins=9)
    # Bins 0.48 days wide at every 0.94 days from -3.76 on; the one at -3.76 sees -4, the last none.
    expected = plain_filled(np.array([5, 4, 3, 2, 0, 2, 3, 4, NAN]), circular=False)
    np.testing.assert_allclose(built, scaled(expected), atol=1e-6)


def test_no_flux_near_the_transit_gives_zeros():
    flux = np.random.default_rng(0).normal(size=400)
    flux[np.abs(np.arange(400) % 100 - 50) < 20] = NAN
    built = build("local_view", flux, period=100, t0=50, duration=8)
    np.testing.assert_array_equal(built, np.zeros(61, np.float32))


@pytest.mark.parametrize("view", ["global_view", "local_view"])
def test_gaps_are_as_good_as_cadences_that_were_never_taken(view):
    """A curve that ends in a gap gives what the shorter curve gives."""
    _, flux, known = noisy(5)
    longer = np.concatenate([flux, np.full(300, NAN)])
    options = {**known, "cadence": CADENCE}
    np.testing.assert_array_equal(build(view, longer, **options), build(view, flux, **options))


@pytest.mark.parametrize("view", ["global_view", "local_view"])
@pytest.mark.parametrize("period_and_duration", [(0.0, 0.1), (-1.0, 0.1), (3.0, 0.0)])
def test_an_impossible_ephemeris_is_refused(view, period_and_duration):
    with pytest.raises(InputError, match=r"row 0: .* a period and a duration of 1e-06 to"):
        build(view, np.zeros(9), period_and_duration[0], 0.0, period_and_duration[1])


@pytest.mark.parametrize("ephemeris", [(1e-300, 5.0, 0.1), (3.0, 1e300, 0.1), (3.0, 0.0, 1e300)])
def test_numbers_whose_phase_would_mean_nothing_are_refused(ephemeris):
    """A cycle number beyond the floats once wrote outside of the bins."""
    with pytest.raises(InputError, match="t0 within 1e"):
        build("local_view", np.zeros(9), *ephemeris)


@pytest.mark.parametrize("view", ["global_view", "local_view", "odd_view", "secondary_view"])
def test_an_unknown_preset_is_refused_with_the_nearest(view):
    with pytest.raises(InputError, match=f"view {view}: .* preset 'yu2018'; did you mean 'yu2019'"):
        build(view, np.zeros(9), 3, 0, preset="yu2018")


def medians_of(time, flux, period, t0, duration, cycles=ALL):
    """Rows of every binned view, from any times."""
    columns = [np.array([value]) for value in (period, t0, duration)]
    shape = (61, 0.16, 2.0, cycles)
    return np.concatenate(
        [
            global_rows(flux[None], time, *columns[:2], 50, 0.6)[0],
            local_rows(flux[None], time, *columns, *shape)[0],
        ]
    )


SEED = st.integers(0, 10**6)
few = settings(max_examples=30, deadline=None)


@few
@given(SEED, st.integers(-50, 50))
def test_any_transit_may_be_t0(seed, n):
    """Twice as many cycles, as an odd number of them would swap the odd and the even ones."""
    time, flux, known = noisy(seed)
    later = {**known, "t0": known["t0"] + 2 * n * known["period"]}
    for cycles in (ALL, EVEN, ODD):
        np.testing.assert_array_equal(
            medians_of(time, flux, **known, cycles=cycles),
            medians_of(time, flux, **later, cycles=cycles),
        )
    swapped = {**known, "t0": known["t0"] + (2 * n + 1) * known["period"]}
    np.testing.assert_array_equal(
        medians_of(time, flux, **known, cycles=EVEN)[50:],
        medians_of(time, flux, **swapped, cycles=ODD)[50:],
    )


@few
@given(SEED, st.floats(-3000, 3000))
def test_time_has_no_origin(seed, shift):
    time, flux, known = noisy(seed)
    moved = {**known, "t0": known["t0"] + shift}
    np.testing.assert_array_equal(
        medians_of(time, flux, **known), medians_of(time + shift, flux, **moved)
    )


@few
@given(SEED)
def test_the_order_of_cadences_does_not_matter(seed):
    time, flux, known = noisy(seed)
    order = np.random.default_rng(seed).permutation(len(time))
    np.testing.assert_array_equal(
        medians_of(time, flux, **known), medians_of(time[order], flux[order], **known)
    )


@few
@given(SEED)
def test_what_was_not_measured_might_as_well_not_be_there(seed):
    time, flux, known = noisy(seed)
    seen = np.isfinite(flux)
    np.testing.assert_array_equal(
        medians_of(time, flux, **known), medians_of(time[seen], flux[seen], **known)
    )


@few
@given(SEED)
def test_odd_and_even_cycles_are_the_halves_of_twice_the_period(seed):
    time, flux, known = noisy(seed)
    known["duration"] = min(known["duration"], known["period"] / 5)  # the same window for both
    double = {**known, "period": 2 * known["period"]}
    other = {**double, "t0": known["t0"] + known["period"]}
    for cycles, half in ((EVEN, double), (ODD, other)):
        np.testing.assert_allclose(
            medians_of(time, flux, **known, cycles=cycles)[50:],
            medians_of(time, flux, **half)[50:],
            rtol=0,
            atol=1e-9,
        )


def test_twice_the_period_shows_two_dips_half_a_period_apart():
    flux = np.ones(400)
    flux[10::20] = 0
    built = build("global_view", flux, period=40, t0=10, bins=40)
    np.testing.assert_array_equal(np.flatnonzero(built < -0.5), [0, 20])


@pytest.mark.parametrize("t0", [0, 399, -1, -4000, 10_000])
def test_t0_may_be_the_first_or_last_cadence_or_outside(t0):
    away = abs((np.arange(400) - t0 + 10) % 20 - 10)
    flux = np.where(away <= 1, 0.0, 1.0)
    for view in ("global_view", "local_view"):
        built = build(view, flux, period=20, t0=t0, duration=2, bins=5)
        np.testing.assert_array_equal(built, [0, 0, -1, 0, 0])
