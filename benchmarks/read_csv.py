"""Reads files of the Kaggle set's shape with pandas and with kepler_keras, and compares.

Two made-up training files of 5087 x 3198 cells: one spells flux with 14 digits and has about the
262 MB of the published file, one with two decimals. Every measurement is a process of its own;
the file lies in the page cache for all; CPU seconds, imports left out, the least of some runs.

    python benchmarks/read_csv.py                   # about two minutes
    python benchmarks/read_csv.py --out read.json   # and keep the figures
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from kaggle_files import FILES, N_COLUMNS, write_file

SPELLINGS = {"14 digits": "%.14g", "two decimals": "%.2f"}
ROUNDS = 3
LIMITS = {"cold_ratio": 2.0, "mapped_wall_s": 0.05, "peak_memory_gb": 1.5}


def write_noise(path: Path, *, rows: int, hosts: int, spelling: str, seed: int) -> None:
    """Writes stars of white noise, quiet and loud ones: only the spelling matters here."""
    random = np.random.default_rng(seed)
    scatter = 10 ** random.uniform(0.5, 3.5, (rows, 1))
    flux = (scatter * random.standard_normal((rows, N_COLUMNS))).astype(np.float32)
    labels = (np.arange(rows) < hosts).astype(np.int8)
    write_file(path, flux=flux, labels=labels, spelling=spelling)


def with_pandas(path: Path) -> None:
    """Reads the file as one would without this package."""
    import pandas as pd

    pd.read_csv(path, dtype=np.float32)


def parsed(path: Path) -> None:
    """Reads the file and keeps nothing."""
    from kepler_keras.data.flux_table import KeptRows, read_rows

    kept = KeptRows()
    read_rows(path, kept)
    kept.flux()


def prepared(path: Path) -> None:
    """Reads the file through the cache: the first time cold, afterwards mapped."""
    from kepler_keras.data.prepared_flux import prepare_flux

    prepare_flux([path])


def pair(path: Path) -> None:
    """Does to both files what a run does before it conditions them."""
    from kepler_keras.data.duplicates import unite_identical_curves
    from kepler_keras.data.sources.kaggle_csv import load
    from kepler_keras.experiment import TrainTestPaths

    paths = TrainTestPaths(train=str(path), test=str(path.with_name("exoTest.csv")))
    _ = unite_identical_curves(load(paths)).fingerprint


READERS: dict[str, Callable[[Path], None]] = {
    reader.__name__: reader for reader in (with_pandas, parsed, prepared, pair)
}


def warm_up(reader: Callable[[Path], None], folder: Path) -> dict[str, float]:
    """Imports what the reader needs and starts numba, which takes once a process what it gives."""
    for name in ("exoTrain.csv", "exoTest.csv"):
        (folder / name).write_text("LABEL,FLUX.1\n1,1.5\n2,2.5\n")
    with_pandas(folder / "exoTrain.csv")
    import kepler_keras.data.csv_parser  # noqa: F401

    start = time.process_time()
    reader(folder / "exoTrain.csv")
    return {"numba_start_cpu_s": time.process_time() - start}


def peak_memory() -> float:
    """Largest memory of this process in GB; `ru_maxrss` would count its parent's before exec."""
    status = Path("/proc/self/status")
    if status.exists():
        (line,) = [line for line in status.read_text().splitlines() if line.startswith("VmHWM")]
        return int(line.split()[1]) * 1024 / 1e9
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e9  # bytes on macOS


def measure(name: str, path: Path) -> None:
    """Runs one reader and prints what it took as JSON."""
    with tempfile.TemporaryDirectory() as folder:
        figures = warm_up(READERS[name], Path(folder))
    base = peak_memory()
    wall, cpu = time.perf_counter(), time.process_time()
    READERS[name](path)
    figures |= {"cpu_s": time.process_time() - cpu, "wall_s": time.perf_counter() - wall}
    print(json.dumps(figures | {"peak_gb": peak_memory(), "imports_gb": base}))


