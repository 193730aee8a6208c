"""What stars and spacecraft add, each part by itself."""

import numpy as np
import pytest

from kepler_keras.lightcurve.flares import flare_flux, flare_shape
from kepler_keras.lightcurve.folding import cadence_times
from kepler_keras.lightcurve.instrument import (
    Calendar,
    draw_calendar,
    instrument_flux,
    lost_cadences,
    quantised,
)
from kepler_keras.lightcurve.pulsation import KINDS
from kepler_keras.lightcurve.realism import K2, KEPLER, PRESETS, Instrument
from kepler_keras.lightcurve.simulate import KEPLER_CADENCE, simulate
from kepler_keras.lightcurve.spots import spot_flux
from kepler_keras.lightcurve.stellar_noise import granulation_flux

TIME = cadence_times(3197, KEPLER_CADENCE)
STILL = Instrument(
    quarter=None,
    downlink=1000.0,
    ramp=(1e-9, 1e-9),
    lost_share=0.0,
    cosmic_ray_rate=(1e-9, 1e-9),
    dropout_share=0.0,
)


def calendar(instrument, seed=0, time=TIME):
    return draw_calendar(np.random.default_rng(seed), instrument, time)


def test_granulation_has_its_amplitude_and_falls_steeply():
    random = np.random.default_rng(0)
    noise = granulation_flux(random, 200_000, amplitude=50.0, time_scale=0.1, cadence=0.02)
    assert noise.std() == pytest.approx(50, rel=0.03)
    assert np.std(noise[:1000]) > 20, "it is stationary from the first cadence on"
    power = np.abs(np.fft.rfft(noise)) ** 2
    slow, fast = power[10:1000].mean(), power[60_000:].mean()
    assert fast < slow / 1000


