import os
import subprocess
import sys

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


def test_kept_machine_code_is_made_anew_when_what_it_calls_has_changed(tmp_path):
    """Numba alone would give the old answer: the file of `outer` has not changed."""
    head = "from kepler_keras.compiled import compiled\n"
    (tmp_path / "outer.py").write_text(
        f"{head}from inner import inner\n\n\n@compiled\ndef outer(x):\n    return inner(x) + 1\n"
    )

    def write_inner(factor):
        (tmp_path / "inner.py").write_text(
            f"{head}\n\n@compiled\ndef inner(x):\n    return {factor} * x\n"
        )

    def answer():
        code = "import outer; print(outer.outer(5), sum(outer.outer.stats.cache_hits.values()))"
        environment = dict(os.environ)
        environment.pop("NUMBA_CACHE_DIR", None)
        done = subprocess.run(
            [sys.executable, "-c", code],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout.split()

    write_inner(2)
    assert answer() == ["11", "0"]
    assert answer() == ["11", "1"], "the second time it must come from where it was kept"
    write_inner(30)
    assert answer() == ["151", "0"]
