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

Common cells are read 8 bytes at a time within a register. All of it stands in this one file: numba
would not notice that a compiled function of another file has changed.
"""

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from kepler_keras.compiled import compiled, inlined

Whole: TypeAlias = int | np.int64
Truth: TypeAlias = bool | np.bool_

PADDING = 32  # readable bytes that must follow the last line

POWERS = np.array([float(f"1e{power}") for power in range(61)])
WHOLE_POWERS = np.array([10**power for power in range(20)], dtype=np.uint64)
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


@inlined
def _word(text: NDArray[np.uint8], at: Whole) -> np.uint64:
    """Eight bytes as one number, the first in the lowest place."""
    start = np.uint64(at)
    word = NONE
    for index in range(8):
        shift = np.uint64(8 * index)
        word |= np.uint64(text[start + np.uint64(index)]) << shift
    return word


@inlined
def _marks(word: np.uint64, byte: np.uint64) -> np.uint64:
    """The high bit of each byte that equals; the lowest mark is right, those above may not be."""
    other = word ^ byte
    return (other - ONES) & ~other & HIGHS


@inlined
def _first(marks: np.uint64) -> np.uint64:
    """Index of the byte with the lowest mark, of which there must be one."""
    below = (marks & (~marks + ONE)) - ONE
    return ((below & ONES) * ONES >> TOP) - ONE


@inlined
def _without(word: np.uint64, index: np.uint64) -> np.uint64:
    """Takes one byte out; those after it move up."""
    kept = (ONE << (EIGHT * index)) - ONE
    return (word & kept) | ((word >> EIGHT) & ~kept)


@inlined
def _eight_digits(digits: np.uint64) -> np.uint64:
    """The number of eight digits 0 to 9, the first in the lowest byte."""
    pairs = digits * np.uint64(10) + (digits >> EIGHT)
    low = (pairs & np.uint64(0x000000FF000000FF)) * np.uint64(0x000F424000000064)
    high = ((pairs >> np.uint64(16)) & np.uint64(0x000000FF000000FF)) * np.uint64(
        0x0000271000000001
    )
    return (low + high) >> np.uint64(32)


@inlined
def _no_digits(digits: np.uint64) -> Truth:
    return bool(((digits + ABOVE_NINE) | digits) & HIGHS != NONE)


@inlined
def _left(word: np.uint64, count: np.uint64) -> np.uint64:
    """The digits 0 to 9 of the first `count` characters, 1 to 8, behind zeros."""
    return (word ^ ZEROS) << (EIGHT * (EIGHT - count))


@inlined
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
    whole = _left(word, point)
    first = at + 1 + np.int64(point)
    end, number, left_out = _digits(text, first, _eight_digits(whole))
    if left_out > 0 or text[end] != COMMA or _no_digits(whole):
        return 0, NONE, 0
    return end - at, number, end - first


@inlined
def _rounded(digits: np.uint64, power: Whole) -> tuple[Truth, np.float32]:
    """The float32 nearest to digits * 10**power, or False where a double cannot tell it."""
    if digits < np.uint64(1 << 53) and -EXACT_PLACES <= power <= 0:
        return True, np.float32(np.float64(np.int64(digits)) / POWERS[-power])
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


@inlined
def _ends_cell(byte: np.uint8) -> Truth:
    return bool(byte in (COMMA, NEW_LINE, RETURN))


@inlined
def _exponent(text: NDArray[np.uint8], at: Whole) -> tuple[Whole, Whole]:
    """Reads a signed whole number of 1 to 4 digits; the end is -1 where it is something else."""
    negative = text[at] == MINUS
    first = at + np.int64(negative) + np.int64(text[at] == PLUS)
    end, digits, _ = _digits(text, first, NONE)
    number = np.int64(digits)
    return (end if 1 <= end - first <= 4 else -1), (-number if negative else number)


@inlined
def _gap(text: NDArray[np.uint8], at: Whole) -> Whole:
    """The end of a cell that is empty or says nan, NaN or NAN; -1 where it does not."""
    a, b, c = text[at], text[at + 1], text[at + 2]
    nan = a == c and (a == ord("N") or (a == ord("n") and b == ord("a")))
    if nan and (b == ord("a") or b == ord("A")):
        at += 3
    return at if _ends_cell(text[at]) else -1


@inlined
def _any_cell(text: NDArray[np.uint8], at: Whole) -> tuple[Whole, np.float32]:
    """Reads one cell byte by byte; the end is -1 where it is not understood."""
    negative = text[at] == MINUS  # no branch: signs are as good as random
    start = at + np.int64(negative) + np.int64(text[at] == PLUS)
    end, digits, power = _mantissa(text, start)
    if end < 0:
        return _gap(text, at), np.float32(np.nan)
    if text[end] == ord("e") or text[end] == ord("E"):
        end, exponent = _exponent(text, end + 1)
        power += exponent
    if end < 0 or not _ends_cell(text[end]):
        return -1, np.float32(0.0)
    certain, single = _rounded(digits, power)
    return (end if certain else -1), -single if negative else single


@inlined
def _mantissa(text: NDArray[np.uint8], at: Whole) -> tuple[Whole, np.uint64, Whole]:
    """Reads digits with a point or none: their end (-1 if there are none), number and power."""
    end, digits, power = _digits(text, at, NONE)
    found = end - at
    if text[end] == POINT:
        at = end + 1
        end, digits, left_out = _digits(text, at, digits)
        found += end - at
        power -= end - at - left_out
    return (end if found > 0 else -1), digits, power


@inlined
def _digits(
    text: NDArray[np.uint8], at: Whole, digits: np.uint64
) -> tuple[Whole, np.uint64, Whole]:
    """Appends digits to a number; gives their end and how many it leaves out, from 10**18 on."""
    left_out: Whole = 0
    while True:
        word = _word(text, at) ^ ZEROS
        others = ((word + ABOVE_NINE) | word) & HIGHS
        count = EIGHT if others == NONE else _first(others)
        if count == NONE:
            return at, digits, left_out
        if left_out == 0 and digits < WHOLE_POWERS[MOST_DIGITS - np.int64(count)]:
            number = _eight_digits(word << (EIGHT * (EIGHT - count)))
            digits = digits * WHOLE_POWERS[np.int64(count)] + number
        else:
            for index in range(np.int64(count)):
                if left_out == 0 and digits < WHOLE_POWERS[MOST_DIGITS - 1]:
                    digits = digits * np.uint64(10) + np.uint64(text[at + index] - ZERO)
                else:
                    left_out += 1
        at += np.int64(count)
        if count < EIGHT:
            return at, digits, left_out


@inlined
def _cell(text: NDArray[np.uint8], at: Whole) -> tuple[Whole, np.float32]:
    """Reads one cell; the end is -1 where it is not understood."""
    negative = text[at] == MINUS
    start = at + np.int64(negative)
    length, digits, places = _short_cell(text, start)
    if length == 0:
        return _any_cell(text, at)
    certain, single = _rounded(digits, -places)
    return (start + length if certain else -1), -single if negative else single


@inlined
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
