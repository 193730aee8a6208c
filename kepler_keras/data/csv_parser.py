"""Reads lines of decimal numbers to float32, correctly rounded, straight from the bytes.

`parse_lines` knows clean lines only: digits, sign, point, exponent, nothing or nan in a gap. At
anything else it stops, and whoever called it looks at that line with care. What it does read is
the float32 nearest to the decimal as written, ties to even, with no double rounding:

- At most 8 places behind the point and digits below 2**53: `digits / 10**places` is one division
  of exact doubles, right to 2**-53. Rounding on to float32 could only go wrong if the decimal lay
  that near to a midpoint of two float32, m / 2**k with m < 2**25, without being one; but two
  fractions of these denominators differ by at least 2**-25 / 10**8 > 2**-52 of their size.
- All else: the double is right to 2**-51. Where 2**-50 more and less round to the same float32,
  that is the answer; else the line goes back, and `nearest_float32` decides.

Common cells are read 8 bytes at a time within a register.
"""

from collections.abc import Callable
from decimal import Decimal
from typing import Any, TypeAlias, TypeVar, cast

import numba
import numpy as np
from numpy.typing import NDArray

Function = TypeVar("Function", bound=Callable[..., Any])
Whole: TypeAlias = int | np.int64
Truth: TypeAlias = bool | np.bool_

PADDING = 32  # readable bytes that must follow the last line

POWERS = np.array([float(f"1e{power}") for power in range(61)])
WHOLE_POWERS = np.array([10**power for power in range(16)], dtype=np.uint64)
DOUBTFUL = 2.0**-50
EXACT_PLACES = 8
SMALLEST, LARGEST = 1e-36, 1e38  # float32 is normal and finite between them
MOST_DIGITS = 19  # fit into 64 bits
LARGEST_POWER = 60

ONES = np.uint64(0x0101010101010101)
HIGHS = np.uint64(0x8080808080808080)
ABOVE_NINE = np.uint64(0x7676767676767676)
ZEROS = np.uint64(0x3030303030303030)
POINTS = np.uint64(0x2E2E2E2E2E2E2E2E)
COMMAS = np.uint64(0x2C2C2C2C2C2C2C2C)
NONE, ONE, EIGHT, WORD, TOP = (np.uint64(number) for number in (0, 1, 8, 64, 56))
NEW_LINE, RETURN, COMMA, PLUS, MINUS, POINT, ZERO = (np.uint8(ord(sign)) for sign in "\n\r,+-.0")


def compiled(function: Function) -> Function:
    """Compiles at the first call and keeps the machine code beside the source, if it can."""
    try:
        return cast(Function, numba.njit(cache=True, nogil=True)(function))
    except RuntimeError:  # no folder for the machine code can be written
        return cast(Function, numba.njit(nogil=True)(function))


def nearest_float32(cell: str) -> np.float32:
    """The float32 nearest to a decimal, ties to even, however long it is.

    Raises:
        ValueError: It is no number.
    """
    double = float(cell)
    with np.errstate(over="ignore", under="ignore"):
        single = np.float32(double)
        # As floats: NumPy would round the double for a comparison with float32.
        towards = np.float32(np.inf if double > float(single) else -np.inf)
        other = np.nextafter(single, towards)
    # Only a double that is a midpoint itself may have been rounded onto it.
    if double == float(single) or (float(single) + float(other)) / 2 != double:
        return single
    exact, midpoint = Decimal(cell), Decimal(double)
    if exact == midpoint:
        return single
    return min(single, other) if exact < midpoint else max(single, other)


@compiled
def _word(text: NDArray[np.uint8], at: Whole) -> np.uint64:
    """Eight bytes as one number, the first in the lowest place."""
    start = np.uint64(at)
    word = NONE
    for index in range(8):
        shift = np.uint64(8 * index)
        word |= np.uint64(text[start + np.uint64(index)]) << shift
    return word


@compiled
def _marks(word: np.uint64, byte: np.uint64) -> np.uint64:
    """The high bit of each byte that equals; the lowest mark is right, those above may not be."""
    other = word ^ byte
    return (other - ONES) & ~other & HIGHS


@compiled
def _first(marks: np.uint64) -> np.uint64:
    """Index of the byte with the lowest mark, of which there must be one."""
    below = (marks & (~marks + ONE)) - ONE
    return ((below & ONES) * ONES >> TOP) - ONE


@compiled
def _without(word: np.uint64, index: np.uint64) -> np.uint64:
    """Takes one byte out; those after it move up."""
    kept = (ONE << (EIGHT * index)) - ONE
    return (word & kept) | ((word >> EIGHT) & ~kept)


