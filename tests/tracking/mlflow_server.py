"""A real MLflow server on loopback, which can be away for a while."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path


class Server:
    """A server with its store in a folder; it keeps its port and its store through `stop`."""

    def __init__(self, folder: Path) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        self.address = f"http://127.0.0.1:{port}"
        self._folder = folder
        self._command = [
            *(sys.executable, "-m", "mlflow", "server", "--host", "127.0.0.1", "--workers", "1"),
            *("--port", str(port), "--backend-store-uri", f"sqlite:///{folder / 's.db'}"),
            *("--artifacts-destination", str(folder / "artifacts")),
        ]
        self.start()

    def start(self) -> None:
        """Starts it and waits for its first answer."""
        quiet = subprocess.DEVNULL
        self._process = subprocess.Popen(
            self._command, cwd=self._folder, stdout=quiet, stderr=quiet, start_new_session=True
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
