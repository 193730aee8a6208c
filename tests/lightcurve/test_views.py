"""Views: hand-typed curves, one contract over every registered view, and refused options."""

import pickle

import numpy as np
import pytest

from kepler_keras.data.pipeline import find_view
from kepler_keras.errors import InputError
from kepler_keras.experiment import Choice
from kepler_keras.lightcurve.conditioning import robust_scale
from kepler_keras.lightcurve.ephemeris import Ephemerides
from kepler_keras.lightcurve.views import VIEWS, is_features, shows_light

NAN = np.nan
CURVES = [view for view in VIEWS.values() if not view.features]
NAMES = [view.name for view in CURVES]
OWN_UNIT = {"log_differences"}  # the unit of the flux is not free: it needs a level


def ephemerides(period, t0, n=1):
    return Ephemerides(np.full(n, float(period)), np.full(n, float(t0)), np.full(n, 0.1))


@pytest.mark.parametrize("view", VIEWS.values(), ids=list(VIEWS))
def test_every_view_treats_each_star_by_itself(view):
    random = np.random.default_rng(0)
    flux = random.normal(size=(4, 300)).astype(np.float32)
    options = {"cadence": 0.02, "ephemerides": ephemerides(1.3, 0.4, n=4)}
    whole = view.build(flux, **options)
    flux[2] *= 1000
    changed = view.build(flux, **options)
    assert whole.dtype == np.float32
    assert whole.shape[0] == 4
    assert whole.shape[-1] == 1 or view.features
    np.testing.assert_array_equal(whole[[0, 1, 3]], changed[[0, 1, 3]])
    if not view.features and view.name not in OWN_UNIT:
        np.testing.assert_allclose(whole[2], changed[2], atol=1e-4)


@pytest.mark.parametrize("view", CURVES, ids=NAMES)
def test_no_view_gives_nan_whatever_is_missing(view):
    random = np.random.default_rng(0)
    flux = random.normal(size=(5, 300)).astype(np.float32)
    flux[0, 100:180] = np.nan
    flux[1, :250] = np.nan
    flux[2, ::2] = np.nan
    flux[3] = np.nan
    flux[4, np.arange(300) != 77] = np.nan
    before = flux.copy()
    built = view.build(flux, cadence=0.02, ephemerides=ephemerides(1.3, 0.4, n=5))
    assert np.isfinite(built).all()
    np.testing.assert_array_equal(built[3], np.zeros_like(built[3]))
    np.testing.assert_array_equal(flux, before)


@pytest.mark.parametrize("view", VIEWS.values(), ids=list(VIEWS))
def test_views_take_any_layout_of_memory(view):
    flux = np.random.default_rng(0).normal(size=(300, 3)).astype(np.float32)
    options = {"cadence": 0.02, "ephemerides": ephemerides(1.3, 0.4, n=3)}
    whole = view.build(np.ascontiguousarray(flux.T), **options)
    np.testing.assert_array_equal(view.build(flux.T, **options), whole)


@pytest.mark.parametrize("view", CURVES, ids=NAMES)
def test_every_view_survives_a_flat_curve_and_pickling(view):
    copy = pickle.loads(pickle.dumps(view))
    flat = np.full((1, 300), 5.0, np.float32)
    built = copy.build(flat, cadence=0.02, ephemerides=ephemerides(1.3, 0.4))
    np.testing.assert_array_equal(built, np.zeros_like(built))


@pytest.mark.parametrize("view", VIEWS.values(), ids=list(VIEWS))
def test_an_unknown_option_is_refused_with_the_known_ones(view):
    with pytest.raises(InputError, match=f"view {view.name}: unknown option 'colour'"):
        view.build(np.zeros((1, 9)), cadence=1.0, ephemerides=ephemerides(3, 0), colour=1)


