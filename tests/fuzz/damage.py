"""Damage to a file: to its bytes, its numbers, and to what its format is made of.

Every choice comes from the generator that is given, so that hypothesis can shrink it, libFuzzer
can steer it, and a seed can repeat it.
"""

import re
import struct
from collections.abc import Callable, Sequence
from random import Random

from tests.fuzz.parts import DAMAGED_PARTS
from tests.fuzz.tokens import NUMBERS, TOKENS

Damage = Callable[[Random, bytes], bytes]
NUMBER = re.compile(rb"[-+]?\d+\.?\d*")
MOST_BYTES = 1 << 22


def damaged(random: Random, content: bytes, kind: str) -> bytes:
    """The content with one, two or four pieces of damage; `kind` is the file's name in `SOUND`."""
    special = DAMAGED_PARTS.get(kind, ())
    for _ in range(random.choice((1, 1, 2, 4))):
        # Every second piece knows the format: bytes alone seldom pass a checksum or a parser.
        ways: Sequence[Damage] = special if special and random.random() < 0.5 else PLAIN
        content = random.choice(ways)(random, content)[:MOST_BYTES]
    return content


def span(random: Random, content: bytes, *, most: int = 64) -> tuple[int, int]:
    start = random.randint(0, len(content))
    return start, min(len(content), start + random.randint(0, most))


def _flipped(random: Random, content: bytes) -> bytes:
    if not content:
        return content
    at = random.randrange(len(content))
    return content[:at] + bytes([content[at] ^ 1 << random.randrange(8)]) + content[at + 1 :]


def _overwritten(random: Random, content: bytes) -> bytes:
    start, stop = span(random, content)
    fill = random.choice((b"\0", b"\xff", b" ", b"9", b"\n", random.randbytes(1)))
    return content[:start] + fill * (stop - start) + content[stop:]


def _deleted(random: Random, content: bytes) -> bytes:
    start, stop = span(random, content, most=random.choice((2, 64, 4096)))
    return content[:start] + content[stop:]


def _repeated(random: Random, content: bytes) -> bytes:
    start, stop = span(random, content)
    return content[:stop] + content[start:stop] * random.choice((1, 2, 100)) + content[stop:]


def _cut(random: Random, content: bytes) -> bytes:
    return content[: random.randint(0, len(content))]


def _longer(random: Random, content: bytes) -> bytes:
    return content + random.choice((b"\0" * 4096, b"x", b"\n", random.randbytes(40), content))


def _token(random: Random, content: bytes) -> bytes:
    start, stop = span(random, content, most=4)
    return content[:start] + random.choice(TOKENS) + content[stop:]


def _number(random: Random, content: bytes) -> bytes:
    """Another number in place of one that is written out."""
    found = [match.span() for match in NUMBER.finditer(content)]
    if not found:
        return content
    start, stop = random.choice(found)
    return content[:start] + random.choice(NUMBERS) + content[stop:]


def _integer(random: Random, content: bytes) -> bytes:
    """An extreme in place of four or eight bytes, whichever way round."""
    at = random.randint(0, max(0, len(content) - 8))
    value = random.choice((0, 1, -1, 2**31 - 1, -(2**31), 255, 2**30))
    packed = struct.pack(random.choice(("<i", ">i", "<q", ">q")), value)
    return content[:at] + packed + content[at + len(packed) :]


def _encoded(random: Random, content: bytes) -> bytes:
    text = content.decode("latin-1")
    encoding = random.choice(("utf-16", "utf-8-sig", "utf-7", "cp037"))
    return text.encode(encoding, errors="replace")


PLAIN: tuple[Damage, ...] = (
    _flipped,
    _overwritten,
    _deleted,
    _repeated,
    _cut,
    _longer,
    _token,
    _number,
    _number,
    _integer,
    _encoded,
)
