from dataclasses import replace

import numpy as np
import pytest

from kepler_keras.data.light_curves import LightCurves
from kepler_keras.data.prevalence import refit_rows, thin_folds
from kepler_keras.data.splits import Fold, Split, check_split, make_folds
from kepler_keras.errors import InputError
from kepler_keras.experiment import Protocol


def curves(n_planets: int, n_others: int, **columns: object) -> LightCurves:
    """Stars p000, p001, ... with a planet in one of two rows, and n000, n001, ... with one row."""
    stars = [f"p{i:03d}" for i in range(n_planets)] * 2 + [f"n{i:03d}" for i in range(n_others)]
    return LightCurves(
        source="test",
        flux=np.zeros((len(stars), 2), np.float32),
        labels=np.array([1] * n_planets + [0] * (n_planets + n_others), np.int8),
        stars=np.array(stars),
        cadence=0.02,
        **columns,
    )


DATA = curves(60, 240)  # 60 planets among 360 rows
PLAIN = Protocol(folds=3, repeats=2, seed=4)
RARE = PLAIN.model_copy(update={"prevalence": 0.05})
COMMON = PLAIN.model_copy(update={"prevalence": 0.4})


def counts(rows, data: LightCurves = DATA) -> tuple[int, int]:
    planets = int((data.labels[rows] == 1).sum())
    return planets, len(rows) - planets


def rows_of(data: LightCurves, stars: str) -> np.ndarray:
    return np.flatnonzero(np.isin(data.stars, stars.split()))


def test_rows_by_hand():
    # 3 planets and 8 others train, 1 and 4 validate: at 1/5, two of the 3 planets are kept.
    data = curves(4, 9)
    train = rows_of(data, "p000 p001 p002 n000 n001 n002 n003 n004")
    validation, test = rows_of(data, "p003 n005 n006 n007"), rows_of(data, "n008")
    split = Split((Fold(0, 0, train, validation, test),), ("before",))
    rare = thin_folds(split, data, Protocol(prevalence=0.2))
    assert counts(rare.folds[0].train, data) == (2, 8)
    assert rare.folds[0].validation.tolist() == validation.tolist()
    assert rare.notes == (
        "before",
        "Rows were thinned at random to a share of planets of 0.2: 2 of 3 planets and 8 of 8 other "
        "rows for training and 1 of 1 planets and 4 of 4 other rows for validation were kept. "
        "Test rows are whole, and weighted to that share.",
    )
    common = thin_folds(split, data, Protocol(prevalence=0.5))
    assert counts(common.folds[0].train, data) == (3, 3)
    assert counts(common.folds[0].validation, data) == (1, 1)
    assert set(common.folds[0].train.tolist()) <= set(train.tolist())


def test_without_a_prevalence_nothing_changes():
    split = make_folds(DATA, PLAIN)
    assert thin_folds(split, DATA, PLAIN) is split
    assert refit_rows(DATA, PLAIN).tolist() == list(range(360))


@pytest.mark.parametrize("protocol", [RARE, COMMON])
def test_only_the_too_frequent_class_is_thinned(protocol):
    for plain, thinned in zip(
        make_folds(DATA, PLAIN).folds, make_folds(DATA, protocol).folds, strict=True
    ):
        assert thinned.test.tolist() == plain.test.tolist()
        for part in ("train", "validation"):
            before, after = getattr(plain, part), getattr(thinned, part)
            (planets, others), (all_planets, all_others) = counts(after), counts(before)
            assert (others == all_others) if protocol is RARE else (planets == all_planets)
            assert set(after.tolist()) < set(before.tolist())
            assert after.dtype == np.int64
            assert (np.diff(after) > 0).all()
            # One row more or less would be further from the share.
            if protocol is RARE:
                assert abs(planets - others * 0.05 / 0.95) <= 0.5
            else:
                assert abs(others - planets * 0.6 / 0.4) <= 0.5


def test_thinned_folds_pass_the_leak_check_and_a_planted_leak_does_not():
    split = make_folds(DATA, RARE)
    check_split(split, DATA)
    first = split.folds[0]
    leaking = replace(first, train=np.union1d(first.train, first.test[:1]))
    with pytest.raises(ValueError, match="stands in train and test"):
        check_split(replace(split, folds=(leaking,)), DATA)


def kept(data: LightCurves, protocol: Protocol) -> list[list[str]]:
    """The rows of every part by what they are, not where they stand."""
    names = np.char.add(data.stars, data.labels.astype(str))
    folds = make_folds(data, protocol).folds
    return [sorted(names[rows]) for fold in folds for rows in (fold.train, fold.validation)]


@pytest.mark.parametrize("protocol", [RARE, COMMON])
def test_the_order_of_the_rows_does_not_matter(protocol):
    shuffled = DATA.rows(np.random.default_rng(1).permutation(len(DATA)))
    # Of a star's two rows the class tells which is which, so any order will do here.
    assert kept(shuffled, protocol) == kept(DATA, protocol)


def test_equal_seeds_thin_alike_and_folds_repeats_and_parts_apart():
    assert kept(DATA, RARE) == kept(DATA, RARE)
    assert kept(DATA, RARE) != kept(DATA, RARE.model_copy(update={"seed": 5}))
    everything = np.arange(len(DATA))
    folds = [
        Fold(repeat, fold, everything, everything, everything[:0])
        for repeat, fold in ((0, 0), (0, 1), (1, 0))
    ]
    thinned = thin_folds(Split(tuple(folds)), DATA, RARE).folds
    drawn = [tuple(rows) for fold in thinned for rows in (fold.train, fold.validation)]
    drawn.append(tuple(refit_rows(DATA, RARE)))
    assert len({len(rows) for rows in drawn}) == 1
    assert len(set(drawn)) == 7


def test_the_last_fit_sees_thinned_rows_that_may_train():
    trainable = np.arange(360) % 3 > 0
    data = replace(DATA, trainable=trainable)
    rows = refit_rows(data, RARE)
    assert trainable[rows].all()
    assert counts(rows) == (round(200 * 0.05 / 0.95), 200)
    np.testing.assert_array_equal(rows, refit_rows(data, RARE))


@pytest.mark.parametrize(
    ("prevalence", "words"),
    [
        (
            0.001,
            "leaves no planet in the train part of repeat 0 fold 0, which holds 32 planets and",
        ),
        (0.999, "leaves no other row in the train part of repeat 0 fold 0, which holds 32 planets"),
    ],
)
def test_a_share_that_no_row_can_have_is_refused(prevalence, words):
    with pytest.raises(InputError) as caught:
        make_folds(DATA, PLAIN.model_copy(update={"prevalence": prevalence}))
    assert str(caught.value).startswith(f"protocol.prevalence: {prevalence:g} must leave at least")
    assert words in str(caught.value)


def test_the_last_fit_is_refused_in_the_same_way():
    with pytest.raises(InputError, match=r"leaves no planet in the rows of the last fit, which"):
        refit_rows(DATA, Protocol(prevalence=1e-3))


def test_a_given_split_is_thinned_too():
    number = np.arange(360)
    data = replace(DATA, given_test=(number < 15) | (number >= 340))
    split = make_folds(data, Protocol(split="given", prevalence=0.05))
    assert split.folds[0].test.tolist() == np.flatnonzero(data.given_test).tolist()
    assert len(split.notes) == 2
    assert "dropped, because the same stars stand in the given test set" in split.notes[0]
    assert split.notes[1].startswith("Rows were thinned at random to a share of planets of 0.05: ")
