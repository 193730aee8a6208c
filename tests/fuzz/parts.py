"""Damage that knows the format: cells, cards, records, members; checksums are made right again."""

import gzip
import io
import re
import struct
import zipfile
from collections.abc import Callable
from random import Random

import numpy as np

from tests.fuzz.sound import example_record
from tests.fuzz.tokens import NUMBERS, TOKENS, YAML_WORDS
from tests.tfrecord_writing import example, field, framed, varint

HUGE = 1 << 24  # bytes that a bomb unpacks to in these tests; the bounds do not depend on it
LEAVING = ("../out.csv", "/out.csv", "a/../../out.csv", "C:\\out.csv", "..\\out.csv", "a\0.csv")
CARD = 80  # bytes; FITS standard 4.0, section 3.3


def _cell(random: Random, content: bytes) -> bytes:
    """Something else in a cell of a table, or a cell more or less."""
    lines = content.split(b"\n")
    row = random.randrange(len(lines))
    cells = lines[row].split(b",")
    column = random.randrange(len(cells))
    if random.random() < 0.2:
        del cells[column]
    elif random.random() < 0.2:
        cells.insert(column, b"1")
    else:
        cells[column] = random.choice(TOKENS)
    lines[row] = b",".join(cells)
    return b"\n".join(lines)


def _line(random: Random, content: bytes) -> bytes:
    """A line left out, repeated, moved or indented otherwise."""
    lines = content.split(b"\n")
    one, two = random.randrange(len(lines)), random.randrange(len(lines))
    way = random.randrange(4)
    if way == 0:
        del lines[one]
    elif way == 1:
        lines.insert(two, lines[one])
    elif way == 2:
        lines[one], lines[two] = lines[two], lines[one]
    else:
        lines[one] = random.choice((b" ", b"    ", b"\t", b"- ")) + lines[one]
    return b"\n".join(lines)


def _value(random: Random, content: bytes) -> bytes:
    """Another value, or another key, at a place of a YAML file."""
    found = [match.span() for match in re.finditer(rb"[\w.]+", content)]
    if not found:
        return content
    start, stop = random.choice(found)
    return content[:start] + random.choice((*YAML_WORDS, *TOKENS)) + content[stop:]


def _swapped(random: Random, content: bytes) -> bytes:
    """One word of the file in the place of another: a valid file that says something else."""
    found = [match.span() for match in re.finditer(rb"[\w.]+", content)]
    if not found:
        return content
    (start, stop), (first, last) = random.choice(found), random.choice(found)
    return content[:start] + content[first:last] + content[stop:]


def _card(random: Random, content: bytes) -> bytes:
    """Another value in a card of a FITS header."""
    cards = [at for at in range(0, len(content) - CARD, CARD) if content[at + 8 : at + 10] == b"= "]
    if not cards:
        return content
    at = random.choice(cards)
    keyword = content[at : at + 10]
    forms = (b"'D       '", b"'99999999J'", b"'0E'", b"'1PE(9)'", b"'A'", b"'X'", b"'LIGHTCURVE'")
    value = random.choice((*NUMBERS[:20], *forms, b"'", b"T", b"F", b"8", b"-32", b"'d'", b""))
    if random.random() < 0.1:
        keyword = random.choice((b"NAXIS   = ", b"TFIELDS = ", b"THEAP   = ", b"END       "))
    return content[:at] + (keyword + value.rjust(20))[:CARD].ljust(CARD) + content[at + CARD :]


def _record(random: Random, content: bytes) -> bytes:
    """A record whose data are damaged and whose checksums are right."""
    data = bytearray(example_record(random.randrange(9)))
    for _ in range(random.randint(1, 3)):
        at = random.randrange(len(data))
        data[at] = random.choice((0, 0xFF, 0x80, data[at] ^ 1, random.randrange(256)))
    return _placed(random, content, framed(bytes(data)))


