"""Runs experiments/kaggle.yaml on a simulated pair of files of the Kaggle set's shape.

The set itself (exoTrain.csv 5087 x 3198 with 37 hosts, exoTest.csv 570 x 3198 with 5) cannot be
shipped. This writes a pair like it, runs the whole comparison, and prints time and peak memory of
all its processes together. The figures of its report say nothing about the real set.

    python benchmarks/kaggle_pair.py            # about 12 minutes on two cores
    python benchmarks/kaggle_pair.py --quick    # less than two minutes
"""

import argparse
import os
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import psutil
from kaggle_files import FILES, write_file

from kepler_keras.data.sources import load_source


def write_simulated(path: Path, *, rows: int, hosts: int, seed: int) -> None:
    """Simulates the stars of one file and writes it."""
    options = {"n_stars": rows, "seed": seed, "prevalence": hosts / rows}
    curves = load_source("simulated", None, options)
    write_file(path, flux=curves.flux, labels=curves.labels)


def watch_memory(process: psutil.Process, peak: list[int], stop: threading.Event) -> None:
    """Keeps the largest sum of proportional memory over a process and its children."""
    while not stop.wait(1.0):
        total = 0
        for member in [process, *process.children(recursive=True)]:
            try:
                total += member.memory_full_info().pss
            except psutil.Error:
                continue
        peak[0] = max(peak[0], total)


def main() -> None:
    """Writes the pair, runs the comparison, prints what it took."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--quick", action="store_true", help="run the quick mode")
    quick = parser.parse_args().quick
    with tempfile.TemporaryDirectory(prefix="kaggle_pair-") as folder:
        data = Path(folder) / "kaggle"
        data.mkdir()
        for seed, (name, (rows, hosts)) in enumerate(FILES.items()):
            write_simulated(data / name, rows=rows, hosts=hosts, seed=seed)
            print(f"{name}: {rows} rows, {(data / name).stat().st_size / 1e6:.0f} MB")
        environment = {
            **os.environ,
            "KEPLER_KERAS_DATA": folder,
            "MLFLOW_TRACKING_URI": f"sqlite:///{folder}/mlflow.db",
        }
        command = [sys.executable, "-m", "kepler_keras.cli", "compare", "experiments/kaggle.yaml"]
        command += ["--out", f"{folder}/report", *["--quick"] * quick]
        start = time.perf_counter()
        process = subprocess.Popen(command, env=environment)
        peak, stop = [0], threading.Event()
        watcher = threading.Thread(
            target=watch_memory, args=(psutil.Process(process.pid), peak, stop)
        )
        watcher.start()
        code = process.wait()
        stop.set()
        watcher.join()
        if code:
            sys.exit(code)
        minutes = (time.perf_counter() - start) / 60
        print(
            f"kaggle.yaml: {minutes:.1f} min, peak memory {peak[0] / 1e9:.2f} GB in all processes"
        )


if __name__ == "__main__":
    main()
