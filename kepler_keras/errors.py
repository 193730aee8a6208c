"""The one error that a user's input may end in."""

from collections.abc import Iterable
from difflib import get_close_matches
from typing import TYPE_CHECKING

from kepler_keras.visible import shortened_within, visible

if TYPE_CHECKING:
    from pydantic import ValidationError

LONGEST_SENTENCE = 1500  # characters; what came is often quoted, and may be megabytes
LONGEST_NAME = 100  # characters; comparing names takes the square of their length


class InputError(ValueError):
    """What the user gave cannot be used: one sentence with file, place, rule and what came.

    The command line prints it without a traceback and exits with code 2. Nothing in it is hidden
    from whoever reads it, nor can it move their terminal's cursor: what came is one line, cut in
    the middle where it is long. The package's own lines may follow the sentence.
    """

    def __init__(self, sentence: str, *lines: str) -> None:
        told = visible(sentence.replace("\n", "\\n"))
        super().__init__(shortened_within(told, LONGEST_SENTENCE), *lines)

    def __str__(self) -> str:
        return "\n".join(self.args)


class RunError(InputError):
    """Something broke that was not the user's: a full disk, a store that is away, a killed worker.

    One sentence too; the exit code is 1.
    """


def first_fault(error: "ValidationError") -> str:
    """The first thing that is wrong with a document: its place and what the matter is."""
    first = error.errors(include_url=False)[0]
    return f"{'.'.join(map(str, first['loc']))}: {first['msg']}"


def suggestion(name: str, known: Iterable[str]) -> str:
    """Says which known name was probably meant, ready to stand at the end of a sentence.

    Args:
        name: The name that came.
        known: The names that exist.

    Returns:
        ``"did you mean 'conv1d'?"``, or the list of known names where none is near.
    """
    names = sorted(known)
    if not names:
        return "there is none to name"
    short = name if len(name) <= LONGEST_NAME else ""
    near = get_close_matches(short, names, n=1, cutoff=0.6)
    return f"did you mean {near[0]!r}?" if near else f"known are {', '.join(names)}"
