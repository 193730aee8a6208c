from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from kepler_keras.data.light_curves import LightCurves
from kepler_keras.data.splits import (
    PARTS,
    Fold,
    Split,
    check_split,
    make_folds,
    summarise_parts,
)
from kepler_keras.errors import InputError
from kepler_keras.experiment import Protocol


def curves(rows: str, **columns: object) -> LightCurves:
    """Rows as text: ``"a1 b0 b0"`` is a planet of star a and two other rows of star b."""
    items = rows.split()
    return LightCurves(
        source="test",
        flux=np.arange(2 * len(items), dtype=np.float32).reshape(-1, 2),
        labels=np.array([int(item[-1]) for item in items], np.int8),
        stars=np.array([item[:-1] for item in items]),
        cadence=0.02,
        **columns,
    )


# 4 positive stars (b with two rows, one of them no planet), 6 negative stars (e with two rows).
TEN_STARS = curves("a1 b1 b0 c1 d1 e0 e0 f0 g0 h0 i0 j0")


def parts(fold: Fold, data: LightCurves) -> dict[str, set[str]]:
    return {part: set(data.stars[getattr(fold, part)].tolist()) for part in PARTS}


def test_every_row_is_tested_once_in_each_repeat():
    split = make_folds(TEN_STARS, Protocol(folds=3, repeats=2))
    assert [(fold.repeat, fold.fold) for fold in split.folds] == [
        (0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (1, 2),
    ]  # fmt: skip
    for repeat in (0, 1):
        tested = [fold.test for fold in split.folds if fold.repeat == repeat]
        assert sorted(np.concatenate(tested).tolist()) == list(range(12))


def test_parts_of_a_fold_hold_whole_stars_and_all_rows():
    for fold in make_folds(TEN_STARS, Protocol(folds=3)).folds:
        stars = parts(fold, TEN_STARS)
        assert not stars["train"] & stars["validation"]
        assert not (stars["train"] | stars["validation"]) & stars["test"]
        rows = np.concatenate([fold.train, fold.validation, fold.test])
        assert sorted(rows.tolist()) == list(range(12))
        assert all(getattr(fold, part).dtype == np.int64 for part in PARTS)


def test_positive_stars_are_spread_evenly():
    split = make_folds(TEN_STARS, Protocol(folds=2))
    counts = [part for part in summarise_parts(split, TEN_STARS) if part.part == "test"]
    assert [(count.n_stars, count.n_positive_stars) for count in counts] == [(5, 2), (5, 2)]


def test_repeats_and_seeds_draw_other_folds_and_the_same_call_the_same():
    many = curves(" ".join(f"p{i}s1 n{i}s0" for i in range(20)))

    def tests(**settings: int) -> list[list[int]]:
        split = make_folds(many, Protocol(folds=4, **settings))
        return [fold.test.tolist() for fold in split.folds]

    assert tests(seed=1) == tests(seed=1)
    assert tests(seed=1) != tests(seed=2)
    two = tests(seed=1, repeats=2)
    assert two[:4] == tests(seed=1)
    assert two[4:] != two[:4]


def test_folds_do_not_depend_on_the_order_of_the_rows():
    order = np.random.default_rng(1).permutation(len(TEN_STARS))
    shuffled = TEN_STARS.rows(order)
    one = make_folds(TEN_STARS, Protocol(folds=3))
    two = make_folds(shuffled, Protocol(folds=3))
    for a, b in zip(one.folds, two.folds, strict=True):
        assert parts(a, TEN_STARS) == parts(b, shuffled)


def test_validation_takes_its_share_of_the_stars_of_each_class():
    many = curves(" ".join(f"p{i}s1 n{i}s0 m{i}s0" for i in range(50)))
    fold = make_folds(many, Protocol(folds=5, validation_share=0.25)).folds[0]
    stars = parts(fold, many)
    # 40 positive and 80 negative stars are left for training.
    assert len([star for star in stars["validation"] if star[0] == "p"]) == 10
    assert len([star for star in stars["validation"] if star[0] != "p"]) == 20


def test_validation_and_training_get_one_positive_star_each_at_least():
    few = curves("a1 b1 c1 " + " ".join(f"n{i}s0" for i in range(30)))
    for share in (0.01, 0.49):
        split = make_folds(few, Protocol(folds=3, validation_share=share))
        assert all(count.n_positive_stars == 1 for count in summarise_parts(split, few))


def test_rows_that_may_not_train_stand_in_tests_only():
    trainable = np.ones(12, bool)
    trainable[[5, 7]] = False  # one of two rows of star e, and star f altogether
    data = replace(TEN_STARS, trainable=trainable)
    split = make_folds(data, Protocol(folds=2))
    tested = np.concatenate([fold.test for fold in split.folds])
    assert sorted(tested.tolist()) == list(range(12))
    for fold in split.folds:
        assert not {5, 7} & set(np.concatenate([fold.train, fold.validation]).tolist())


@pytest.mark.parametrize("seed", range(20))
def test_stars_that_train_are_spread_evenly_over_the_tests(seed):
    # Four positive stars train and three (one of them by its second row) do not: if a test took
    # three of the four, only one would be left for training and validation.
    trainable = np.array([1, 1, 1, 1, 0, 0, 0, 1, 1, 1, 1, 1], bool)
    data = curves("a1 b1 c1 d1 e1 f1 g1 g0 h0 i0 j0 k0", trainable=trainable)
    for fold in make_folds(data, Protocol(folds=2, seed=seed)).folds:
        tested = set(data.stars[fold.test].tolist())
        assert len(tested & set("abcd")) == 2
        assert len(tested & set("abcdefg")) in (3, 4)


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ("a1 b1 c0 d0 e0", "3 folds need at least 3 positive stars, the data hold 2 positive"),
        ("a1 a1 a1 b1 c0 d0 e0", "at least 3 positive stars, the data hold 2 positive stars"),
        ("a1 b1 c1 c0 d0 e0", "at least 3 negative stars, the data hold 2 negative stars among 5"),
    ],
)
def test_too_few_stars_for_the_folds(rows, words):
    with pytest.raises(InputError) as caught:
        make_folds(curves(rows), Protocol(folds=3))
    assert str(caught.value).startswith("protocol.folds: ")
    assert words in str(caught.value)


