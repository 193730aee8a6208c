"""The long version: `python -m tests.fuzz`, some minutes; exit code 1 where anything is wrong."""

import argparse
import importlib.util
import json
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from tests.fuzz.blind import GOOD, outcomes
from tests.fuzz.saved import SAVED
from tests.fuzz.sound import SOUND
from tests.fuzz.watching import escapes, limit_memory, watch_files

ROOT = Path(__file__).resolve().parents[2]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--inputs", type=int, default=10_000)
    parser.add_argument("--through-commands", type=int, default=200)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--kinds", default=",".join(SOUND))
    parser.add_argument("--keep", type=Path, help="A folder for a file of each fault.")
    asked = parser.parse_args()
    kinds = asked.kinds.split(",")
    if asked.keep:
        asked.keep.mkdir(parents=True, exist_ok=True)
    counts: Counter[str] = Counter()
    with tempfile.TemporaryDirectory(prefix="kepler_keras-fuzz-") as folder:
        os.environ |= {
            "KEPLER_KERAS_CACHE": f"{folder}/cache",
            "HYPOTHESIS_STORAGE_DIRECTORY": f"{folder}/hypothesis",
            "MPLCONFIGDIR": folder,
            "TMPDIR": folder,
        }
        tempfile.tempdir = folder
        watch_files((Path(folder), *([asked.keep] if asked.keep else [])))
        guided = importlib.util.find_spec("atheris") is not None
        if not guided:
            print("atheris is not installed (pip install 'kepler_keras[fuzz]'): hypothesis alone")
        n_parts = len(kinds) + guided * sum(kind not in SAVED for kind in kinds)
        each = -(-asked.inputs // n_parts)
        for kind in kinds:
            start = time.perf_counter()
            limit_memory(to_room=kind not in SAVED)
            here = outcomes(kind, each, start=asked.seed, kept=asked.keep)
            if guided and kind not in SAVED:
                here += _guided(kind, each, Path(folder) / kind)
            counts += here
            seconds = time.perf_counter() - start
            read, refused = (here[name] for name in GOOD)
            faults = here.total() - read - refused
            print(f"{kind:16} {read:5} read {refused:5} refused {faults:4} wrong {seconds:5.0f} s")
        counts += Counter({f"written outside: {path}": 1 for path in escapes()})
        if asked.through_commands:
            from tests.fuzz.commands import through_commands

            counts += through_commands(asked.through_commands, seed=asked.seed)
    faults = {what: n for what, n in counts.items() if what not in GOOD}
    for what, n in sorted(faults.items(), key=lambda item: -item[1]):
        print(f"{n:6} {what}")
    print(f"{counts.total()} inputs, {sum(faults.values())} of them wrong")
    sys.exit(bool(faults))


def _guided(kind: str, n_inputs: int, folder: Path) -> Counter[str]:
    folder.mkdir()
    command = [sys.executable, "-m", "tests.fuzz.guided", kind, str(n_inputs), str(folder)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    try:
        return Counter(json.loads((folder / "outcomes.json").read_text()))
    except OSError:
        return Counter({f"guided run of {kind} broke off: {done.stderr[-600:]}": 1})


if __name__ == "__main__":
    main()
