"""How a window moves along an axis: the length that comes out, and what each unit sees."""

from collections.abc import Iterable

from kepler_keras.models.anatomy.extents import Window
from kepler_keras.models.anatomy.facts import Shape


def slide(
    length: int, *, kernel: int, stride: int, dilation: int, padding: str
) -> tuple[int, Window]:
    """Moves a window along an axis as Keras does.

    ``valid`` lets the window stand inside only. ``same`` gives ceil(length / stride) units and pads
    as little as they need, the odd zero at the end, so that what is added depends on the length.
    ``causal`` pads at the beginning alone.

    Args:
        length: Units before.
        kernel: Width of the window, in units.
        stride: Units between its places.
        dilation: Units between the values that it takes.
        padding: One of the three.

    Returns:
        Units after, and what each sees.
    """
    span = (kernel - 1) * dilation
    if padding == "same":
        after = -(-length // stride)
        before = max((after - 1) * stride + span + 1 - length, 0) // 2
    else:
        before = span if padding == "causal" else 0
        after = (length + before - span - 1) // stride + 1
    return after, Window(stride, before, span)


def slide_all(
    lengths: Shape, *, kernel: Shape, stride: Shape, dilation: Shape, padding: str
) -> tuple[Shape, tuple[Window, ...]]:
    """The same along every axis."""
    moved = [
        slide(length, kernel=k, stride=s, dilation=d, padding=padding)
        for length, k, s, d in zip(lengths, kernel, stride, dilation, strict=True)
    ]
    return tuple(after for after, _ in moved), tuple(window for _, window in moved)


def sizes(numbers: int | Iterable[int], axes: int) -> Shape:
    """A number for each axis, as layers hold them: one for all, or one each."""
    return (numbers,) * axes if isinstance(numbers, int) else tuple(numbers)