@compiled
def _eight_digits(digits: np.uint64) -> np.uint64:
    """The number of eight digits 0 to 9, the first in the lowest byte."""
    pairs = digits * np.uint64(10) + (digits >> EIGHT)
    low = (pairs & np.uint64(0x000000FF000000FF)) * np.uint64(0x000F424000000064)
    high = ((pairs >> np.uint64(16)) & np.uint64(0x000000FF000000FF)) * np.uint64(
        0x0000271000000001
    )
    return (low + high) >> np.uint64(32)


@compiled
def _no_digits(digits: np.uint64) -> Truth:
    return bool(((digits + ABOVE_NINE) | digits) & HIGHS != NONE)


@compiled
def _left(word: np.uint64, count: np.uint64) -> np.uint64:
    """The digits 0 to 9 of the first `count` characters, 1 to 8, behind zeros."""
    return (word ^ ZEROS) << (EIGHT * (EIGHT - count))


@compiled
def _short_cell(text: NDArray[np.uint8], at: Whole) -> tuple[Whole, np.uint64, Whole]:
    """Reads digits and at most one point up to a comma.

    Returns:
        Length, digits as a number, places behind the point; length 0 where it is something else
        or longer than 7 digits before the point and 15 behind it.
    """
    word = _word(text, at)
    commas, points = _marks(word, COMMAS), _marks(word, POINTS)
    if commas != NONE:  # all of it lies in one word
        length, point = _first(commas), _first(commas | points)
        pointed = np.uint64(point < length)
        count = length - pointed
        if count == NONE:
            return 0, NONE, 0
        digits = _left(_without(word, point), count)
        if _no_digits(digits):
            return 0, NONE, 0
        places = (length - ONE - point) * pointed
        return np.int64(length), _eight_digits(digits), np.int64(places)
    if points == NONE or text[at] == POINT:
        return 0, NONE, 0
    point = _first(points)
    behind, fraction = _fraction(text, at + 1 + np.int64(point))
    whole = _left(word, point)
    if behind == 0 or np.int64(point) + behind > MOST_DIGITS or _no_digits(whole):
        return 0, NONE, 0
    number = _eight_digits(whole) * WHOLE_POWERS[behind] + fraction
    return np.int64(point) + 1 + behind, number, behind


@compiled
def _fraction(text: NDArray[np.uint8], at: Whole) -> tuple[Whole, np.uint64]:
    """Reads 1 to 15 digits up to a comma; none where it is something else."""
    word = _word(text, at)
    commas = _marks(word, COMMAS)
    if commas != NONE:
        places = _first(commas)
        if places == NONE:
            return 0, NONE
        digits = _left(word, places)
        return (0, NONE) if _no_digits(digits) else (np.int64(places), _eight_digits(digits))
    last = _word(text, at + 8)
    commas = _marks(last, COMMAS)
    if commas == NONE or _no_digits(word ^ ZEROS):
        return 0, NONE
    places = _first(commas)
    number = _eight_digits(word ^ ZEROS)
    if places == NONE:
        return 8, number
    digits = _left(last, places)
    if _no_digits(digits):
        return 0, NONE
    return 8 + np.int64(places), number * WHOLE_POWERS[places] + _eight_digits(digits)


@compiled
def _rounded(digits: np.uint64, power: Whole) -> tuple[Truth, np.float32]:
    """The float32 nearest to digits * 10**power, or False where a double cannot tell it."""
    if digits == NONE:
        return True, np.float32(0.0)
    if power > LARGEST_POWER or power < -LARGEST_POWER:
        return False, np.float32(0.0)
    double = np.float64(digits)
    double = double * POWERS[power] if power > 0 else double / POWERS[-power]
    if not (SMALLEST < double < LARGEST):
        return False, np.float32(0.0)
    below = np.float32(double * (1.0 - DOUBTFUL))
    return below == np.float32(double * (1.0 + DOUBTFUL)), below


@compiled
def _is_digit(byte: np.uint8) -> Truth:
    return bool(np.uint8(byte - ZERO) <= np.uint8(9))


@compiled
def _ends_cell(byte: np.uint8) -> Truth:
    return bool(byte in (COMMA, NEW_LINE, RETURN))


@compiled
def _exponent(text: NDArray[np.uint8], at: Whole) -> tuple[Whole, Whole]:
    """The signed whole number at `at` and where it ends; it ends at `at` where there is none."""
    start = at
    negative = text[at] == MINUS
    if negative or text[at] == PLUS:
        at += 1
    first = at
    number: Whole = 0
    while _is_digit(text[at]) and at - first < 4:
        number = number * 10 + np.int64(text[at] - ZERO)
        at += 1
    if at == first:
        return start, 0
    return at, -number if negative else number


