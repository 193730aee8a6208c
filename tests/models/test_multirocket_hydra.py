"""MultiRocket and Hydra with one ridge."""

import peer_checks
import pytest

from kepler_keras.errors import InputError
from kepler_keras.models.multirocket_hydra import PRESETS, multirocket_hydra

# Half a minute of compilation; the contract of the zoo fits this peer in every run of the suite.
pytestmark = pytest.mark.slow

SHAPES = {"global_view": (peer_checks.LENGTH, 1)}
SMALL = multirocket_hydra(SHAPES, n_kernels=84, n_groups=4)


def test_it_finds_planets():
    peer_checks.check_ranks(SMALL)


def test_equal_seeds_give_equal_scores():
    peer_checks.check_seeds(SMALL, draws=True)


def test_weights_are_honoured():
    peer_checks.check_weights(SMALL)


def test_it_is_saved_without_pickle(tmp_path):
    peer_checks.check_saving(SMALL, tmp_path)


def test_both_kinds_of_features_stand_side_by_side():
    rows, labels = peer_checks.curves()
    model = peer_checks.fitted(SMALL, rows, labels)
    # 84 kernels, four features, on curve and differences; 3 dilations, 4 groups of 8, two counts.
    assert model.features_.transform(rows).shape == (60, 84 * 4 * 2 + 3 * 4 * 8 * 2)
    assert not hasattr(model, "predict_proba")


def test_the_presets_can_be_built():
    for options in PRESETS.values():
        multirocket_hydra(SHAPES, **options)


def test_groups_are_halved_and_short_curves_refused():
    with pytest.raises(InputError, match="n_groups must be even, for curves and differences, got"):
        multirocket_hydra(SHAPES, n_groups=5)
    with pytest.raises(InputError, match="at least 10 cadences or bins, got 9"):
        multirocket_hydra({"a": (9, 1)})
