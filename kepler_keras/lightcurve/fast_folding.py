"""Folding stars at every trial period at once, and the strongest box of each fold.

The fast folding algorithm (Staelin 1969, Proc. IEEE 57:724): rows of p bins, one a cycle, are added
in pairs, pairs in fours and so on. A node of m rows holds m sums, in which the last row is shifted
by 0, 1, ... m - 1 bins against the first; its halves hold what it needs, so all M drifts of a base
period cost M log2(M) additions a bin in place of M^2. Which drift of a half goes into which of the
whole follows Morello et al. 2020 (MNRAS 497:4654, Sec. 4.1), rounded to the nearest.
"""

import numpy as np
from numpy.typing import NDArray

from kepler_keras.compiled import compiled, inlined
from kepler_keras.lightcurve.lanes import (
    Vector,
    add,
    load,
    maximum,
    multiply,
    repeated,
    store,
    subtract,
)

Floats = NDArray[np.float32]
Widths = NDArray[np.int64]

SMALLEST = 1e30  # below every signal-to-noise ratio, with the sign turned


@compiled
def merge_plan(rows: int) -> NDArray[np.int32]:
    """Nodes to be merged for a fold of `rows` cycles, children first, the root last.

    Returns:
        Shape (nodes, 3): number of rows, first row, depth below the root. Single rows are no nodes.
    """
    plan = np.empty((max(rows - 1, 1), 3), np.int32)
    # Parents are met before their children, so the plan is written from its end.
    stack = np.empty((rows + 1, 3), np.int32)
    stack[0, 0], stack[0, 1], stack[0, 2] = rows, 0, 0
    height, place = 1, rows - 1
    while height > 0:
        height -= 1
        size, first, depth = stack[height, 0], stack[height, 1], stack[height, 2]
        if size == 1:
            continue
        place -= 1
        plan[place, 0], plan[place, 1], plan[place, 2] = size, first, depth
        head = size // 2
        stack[height, 0], stack[height, 1], stack[height, 2] = head, first, depth + 1
        height += 1
        stack[height, 0], stack[height, 1], stack[height, 2] = size - head, first + head, depth + 1
        height += 1
    return plan


@inlined
def _half_drifts(size: int, drift: int) -> tuple[int, int]:
    """Drifts of head and tail that make up a drift of the whole, rounded to the nearest."""
    head = size // 2
    tail = size - head
    twice = 2 * (size - 1)
    of_head = (2 * drift * (head - 1) + size - 1) // twice
    of_tail = (2 * drift * (tail - 1) + size - 1) // twice
    return of_head, of_tail


@inlined
def _add_rows(
    one: Floats, at_one: int, two: Floats, at_two: int, shift: int, p: int, out: Floats, at: int
) -> None:
    """``out[i] = one[i] + two[(i + shift) mod p]``, in two runs without a remainder."""
    for i in range(p - shift):
        store(out, at + i, add(load(one, at_one + i), load(two, at_two + shift + i)))
    for i in range(p - shift, p):
        store(out, at + i, add(load(one, at_one + i), load(two, at_two + shift - p + i)))


@compiled
def _merge(one: Floats, two: Floats, out: Floats, first: int, size: int, p: int) -> None:
    """All drifts of a node; its head starts at row `first` of `one`, its tail follows in `two`."""
    head = size // 2
    for drift in range(size):
        of_head, of_tail = _half_drifts(size, drift)
        shift = (drift - of_tail) % p
        at_one, at_two = (first + of_head) * p, (first + head + of_tail) * p
        _add_rows(one, at_one, two, at_two, shift, p, out, (first + drift) * p)


@inlined
def _source(x: Floats, other: Floats, size: int) -> Floats:
    """Where a half of a node lies: single rows are the data themselves."""
    return x if size == 1 else other


@inlined
def _running_sum(
    one: Floats,
    at_one: int,
    two: Floats,
    at_two: int,
    shift: int,
    p: int,
    longest: int,
    total: Floats,
) -> None:
    """Sums of the fold's first bins, 0 to p + longest of them, around the circle."""
    level = repeated(np.float32(0))
    store(total, 0, level)
    for i in range(p - shift):
        level = add(level, add(load(one, at_one + i), load(two, at_two + shift + i)))
        store(total, i + 1, level)
    for i in range(p - shift, p):
        level = add(level, add(load(one, at_one + i), load(two, at_two + shift - p + i)))
        store(total, i + 1, level)
    for i in range(1, longest + 1):
        store(total, p + i, add(level, load(total, i)))


@inlined
def _deepest(total: Floats, start: int, stop: int, width: int) -> Vector:
    """Largest sum of `width` bins that begins in [start, stop)."""
    best = repeated(np.float32(-SMALLEST))
    for i in range(start, stop):
        best = maximum(best, subtract(load(total, i + width), load(total, i)))
    return best


