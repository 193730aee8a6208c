"""A fold of views six times as large as the memory that is left to its process."""

import json
import subprocess
import sys

import numpy as np
import pytest

ROWS, COLUMNS = 40_000, 5_000  # 0.8 GB; the file is a hole but for its first rows
LEFT = 120_000_000

# The limit is set when TensorFlow has been loaded and has fitted once, which takes memory that does
# not grow with the data.
WORKER = """
import json, resource, sys
import numpy as np
from pathlib import Path
from kepler_keras.data.splits import Fold
from kepler_keras.experiment import Entry
from kepler_keras.training.cross_validation import FoldJob, ViewFiles, run_fold

def entry(model, **settings):
    training = {"epochs": 1, "batch_size": 256}
    return Entry.model_validate(
        {"name": "one", "model": model, "view": "flux", "training": training, **settings}
    )

def used():
    lines = Path("/proc/self/status").read_text().splitlines()
    return 1024 * int(next(line for line in lines if line.startswith("VmData")).split()[1])

path, left = Path(sys.argv[1]), int(sys.argv[2])
n = len(np.load(path, mmap_mode="r"))
files = ViewFiles({"flux": path}, (np.arange(n) % 10 == 0).astype(np.int8), 0.02)
rows = np.arange(n)
network = {"name": "mlp", "units": [2], "dropout": 0.0}
parts = [rows[: 6 * n // 10], rows[6 * n // 10 : 8 * n // 10], rows[8 * n // 10 :]]
reversal = entry(network, ensemble={"members": 2, "reversal": True})
first = Fold(0, 0, rows[:500], rows[500:800], rows[800:1100])
assert not isinstance(run_fold(FoldJob(reversal, first, files, seed=0)), str)
resource.setrlimit(resource.RLIMIT_DATA, (used() + left, resource.RLIM_INFINITY))
fold = Fold(0, 0, *parts)
outcome = run_fold(FoldJob(reversal, fold, files, seed=0))
print(json.dumps({
    "scores": [len(outcome.validation.shared), len(outcome.test.shared)],
    "finite": bool(np.isfinite(outcome.test.shared).all()),
    "estimator": run_fold(FoldJob(entry("logistic_regression"), fold, files, seed=0)),
    "resampler": run_fold(FoldJob(
        entry(network, imbalance={"name": "smote", "force": True}), fold, files, seed=0
    )),
    "blind": isinstance(run_fold(FoldJob(entry("prevalence"), fold, files, seed=0)), str),
}))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="RLIMIT_DATA counts mapped memory on Linux")
def test_a_network_learns_from_them_and_what_needs_them_all_says_so(tmp_path):
    path, rng = tmp_path / "view.npy", np.random.default_rng(0)
    with path.open("wb") as file:
        head = {"descr": "<f4", "fortran_order": False, "shape": (ROWS, COLUMNS, 1)}
        np.lib.format.write_array_header_1_0(file, head)
        start = file.tell()
        file.write(rng.standard_normal((200, COLUMNS), np.float32).tobytes())
        file.truncate(start + 4 * ROWS * COLUMNS)
    ended = subprocess.run(
        [sys.executable, "-c", WORKER, str(path), str(LEFT)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr[-2000:]
    told = json.loads(ended.stdout.splitlines()[-1])
    assert told["scores"] == [8000, 8000]
    assert told["finite"]
    assert told["blind"] is False
    assert told["estimator"].startswith(
        "repeat 1, fold 1: entry 'one': model 'logistic_regression' takes its 24000 rows at once, "
        "which needs 1.92 GB of memory, and 0."
    )
    assert told["estimator"].endswith(
        " GB are free; take a network, which reads them by the batch, or fewer stars"
    )
    assert told["resampler"].startswith(
        "repeat 1, fold 1: entry 'one': imbalance 'smote' takes all 24000 training rows at once, "
        "which needs 2.88 GB of memory, and 0."
    )
    assert "\n" not in told["estimator"] + told["resampler"]