def in_process(name: str, path: Path, cache: Path, **environment: str) -> dict[str, float]:
    """Measures one reader in a process of its own."""
    command = [sys.executable, __file__, "--measure", name, str(path)]
    everything = {**os.environ, "KEPLER_KERAS_CACHE": str(cache), **environment}
    output = subprocess.run(command, env=everything, check=True, capture_output=True, text=True)
    result: dict[str, float] = json.loads(output.stdout)
    return result


def compare(path: Path, folder: Path) -> dict[str, Any]:
    """All readers over one file, in turn, several times; the least of each."""
    runs: dict[str, list[dict[str, float]]] = {"pandas": [], "parse": [], "cold": [], "mapped": []}
    for number in range(ROUNDS):
        cache = folder / f"cache-{path.parent.name}-{number}"
        runs["pandas"].append(in_process("with_pandas", path, cache))
        runs["parse"].append(in_process("parsed", path, cache))
        runs["cold"].append(in_process("prepared", path, cache))
        runs["mapped"].append(in_process("prepared", path, cache))
    least = {
        name: {key: min(run[key] for run in several) for key in several[0]}
        for name, several in runs.items()
    }
    pandas, cold = least["pandas"]["cpu_s"], least["cold"]
    return {
        "bytes": path.stat().st_size,
        "least": least,
        "cold_ratio": pandas / cold["cpu_s"],
        "cold_with_numba_start_ratio": pandas / (cold["cpu_s"] + cold["numba_start_cpu_s"]),
        "parse_only_ratio": pandas / least["parse"]["cpu_s"],
        "mapped_wall_s": least["mapped"]["wall_s"],
    }


def main() -> None:
    """Writes the files, measures, prints and keeps the figures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--out", type=Path, help="a JSON file for the figures")
    parser.add_argument("--measure", nargs=2, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.measure:
        measure(arguments.measure[0], Path(arguments.measure[1]))
        return
    results: dict[str, Any] = {"limits": LIMITS}
    with tempfile.TemporaryDirectory(prefix="read_csv-") as name:
        folder = Path(name)
        for spelling, form in SPELLINGS.items():
            data = folder / spelling.replace(" ", "-")
            data.mkdir()
            for seed, (file, (rows, hosts)) in enumerate(FILES.items()):
                write_noise(data / file, rows=rows, hosts=hosts, spelling=form, seed=seed)
            time.sleep(3)  # a file that was written just now is not remembered yet
            results[spelling] = compare(data / "exoTrain.csv", folder)
            results[spelling]["pair"] = {
                step: in_process("pair", data / "exoTrain.csv", folder / f"pair-{form[2:]}")
                for step in ("cold", "mapped")
            }
            report(spelling, results[spelling])
        fresh = in_process(
            "parsed", data / "exoTrain.csv", folder, NUMBA_CACHE_DIR=str(folder / "numba")
        )
        results["first_compilation_cpu_s"] = fresh["numba_start_cpu_s"]
        print(f"machine code, the first time ever: {fresh['numba_start_cpu_s']:.1f} s")
    if arguments.out:
        arguments.out.write_text(json.dumps(results, indent=2) + "\n")


def report(spelling: str, result: dict[str, Any]) -> None:
    """Prints the figures of one file."""
    least, both = result["least"], result["pair"]
    print(f"{spelling}: {result['bytes'] / 1e6:.0f} MB")
    for name, figures in least.items():
        print(
            f"  {name:8s} {figures['cpu_s']:.3f} s CPU, {figures['wall_s']:.3f} s, "
            f"peak {figures['peak_gb']:.2f} GB (of imports {figures['imports_gb']:.2f})"
        )
    print(
        f"  cold against pandas: {result['cold_ratio']:.1f}x "
        f"(with numba's own start {result['cold_with_numba_start_ratio']:.1f}x, "
        f"parsing alone {result['parse_only_ratio']:.1f}x)"
    )
    for step, figures in both.items():
        print(
            f"  train and test, checked for duplicates and fingerprinted, {step}: "
            f"{figures['wall_s']:.3f} s, peak {figures['peak_gb']:.2f} GB"
        )


if __name__ == "__main__":
    main()
