import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from kepler_keras.data.duplicates import unite_identical_curves
from kepler_keras.data.light_curves import LightCurves


def curves(flux: list[float], stars: list[str], labels: list[int] | None = None) -> LightCurves:
    """One curve a number: equal numbers are identical curves."""
    return LightCurves(
        source="test",
        flux=np.repeat(np.array(flux, np.float32)[:, None], 3, axis=1),
        labels=np.array(labels or [0] * len(flux), np.int8),
        stars=np.array(stars),
        cadence=0.02,
        notes=("Read.",),
    )


def test_different_curves_stay_as_they_are():
    data = curves([1, 2, 3], ["a", "b", "a"])
    assert unite_identical_curves(data) is data


def test_two_stars_become_the_one_with_the_smaller_name():
    united = unite_identical_curves(curves([1, 2, 1], ["row-2", "row-3", "row-1"]))
    assert united.stars.tolist() == ["row-1", "row-3", "row-1"]


def test_stars_are_united_transitively_with_all_their_rows():
    # a and c share curve 1, c and b share curve 2; row 4 of b follows though its curve is unique.
    united = unite_identical_curves(curves([1, 1, 2, 2, 3, 4], ["a", "c", "c", "b", "b", "d"]))
    assert united.stars.tolist() == ["a", "a", "a", "a", "a", "d"]


def test_note_counts_groups_stars_and_conflicting_labels():
    united = unite_identical_curves(
        curves([1, 1, 1, 2, 2, 3], ["a", "b", "c", "d", "e", "f"], [1, 0, 0, 1, 1, 0])
    )
    assert united.notes[0] == "Read."
    assert united.notes[1] == (
        "5 rows form 2 groups of byte-identical curves; each group counts as one star, which "
        "leaves 3 stars fewer. 2 of 4 identical pairs carry different labels."
    )


def test_nearly_identical_curves_are_different():
    data = curves([1, np.nextafter(np.float32(1), np.float32(2))], ["a", "b"])
    assert unite_identical_curves(data) is data


def test_gaps_do_not_hide_a_duplicate():
    assert len(set(unite_identical_curves(curves([np.nan, np.nan], ["a", "b"])).stars)) == 1


def test_rows_that_are_columns_in_memory_are_compared_as_rows():
    data = curves([1, 1, 2], ["a", "b", "c"])
    turned = LightCurves("test", np.asfortranarray(data.flux), data.labels, data.stars, 0.02)
    assert unite_identical_curves(turned).stars.tolist() == ["a", "a", "c"]


def test_uniting_twice_changes_no_star():
    once = unite_identical_curves(curves([1, 1, 2], ["b", "a", "c"]))
    assert unite_identical_curves(once).stars.tolist() == once.stars.tolist()


@given(st.lists(st.tuples(st.integers(0, 8), st.sampled_from("abcdefgh")), min_size=1))
def test_equal_curves_and_old_stars_share_a_new_star(rows):
    flux, stars = [row[0] for row in rows], [row[1] for row in rows]
    united = unite_identical_curves(curves(flux, stars)).stars.tolist()
    for column in (flux, stars):
        star_of = {}
        for key, star in zip(column, united, strict=True):
            assert star_of.setdefault(key, star) == star
    assert all(new <= old for new, old in zip(united, stars, strict=True))
