import numba
import pytest

from kepler_keras.compiled import compiled


def test_where_machine_code_cannot_be_kept_it_is_made_anew():
    """A function without a file has no folder for its machine code either."""
    scope = {}
    exec("def double(x):\n    return 2 * x\n", scope)
    with pytest.raises(RuntimeError, match="no locator available"):
        numba.njit(cache=True)(scope["double"])
    double = compiled(scope["double"])
    assert double(21) == 42
    assert double.nopython_signatures