def _features(random: Random, content: bytes) -> bytes:
    """A sound record of unsound features, or one that is no message at all."""
    odd = (
        [], [float("nan")] * 4, [float("inf"), 0.0], [1], ["a", "b"], "", "\x1b[2J", 2**63 - 1, -1,
        [1e38, -1e38, 0.0, 1.0], [0.0] * 5000, b"", b"\x12\x00", field(2, b"\0\0"), 1.5, "../../x",
    )  # fmt: skip
    names = ("global_view", "local_view", "av_training_set", "kepid", "tce_period", "tce_duration")
    sound = {"global_view": [0.0, -1.0, 0.5, 0.25], "local_view": [0.5, -1.0], "kepid": 1}
    features = {**sound, "av_training_set": "PC", random.choice(names): random.choice(odd)}
    endless = field(1, b"\x08" + b"\xff" * 12)
    data = random.choice((example(features), random.randbytes(30), endless, varint(2**63) * 3, b""))
    return _placed(random, content, framed(data))


def _length(random: Random, content: bytes) -> bytes:
    """A record whose declared length is wrong under a right checksum."""
    length = random.choice((0, 1, 2**31, 2**63, 2**64 - 1, 10**12))
    return _placed(random, content, framed(example_record(1), length))


def _placed(random: Random, content: bytes, record: bytes) -> bytes:
    return random.choice((record + content, content + record, record))


def _array(random: Random, content: bytes) -> bytes:
    """Another array under one of the names of an npz file."""
    arrays = {
        "X": np.zeros((6, 21), np.float32) + np.arange(21, dtype=np.float32),
        "y": np.arange(6) % 2,
        "kepid": np.arange(6),
    }
    odd = (
        np.array([{"a": 1}] * 6, dtype=object), np.full((6, 21), np.nan), np.ones((6, 21)),
        np.full((6, 21), 1e300), np.zeros((0, 21)), np.zeros((6, 0)), np.zeros(6, "S3"),
        np.array(["\x1b[2J", "a", "b", "c", "d", "e"]), np.arange(6) * 1j, np.zeros((6, 1, 1)),
        np.zeros(6, "M8[s]"), np.zeros(6, [("a", "f4")]), np.array(3), np.zeros(6, "f2"),
        np.arange(6, dtype=">i2"), np.full(6, 2**63, np.uint64), np.asfortranarray(np.eye(6)),
    )  # fmt: skip
    arrays[random.choice(("X", "y", "kepid", "kepid_unique", "other"))] = random.choice(odd)
    file = io.BytesIO()
    np.savez(file, allow_pickle=True, **arrays)
    return file.getvalue()


def _array_header(random: Random, content: bytes) -> bytes:
    """A member whose header declares something else than its data are."""
    shapes = ("(6, 21)", "(1000000000, 1000)", "(-1, 21)", "()", "(6,)", "(2**9, 9)", "(9" * 200)
    kinds = ("<f4", "|O", "<f8", "<U9", "|V99999999", ">i8", "<m8[Y]", "[('a', '<f4')]", "<f3", "x")
    descr = random.choice(kinds)
    quoted = descr if descr.startswith("[") else f"'{descr}'"
    header = f"{{'descr': {quoted}, 'fortran_order': False, 'shape': {random.choice(shapes)}}}"
    text = random.choice((header, header[:-3], "__import__('os')", "[" * 500, "1" * 9000)).encode()
    lead = b"\x93NUMPY" + random.choice((b"\x01\x00", b"\x02\x00", b"\x09\x00"))
    size = struct.pack("<H" if lead[6] == 1 else "<I", random.choice((len(text), 9, 65535)))
    members = _members(content)
    members[random.choice(("X.npy", "y.npy", "kepid.npy"))] = lead + size + text + bytes(504)
    return _zip(members, zipfile.ZIP_STORED)


