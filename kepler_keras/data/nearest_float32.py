"""The float32 nearest to a decimal of any length; slow, for the few numbers that need it."""

from decimal import Decimal

import numpy as np


def nearest_float32(cell: str) -> np.float32:
    """The float32 nearest to a decimal, ties to even, however long it is.

    Raises:
        ValueError: It is no number.
    """
    double = float(cell)
    with np.errstate(over="ignore", under="ignore"):
        single = np.float32(double)
        # As floats: NumPy would round the double for a comparison with float32.
        towards = np.float32(np.inf if double > float(single) else -np.inf)
        other = np.nextafter(single, towards)
    # Only a double that is a midpoint itself may have been rounded onto it.
    if double == float(single) or (float(single) + float(other)) / 2 != double:
        return single
    exact, midpoint = Decimal(cell), Decimal(double)
    if exact == midpoint:
        return single
    return min(single, other) if exact < midpoint else max(single, other)
