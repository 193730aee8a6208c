"""The simulated population: physics, determinism, and nothing but physics in the labels."""

import numpy as np
import pytest

from kepler_keras.errors import InputError
from kepler_keras.lightcurve.companions import (
    Companions,
    check_companions,
    draw_binary,
    draw_planet,
)
from kepler_keras.lightcurve.conditioning import robust_scatter
from kepler_keras.lightcurve.detrending import detrend
from kepler_keras.lightcurve.folding import cadence_times, phase
from kepler_keras.lightcurve.simulate import KEPLER_CADENCE, simulate
from kepler_keras.lightcurve.stellar_noise import Star, draw_star

SPAN = 3196 * KEPLER_CADENCE
TIME = cadence_times(3197, KEPLER_CADENCE)
QUIET = Star(1e-3, 0.0, 0.1, 0.0, 10.0, 20.0, 1.0, (0.4, 0.2))


@pytest.fixture(scope="module")
def population():
    return simulate(400, seed=2, prevalence=0.3, eclipsing_binary_share=0.2)


def separates(labels, statistic):
    """Area under the ROC curve: the share of pairs that the statistic puts in order."""
    ranks = np.argsort(np.argsort(statistic)) + 1
    n_hosts, n_others = labels.sum(), (labels == 0).sum()
    return (ranks[labels == 1].sum() - n_hosts * (n_hosts + 1) / 2) / (n_hosts * n_others)


def chance(labels):
    """Four standard errors of that area under no separation."""
    n_hosts, n_others = labels.sum(), (labels == 0).sum()
    return 4 * np.sqrt((len(labels) + 1) / (12 * n_hosts * n_others))


BLIND = {
    "scatter": robust_scatter,
    "standard deviation": lambda flux: flux.std(axis=1),
    "mean": lambda flux: flux.mean(axis=1),
    "maximum": lambda flux: flux.max(axis=1),
    "minimum": lambda flux: flux.min(axis=1),
    "first value": lambda flux: flux[:, 0],
    "row": lambda flux: np.arange(len(flux)),
}


@pytest.fixture(scope="module")
def without_signal():
    """Hosts and binaries whose dips are a millionth of a ppm: only a leak could tell them apart."""
    nothing = (1e-6, 1e-6)
    return simulate(
        600,
        seed=6,
        n_cadences=1200,
        prevalence=0.4,
        eclipsing_binary_share=0.1,
        companions=Companions(
            period_range=(1.0, 10.0), depth_range=nothing, binary_depth_range=nothing
        ),
    )


@pytest.mark.parametrize("name", BLIND)
def test_no_statistic_knows_the_hosts_where_there_is_no_signal(without_signal, name):
    labels = without_signal.labels
    assert abs(separates(labels, BLIND[name](without_signal.flux)) - 0.5) < chance(labels)


def test_that_test_sees_hosts_that_are_noisier(without_signal):
    labels = without_signal.labels
    planted = without_signal.flux * np.where(labels == 1, 1.3, 1.0)[:, None]
    assert separates(labels, robust_scatter(planted)) - 0.5 > chance(labels)


@pytest.mark.parametrize("name", ["scatter", "standard deviation", "maximum", "first value"])
def test_transits_of_the_default_depth_leave_blind_statistics_blind(population, name):
    hosts = population.kind != "eclipsing_binary"
    labels = population.labels[hosts]
    statistic = BLIND[name](population.flux[hosts])
    assert abs(separates(labels, statistic) - 0.5) < chance(labels)


def test_a_star_is_the_same_whether_or_not_it_is_a_host():
    few = simulate(50, seed=3, prevalence=0.02, eclipsing_binary_share=0)
    many = simulate(50, seed=3, prevalence=0.5, eclipsing_binary_share=0)
    np.testing.assert_array_equal(few.noise, many.noise)
    became = (few.labels == 0) & (many.labels == 1)
    out = few.flux - many.flux
    assert became.sum() > 10
    # Outside transits the two differ by the shift of the median alone.
    for row in np.flatnonzero(became):
        period, t0 = many.ephemerides.period[row], many.ephemerides.t0[row]
        away = np.abs(phase(TIME, period=period, t0=t0)) * period > 0.5
        assert np.ptp(out[row, away]) < 0.01


def test_equal_seeds_give_equal_curves_however_many_stars():
    first = simulate(20, seed=1)
    np.testing.assert_array_equal(first.flux, simulate(20, seed=1).flux)
    assert not np.array_equal(first.flux, simulate(20, seed=2).flux)
    np.testing.assert_array_equal(first.noise, simulate(40, seed=1).noise[:20])


def test_shares_are_as_asked_and_rows_are_mixed(population):
    assert (population.kind == "planet").sum() == 120
    assert (population.kind == "eclipsing_binary").sum() == 80
    np.testing.assert_array_equal(population.labels, population.kind == "planet")
    assert np.abs(np.corrcoef(population.labels, np.arange(400))[0, 1]) < 0.2


def test_at_least_one_host_is_drawn():
    assert simulate(10, seed=0, prevalence=0.001, n_cadences=1600).labels.sum() == 1


def test_flux_is_centred_float32_and_finite(population):
    assert population.flux.dtype == np.float32
    assert np.isfinite(population.flux).all()
    np.testing.assert_allclose(np.median(population.flux, axis=1), 0, atol=1e-3)


def test_quiet_stars_have_no_ephemeris_and_others_transit_twice(population):
    quiet = population.kind == "quiet"
    ephemerides = population.ephemerides
    np.testing.assert_array_equal(ephemerides.known(), ~quiet)
    np.testing.assert_array_equal(np.isnan(population.depth), quiet)
    period, t0 = ephemerides.period[~quiet], ephemerides.t0[~quiet]
    assert np.all((t0 >= 0) & (t0 < period))
    assert np.all(np.floor((SPAN - t0) / period) + 1 >= 2)