@compiled
def _is_nan(text: NDArray[np.uint8], at: Whole) -> Truth:
    """Whether it says nan, NaN or NAN."""
    a, b, c = text[at], text[at + 1], text[at + 2]
    small = a == ord("n") and b == ord("a") and c == ord("n")
    return small or bool(a == ord("N") and c == ord("N") and b in (ord("a"), ord("A")))


@compiled
def _any_cell(text: NDArray[np.uint8], at: Whole) -> tuple[Whole, np.float32]:
    """Reads one cell byte by byte; the end is -1 where it is not understood."""
    if _ends_cell(text[at]):
        return at, np.float32(np.nan)
    if _is_nan(text, at):
        return at + 3, np.float32(np.nan)
    negative = text[at] == MINUS
    if negative or text[at] == PLUS:
        at += 1
    digits = NONE
    power: Whole = 0
    used: Whole = 0
    found = 0
    behind_point, cut = False, False
    while True:
        byte = text[at]
        if behind_point and digits != NONE and used <= MOST_DIGITS - 8:
            eight = _word(text, at) ^ ZEROS
            if not _no_digits(eight):
                digits = digits * np.uint64(100_000_000) + _eight_digits(eight)
                at, used, power = at + 8, used + 8, power - 8
                continue
        if _is_digit(byte):
            found += 1
            if used < MOST_DIGITS:
                digits = digits * np.uint64(10) + np.uint64(byte - ZERO)
                used += np.int64(digits != NONE)
                power -= np.int64(behind_point)
            else:
                cut = True
                power += np.int64(not behind_point)
        elif byte == POINT and not behind_point:
            behind_point = True
        else:
            break
        at += 1
    if text[at] == ord("e") or text[at] == ord("E"):
        end, exponent = _exponent(text, at + 1)
        found = 0 if end == at + 1 else found
        at, power = end, power + exponent
    if found == 0 or not _ends_cell(text[at]):
        return -1, np.float32(0.0)
    if digits < np.uint64(1 << 53) and -EXACT_PLACES <= power <= 0 and not cut:
        single = np.float32(np.float64(digits) / POWERS[-power])
    else:
        certain, single = _rounded(digits, power)
        if not certain:
            return -1, np.float32(0.0)
    return at, -single if negative else single


@compiled
def _cell(text: NDArray[np.uint8], at: Whole) -> tuple[Whole, np.float32]:
    """Reads one cell; the end is -1 where it is not understood."""
    negative = text[at] == MINUS
    start = at + np.int64(negative)
    length, digits, places = _short_cell(text, start)
    if length == 0:
        return _any_cell(text, at)
    if places <= EXACT_PLACES:
        single = np.float32(np.float64(np.int64(digits)) / POWERS[places])
    else:
        certain, single = _rounded(digits, -places)
        if not certain:
            return -1, single
    return start + length, -single if negative else single


@compiled
def _line(text: NDArray[np.uint8], at: Whole, flux: NDArray[np.float32]) -> tuple[Whole, Whole]:
    """Reads one line into `flux`; returns its end, -1 if it is not understood, and its label."""
    at, label = _cell(text, at)
    if at < 0 or not (label == 0 or label == 1 or label == 2):
        return -1, 0
    for column in range(len(flux)):
        if text[at] != COMMA:
            return -1, 0
        at, flux[column] = _cell(text, at + 1)
        if at < 0:
            return -1, 0
    if text[at] == RETURN:
        at += 1
    return (at + 1 if text[at] == NEW_LINE else -1), np.int64(label)


@compiled
def parse_lines(
    text: NDArray[np.uint8],
    start: int,
    stop: int,
    flux: NDArray[np.float32],
    labels: NDArray[np.int8],
) -> tuple[int, int]:
    """Reads whole lines `label,flux,...` until one is not understood or the arrays are full.

    Args:
        text: Bytes; line feeds end lines, and `PADDING` bytes can be read behind `stop`.
        start: First byte of a line.
        stop: The byte after the line feed of the last line.
        flux: Shape (n, n_columns); filled from row 0 on, NaN for an empty cell or nan.
        labels: Shape (n,); 0, 1 or 2 as written.

    Returns:
        The byte where the first line begins that was not read, blank ones included, or `stop`;
        and the number of rows that were read.
    """
    at: Whole = start
    row = 0
    while at < stop and row < len(labels):
        end, label = _line(text, at, flux[row])
        if end < 0:
            break
        labels[row] = label
        at, row = end, row + 1
    return int(at), row
