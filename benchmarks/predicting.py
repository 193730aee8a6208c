r"""Do `kepler-keras predict` and `mlflow models serve` score real stars alike, and how fast?

Scores every star of a folder of FITS files with a registered model in both ways: the command in a
process of its own, and MLflow's scoring server on loopback, asked for one star at a time. Equal
means equal to the last bit. Then the scores of the stars by their disposition in the KOI table.

    KEPLER_KERAS_DATA=... MLFLOW_TRACKING_URI=sqlite:///mlflow.db python benchmarks/predicting.py \
        models:/kepler@champion
"""

import csv
import json
import os
import re
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from kepler_keras.data.sources import read_source

DATA = Path(os.environ.get("KEPLER_KERAS_DATA", ""))
FILES = DATA / "kepler_fits"
KOI = DATA / "koi_tables" / "koi_cumulative.csv"
PATIENCE = 120.0  # seconds for the server's start


def predicted(model: str) -> tuple[dict[str, float], float]:
    """Scores by star, and milliseconds a star of the whole command."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "scores.csv"
        command = [sys.executable, "-m", "kepler_keras.cli", "predict", "--model", model]
        command += [str(FILES), "--out", str(out), "--jobs", "1"]
        begun = time.perf_counter()
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        whole = time.perf_counter() - begun
        rows = list(csv.DictReader(out.open(encoding="utf-8")))
    print(done.stdout.splitlines()[-1].partition(": ")[2])
    (stage,) = re.findall(r"scoring, curve (\d+)/\1  took (\d+) s", done.stderr)
    print(f"predict: {whole:.1f} s in all, {stage[1]} s of them scoring, one thread")
    return {row["star"]: float(row["score"]) for row in rows}, 1000 * whole / len(rows)


@contextmanager
def server(model: str) -> Iterator[str]:
    """The address of a scoring server that ends with the block."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "mlflow", "models", "serve", "-m", model, "-p", str(port)]
    command += ["-h", "127.0.0.1", "--env-manager", "local"]
    variables = os.environ | {
        "MLFLOW_ALLOW_PICKLE_DESERIALIZATION": "false",
        "MLFLOW_SCORING_SERVER_REQUEST_TIMEOUT": "600",  # the first request compiles
    }
    quiet = subprocess.DEVNULL
    process = subprocess.Popen(
        command, env=variables, stdout=quiet, stderr=quiet, start_new_session=True
    )
    address, begun = f"http://127.0.0.1:{port}", time.perf_counter()
    try:
        while not _answers(address):
            if process.poll() is not None or time.perf_counter() - begun > PATIENCE:
                raise SystemExit("the scoring server did not start")
            time.sleep(0.2)
        print(f"serve: {time.perf_counter() - begun:.1f} s to start")
        yield address
    finally:
        os.killpg(process.pid, 15)  # MLflow starts the server in a process below its own
        process.wait()


def _answers(address: str) -> bool:
    try:
        urllib.request.urlopen(f"{address}/ping", timeout=2).close()
    except OSError:
        return False
    return True


def asked(address: str, curve: np.ndarray) -> float:
    """The score of one curve; its gaps are null."""
    values = [None if np.isnan(value) else float(value) for value in curve]
    request = urllib.request.Request(
        f"{address}/invocations",
        json.dumps({"inputs": [values]}).encode(),
        {"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request) as answer:
        return float(json.load(answer)["predictions"][0])


def by_disposition(scores: dict[str, float]) -> None:
    """The scores of the stars of each kind, the most promising signal of each star deciding."""
    best = ("NO KOI", "FALSE POSITIVE", "CANDIDATE", "CONFIRMED")
    kinds = dict.fromkeys(scores, "NO KOI")
    lines = (line for line in KOI.open(encoding="utf-8") if not line.startswith("#"))
    for row in csv.DictReader(lines):
        if row["kepid"] in kinds:
            kinds[row["kepid"]] = max(kinds[row["kepid"]], row["koi_disposition"], key=best.index)
    groups = defaultdict(list)
    for star, score in scores.items():
        groups[kinds[star]].append(score)
    for kind in reversed(best):
        values = np.array(groups[kind])
        if len(values):
            low, middle, high = np.quantile(values, [0, 0.5, 1])
            print(f"{kind:15} {len(values):4} stars: {low:.3f} to {high:.3f}, median {middle:.3f}")
    for star, score in sorted(scores.items(), key=lambda item: -item[1])[:10]:
        print(f"  {score:.4f}  {star:10} {kinds[star]}")


def main() -> None:
    """Prints equality, times and scores."""
    if not FILES.is_dir() or len(sys.argv) != 2:
        sys.exit(f"KEPLER_KERAS_DATA must name the real data, and a model is needed:\n{__doc__}")
    model = sys.argv[1]
    scores, each = predicted(model)
    curves = read_source("kepler_fits", str(FILES), {})
    with server(model) as address:
        begun = time.perf_counter()
        asked(address, curves.flux[0])
        print(f"serve: {time.perf_counter() - begun:.1f} s for the first request, which compiles")
        begun = time.perf_counter()
        served = {
            star: asked(address, curve)
            for star, curve in zip(curves.stars.tolist(), curves.flux, strict=True)
        }
        per_request = 1000 * (time.perf_counter() - begun) / len(served)
    equal = sum(scores[star] == served[star] for star in served)
    print(f"equal scores: {equal} of {len(served)} stars ({len(scores)} scored by predict)")
    print(f"predict {each:.0f} ms a star with start and reading; serve {per_request:.0f} ms a star")
    by_disposition(scores)


if __name__ == "__main__":
    main()