def test_the_nearest_option_is_named():
    with pytest.raises(InputError, match="did you mean 'bins'"):
        VIEWS["global_view"].build(
            np.zeros((1, 9)), cadence=1.0, ephemerides=ephemerides(3, 0), bin=5
        )
    with pytest.raises(InputError, match="did you mean 'folded_image'"):
        find_view(Choice(name="folded_imge"), folded_source=False)


FOLDED = [name for name, view in VIEWS.items() if view.folded]


def test_which_views_have_a_phase_axis_need_an_ephemeris_or_are_features():
    unfolded = ["flux", "log_differences", "search_features", "spectrum"]
    assert sorted({*VIEWS} - {*FOLDED}) == unfolded
    needing = {name for name, view in VIEWS.items() if view.needs_ephemeris}
    assert needing == {*FOLDED, "search_features"}
    assert [name for name in VIEWS if is_features(name)] == ["search_features"]
    assert is_features("scalars")
    assert not is_features("somebodys_view")


def test_what_is_made_of_light_shows_none():
    assert {n for n in VIEWS if not shows_light(n)} == {
        "log_differences",
        "spectrum",
        "search_features",
    }
    assert shows_light("somebodys_view")
    assert not shows_light("scalars")


@pytest.mark.parametrize("name", FOLDED)
@pytest.mark.parametrize("bins", [2, 8.5, "many", True])
def test_bins_must_be_a_whole_number(name, bins):
    with pytest.raises(InputError, match="bins must be a whole number"):
        VIEWS[name].build(np.zeros((1, 9)), cadence=1.0, ephemerides=ephemerides(3, 0), bins=bins)


@pytest.mark.parametrize("name", ["flux", "spectrum"])
@pytest.mark.parametrize("low", [1, "deep"])
def test_the_clipping_range_holds_zero(name, low):
    with pytest.raises(InputError, match="low < 0 < high"):
        VIEWS[name].build(np.zeros((1, 9)), cadence=1.0, ephemerides=None, low=low)


@pytest.mark.parametrize("name", FOLDED)
def test_a_folded_view_needs_an_ephemeris_of_every_row(name):
    with pytest.raises(InputError, match="row 1"):
        VIEWS[name].build(
            np.zeros((2, 9)),
            cadence=1.0,
            ephemerides=Ephemerides(
                np.array([3.0, np.nan]), np.array([0.0, 0.0]), np.array([0.1, 0.1])
            ),
        )
    with pytest.raises(ValueError, match="of 2 curves are needed, got none"):
        VIEWS[name].build(np.zeros((2, 9)), cadence=1.0, ephemerides=None)


def test_flux_is_in_scatters_and_clipped_above_and_below():
    flux = np.array([[10.0, 11.0, 12.0, 13.0, 14.0, -9000.0, 9000.0]])
    built = VIEWS["flux"].build(flux, cadence=1.0, ephemerides=None, low=-30, high=8)
    assert built.shape == (1, 7, 1)
    scatter = 2 * 1.4826
    expected = [-2 / scatter, -1 / scatter, 0, 1 / scatter, 2 / scatter, -30, 8]
    np.testing.assert_allclose(built[0, :, 0], expected, rtol=1e-5)


GAPPY = [NAN, 10.0, 11.0, NAN, 12.0, 13.0, 14.0, NAN]
SCATTER = 1.4826


def flux_of(curve, **options):
    return VIEWS["flux"].build(np.array([curve]), cadence=1.0, ephemerides=None, **options)[0]


def test_a_gap_is_neutral_or_a_line():
    scaled = np.array([-2, -2, -1, -0.5, 0, 1, 2, 2]) / SCATTER
    np.testing.assert_allclose(flux_of(GAPPY, gaps="linear")[:, 0], scaled, rtol=1e-6)
    scaled[[0, 3, 7]] = 0
    np.testing.assert_allclose(flux_of(GAPPY)[:, 0], scaled, rtol=1e-6)