def _bomb(random: Random, content: bytes) -> bytes:
    """An array of zeros that packs to nothing."""
    shape = random.choice(((HUGE // 84, 21), (6, HUGE // 24)))
    file = io.BytesIO()
    np.lib.format.write_array(file, np.zeros(shape, np.float32))
    return _zip({**_members(content), "X.npy": file.getvalue()}, zipfile.ZIP_DEFLATED)


def _members(content: bytes) -> dict[str, bytes]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return {name: archive.read(name) for name in archive.namelist()}
    except Exception:  # whatever was done to it before
        return {}


def _zip(members: dict[str, bytes], method: int) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return file.getvalue()


def _archive(random: Random, content: bytes) -> bytes:
    """A zip file of another making: names that leave, links, many members, other methods."""
    file = io.BytesIO()
    method = random.choice((0, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA))
    table = next(iter(_members(content).values()), b"LABEL,FLUX.1\n1,2\n2,3\n")
    with zipfile.ZipFile(file, "w", method) as archive:
        way = random.randrange(6)
        if way == 0:
            archive.writestr(random.choice(LEAVING), table)
        elif way == 1:
            link = zipfile.ZipInfo("flux.csv")
            link.external_attr = 0o120777 << 16
            archive.writestr(link, "/escaped")
        elif way == 2:
            for number in range(random.choice((2, 1001, 3000))):
                archive.writestr(f"{number}.csv", b"")
        elif way == 3:
            archive.mkdir("flux.csv")
        elif way == 4:
            archive.writestr("flux.csv", b"\0" * random.choice((1 << 20, HUGE)))
        else:
            archive.writestr("flux.csv", table)
    return file.getvalue()


def _zip_field(random: Random, content: bytes) -> bytes:
    """A number in the directory or the end of a zip file that says something else."""
    signs = [match.start() for match in re.finditer(rb"PK(\x01\x02|\x03\x04|\x05\x06)", content)]
    if not signs:
        return content
    at = random.choice(signs) + random.randrange(4, 44)
    value = random.choice((b"\0\0", b"\xff\xff", b"\xff\xff\xff\xff", b"\x01", b"\0\0\0\x80"))
    return content[:at] + value + content[at + len(value) :]


def _inside(change: Callable[[Random, bytes], bytes]) -> Callable[[Random, bytes], bytes]:
    """The same damage below the packing."""

    def change_inside(random: Random, content: bytes) -> bytes:
        try:
            return gzip.compress(change(random, gzip.decompress(content)), 1)
        except Exception:  # whatever was done to it before
            return content

    return change_inside


def _member(random: Random, content: bytes) -> bytes:
    """One member of an archive damaged in its text, the archive made anew."""
    members = _members(content)
    if not members:
        return content
    name = random.choice(sorted(members))
    way = random.choice((_value, _swapped, _value, _zip_field))
    members[name] = way(random, members[name])
    if random.random() < 0.1:
        del members[name]
    if random.random() < 0.1:
        members[random.choice((*LEAVING[:3], "more.json"))] = b"\0" * random.choice((9, HUGE))
    return _zip(members, random.choice((zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)))


def _packed_zeros(random: Random, content: bytes) -> bytes:
    zeros = gzip.compress(b"\0" * HUGE, 1)
    return random.choice((zeros, content + zeros, gzip.compress(content), content + content))


TABLE = (_cell, _cell, _line)
TEXT = (_value, _value, _swapped, _line)
DAMAGED_PARTS = {
    "flux.csv": TABLE,
    "flux.csv.gz": (_inside(_cell), _inside(_line), _packed_zeros),
    "flux.zip": (_archive, _archive, _zip_field),
    "rows.csv": TABLE,
    "koi.csv": TABLE,
    "tce.csv": TABLE,
    "folded.npz": (_array, _array_header, _zip_field, _archive, _bomb),
    "a.fits": (_card,),
    "a.fits.gz": (_inside(_card), _packed_zeros),
    "a.tfrecord": (_record, _features, _length),
    "experiment.yaml": TEXT,
    "folded.yaml": TEXT,
    "preparation.json": TEXT,
    "model.keras": (_member, _member, _archive, _zip_field),
    "model.skops": (_member, _member, _archive, _zip_field),
    "MLmodel": TEXT,
    "record.json": TEXT,
    "net.py": TEXT,
}