def test_too_few_positive_stars_for_validation():
    with pytest.raises(InputError) as caught:
        make_folds(curves("a1 b1 c0 d0 e0 f0"), Protocol(folds=2))
    sentence = str(caught.value)
    assert "the validation part of repeat 0 fold 0" in sentence
    assert "at least one positive star, got none" in sentence
    assert "positive stars are: train 1 of" in sentence


def test_too_few_negative_stars_for_validation():
    with pytest.raises(InputError, match=r"the validation part .* one negative star, got none"):
        make_folds(curves("a0 b0 c1 d1 e1 f1"), Protocol(folds=2))


def test_given_test_set_of_the_source():
    given = np.array([0, 0, 0, 1, 0, 1, 1, 0, 0, 0, 0, 0], bool)
    data = replace(TEN_STARS, given_test=given)
    split = make_folds(data, Protocol(split="given", folds=5, repeats=3))
    (fold,) = split.folds
    assert fold.test.tolist() == [3, 5, 6]
    assert split.notes == ()
    assert len(np.concatenate([fold.train, fold.validation])) == 9


def test_training_rows_of_tested_stars_are_dropped_with_a_note():
    given = np.array([0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0], bool)  # one row of b, one of e
    data = replace(TEN_STARS, given_test=given)
    split = make_folds(data, Protocol(split="given"))
    (fold,) = split.folds
    assert fold.test.tolist() == [1, 5]
    assert not {2, 6} & set(np.concatenate([fold.train, fold.validation]).tolist())
    assert split.notes[0].startswith("2 training rows (0 of them planets) of 2 stars were dropped")


def test_test_stars_of_the_protocol():
    split = make_folds(TEN_STARS, Protocol(split="given", test_stars=("b", "e")))
    assert split.folds[0].test.tolist() == [1, 2, 5, 6]


