"""Least squares for a cubic spline with equally spaced knots, in compiled loops.

A spline of p pieces has p + 3 coefficients; on piece k those from k to k + 3 count, so that the
normal equations have four bands.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from kepler_keras.compiled import compiled, inlined

Vector = NDArray[np.float64]


class Table(NamedTuple):
    """Where values lie: their pieces, shape (n,), and the four basis functions, shape (n, 4)."""

    piece: NDArray[np.uint64]
    basis: Vector


class Equations(NamedTuple):
    """Normal equations: element (i, i + b) of the matrix is bands[i, b], shape (p + 3, 4)."""

    bands: Vector
    right: Vector


@compiled
def tabled(where: Vector, spacing: float, pieces: int) -> Table:
    """Looks up positions, counted from the first knot in the unit of `spacing`."""
    piece, basis = np.empty(len(where), np.uint64), np.empty((len(where), 4))
    for i in range(len(where)):
        k = min(int(where[i] / spacing), pieces - 1)
        u = where[i] / spacing - k
        v = 1 - u
        piece[i] = k
        basis[i, 0] = v * v * v / 6
        basis[i, 1] = (4 - 3 * u * u * (1 + v)) / 6
        basis[i, 2] = (4 - 3 * v * v * (1 + u)) / 6
        basis[i, 3] = u * u * u / 6
    return Table(piece, basis)


@compiled
def penalised(pieces: int, stiffness: float, ends: float) -> Equations:
    """Equations of nothing but a penalty on the second differences of the coefficients.

    They are 0 for a straight line. The first and the last one are the spline's bends at its ends.

    Args:
        pieces: Of the spline.
        stiffness: Weight of their squares.
        ends: The same for the first and the last.
    """
    bands = np.zeros((pieces + 3, 4))
    weights = (1.0, -2.0, 1.0)
    for i in range(pieces + 1):
        strength = ends if i in (0, pieces) else stiffness
        for a in range(3):
            for b in range(3 - a):
                bands[i + a, b] += strength * weights[a] * weights[a + b]
    return Equations(bands, np.zeros(pieces + 3))


@inlined
def include(equations: Equations, table: Table, i: int, value: float, weight: float) -> None:
    """Adds value `i`; with a negative weight it is taken out again."""
    k = table.piece[i]
    for a in range(4):
        share = weight * table.basis[i, a]
        equations.right[k + np.uint64(a)] += share * value
        for b in range(4 - a):
            equations.bands[k + np.uint64(a), b] += share * table.basis[i, a + b]


@inlined
def spline_at(coefficients: Vector, table: Table, i: int) -> float:
    """The spline at position `i`."""
    k = table.piece[i]
    return float(
        table.basis[i, 0] * coefficients[k]
        + table.basis[i, 1] * coefficients[k + np.uint64(1)]
        + table.basis[i, 2] * coefficients[k + np.uint64(2)]
        + table.basis[i, 3] * coefficients[k + np.uint64(3)]
    )


@compiled
def solved(equations: Equations) -> Vector:
    """Coefficients, by Cholesky's elimination within the bands."""
    bands, x = equations.bands.copy(), equations.right.copy()
    n = len(x)
    for i in range(n):
        reach = min(4, n - i)
        for a in range(1, reach):
            share = bands[i, a] / bands[i, 0]
            for b in range(a, reach):
                bands[i + a, b - a] -= share * bands[i, b]
            x[i + a] -= share * x[i]
    for i in range(n - 1, -1, -1):
        for b in range(1, min(4, n - i)):
            x[i] -= bands[i, b] * x[i + b]
        x[i] /= bands[i, 0]
    return x


@compiled
def write_spline(coefficients: Vector, spacing: float, level: float, out: Vector) -> None:
    """Writes level + spline at positions 0, 1, ... into `out`, piece by piece as a polynomial."""
    pieces = len(coefficients) - 3
    start, share = 0, 1 / spacing
    for k in range(pieces):
        a, b, c, d = coefficients[k], coefficients[k + 1], coefficients[k + 2], coefficients[k + 3]
        zeroth = level + (a + 4 * b + c) / 6
        first, second, third = (c - a) / 2, (a - 2 * b + c) / 2, (d - a + 3 * (b - c)) / 6
        stop = min(int(np.ceil((k + 1) * spacing)), len(out)) if k < pieces - 1 else len(out)
        for i in range(start, stop):
            u = i * share - k
            out[i] = zeroth + u * (first + u * (second + u * third))
        start = stop
