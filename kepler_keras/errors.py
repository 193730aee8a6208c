"""The one error that a user's input may end in."""

from collections.abc import Iterable
from difflib import get_close_matches
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pydantic import ValidationError


class InputError(ValueError):
    """What the user gave cannot be used: one sentence with file, place, rule and what came.

    The command line prints it without a traceback and exits with code 2.
    """


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
    near = get_close_matches(name, names, n=1, cutoff=0.6)
    return f"did you mean {near[0]!r}?" if near else f"known are {', '.join(names)}"
