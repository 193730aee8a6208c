"""Text of users and files in which nothing is hidden: control characters are written out."""

import re
from collections.abc import Iterator
from typing import Any

# Control characters but tab and line feed, those that turn the direction of writing, halves of
# surrogate pairs, which no file can hold, and what is no character at all.
HIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff\ud800-\udfff]"
)


def visible(text: str) -> str:
    r"""The text with ``\x00`` in place of a hidden character; tabs and line feeds stay."""
    return HIDDEN.sub(_written_out, text)


def one_line(text: str) -> str:
    """`visible`, and each run of white space as one space."""
    return visible(" ".join(re.split(r"[ \t\r\n\f\v]+", text)).strip())


def shortened(text: str, length: int) -> str:
    """The text, cut to `length` characters, the last of which then says so."""
    return text if len(text) <= length else text[: length - 1] + "…"


def without_middle(text: str, length: int) -> str:
    """The text on one line, cut in the middle: names often differ at their ends."""
    return shortened_within(one_line(text), length)


def shortened_within(text: str, length: int) -> str:
    """The text, cut in the middle where it is longer."""
    if len(text) <= length:
        return text
    return f"{text[: length // 2]}…{text[len(text) - (length - length // 2 - 1) :]}"


def hidden_places(
    node: Any, place: tuple[str | int, ...] = ()
) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Place and text of every key and value with a hidden character, in nested lists and dicts."""
    if isinstance(node, str) and HIDDEN.search(node):
        yield place, node
    elif isinstance(node, dict):
        for key, value in node.items():
            yield from hidden_places(key, place)
            yield from hidden_places(value, (*place, key))
    elif isinstance(node, list | tuple):
        for number, value in enumerate(node):
            yield from hidden_places(value, (*place, number))


def _written_out(match: re.Match[str]) -> str:
    code = ord(match.group())
    return f"\\x{code:02x}" if code < 256 else f"\\u{code:04x}"
