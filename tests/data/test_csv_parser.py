# ruff: noqa: E501 (tables of cells)
from fractions import Fraction

import numpy as np
import pytest

from kepler_keras.data.csv_parser import PADDING, parse_lines
from kepler_keras.data.nearest_float32 import nearest_float32

# The float32 just below, at and above one, and what lies exactly between them.
ABOVE_ONE = 1 + 2.0**-23
BETWEEN = "1.000000059604644775390625"  # 1 + 2**-24


def read(text: str | bytes, n_columns: int, *, room: int = 10):
    raw = text.encode() if isinstance(text, str) else text
    flux = np.full((room, n_columns), 7, np.float32)
    labels = np.full(room, 7, np.int8)
    buffer = np.frombuffer(raw + b"9" * PADDING, np.uint8)
    at, n = parse_lines(buffer, 0, len(raw), flux, labels)
    return raw[at:], labels[:n].tolist(), flux[:n]


def read_cells(cells: list[str]) -> np.ndarray:
    """Reads cells twice, in the middle and at the end of lines; NaN where it gives them back."""
    found = []
    for cell in cells:
        middle, end = read(f"1,{cell},0\n", 2)[2], read(f"1,{cell}\n", 1)[2]
        assert len(middle) == len(end)
        if len(middle):
            np.testing.assert_array_equal(middle[0, 0], end[0, 0])
            assert np.signbit(middle[0, 0]) == np.signbit(end[0, 0])
        found.append(middle[0, 0] if len(middle) else np.float32(np.nan))
    return np.array(found, np.float32)


def exact(cell: str) -> np.float32:
    """The nearest float32 by rational arithmetic: among three neighbours, ties to even."""
    value = Fraction(cell)
    near = np.float32(float(value))
    candidates = [
        np.nextafter(near, np.float32(-np.inf)),
        near,
        np.nextafter(near, np.float32(np.inf)),
    ]
    return min(
        candidates, key=lambda x: (abs(Fraction(float(x)) - value), int(x.view(np.uint32)) & 1)
    )


def test_two_lines():
    rest, labels, flux = read("2,-1.5,0,3e2\n1,4,.5,6.\n", 3)
    assert rest == b""
    assert labels == [2, 1]
    np.testing.assert_array_equal(flux, [[-1.5, 0, 300], [4, 0.5, 6]])


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("0", 0), ("7", 7), ("-7", -7), ("+7", 7), ("1234567", 1234567), ("-1234567", -1234567),
        ("12345678", 12345678), ("123456.7", 123456.7), ("1234567.", 1234567), (".1234567", 0.1234567),
        ("-0.5", -0.5), ("1.25", 1.25), ("1234567.8", 1234567.8), ("1234567.12345678", 1234567.12345678),
        ("1.123456789012345", 1.123456789012345), ("1.1234567890123456", 1.1234567890123456),
        ("00000000000000000000001.5", 1.5), ("1.50000000000000000000000000", 1.5),
        ("93.8499984741211", 93.8499984741211), ("1e5", 1e5), ("1E-5", 1e-5), ("-1.5e+02", -150),
        ("9.38500000e+01", 93.85), ("1e0", 1), ("123456789e-9", 0.123456789), ("1e30", 1e30),
        ("123456789012345678901234567890", 123456789012345678901234567890.0), ("1e-30", 1e-30),
        ("0e99", 0), ("0.000", 0), ("1e0007", 1e7), ("-841.41", -841.41), ("299288.92", 299288.92),
    ],
)  # fmt: skip
def test_spellings_of_numbers(cell, value):
    assert read_cells([cell]).tolist() == [np.float32(value)]


def test_the_sign_of_zero_is_kept():
    assert np.signbit(read_cells(["-0.0", "-0", "0"])).tolist() == [True, True, False]


@pytest.mark.parametrize("cell", ["", "nan", "NaN", "NAN"])
def test_gaps(cell):
    rest, _, flux = read(f"1,{cell},2\n1,2,{cell}\n", 2)
    assert rest == b""
    np.testing.assert_array_equal(np.isnan(flux), [[True, False], [False, True]])


@pytest.mark.parametrize(
    "cell",
    [
        "abc", "1a", "a1", "1.2.3", "1..2", ".", "-", "+", "-.", "--1", "+-1", "1-", "1e", "1e+",
        "e5", "1e5.0", "1e1e1", "inf", "-inf", "Infinity", "-nan", "nanx", "nAn", "1_0", "0x10",
        "True", "1 ", " 1", "\t1", '"1"', "1;2", "1/2", "1:2", "\x001", "1\x00", "1\r2", "\xe9",
        "1e99", "1e-99", "1e99999", "1,2", "12345678x", "1234567.8x", "1234567.12345678x", "1.1234567x12", "1\u0663",
    ],
)  # fmt: skip
def test_what_is_not_understood_comes_back(cell):
    line = f"1,{cell}\n".encode()
    for n_columns, text in ((1, line), (2, line[:-1] + b",5\n")):
        rest, labels, _ = read(b"2" + b",3" * n_columns + b"\n" + text, n_columns)
        assert rest == text
        assert labels == [2]


