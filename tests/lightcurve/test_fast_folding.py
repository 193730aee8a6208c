"""Fast folding against folding by hand: every drift, every box, every star by itself."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kepler_keras.lightcurve.fast_folding import fold_and_score, merge_plan
from kepler_keras.lightcurve.lanes import BYTES, LANES, aligned

WIDTHS = np.array([[2, 0], [3, 1], [4, 1], [6, 1]])


def folded(stars, p, widths=WIDTHS, scale=1.0):
    """Ratios of every drift and star by the compiled code, shape (rows, LANES)."""
    n_bins = len(stars)
    rows = -(-n_bins // p)
    x = aligned(rows * p)
    x[: n_bins * LANES] = stars.ravel()
    of_stars = aligned(2)
    of_stars[:] = scale
    best = aligned(rows)
    fold_and_score(
        x,
        n_bins,
        p,
        rows,
        merge_plan(rows),
        widths,
        len(widths),
        of_stars,
        aligned(2 * rows * p).reshape(2, -1),
        aligned(p + 8),
        best,
    )
    return best.reshape(rows, LANES)


def shifts(rows, drift):
    """By how much each row is shifted, from the definition of head and tail."""
    if rows == 1:
        return [0]
    head = rows // 2
    tail = rows - head

    def nearest(part):
        return int(np.floor(drift * (part - 1) / (rows - 1) + 0.5))

    later = [one + drift - nearest(tail) for one in shifts(tail, nearest(tail))]
    return shifts(head, nearest(head)) + later


def by_hand(stars, p, widths=WIDTHS):
    """The same from sums of shifted rows, box by box."""
    n_bins = len(stars)
    rows = -(-n_bins // p)
    padded = np.zeros((rows * p, stars.shape[1]))
    padded[:n_bins] = stars
    full = n_bins - (rows - 1) * p
    result = np.full((rows, stars.shape[1]), -np.inf)
    for drift in range(rows):
        total = np.zeros((p, stars.shape[1]))
        for row, shift in enumerate(shifts(rows, drift)):
            total += np.roll(padded[row * p : (row + 1) * p], -shift, axis=0)
        for width in widths[:, 0]:
            for start in range(p):
                n = width * (rows if (start + drift) % p < full else rows - 1)
                box = total[(start + np.arange(width)) % p].sum(axis=0)
                ratio = box * np.sqrt(n_bins / (n * (n_bins - n)))
                result[drift] = np.maximum(result[drift], ratio)
    return result


@settings(deadline=None, max_examples=40)
@given(p=st.integers(8, 40), n_bins=st.integers(16, 900), seed=st.integers(0, 9))
def test_every_drift_equals_folding_by_hand(p, n_bins, seed):
    if n_bins <= p or n_bins // p * 6 >= n_bins - 6:
        return
    stars = np.random.default_rng(seed).normal(size=(n_bins, LANES)).astype(np.float32)
    np.testing.assert_allclose(folded(stars, p), by_hand(stars, p), atol=1e-4)


@pytest.mark.parametrize("rows", [2, 3, 4, 5, 63, 64, 65, 127])
def test_rows_drift_evenly(rows):
    for drift in range(rows):
        ideal = np.arange(rows) * drift / (rows - 1)
        assert np.abs(np.array(shifts(rows, drift)) - ideal).max() <= 1.5


@pytest.mark.parametrize("rows", [2, 3, 7, 100, 129])
def test_a_plan_merges_each_node_after_its_halves(rows):
    done = {(first, 1) for first in range(rows)}
    for size, first, depth in merge_plan(rows).tolist():
        head = size // 2
        assert {(first, head), (first + head, size - head)} <= done
        assert 0 <= depth <= np.ceil(np.log2(rows))
        done.add((first, size))
    assert (0, rows) in done


def test_stars_do_not_mix():
    random = np.random.default_rng(1)
    stars = random.normal(size=(200, LANES)).astype(np.float32)
    before = folded(stars, 23)
    stars[:, 5] *= 100
    after = folded(stars, 23)
    others = np.arange(LANES) != 5
    np.testing.assert_array_equal(before[:, others], after[:, others])
    assert (after[:, 5] > before[:, 5]).all()


def test_a_star_whose_boxes_scatter_more_counts_less():
    stars = np.random.default_rng(2).normal(size=(200, LANES)).astype(np.float32)
    np.testing.assert_allclose(folded(stars, 23, scale=0.5), 0.5 * folded(stars, 23), rtol=1e-6)


def test_vectors_lie_where_a_register_loads_them_at_once():
    assert aligned(3).ctypes.data % BYTES == 0
    assert aligned(3).shape == (3 * LANES,)
