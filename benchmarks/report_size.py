"""How long a large comparison takes to log and to report, from a file and from a server.

A made-up record of 20 entries x 50 folds goes into a SQLite store and to an MLflow server on
loopback; each report is rebuilt twice and must have the same bytes every time.

    python benchmarks/report_size.py                        # some minutes of two idle cores
    python benchmarks/report_size.py --planets 1662         # as many as the folded curves have
"""

import argparse
import contextlib
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import requests
from large_record import large_record
from requests.adapters import HTTPAdapter
from urllib3.util import Retry

from kepler_keras.publish import log_comparison, write_folder
from kepler_keras.rebuilding import rebuild
from kepler_keras.record import Record
from kepler_keras.tracking import start_comparison
from kepler_keras.tracking.store import QUIET

SECONDS, MEGABYTES = 30, 3  # the targets
PATIENCE = 120  # seconds for a server to start


@contextlib.contextmanager
def served(folder: Path, backend: str = "") -> Iterator[str]:
    """The address of an MLflow server on loopback whose store and artifacts lie in a folder.

    Args:
        folder: An existing folder.
        backend: The address of another database for the store.
    """
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "mlflow", "server", "--host", "127.0.0.1"]
    command += ["--port", str(port), "--workers", "1"]
    command += ["--backend-store-uri", backend or f"sqlite:///{folder}/server.db"]
    command += ["--artifacts-destination", str(folder / "artifacts")]
    # What MLflow's server does for language models takes eight processes more.
    environment = {**os.environ, **QUIET, "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false"}
    with (folder / "server.log").open("w") as log:
        server = subprocess.Popen(
            command, stdout=log, stderr=log, env=environment, start_new_session=True
        )
        try:
            _wait(f"http://127.0.0.1:{port}")
            yield f"http://127.0.0.1:{port}"
        finally:
            os.killpg(server.pid, 15)
            server.wait()


def _wait(address: str) -> None:
    """Asks until the server answers."""
    patience = Retry(total=PATIENCE, backoff_factor=0.5, backoff_max=1.0)
    with requests.Session() as session:
        session.mount("http://", HTTPAdapter(max_retries=patience))
        session.get(f"{address}/health", timeout=PATIENCE)


def timed(store: str, record: Record, report: Path, address: str, folder: Path) -> list[bytes]:
    """Logs the record, rebuilds its report twice, prints the seconds, and gives the bytes."""
    begin = time.perf_counter()
    with start_comparison(record.experiment, address=address, environment={}) as tracker:
        log_comparison(record, report, {}, tracker)
    print(f"{store}: logged in {time.perf_counter() - begin:.1f} s", flush=True)
    found = []
    for number in range(2):
        begin = time.perf_counter()
        out = folder / f"{store}{number}"
        (page,) = rebuild(address=address, run_ids=[tracker.run_id], out=out).reports
        seconds, megabytes = time.perf_counter() - begin, page.stat().st_size / 1e6
        kept = "" if seconds < SECONDS and megabytes < MEGABYTES else ", target missed"
        print(f"{store}: report in {seconds:.1f} s, {megabytes:.2f} MB{kept}", flush=True)
        found += [page.read_bytes() + (out / "results.json").read_bytes()]
    return found


def main() -> None:
    """Prints seconds and megabytes of both stores, and whether all bytes are equal."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--entries", type=int, default=20)
    parser.add_argument("--repeats", type=int, default=10, help="of five folds")
    parser.add_argument("--planets", type=int, default=200, help="among 5000 stars")
    asked = parser.parse_args()
    record = large_record(n_entries=asked.entries, repeats=asked.repeats, n_planets=asked.planets)
    with tempfile.TemporaryDirectory() as name, contextlib.chdir(name):
        folder = Path(name)
        write_folder(record, folder / "report")
        sqlite = f"sqlite:///{folder}/mlflow.db"
        found = timed("sqlite", record, folder / "report", sqlite, folder)
        with served(folder) as address:
            found += timed("http", record, folder / "report", address, folder)
    print("all bytes equal" if len(set(found)) == 1 else "BYTES DIFFER")


if __name__ == "__main__":
    main()