def test_spots_dim_and_come_back_after_a_rotation():
    random = np.random.default_rng(3)
    flux = spot_flux(random, TIME, size=1000.0, rotation_period=8.0, lifetime=200.0)
    assert flux.max() <= 0
    assert np.ptp(flux) > 300
    period = round(8.0 / KEPLER_CADENCE)
    assert np.corrcoef(flux[:-period], flux[period:])[0, 1] > 0.7
    assert np.corrcoef(flux[: -period // 2], flux[period // 2 :])[0, 1] < 0.5


def test_short_lived_spots_forget():
    random = np.random.default_rng(3)
    time = cadence_times(6000, KEPLER_CADENCE)
    flux = spot_flux(random, time, size=1000.0, rotation_period=8.0, lifetime=3.0)
    late = round(40.0 / KEPLER_CADENCE)
    assert abs(np.corrcoef(flux[:-late], flux[late:])[0, 1]) < 0.5


def test_spots_do_not_depend_on_the_grid_they_are_computed_on():
    few = spot_flux(
        np.random.default_rng(1), TIME[:3194], size=1.0, rotation_period=5.0, lifetime=500.0
    )
    assert len(few) == 3194
    assert np.isfinite(few).all()
    assert np.abs(np.diff(few)).max() < 0.2


@pytest.mark.parametrize(
    ("kind", "slowest", "fastest"),
    [("delta_scuti", 4.9, 23.1), ("gamma_doradus", 0.3, 3.1), ("rr_lyrae", 1.4, 15.1)],
)
def test_pulsators_shine_at_their_frequencies(kind, slowest, fastest):
    frequency = np.fft.rfftfreq(len(TIME), KEPLER_CADENCE)
    for seed in range(5):
        flux = KINDS[kind](np.random.default_rng(seed), TIME, KEPLER_CADENCE)
        power = np.abs(np.fft.rfft(flux * np.hanning(len(TIME)))) ** 2
        inside = (frequency > slowest - 0.1) & (frequency < fastest + 0.1)
        assert power[inside].sum() > 0.98 * power[1:].sum()
        assert flux.std() > 20


def test_red_giants_are_loud_and_differ_each_time():
    curves = [KINDS["red_giant"](np.random.default_rng(k), TIME, KEPLER_CADENCE) for k in range(6)]
    assert all(30 < curve.std() < 3000 for curve in curves)
    assert abs(np.corrcoef(curves[0], curves[1])[0, 1]) < 0.5


def test_a_flare_rises_faster_than_it_decays():
    shape = flare_shape(np.array([-1.5, -0.5, 0.0, 0.5, 5.0]))
    assert shape[0] == 0
    assert shape[2] == pytest.approx(0.992, abs=0.001)
    assert shape[1] < shape[3] < shape[2]
    assert 0 < shape[4] < 0.1


def test_flares_add_light_at_their_rate():
    flux = flare_flux(np.random.default_rng(0), TIME, rate=0.2, exposure=KEPLER_CADENCE)
    assert flux.min() >= 0
    assert flux.max() > 100
    assert 0.0 < (flux > 50).mean() < 0.2
    none = flare_flux(np.random.default_rng(0), TIME, rate=0.0, exposure=KEPLER_CADENCE)
    np.testing.assert_array_equal(none, 0)


def test_a_quarter_changes_the_level_after_a_gap():
    instrument = Instrument(quarter=40.0, quarter_jump=5000.0, downlink=1000.0, ramp=(1e-9, 1e-9))
    made = calendar(instrument)
    (change,) = np.flatnonzero(np.diff(made.quarter))[:1]
    assert made.gap[change + 1]
    assert not made.gap[0]
    flux = instrument_flux(np.random.default_rng(1), instrument, made, noise=1e-6)
    levels = [flux[made.quarter == quarter] for quarter in (0, 1)]
    assert abs(np.median(levels[0]) - np.median(levels[1])) > 100
    assert max(np.ptp(level) for level in levels) < 1


def test_the_thruster_comb_has_a_period_of_twelve_cadences():
    instrument = Instrument(
        **{**vars(STILL), "comb": 12, "comb_amplitude": (200.0, 200.0), "comb_lost_share": 1.0}
    )
    made = calendar(instrument)
    fired = np.flatnonzero(made.firing)
    assert set(np.diff(fired)) == {12}
    assert np.diff(fired).mean() * KEPLER_CADENCE * 24 == pytest.approx(5.88, abs=0.01)
    flux = instrument_flux(np.random.default_rng(1), instrument, made, noise=1e-6)
    power = np.abs(np.fft.rfft(flux[:3192] - flux.mean())) ** 2
    frequency = np.fft.rfftfreq(3192)
    near = (np.abs(frequency * 12 - np.round(frequency * 12)) < 0.1) & (frequency > 0.04)
    assert power[near].sum() > 0.7 * power.sum()  # of white noise 0.2 would lie there
    lost = lost_cadences(np.random.default_rng(2), instrument, made)
    np.testing.assert_array_equal(np.flatnonzero(lost), fired)


def test_a_still_spacecraft_adds_nothing():
    made = calendar(STILL)
    assert not made.gap.any()
    flux = instrument_flux(np.random.default_rng(1), STILL, made, noise=1.0)
    assert np.ptp(flux) < 1e-6
    assert not lost_cadences(np.random.default_rng(1), STILL, made).any()


def test_cosmic_rays_and_dropouts():
    rays = Instrument(**{**vars(STILL), "cosmic_ray_rate": (0.5, 0.5)})
    flux = instrument_flux(np.random.default_rng(1), rays, calendar(rays), noise=100.0)
    assert 10 < (flux - np.median(flux) > 300).sum() < 70
    dropout = Instrument(**{**vars(STILL), "dropout_share": 1.0})
    flux = instrument_flux(np.random.default_rng(1), dropout, calendar(dropout), noise=100.0)
    assert np.diff(flux).min() < -250
    assert flux[-1] < flux[0]


def test_gaps_are_shared_and_the_calendar_is_a_thing_of_all_stars():
    made = calendar(KEPLER.instrument)
    assert isinstance(made, Calendar)
    assert 0.005 < made.gap.mean() < 0.08
    first, second = (
        lost_cadences(np.random.default_rng(k), KEPLER.instrument, made) for k in (1, 2)
    )
    assert (first & second & made.gap).sum() == made.gap.sum()
    assert not np.array_equal(first, second)


def test_quantised_flux_stands_on_whole_steps():
    np.testing.assert_allclose(quantised(np.array([0.2, 0.9, -1.6]), step=0.5), [0, 1, -1.5])


@pytest.fixture(scope="module", params=sorted(PRESETS))
def population(request):
    return simulate(
        150, seed=4, prevalence=0.2, eclipsing_binary_share=0.2, realism=PRESETS[request.param]
    )


def test_a_realistic_population_keeps_the_rules(population):
    flux = population.flux
    assert flux.dtype == np.float32
    assert not np.isinf(flux).any()
    assert 0.01 < np.isnan(flux).mean() < 0.15
    step = population.noise
    assert (np.abs(np.nanmedian(flux, axis=1)) <= step).all()
    kinds, counts = np.unique(population.kind, return_counts=True)
    assert dict(zip(kinds.tolist(), counts.tolist(), strict=True)) == {
        "blend": 15,
        "eclipsing_binary": 15,
        "planet": 30,
        "quiet": 90,
    }
    np.testing.assert_array_equal(population.labels, population.kind == "planet")


def test_the_truth_has_every_parameter(population):
    truth, quiet = population.truth, population.kind == "quiet"
    for name in ("period", "t0", "duration", "depth_ppm", "impact", "radius_ratio", "separation"):
        np.testing.assert_array_equal(np.isnan(truth[name]), quiet)
    planets = population.kind == "planet"
    assert (truth["dilution"][planets] >= 0.9).all()
    assert (truth["secondary_depth_ppm"][planets] == 0).all()
    blends = population.kind == "blend"
    assert (truth["depth_ppm"][blends] <= 1600.001).all()
    assert (truth["dilution"][population.kind == "eclipsing_binary"] == 1).all()


def test_a_realistic_star_is_the_same_whether_or_not_it_is_a_host():
    made = [
        simulate(
            30, seed=3, prevalence=share, eclipsing_binary_share=0, n_cadences=1500, realism=K2
        )
        for share in (0.05, 0.6)
    ]
    np.testing.assert_array_equal(made[0].noise, made[1].noise)
    np.testing.assert_array_equal(np.isnan(made[0].flux), np.isnan(made[1].flux))
    became = (made[0].labels == 0) & (made[1].labels == 1)
    difference = np.abs(made[0].flux - made[1].flux)[became]
    assert became.sum() > 8
    assert (np.nanpercentile(difference, 50, axis=1) < 0.5 * made[0].noise[became]).all()


def test_without_gaps_every_cadence_has_flux():
    made = simulate(10, seed=0, n_cadences=1600, realism=KEPLER, gaps=False)
    assert np.isfinite(made.flux).all()


def test_missing_cadences_do_not_tell_the_label(population):
    share = np.isnan(population.flux).mean(axis=1)
    hosts = population.labels == 1
    spread = share.std() / np.sqrt(hosts.sum())
    assert abs(share[hosts].mean() - share[~hosts].mean()) < 4 * spread
