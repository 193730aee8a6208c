from dataclasses import replace

import numpy as np
import pytest

from kepler_keras.data.light_curves import LightCurves
from kepler_keras.data.splits import make_folds
from kepler_keras.data.thinning import thin_stars
from kepler_keras.experiment import Protocol


def curves(n_positive: int, n_negative: int) -> LightCurves:
    """Two rows a star, far apart; positive stars have one planet among them."""
    stars = [f"p{i:03d}" for i in range(n_positive)] + [f"n{i:03d}" for i in range(n_negative)]
    labels = [1] * n_positive + [0] * (n_positive + 2 * n_negative)
    n = len(labels)
    return LightCurves(
        source="test",
        flux=np.arange(n, dtype=np.float32)[:, None].repeat(2, axis=1),
        labels=np.array([*labels[:n_positive], *[0] * (n - n_positive)], np.int8),
        stars=np.array(stars + stars),
        cadence=0.02,
    )


def counts(data: LightCurves) -> tuple[int, int]:
    return len(np.unique(data.stars)), len(data.positive_stars)


def test_small_data_stay_as_they_are():
    data = curves(3, 7)
    assert thin_stars(data, n_stars=10, min_positive_stars=2, seed=0) is data


@pytest.mark.parametrize(
    ("n_positive", "min_positive", "expected"),
    [(50, 4, 10), (4, 4, 4), (4, 9, 4), (0, 2, 0), (1, 0, 0), (100, 0, 20)],
    ids=["share", "all of few", "all there are", "none there", "share rounds to none", "all"],
)
def test_positive_stars_that_are_kept(n_positive, min_positive, expected):
    data = curves(n_positive, 100 - n_positive)
    thinned = thin_stars(data, n_stars=20, min_positive_stars=min_positive, seed=0)
    assert counts(thinned) == (20, expected)


def test_no_more_stars_than_asked_for_are_kept():
    thinned = thin_stars(curves(50, 50), n_stars=3, min_positive_stars=9, seed=0)
    assert counts(thinned) == (3, 3)


def test_stars_keep_all_rows_in_their_order():
    data = curves(5, 20)
    thinned = thin_stars(data, n_stars=10, min_positive_stars=2, seed=0)
    assert len(thinned) == 20
    assert np.all(np.diff(thinned.flux[:, 0]) > 0)
    assert thinned.stars[:10].tolist() == thinned.stars[10:].tolist()


def test_the_seed_decides():
    data = curves(20, 80)

    def chosen(seed: int) -> list[str]:
        thinned = thin_stars(data, n_stars=20, min_positive_stars=2, seed=seed)
        return np.unique(thinned.stars).tolist()

    assert chosen(1) == chosen(1)
    assert chosen(1) != chosen(2)


def test_a_note_says_what_was_left_out():
    thinned = thin_stars(curves(20, 80), n_stars=20, min_positive_stars=2, seed=0)
    assert thinned.notes[-1] == (
        "Only a random subset of the data is used: 20 of 100 stars, 4 of 20 positive stars."
    )


def test_a_given_test_set_keeps_its_share_of_each_class():
    data = curves(20, 80)
    tested = np.isin(data.stars, [f"p{i:03d}" for i in range(5)] + [f"n{i:03d}" for i in range(20)])
    data = replace(data, given_test=tested)
    thinned = thin_stars(data, n_stars=40, min_positive_stars=8, seed=0)
    assert counts(thinned) == (40, 8)
    assert counts(thinned.rows(np.flatnonzero(thinned.given_test))) == (10, 2)


@pytest.mark.parametrize(("n_tested", "n_kept"), [(1, 1), (36, 3)])
def test_kaggle_like_pairs_can_still_be_split(n_tested, n_kept):
    """Of 38 hosts 5 are kept; one is tested at least, and two are left to train and validate."""
    data = curves(38, 400)
    hosts = [f"p{i:03d}" for i in range(n_tested)]
    data = replace(data, given_test=np.isin(data.stars, [*hosts, "n000", "n001"]))
    thinned = thin_stars(data, n_stars=60, min_positive_stars=5, seed=0)
    tested = thinned.rows(np.flatnonzero(thinned.given_test))
    assert len(tested.positive_stars) == n_kept
    assert len(make_folds(thinned, Protocol(split="given")).folds) == 1


def test_named_test_stars_are_kept_by_share_too():
    data = curves(10, 90)
    named = ("p000", "p001", "n000", "n001", "n002")
    thinned = thin_stars(data, n_stars=30, min_positive_stars=6, seed=0, test_stars=named)
    left = tuple(star for star in named if star in thinned.stars)
    assert {star[0] for star in left} == {"p", "n"}
    make_folds(thinned, Protocol(split="given", test_stars=left))
