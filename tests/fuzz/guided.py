"""Inputs steered by coverage: atheris keeps the files that reach new lines of the package.

Run as a process of its own, because libFuzzer ends it: `python -m tests.fuzz.guided KIND N FOLDER`.
"""

import json
import sys
from collections import Counter
from pathlib import Path
from random import Random

import atheris

# What numba compiles must stay as it is.
COMPILED = [
    "kepler_keras.data.csv_parser",
    "kepler_keras.data.tfrecord_file",
    "kepler_keras.lightcurve",
]
with atheris.instrument_imports(include=["kepler_keras"], exclude=COMPILED):
    from tests.fuzz.blind import GOOD, outcome_of
    from tests.fuzz.damage import MOST_BYTES, damaged
    from tests.fuzz.sound import SOUND


def main(kind: str, n_inputs: int, folder: Path) -> None:
    """Writes the counted outcomes into `outcomes.json` of the folder while it runs."""
    counts: Counter[str] = Counter()

    def one(content: bytes) -> None:
        outcome = outcome_of(content, kind)
        if outcome not in (*GOOD, *counts):
            (folder / f"{len(counts)}-{kind}").write_bytes(content)
        counts[outcome] += 1
        if counts.total() == n_inputs:
            (folder / "outcomes.json").write_text(json.dumps(counts))

    def mutated(content: bytes, max_size: int, seed: int) -> bytes:
        random = Random(seed)
        if random.random() < 0.3:
            return atheris.Mutate(content, len(content) + 8)[:max_size]
        return damaged(random, content, kind)[:max_size]

    outcome_of(SOUND[kind](), kind)  # compiles what numba compiles
    corpus = folder / "corpus"
    corpus.mkdir()
    (corpus / "sound").write_bytes(SOUND[kind]())
    options = [f"-runs={n_inputs + 1}", f"-max_len={MOST_BYTES}", "-timeout=60", "-verbosity=0"]
    arguments = [sys.argv[0], *options, "-rss_limit_mb=0", str(corpus)]
    atheris.Setup(arguments, one, custom_mutator=mutated)
    atheris.Fuzz()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), Path(sys.argv[3]))
