"""What must not stand on two sides of a fold is looked for in folds that nobody promised."""

import numpy as np

from kepler_keras.data.light_curves import LightCurves
from kepler_keras.data.split_faults import equal_curves, split_faults
from kepler_keras.data.splits import Fold


def curves_of(flux, stars):
    labels = np.zeros(len(stars), np.int8)
    return LightCurves("made", np.asarray(flux, np.float32), labels, np.array(stars), cadence=0.02)


def noise(n, *, columns=200, seed=0):
    return np.random.default_rng(seed).normal(size=(n, columns))


def fold(train, validation, test, number=0):
    return Fold(0, number, *(np.array(rows) for rows in (train, validation, test)))


def test_folds_by_star_have_no_fault():
    curves = curves_of(noise(6), ["a", "a", "b", "b", "c", "c"])
    faults = split_faults(curves, [fold([0, 1], [2, 3], [4, 5])])
    assert (faults.n_shared, faults.shared, faults.n_equal, faults.equal) == (0, [], 0, [])


def test_star_in_two_parts_is_named_with_its_fold():
    curves = curves_of(noise(6), ["a", "a", "b", "b", "c", "c"])
    faults = split_faults(curves, [fold([0, 1], [2, 3], [4, 5]), fold([0, 2], [4, 5], [1, 3], 1)])
    assert faults.n_shared == 2
    assert [(one.star, one.fold, one.parts) for one in faults.shared] == [
        ("a", 1, ["train", "test"]),
        ("b", 1, ["train", "test"]),
    ]


def test_curve_that_was_scaled_shifted_and_rounded_is_the_same():
    flux = noise(4)
    flux[2] = np.round(1000 + 3 * flux[0], 3)
    assert [rows.tolist() for rows in equal_curves(flux.astype(np.float32))] == [[0, 2]]


def test_equal_curves_count_where_two_stars_stand_in_two_parts():
    flux = noise(6)
    flux[4] = 2 * flux[0]
    curves = curves_of(flux, list("abcdef"))
    apart = split_faults(curves, [fold([0, 1], [2, 3], [4, 5])])
    assert (apart.n_equal, apart.equal[0].stars) == (1, ["a", "e"])
    assert split_faults(curves, [fold([0, 4], [2, 3], [1, 5])]).n_equal == 0
    one_star = curves_of(flux, ["a", "b", "c", "d", "a", "f"])
    assert split_faults(one_star, [fold([0, 1], [2, 3], [4, 5])]).n_equal == 0


def test_gaps_do_not_make_curves_equal():
    flux = noise(3)
    flux[:, 40:90] = np.nan
    assert equal_curves(flux.astype(np.float32)) == []
    flux[2] = flux[0] + 5
    assert [rows.tolist() for rows in equal_curves(flux.astype(np.float32))] == [[0, 2]]


def test_flat_and_short_curves_are_passed_over():
    assert equal_curves(np.zeros((5, 200), np.float32)) == []
    assert equal_curves(np.tile(np.arange(15, dtype=np.float32), (5, 1))) == []
