"""Receptive fields worked out on paper."""

import pytest

from kepler_keras.models.anatomy.extents import (
    Extent,
    Window,
    gather,
    through,
    union,
    whole_view,
)
from kepler_keras.models.anatomy.windows import slide


@pytest.mark.parametrize(
    ("length", "kernel", "stride", "dilation", "padding", "after", "before", "span"),
    [
        (32, 5, 1, 1, "valid", 28, 0, 4),  # the handout's 32 -> 28
        (28, 2, 2, 1, "valid", 14, 0, 1),  # and -> 14
        (32, 5, 1, 1, "same", 32, 2, 4),
        (7, 3, 2, 1, "same", 4, 1, 2),  # 0 0123456 0: units at -1, 1, 3, 5
        (8, 3, 2, 1, "same", 4, 0, 2),  # 01234567 0: the one zero stands at the end
        (6, 4, 1, 1, "same", 6, 1, 3),  # 0 012345 00
        (10, 3, 1, 3, "valid", 4, 0, 6),
        (10, 3, 1, 3, "same", 10, 3, 6),
        (10, 3, 2, 1, "causal", 5, 2, 2),
        (10, 2, 5, 1, "same", 2, 0, 1),  # the window is shorter than its stride
        (1, 5, 2, 1, "same", 1, 2, 4),
    ],
)
def test_a_window_slides_as_on_paper(
    length, kernel, stride, dilation, padding, after, before, span
):
    moved = slide(length, kernel=kernel, stride=stride, dilation=dilation, padding=padding)
    assert moved == (after, Window(stride, before, span))


def test_two_pools_and_a_convolution():
    view = whole_view(20)
    pooled = through(view, Window(2, 0, 1), 20)  # unit i sees 2i, 2i + 1
    assert (pooled.jump, pooled.low, pooled.high, pooled.size) == (2, 0, 1, 2)
    folded = through(pooled, Window(1, 1, 2), 10)  # three units: from 2(i - 1) to 2(i + 1) + 1
    assert (folded.jump, folded.low, folded.high, folded.size) == (2, -2, 3, 6)
    assert [folded.steps(i) for i in (0, 1, 9)] == [(0, 3), (0, 5), (16, 19)]
    assert [folded.is_inner(i) for i in (0, 1, 8, 9)] == [False, True, True, False]


def test_what_unpadded_pooling_leaves_over_is_seen_by_no_unit():
    pooled = through(whole_view(11), Window(4, 0, 1), 11)  # 0-1, 4-5, 8-9
    padded = through(pooled, Window(1, 1, 2), 3)
    assert padded.steps(2) == (4, 9)  # and not step 10, nor 12-13
    assert gather(padded, 3) == Extent(11, 0, 0, 9, 0, 9)


def test_cropped_steps_are_seen_by_no_unit():
    cropped = through(whole_view(20), Window(before=-5), 20)
    folded = through(cropped, Window(1, 1, 2), 10)
    assert folded.steps(0) == (5, 6)
    assert not folded.is_inner(0)
    assert folded.is_inner(1)


def test_a_unit_of_zeros_alone_sees_nothing():
    padded = through(whole_view(4), Window(before=3), 4)
    assert [padded.steps(i) for i in (0, 2, 3, 6, 7)] == [None, None, (0, 0), (3, 3), None]


def test_upsampling_halves_the_jump():
    doubled = through(whole_view(4), Window(1 / 2, 1 / 2, 1 / 2), 4)
    assert [doubled.steps(i) for i in range(8)] == [(i // 2, i // 2) for i in range(8)]
    assert doubled.size == 1


def test_a_field_wider_than_the_view():
    wide = through(whole_view(9), Window(1, 10, 20), 9)
    assert (wide.size, wide.seen, wide.steps(4)) == (21, 9, (0, 8))


def test_union_of_a_branch_and_its_shortcut():
    view = whole_view(10)
    branch = through(view, Window(1, 2, 4), 10)
    assert union([view, branch], 10) == branch
    left, right = through(view, Window(1, 3, 3), 10), through(view, Window(1, 0, 2), 10)
    merged = union([left, right], 10)
    assert (merged.low, merged.high, merged.size) == (-3, 2, 6)


def test_union_with_what_sees_all_sees_all():
    view = whole_view(10)
    assert union([view, gather(view, 10)], 10) == gather(view, 10)


def test_union_of_different_jumps_is_not_known():
    view = whole_view(10)
    assert (
        union([through(view, Window(2, 0, 1), 10), through(view, Window(before=-5), 10)], 5) is None
    )
