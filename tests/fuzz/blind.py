"""Inputs drawn by hypothesis: damage by chance, shrunk where it breaks something."""

import tempfile
from collections import Counter
from pathlib import Path

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from tests.fuzz.damage import damaged
from tests.fuzz.judging import READ, REFUSED, judged
from tests.fuzz.readers import READERS
from tests.fuzz.sound import SOUND

GOOD = (READ, REFUSED)


def outcomes(kind: str, n_inputs: int, *, start: int, kept: Path | None = None) -> Counter[str]:
    """What became of some damaged files of a kind: how often each outcome came.

    Args:
        kind: A name of `SOUND`.
        n_inputs: How many files.
        start: The seed.
        kept: A folder for the first file of each fault.
    """
    content, counts = SOUND[kind](), Counter[str]()
    outcome_of(content, kind)  # imports and compiles what it needs

    @seed(start)
    @settings(
        max_examples=n_inputs,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(st.randoms(use_true_random=True))
    def one(random):
        changed = damaged(random, content, kind)
        outcome = outcome_of(changed, kind)
        if kept is not None and outcome not in (*GOOD, *counts):
            (kept / f"{len(counts)}-{kind}").write_bytes(changed)
        counts[outcome] += 1

    one()
    return counts


def outcome_of(content: bytes, kind: str) -> str:
    """What the commands make of a file: the worst of what its readers do."""
    with tempfile.TemporaryDirectory(prefix="kepler_keras-fuzz-") as folder:
        file = Path(folder) / kind
        file.write_bytes(content)
        found = [judged(read, file) for read in READERS[kind]]
    faults = [outcome for outcome in found if outcome not in GOOD]
    return faults[0] if faults else READ if READ in found else REFUSED
