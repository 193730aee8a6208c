"""Lets all checks and canaries look at clean comparisons, and at a planted fault of each kind.

A clean comparison is small and real: two learners really trained on every fold of simulated curves
(noise, and a dip of the planets that can be found), with sizes drawn at random, through the code of
every comparison. Then each fault is planted into such a comparison: in the curves, the folds, the
remedy or the record. Counted are comparisons with a red or a warning, and with a note, by code; no
clean one may have a red or a warning, and every fault must be found.

    python benchmarks/check_alarms.py                        # some two minutes
    python benchmarks/check_alarms.py --runs 20 --out a.json # fewer, and keep the figures
"""

import argparse
import json
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from made_comparisons import compared, curves_of, experiment_of
from planted_faults import planted
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from kepler_keras.evaluation.checks.check import Finding, checks, findings
from kepler_keras.record import Record
from kepler_keras.reporting.evidence import evidence_of
from kepler_keras.training.backend import load_tensorflow


def found_in(record: Record) -> Sequence[Finding]:
    """What the checks find."""
    return findings(evidence_of(record))


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints both tables; 1 where a clean comparison alarms or a fault is missed."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--runs", type=int, default=200)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path)
    options = parser.parse_args(arguments)
    load_tensorflow()
    start = time.process_time()
    loud, quiet, lowest = Counter[str](), Counter[str](), 1.0
    with threadpool_limits(1), tempfile.TemporaryDirectory() as name:
        for run in range(options.runs):
            record = compared(curves_of(options.seed + run), Path(name), experiment=experiment_of())
            found = found_in(record)
            loud.update({one.code for one in found if one.level != "note"})
            quiet.update({one.code for one in found if one.level == "note"})
            lowest = min(lowest, *(one.adjusted for one in evidence_of(record).canaries))
        faults = {
            fault: (code, code in {one.code for one in found_in(record)})
            for fault, (code, record) in planted(Path(name), options.seed).items()
        }
    seconds = time.process_time() - start
    print(f"{options.runs} clean comparisons: how many had a finding\n")
    print(f"{'code':8}{'red or warning':>16}{'note':>8}  title")
    for check in checks():
        print(f"{check.code:8}{loud[check.code]:16}{quiet[check.code]:8}  {check.title}")
    print(f"\nlowest adjusted p-value of a canary: {lowest:.4f}\n\nplanted faults")
    for fault, (code, caught) in faults.items():
        print(f"{code:8}{'found' if caught else 'MISSED':8}{fault}")
    print(f"\n{seconds:.0f} CPU seconds")
    if options.out:
        figures = {
            "runs": options.runs,
            "seed": options.seed,
            "alarms": {check.code: loud[check.code] for check in checks()},
            "notes": {check.code: quiet[check.code] for check in checks()},
            "lowest_canary_p": lowest,
            "faults": {fault: {"code": code, "found": c} for fault, (code, c) in faults.items()},
            "cpu_seconds": seconds,
        }
        options.out.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    return int(bool(loud) or not all(caught for _, caught in faults.values()))


if __name__ == "__main__":
    sys.exit(main())
