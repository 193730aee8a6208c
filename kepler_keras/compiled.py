"""Machine code of numerical loops, kept between processes."""

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba

Function = TypeVar("Function", bound=Callable[..., Any])


def compiled(function: Function) -> Function:
    """Compiles at the first call and keeps the machine code beside the source, if it can."""
    try:
        return cast(Function, numba.njit(cache=True, nogil=True)(function))
    except RuntimeError:  # no folder for the machine code can be written
        return cast(Function, numba.njit(nogil=True)(function))


def inlined(function: Function) -> Function:
    """Compiles a part of another function into it: a call would count references to arrays."""
    return cast(Function, numba.njit(forceinline=True)(function))