@pytest.mark.parametrize("gaps", ["neutral", "linear"])
def test_the_mask_tells_gaps_from_flux(gaps):
    built = flux_of(GAPPY, gaps=gaps, mask=True)
    assert built.shape == (8, 2)
    assert built.dtype == np.float32
    np.testing.assert_array_equal(built[:, 1], [0, 1, 1, 0, 1, 1, 1, 0])
    np.testing.assert_array_equal(built[:, :1], flux_of(GAPPY, gaps=gaps))
    np.testing.assert_array_equal(flux_of([NAN] * 3, gaps=gaps, mask=True), np.zeros((3, 2)))


def test_without_gaps_the_flux_is_scaled_as_before():
    flux = np.random.default_rng(2).normal(size=(3, 200)).astype(np.float32)
    before = np.clip(robust_scale(flux), -20, 10)
    for gaps in ("neutral", "linear"):
        built = VIEWS["flux"].build(flux, cadence=1.0, gaps=gaps)
        np.testing.assert_array_equal(built[..., 0], before)
    flux[1, 5] = NAN  # the other stars do not notice
    built = VIEWS["flux"].build(flux, cadence=1.0)
    np.testing.assert_array_equal(built[[0, 2], :, 0], before[[0, 2]])


def test_unknown_ways_are_refused_with_the_nearest():
    with pytest.raises(InputError, match="view flux: there is no gaps 'linar'; did you mean 'lin"):
        flux_of(GAPPY, gaps="linar")
    with pytest.raises(InputError, match="no grouping 'cycle'; did you mean 'cycles'"):
        image_of(np.ones(9), period=4, t0=2, grouping="cycle")


def test_global_view_puts_the_transit_in_the_centre_at_minus_one():
    # Period of 5 cadences, mid-transits at cadences 1, 6, 11; the outlier leaves the median alone.
    flux = np.array([[3, 1, 3, 4, 2] * 3], np.float32)
    flux[0, 8] = 99
    built = VIEWS["global_view"].build(flux, cadence=1.0, ephemerides=ephemerides(5, 1), bins=5)
    np.testing.assert_allclose(built[0, :, 0], [-0.5, 0, -1, 0, 0.5])


def test_global_view_fills_empty_bins_around_the_circle():
    flux = np.array([[3, 1, 3, 5] * 3], np.float32)
    built = VIEWS["global_view"].build(flux, cadence=1.0, ephemerides=ephemerides(4, 1), bins=8)
    np.testing.assert_allclose(built[0, :, 0], [1, 0.5, 0, -0.5, -1, -0.5, 0, 0.5], atol=1e-6)


def test_folded_curves_are_only_scaled_again():
    folded = np.array([[1.0, 1.0, 0.5, 1.0, 1.5], [2.0, 2.0, 2.0, 2.0, 2.0]])
    built = VIEWS["global_view"].from_folded(folded)
    np.testing.assert_allclose(built[..., 0], [[0, 0, -1, 0, 1], [0, 0, 0, 0, 0]])
    np.testing.assert_array_equal(VIEWS["global_view"].from_folded(folded, bins=5), built)
    with pytest.raises(InputError, match="5 bins, got bins = 7"):
        VIEWS["global_view"].from_folded(folded, bins=7)
    with pytest.raises(InputError, match="unknown option 'rows'"):
        VIEWS["global_view"].from_folded(folded, rows=7)
    with pytest.raises(InputError, match="unknown option 'preset'"):
        VIEWS["global_view"].from_folded(folded, preset="yu2019")


def test_which_views_take_folded_curves():
    taking = [name for name, view in VIEWS.items() if view.from_folded]
    assert taking == ["global_view"]


def image_of(flux, period, t0, **options):
    flux = np.asarray(flux, np.float32)[None]
    built = VIEWS["folded_image"].build(
        flux, cadence=1.0, ephemerides=ephemerides(period, t0), low=-99, high=99, **options
    )
    return built[0, :, :, 0]