@pytest.mark.parametrize(
    "line",
    ["\n", "\r\n", " \n", "1\n", "1,2\n", "1,2,3,4\n", "1,2,3,\n", "1,2,3\r\r\n", "1,2,3\r4\n"],
)
def test_lines_of_another_shape_come_back(line):
    assert read(line + "1,2,3\n", 2)[0] == (line + "1,2,3\n").encode()


@pytest.mark.parametrize("label", ["3", "-1", "1.5", "", "nan", "x", '"1"', "1e1"])
def test_other_labels_come_back(label):
    assert read(f"{label},2\n", 1)[1] == []


@pytest.mark.parametrize(("label", "value"), [("0", 0), ("1.0", 1), ("2e0", 2), ("-0", 0)])
def test_labels(label, value):
    assert read(f"{label},2\n", 1)[1] == [value]


def test_it_stops_when_the_arrays_are_full():
    rest, labels, flux = read("1,2\n2,3\n1,4\n", 1, room=2)
    assert (rest, labels, flux[:, 0].tolist()) == (b"1,4\n", [1, 2], [2, 3])


def test_it_never_writes_outside_the_row():
    rest, labels, flux = read("1,2,3,4,5,6\n", 2)
    assert (labels, len(rest)) == ([], 12)
    flux = np.full((3, 2), 7, np.float32)
    text = np.frombuffer(b"1,2,3,4,5,6\n" + bytes(PADDING), np.uint8)
    parse_lines(text, 0, 12, flux[1:2], np.zeros(1, np.int8))
    assert flux[[0, 2]].tolist() == [[7, 7], [7, 7]]


def test_random_decimals_are_rounded_correctly():
    random = np.random.default_rng(0)
    cells = []
    for value in random.normal(0, 1, 300) * 10.0 ** random.integers(-6, 7, 300):
        places = int(random.integers(0, 18))
        cells += [f"{value:.{places}f}", f"{value:.{places}e}", repr(float(value)), f"{value:+.2f}"]
        cells += [repr(float(np.float32(value))), f"{value:.15g}"]
    found = read_cells(cells)
    expected = np.array([exact(cell) for cell in cells])
    assert np.isnan(found).sum() <= 2  # so near to a midpoint that a double cannot tell
    np.testing.assert_array_equal(found[~np.isnan(found)], expected[~np.isnan(found)])
    np.testing.assert_array_equal([nearest_float32(cell) for cell in cells], expected)


def test_decimals_beside_midpoints_are_rounded_correctly_or_given_back():
    """The hardest cells: halfway between two float32, cut after any number of digits."""
    random = np.random.default_rng(1)
    cells = []
    for single in random.normal(0, 1, 150).astype(np.float32) * np.float32(10) ** random.integers(
        -3, 7, 150
    ):
        low = np.float32(single)
        middle = (Fraction(float(low)) + Fraction(float(np.nextafter(low, np.float32(np.inf))))) / 2
        for places in (2, 5, 8, 9, 12, 15, 20, 30):
            scaled = round(middle * 10**places)
            for digits in (scaled - 1, scaled, scaled + 1):
                sign, size = "-" if digits < 0 else "", f"{abs(digits):0{places + 1}d}"
                cells.append(f"{sign}{size[:-places]}.{size[-places:]}")
    expected = np.array([exact(cell) for cell in cells])
    found = read_cells(cells)
    read_at_all = ~np.isnan(found)
    assert read_at_all.mean() > 0.3
    np.testing.assert_array_equal(found[read_at_all], expected[read_at_all])
    np.testing.assert_array_equal([nearest_float32(cell) for cell in cells], expected)


def test_a_midpoint_is_not_rounded_twice():
    """A double next to 1 + 2**-24 is that very number: only the text tells which way to round."""
    assert nearest_float32(BETWEEN) == 1
    assert nearest_float32(BETWEEN + "0000000001") == np.float32(ABOVE_ONE)
    assert np.float32(float(BETWEEN + "0000000001")) == 1
    assert nearest_float32("-" + BETWEEN + "0000000001") == -np.float32(ABOVE_ONE)
    assert nearest_float32("1.00000017881393432617187499") == np.float32(ABOVE_ONE)
    assert np.isnan(read_cells([BETWEEN, BETWEEN + "0000000001"])).all()
    assert read_cells(["16777217", "16777219"]).tolist() == [16777216, 16777220]


@pytest.mark.parametrize(
    "cell", ["1e-46", "-1e-999999999", "1.4e-45", "7e-46", "7.1e-46", "1e-40", "3.4028234e38"]
)
def test_the_ends_of_float32(cell):
    assert nearest_float32(cell) == np.float32(float(cell))
    assert np.signbit(nearest_float32(cell)) == cell.startswith("-")


def test_whole_files_agree_with_numpy_in_every_common_spelling():
    values = (
        np.random.default_rng(2).normal(0, 300, (20, 50)) * 10 ** np.linspace(-2, 3, 20)[:, None]
    )
    for spelling in ("%.0f", "%.1f", "%.2f", "%.5f", "%.9f", "%.8e", "%.7g", "%.14g", "%.17g"):
        cells = [[spelling % value for value in row] for row in values]
        text = "".join(f"1,{','.join(row)}\n" for row in cells)
        rest, _, flux = read(text, 50, room=20)
        assert rest == b""
        np.testing.assert_array_equal(flux, np.array(cells, dtype=np.float64).astype(np.float32))
