"""What the views have in common: they refuse options and ephemerides that cannot be used."""

import inspect
from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kepler_keras.errors import InputError, suggestion
from kepler_keras.lightcurve.ephemeris import Ephemerides

Tensor = NDArray[np.float32]
Flux = NDArray[np.floating]
# Days; beyond them the number of a cycle is no exact float, and its phase means nothing.
SHORTEST, FARTHEST = 1e-6, 1e9
NOT_OPTIONS = ("flux", "cadence", "ephemerides")


def view_options(function: Callable[..., Tensor]) -> list[str]:
    """Names of the options that a view's `build` or `from_folded` takes."""
    return [name for name in inspect.signature(function).parameters if name not in NOT_OPTIONS]


def refuses_unknown_options(
    view: str,
) -> Callable[[Callable[..., Tensor]], Callable[..., Tensor]]:
    """Makes a view's function end in an `InputError` where it would end in a `TypeError`."""

    def decorate(function: Callable[..., Tensor]) -> Callable[..., Tensor]:
        known = view_options(function)

        @wraps(function)
        def checked(flux: Flux, **options: Any) -> Tensor:
            for name in options:
                if name not in known and name not in NOT_OPTIONS:
                    raise InputError(
                        f"view {view}: unknown option {name!r}; {suggestion(name, known)}"
                    )
            return function(flux, **options)

        return checked

    return decorate


def check_count(view: str, option: str, value: int, *, at_least: int) -> None:
    """Refuses what is no whole number from `at_least` on."""
    if not isinstance(value, int) or isinstance(value, bool) or value < at_least:
        raise InputError(
            f"view {view}: {option} must be a whole number from {at_least} on, got {value!r}"
        )


def check_range(view: str, low: float, high: float) -> None:
    """Refuses a clipping range that does not hold 0 inside."""
    if not all(isinstance(end, int | float) for end in (low, high)) or not low < 0 < high:
        raise InputError(f"view {view}: low < 0 < high is needed, got {low!r} and {high!r}")


def check_choice(view: str, option: str, value: str, known: Iterable[str]) -> None:
    """Refuses what is none of the known names."""
    if value not in (names := list(known)):
        hint = suggestion(str(value), names)
        raise InputError(f"view {view}: there is no {option} {value!r}; {hint}")


def known_ephemerides(ephemerides: Ephemerides | None, n: int) -> Ephemerides:
    """The ephemerides of n curves, as compiled loops take them.

    Raises:
        ValueError: There are none, or not n.
        InputError: One of them is NaN, or a number that no orbit has: a period or duration of less
            than 1e-6 d, or anything beyond 1e9 d.
    """
    if ephemerides is None or len(ephemerides.period) != n:
        came = "none" if ephemerides is None else len(ephemerides.period)
        raise ValueError(f"ephemerides of {n} curves are needed, got {came}")
    if (unknown := np.flatnonzero(~ephemerides.known())).size:
        raise InputError(f"flux row {unknown[0]}: a folded view needs a known ephemeris, got NaN")
    period, t0, duration = (
        np.ascontiguousarray(column, dtype=np.float64)
        for column in (ephemerides.period, ephemerides.t0, ephemerides.duration)
    )
    least, most = np.minimum(period, duration), np.maximum(period, duration)
    usable = (least >= SHORTEST) & (most <= FARTHEST) & (np.abs(t0) <= FARTHEST)
    if (bad := np.flatnonzero(~usable)).size:
        raise InputError(
            f"flux row {bad[0]}: a folded view needs a period and a duration of {SHORTEST:g} to "
            f"{FARTHEST:g} d and t0 within {FARTHEST:g} d, "
            f"got {period[bad[0]]} d, {duration[bad[0]]} d and {t0[bad[0]]} d"
        )
    return Ephemerides(period, t0, duration)


def contiguous(flux: Flux) -> Flux:
    """The flux as compiled loops take it: float32 or float64, row after row in memory."""
    return np.ascontiguousarray(flux, np.float32 if flux.dtype == np.float32 else np.float64)
