"""A real MLflow server on loopback, which can be away for a while, and PostgreSQL below it."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from benchmarks.postgres import find_postgres

PROGRAMS = find_postgres()
needs_postgres = pytest.mark.skipif(
    PROGRAMS is None, reason="needs PostgreSQL's server (Debian: apt-get install postgresql)"
)


class Server:
    """A server with its store in a folder; it keeps its port and its store through `stop`.

    Attributes:
        address: For clients.
        log: What it says.
    """

    def __init__(self, folder: Path, backend: str = "", *options: str, **variables: str) -> None:
        """Starts it with the database at `backend`, else with a sqlite one; artifacts by proxy."""
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        self.address = f"http://127.0.0.1:{port}"
        self._folder = folder
        self._command = [
            *(sys.executable, "-m", "mlflow", "server", "--host", "127.0.0.1", "--workers", "1"),
            *(
                "--port",
                str(port),
                "--backend-store-uri",
                backend or f"sqlite:///{folder / 's.db'}",
            ),
            *("--artifacts-destination", str(folder / "artifacts"), "--serve-artifacts"),
            *options,
        ]
        self._environment = {
            **os.environ,
            "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false",
            **variables,
        }
        self.log = folder / "server.log"
        self.start()

    def start(self) -> None:
        """Starts it and waits for its first answer."""
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command,
                cwd=self._folder,
                env=self._environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        while True:
            try:
                urllib.request.urlopen(f"{self.address}/health", timeout=1).close()
                return
            except OSError:
                assert self._process.poll() is None
                time.sleep(0.1)

    def stop(self) -> None:
        """Ends it, by its process id."""
        if self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGTERM)
            self._process.wait()

    def kill(self) -> None:
        """Ends it and all its helpers in the midst of whatever they do."""
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
