"""What every augmentation keeps, found in the registry."""

import numpy as np
import pytest

from kepler_keras.data.augment import AUGMENTATIONS, find_augmentation
from kepler_keras.errors import InputError
from kepler_keras.experiment import Choice

# (view name, whether it has a phase axis, shape of one example)
VIEWS = [
    ("flux", False, (30, 1)),
    ("global_view", True, (12, 1)),
    ("folded_image", True, (4, 9, 1)),
]
SUITED = [
    (name, *view)
    for name, augmentation in AUGMENTATIONS.items()
    for view in VIEWS
    if not (augmentation.unfolded_only and view[1])
]
suited = pytest.mark.parametrize(("name", "view", "folded", "shape"), SUITED)


def made(name, view, folded):
    return find_augmentation(Choice(name=name), view=view, view_is_folded=folded)


def batch_of(shape):
    return np.random.default_rng(0).normal(size=(16, *shape)).astype(np.float32)


@suited
def test_shape_and_dtype_stay(name, view, folded, shape):
    result = made(name, view, folded)(batch_of(shape), np.random.default_rng(1))
    assert result.shape == (16, *shape)
    assert result.dtype == np.float32


@suited
def test_it_is_drawn_from_the_generator(name, view, folded, shape):
    one, same, other = (
        made(name, view, folded)(batch_of(shape), np.random.default_rng(seed)) for seed in (1, 1, 2)
    )
    assert np.array_equal(one, same)
    assert not np.array_equal(one, other)


@suited
def test_input_is_not_changed_in_place(name, view, folded, shape):
    batch = batch_of(shape)
    result = made(name, view, folded)(batch, np.random.default_rng(1))
    assert np.array_equal(batch, batch_of(shape))
    assert not np.array_equal(result, batch)


@suited
def test_no_value_is_invented_and_examples_stay_apart(name, view, folded, shape):
    batch = batch_of(shape)
    result = made(name, view, folded)(batch, np.random.default_rng(1))
    for before, after in zip(batch, result, strict=True):
        assert np.array_equal(np.sort(before, axis=None), np.sort(after, axis=None))


@pytest.mark.parametrize("name", AUGMENTATIONS)
def test_it_says_its_physics(name):
    assert AUGMENTATIONS[name].physics.endswith(".")


@pytest.mark.parametrize("name", AUGMENTATIONS)
@pytest.mark.parametrize("option", ["no_such_option", "folded"])
def test_unknown_option_is_refused(name, option):
    with pytest.raises(InputError, match=f"augmentation '{name}': unknown option '{option}'"):
        find_augmentation(Choice(name=name, options={option: 1}), view="flux", view_is_folded=False)


def test_unknown_augmentation_is_refused_with_the_nearest_name():
    with pytest.raises(InputError, match="no 'time_reverse'; did you mean 'time_reversal'"):
        made("time_reverse", "flux", False)
