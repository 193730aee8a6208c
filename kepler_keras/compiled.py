"""Machine code of numerical loops, kept between processes."""

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, TypeVar, cast

import numba

Function = TypeVar("Function", bound=Callable[..., Any])
OPTIONS: dict[str, Any] = {"nogil": True, "error_model": "numpy"}


def compiled(function: Function) -> Function:
    """Compiles at the first call and keeps the machine code beside the source, if it can.

    Kept code is used again only while no file in the function's folder has changed: other loops
    are compiled into it, and numba by itself looks at the function's own file alone. A number
    divided by zero is infinite or NaN, as in numpy: nothing is raised, and loops can be vectorised.
    """
    try:
        dispatcher = numba.njit(cache=True, **OPTIONS)(function)
    except RuntimeError:  # no folder for the machine code can be written
        return cast(Function, numba.njit(**OPTIONS)(function))
    index = dispatcher._cache._cache_file
    index._source_stamp = _folder_stamp(Path(function.__code__.co_filename).parent)
    return cast(Function, dispatcher)


def inlined(function: Function) -> Function:
    """Compiles a part of another function into it: a call would count references to arrays."""
    return cast(Function, numba.njit(forceinline=True)(function))


@cache
def _folder_stamp(folder: Path) -> tuple[tuple[str, int, int], ...]:
    """Name, time of change and size of every module in a folder."""
    states = ((path.name, path.stat()) for path in sorted(folder.glob("*.py")))
    return tuple((name, state.st_mtime_ns, state.st_size) for name, state in states)
