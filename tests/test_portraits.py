"""Cards and pictures of trained networks: which planet, which transit, and who has none."""

import numpy as np
import pytest
from sklearn.dummy import DummyClassifier

from kepler_keras.data.light_curves import LightCurves
from kepler_keras.data.scaling import fit_scaler
from kepler_keras.data.views import Views
from kepler_keras.experiment import Choice
from kepler_keras.lightcurve.ephemeris import Ephemerides
from kepler_keras.lightcurve.view_scale import ReferenceTransit
from kepler_keras.portraits import typical_transit
from kepler_keras.training.building import build_model
from kepler_keras.training.fit import Examples
from kepler_keras.training.fitted import FittedKeras, FittedSklearn
from kepler_keras.training.portrait import portrait_of

LABELS = np.array([0, 1, 1, 1, 0], np.int8)
ROWS = np.arange(5)
SCORES = np.array([0.9, 0.2, 0.8, 0.5, 0.1])


@pytest.fixture(scope="module")
def examples():
    view = np.random.default_rng(0).normal(size=(5, 32, 1)).astype(np.float32)
    return Examples(Views({"global_view": view}), LABELS)


def fitted(name, examples, **options):
    model = build_model(Choice(name=name, options=options), examples.views.shapes)
    return FittedKeras(model, fit_scaler(examples.views, ROWS))


def test_the_portrait_is_of_the_planet_scored_highest(examples):
    network = fitted("conv1d", examples, filters=[2, 3], units=4)
    portrait = portrait_of(network, examples, ROWS[1:], SCORES[1:])
    assert (portrait.row, portrait.score) == (2, 0.8)
    scaled = network.scaler(examples.views[ROWS[[2]]]).arrays["global_view"][0]
    assert np.array_equal(portrait.curves["global_view"], scaled)
    assert list(portrait.maps) == ["conv_1_1", "pool_1", "conv_2_1"]
    assert portrait.card.parameters == network.model.count_params()
    assert {one.layer for one in portrait.shifts} >= {"conv_1_1", "conv_2_1"}


def test_dense_layers_alone_have_a_card_and_no_maps(examples):
    portrait = portrait_of(fitted("mlp", examples, units=[3]), examples, ROWS, SCORES)
    assert portrait.maps == {}
    assert portrait.card.dense_share == 1


def test_a_peer_has_no_portrait(examples):
    peer = FittedSklearn(DummyClassifier(strategy="prior").fit([[0], [1]], [0, 1]))
    assert portrait_of(peer, examples, ROWS, SCORES) is None


def curves_of(**changes):
    fields = {"cadence": 0.02, **changes}
    stars = np.array([f"s{row}" for row in ROWS])
    return LightCurves("made", np.zeros((5, 4), np.float32), LABELS, stars, **fields)


def test_the_transit_is_typical_of_the_planets():
    nan = np.nan
    ephemerides = Ephemerides(
        period=np.array([99.0, 2.0, 4.0, 7.0, 99.0]),
        t0=np.zeros(5),
        duration=np.array([1.0, 0.1, 0.2, nan, 1.0]),
    )
    typical = typical_transit(curves_of(ephemerides=ephemerides))
    assert typical == ReferenceTransit(period=3.0, duration=pytest.approx(0.15), cadence=0.02)


def test_without_ephemerides_it_is_the_usual_one():
    assert typical_transit(curves_of()) == ReferenceTransit(cadence=0.02)
    unknown = Ephemerides(*(np.full(5, np.nan) for _ in range(3)))
    assert typical_transit(curves_of(ephemerides=unknown)) == ReferenceTransit(cadence=0.02)
    assert typical_transit(curves_of(cadence=None, folded=True)) == ReferenceTransit()