@pytest.mark.parametrize(
    ("stars", "hint"),
    [(("kic-12", "kic-133"), "did you mean 'kic-13'?"), (("zzz",), "its first star is 'kic-11'")],
)
def test_unknown_test_star(stars, hint):
    data = curves("kic-111 kic-121 kic-131 kic-140 kic-150 kic-160")
    with pytest.raises(InputError) as caught:
        make_folds(data, Protocol(split="given", test_stars=stars))
    assert f"protocol.test_stars: the data hold no star {stars[-1]!r}; {hint}" in str(caught.value)


def test_given_split_without_a_test_set():
    with pytest.raises(InputError, match=r"the source test brings none and protocol\.test_stars"):
        make_folds(TEN_STARS, Protocol(split="given"))


def test_given_split_with_two_test_sets():
    data = replace(TEN_STARS, given_test=np.arange(12) < 2)
    with pytest.raises(InputError, match="the source test already brings a test set"):
        make_folds(data, Protocol(split="given", test_stars=("a",)))


@pytest.mark.parametrize(
    ("stars", "part", "kind"),
    [
        (("e", "f"), "test", "positive"),
        (("a", "b"), "test", "negative"),
        (("b", "c", "d", "e"), "validation", "positive"),
        (("a", "b", "c", "d", "e"), "train", "positive"),
    ],
)
def test_given_split_that_lacks_a_class(stars, part, kind):
    with pytest.raises(InputError, match=f"the {part} part .* at least one {kind} star, got none"):
        make_folds(TEN_STARS, Protocol(split="given", test_stars=stars))


def fold(repeat: int, number: int, train: list[int], validation: list[int], test: list[int]):
    rows = [np.array(part, np.int64) for part in (train, validation, test)]
    return Fold(repeat, number, *rows)


FOUR = curves("a1 a1 b0 c1 d0")


def test_a_sound_split_passes_the_check():
    check_split(Split((fold(0, 0, [2], [3], [0, 1]), fold(0, 1, [0, 1], [3], [2]))), FOUR)
    check_split(Split((fold(0, 0, [2], [3], [0, 1]), fold(1, 0, [2], [3], [0, 1]))), FOUR)


@pytest.mark.parametrize(
    ("folds", "words"),
    [
        ([fold(0, 0, [1, 2], [3], [0])], "fold 0: star a stands in train and test"),
        ([fold(0, 0, [0], [1, 3], [2])], "fold 0: star a stands in train and validation"),
        ([fold(0, 0, [2], [1, 3], [0])], "fold 0: star a stands in validation and test"),
        (
            [fold(0, 0, [2], [3], [0]), fold(0, 1, [2], [3], [1])],
            "repeat 0 fold 1: star a is tested in fold 0 too",
        ),
        ([fold(0, 0, [2, 2], [3], [0])], "a row stands twice in train"),
        ([fold(0, 0, [2, 4], [3], [0])], "a row that may not train stands in train"),
        ([fold(0, 0, [2], [3, 4], [0])], "a row that may not train stands in validation"),
    ],
)
def test_planted_leaks_are_caught(folds, words):
    data = replace(FOUR, trainable=np.array([True, True, True, True, False]))
    with pytest.raises(ValueError, match=words):
        check_split(Split(tuple(folds)), data)


def test_make_folds_ends_with_the_check(monkeypatch):
    checked = []
    monkeypatch.setattr(
        "kepler_keras.data.splits.check_split", lambda split, data: checked.append((split, data))
    )
    split = make_folds(TEN_STARS, Protocol(folds=2))
    assert checked == [(split, TEN_STARS)]


@settings(deadline=None, max_examples=60)
@given(
    st.lists(st.tuples(st.integers(0, 30), st.booleans(), st.booleans()), min_size=8, max_size=90),
    st.integers(2, 4),
    st.integers(0, 99),
)
def test_any_data_are_split_soundly_or_refused(rows, folds, seed):
    data = curves(
        " ".join(f"s{star}s{int(label)}" for star, label, _ in rows),
        trainable=np.array([index % 9 > 0 for index in range(len(rows))]),
    )
    try:
        split = make_folds(data, Protocol(folds=folds, seed=seed, repeats=2))
    except InputError:
        assume(False)
    check_split(split, data)
    assert len(split.folds) == 2 * folds
    for count in summarise_parts(split, data):
        assert 1 <= count.n_positive_stars < count.n_stars
