"""Flux that is mapped from a file, which nobody can write to, goes the same way as any other."""

from dataclasses import replace

import numpy as np
import pytest
from in_process import Here

from kepler_keras.data import light_curves
from kepler_keras.data.duplicates import unite_identical_curves
from kepler_keras.data.flux_rows import FluxDigest
from kepler_keras.data.light_curves import LightCurves
from kepler_keras.data.period_search import search_all
from kepler_keras.data.pipeline import build_view, condition
from kepler_keras.data.splits import make_folds
from kepler_keras.data.thinning import thin_stars
from kepler_keras.experiment import Choice, Conditioning, Protocol, Search
from kepler_keras.lightcurve.ephemeris import Ephemerides
from kepler_keras.lightcurve.views import VIEWS

N, N_CADENCES, CADENCE = 40, 300, 0.02


def flux_with_a_duplicate() -> np.ndarray:
    flux = np.random.default_rng(0).normal(size=(N, N_CADENCES)).astype(np.float32)
    flux[1] = flux[0]
    return flux


def curves_of(flux: np.ndarray, digest: FluxDigest | None = None) -> LightCurves:
    return LightCurves(
        source="made",
        flux=flux,
        labels=(np.arange(N) % 4 == 0).astype(np.int8),
        stars=np.array([f"s{row:02d}" for row in range(N)]),
        cadence=CADENCE,
        digest=digest,
    )


@pytest.fixture
def mapped(tmp_path) -> LightCurves:
    np.save(tmp_path / "flux.npy", flux_with_a_duplicate())
    return curves_of(np.load(tmp_path / "flux.npy", mmap_mode="r").view(np.ndarray))


@pytest.fixture
def plain() -> LightCurves:
    return curves_of(flux_with_a_duplicate())


def test_uniting_does_not_copy(mapped):
    united = unite_identical_curves(mapped)
    assert united.stars[1] == "s00"
    assert united.flux is mapped.flux


def test_fingerprint_thinning_and_folds_are_the_same(mapped, plain):
    protocol = Protocol(folds=2, seed=0)
    for left, right in [(mapped, plain), (thin(mapped), thin(plain))]:
        assert left.fingerprint == right.fingerprint
        folds = [make_folds(curves, protocol).folds for curves in (left, right)]
        for one, other in zip(*folds, strict=True):
            np.testing.assert_array_equal(one.train, other.train)
            np.testing.assert_array_equal(one.test, other.test)


def thin(curves: LightCurves) -> LightCurves:
    return thin_stars(curves, n_stars=20, min_positive_stars=6, seed=0, test_stars=())


@pytest.mark.parametrize("detrend", ["none", "spline"])
@pytest.mark.parametrize("view", sorted(VIEWS))
def test_views_are_the_same_and_leave_the_file_alone(mapped, plain, view, detrend):
    made = []
    before = mapped.flux.copy()
    for curves in (mapped, plain):
        settings = Conditioning(detrend=detrend, window=1.0)
        flux = condition(curves.flux, cadence=CADENCE, settings=settings, what="here")
        search = Search(min_period=0.6, max_period=2.0, durations=(0.08,))
        found: Ephemerides = search_all(
            curves.flux, cadence=CADENCE, level=0.0, search=search, executor=Here()
        )
        made.append(build_view(flux, Choice(name=view), cadence=CADENCE, ephemerides=found))
    np.testing.assert_array_equal(*made)
    np.testing.assert_array_equal(mapped.flux, before)


def test_a_known_digest_gives_the_same_fingerprint_without_a_look_at_the_flux(mapped, monkeypatch):
    expected = mapped.fingerprint
    sha256 = light_curves.hashlib.sha256(mapped.flux.tobytes()).hexdigest()
    known = replace(mapped, digest=FluxDigest(mapped.flux, sha256))
    monkeypatch.setattr(light_curves.np, "ascontiguousarray", only_small)
    assert known.fingerprint == expected
    assert unite_identical_curves_without_flux(known).fingerprint != expected  # another star
    with pytest.raises(AssertionError, match="looked at the flux"):
        _ = replace(known, digest=None).fingerprint


def only_small(array, **options):
    assert array.ndim == 1, "looked at the flux"
    return np.array(array, **options)


def unite_identical_curves_without_flux(curves: LightCurves) -> LightCurves:
    return replace(curves, stars=np.where(curves.stars == "s01", "s00", curves.stars))


def test_a_digest_counts_for_its_own_array_only(mapped):
    wrong = FluxDigest(mapped.flux, "0" * 64)
    claimed = replace(mapped, digest=wrong)
    assert claimed.fingerprint != mapped.fingerprint  # it is believed here
    other = replace(claimed, flux=mapped.flux + 1)
    assert other.fingerprint == replace(other, digest=None).fingerprint
    some = claimed.rows(np.arange(5))
    assert some.fingerprint == mapped.rows(np.arange(5)).fingerprint


def test_a_digest_of_an_array_that_can_be_changed_does_not_count(plain):
    claimed = replace(plain, digest=FluxDigest(plain.flux, "0" * 64))
    assert claimed.fingerprint == plain.fingerprint