def test_long_periods_still_show_their_transits():
    long = Companions(period_range=(60.0, 65.0), min_transits=2)
    population = simulate(20, seed=0, prevalence=0.9, eclipsing_binary_share=0, companions=long)
    hosts = population.labels == 1
    ephemerides = population.ephemerides
    assert np.all(ephemerides.t0[hosts] + ephemerides.period[hosts] <= SPAN)


def test_depths_lie_in_their_ranges(population):
    planets, binaries = (population.kind == kind for kind in ("planet", "eclipsing_binary"))
    assert 250 <= population.depth[planets].min() < population.depth[planets].max() <= 800
    assert 250 <= population.depth[binaries].min() < population.depth[binaries].max() <= 1600


def test_a_planet_is_as_deep_as_documented():
    planet = draw_planet(np.random.default_rng(0), QUIET, Companions(), TIME, KEPLER_CADENCE)
    transit = planet.transit
    assert -1e6 * transit.flux(np.array([transit.t0]), exposure=0)[0] == pytest.approx(
        planet.depth, rel=1e-4
    )
    # A long transit has a flat floor, so the exposure averages nothing away there.
    assert -planet.dips.min() == pytest.approx(planet.depth, rel=0.02)
    assert planet.dips.max() == 0


def test_a_binary_is_v_shaped_with_a_shallower_secondary():
    for seed in range(10):
        random = np.random.default_rng(seed)
        binary = draw_binary(random, QUIET, Companions(), TIME, 1e-6)
        transit = binary.transit
        phases = phase(TIME, period=transit.period, t0=transit.t0)
        primary = -binary.dips[np.abs(phases) < 0.25].min()
        secondary = -binary.dips[np.abs(phases) > 0.25].min()
        assert primary == pytest.approx(binary.depth, rel=0.15)  # a V is rarely hit at its tip
        assert 0.03 < secondary / primary < 0.95
        quarter = transit.flux(
            np.array([transit.t0, transit.t0 + transit.duration / 4]), exposure=0
        )
        assert quarter[1] / quarter[0] < 0.75, "half way out a flat floor would still be deep"


def test_noise_is_white_and_granulation_is_correlated():
    random = np.random.default_rng(0)
    white = Star(100.0, 0.0, 0.1, 0.0, 10.0, 20.0, 1.0, (0.4, 0.2))
    red = Star(0.0, 50.0, 0.1, 0.0, 10.0, 20.0, 1.0, (0.4, 0.2))
    curves = [star.flux(random, n_cadences=50_000, cadence=KEPLER_CADENCE) for star in (white, red)]
    assert curves[0].std() == pytest.approx(100, rel=0.02)
    assert curves[1].std() == pytest.approx(50, rel=0.05)
    neighbours = [np.corrcoef(curve[1:], curve[:-1])[0, 1] for curve in curves]
    assert neighbours[0] == pytest.approx(0, abs=0.02)
    assert neighbours[1] == pytest.approx(np.exp(-KEPLER_CADENCE / 0.1), abs=0.02)


def test_rotation_is_slow_enough_for_the_detrending():
    random = np.random.default_rng(0)
    star = Star(0.0, 0.0, 0.1, 1000.0, 20.0, 40.0, 1.0, (0.4, 0.2))
    flux = star.flux(random, n_cadences=3197, cadence=KEPLER_CADENCE)[None]
    assert np.ptp(flux) > 1500
    detrended = detrend(flux, cadence=KEPLER_CADENCE, method="running_median")
    assert np.abs(detrended[:, 100:-100]).max() < 30


def test_drawn_stars_lie_in_the_noise_range():
    stars = [draw_star(np.random.default_rng(k), noise_range=(50.0, 60.0)) for k in range(50)]
    noise = [star.white_noise for star in stars]
    assert 50 <= min(noise) < 52
    assert 58 < max(noise) <= 60


@pytest.mark.parametrize(
    ("options", "rule"),
    [
        ({"n_stars": 9}, "n_stars must be 10 or more, got 9"),
        ({"prevalence": 0.0}, r"prevalence must be in \(0, 1\)"),
        ({"prevalence": 1.0}, r"prevalence must be in \(0, 1\)"),
        ({"eclipsing_binary_share": 0.95}, "leave room for the hosts"),
        ({"eclipsing_binary_share": -0.1}, "leave room for the hosts"),
        ({"noise_range": (200.0, 100.0)}, "noise_range must rise from above 0, got 200.0 to 100"),
    ],
)
def test_an_impossible_population_is_refused(options, rule):
    with pytest.raises(InputError, match=rule):
        simulate(**{"n_stars": 20, "seed": 0, **options})


@pytest.mark.parametrize(
    ("companions", "rule"),
    [
        (Companions(depth_range=(600.0, 200.0)), "depth_range must rise"),
        (Companions(binary_depth_range=(0.0, 200.0)), "binary_depth_range must rise"),
        (Companions(depth_range=(200.0, 20_000.0)), "10000 ppm or below"),
        (Companions(period_range=(0.2, 3.0)), "start at 0.5 d or later"),
        (Companions(max_impact=1.2), r"max_impact must be in \[0, 0.8\]"),
        (Companions(min_transits=0), "min_transits must be 1 or more"),
        (Companions(min_transits=6), "room for 6 transits in 65.3 d"),
    ],
)
def test_impossible_companions_are_refused(companions, rule):
    with pytest.raises(InputError, match=rule):
        check_companions(companions, span=65.3)