@inlined
def _three_deepest(
    total: Floats, start: int, stop: int, one: int, two: int, three: int
) -> tuple[Vector, Vector, Vector]:
    """The same for three widths, with one reading of where they begin."""
    best_one = best_two = best_three = repeated(np.float32(-SMALLEST))
    for i in range(start, stop):
        before = load(total, i)
        best_one = maximum(best_one, subtract(load(total, i + one), before))
        best_two = maximum(best_two, subtract(load(total, i + two), before))
        best_three = maximum(best_three, subtract(load(total, i + three), before))
    return best_one, best_two, best_three


@compiled
def _score(
    total: Floats,
    start: int,
    stop: int,
    widths: Widths,
    n_widths: int,
    weights: Floats,
    scale: Floats,
    best: Vector,
) -> Vector:
    """The largest signal-to-noise ratio of boxes that begin in [start, stop), or `best`.

    `widths` holds widths in bins and their durations' numbers, `weights` makes a sum over a box of
    that width its ratio in white noise, `scale` has what each star's noise makes of that, a vector
    by duration's number.
    """
    k = 0
    while k + 3 <= n_widths:
        found = _three_deepest(total, start, stop, widths[k, 0], widths[k + 1, 0], widths[k + 2, 0])
        for j in range(3):
            factor = multiply(repeated(weights[k + j]), load(scale, widths[k + j, 1]))
            best = maximum(best, multiply(found[j], factor))
        k += 3
    while k < n_widths:
        factor = multiply(repeated(weights[k]), load(scale, widths[k, 1]))
        best = maximum(best, multiply(_deepest(total, start, stop, widths[k, 0]), factor))
        k += 1
    return best


@compiled
def _weights(widths: Widths, n_widths: int, rows: int, n_bins: int, weights: Floats) -> None:
    """Fills `weights` for boxes of which every bin has `rows` cycles among `n_bins` in all."""
    for k in range(n_widths):
        n = widths[k, 0] * rows
        weights[k] = np.sqrt(n_bins / (n * (n_bins - n)))


@compiled
def fold_and_score(
    x: Floats,
    n_bins: int,
    p: int,
    rows: int,
    plan: NDArray[np.int32],
    widths: Widths,
    n_widths: int,
    scale: Floats,
    room: Floats,
    total: Floats,
    best: Floats,
) -> None:
    """The strongest box at each drift of one base period.

    Args:
        x: Interleaved data, dips positive, mean 0, unit sigma, zeros from `n_bins` to rows * p.
        n_bins: Bins with data.
        p: The base period in bins.
        rows: Cycles M, with (M - 1) * p < n_bins <= M * p, at least 2.
        plan: See `merge_plan`.
        widths: In bins, ascending, at most half of p, and the numbers of their durations, shape
            (at least n_widths, 2). Wider ones could hold all the data.
        n_widths: How many of them count.
        scale: What each star's noise does to a ratio, a vector by duration's number.
        room: Two buffers of rows * p vectors.
        total: Room for p + widest + 1 vectors.
        best: Shape (rows * LANES,); gets the ratio at drifts 0 ... M - 1.
    """
    for node in range(len(plan) - 1):
        size, first, depth = plan[node, 0], plan[node, 1], plan[node, 2]
        head = size // 2
        other = room[(depth + 1) % 2]
        one, two = _source(x, other, head), _source(x, other, size - head)
        _merge(one, two, room[depth % 2], first, size, p)
    weights = np.empty((2, n_widths), np.float32)  # of bins seen rows - 1 times and rows times
    for more in range(2):
        _weights(widths, n_widths, rows - 1 + more, n_bins, weights[more])
    head, longest = rows // 2, widths[n_widths - 1, 0]
    one, two = _source(x, room[1], head), _source(x, room[1], rows - head)
    full = n_bins - (rows - 1) * p  # bins of the last row that have data
    for drift in range(rows):
        of_head, of_tail = _half_drifts(rows, drift)
        shift = (drift - of_tail) % p
        _running_sum(one, of_head * p, two, (head + of_tail) * p, shift, p, longest, total)
        # `full` bins around the circle have a value in every row; here they begin at `start`.
        start = (p - drift % p) % p
        stop = start + full
        around = stop > p
        edges = (0, stop - p, start, p) if around else (0, start, stop, p)
        top = repeated(np.float32(-SMALLEST))
        for part in range(3):
            more = 1 - part % 2 if around else part % 2
            top = _score(
                total, edges[part], edges[part + 1], widths, n_widths, weights[more], scale, top
            )
        store(best, drift, top)
