"""A PostgreSQL of one's own on loopback, for a benchmark or a test; no other one is touched.

PostgreSQL refuses to run as root: where root starts it, another user without rights runs it.
"""

import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

DEBIAN = "/usr/lib/postgresql"  # Debian keeps the server's programs off the path, by version
LEFT_BEHIND = ("postgres", "nobody")  # who runs it where root starts it; the first there is
PATIENCE = 60  # seconds to start; a killed one reads its log again
NAME = "mlflow"  # of the role and of its database


def find_postgres() -> Path | None:
    """The folder of the newest PostgreSQL server's programs, if one is installed."""
    found = shutil.which("initdb")
    if found:
        return Path(found).resolve().parent
    versions = [path.parent for path in Path(DEBIAN).glob("*/bin/initdb")]
    return max(versions, key=lambda path: float(path.parent.name), default=None)


class Postgres:
    """A cluster in a folder of its own that keeps its port and its data through `kill`.

    Attributes:
        address: `postgresql://` with role, password and database.
        password: In no text of anybody's.
    """

    def __init__(self, programs: Path) -> None:
        self._programs = programs
        self._as = _another_user()
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self._port = probe.getsockname()[1]
        self.password = secrets.token_hex(16)
        self.address = f"postgresql://{NAME}:{self.password}@127.0.0.1:{self._port}/{NAME}"
        self.folder = Path(tempfile.mkdtemp(prefix="postgres-"))
        if "user" in self._as:
            shutil.chown(self.folder, self._as["user"])
        self._make()
        self.start()
        self._run(
            "createdb", "--host=127.0.0.1", f"--port={self._port}", f"--username={NAME}", NAME
        )

    def start(self) -> None:
        """Starts it and waits until it lets its role in."""
        end = time.monotonic() + PATIENCE
        while True:
            options = [f"--port={self._port}", "--listen_addresses=127.0.0.1"]
            options += ["--unix_socket_directories="]
            with (self.folder / "log.txt").open("ab") as log:
                self._process = subprocess.Popen(
                    [self._programs / "postgres", "-D", self.folder / "data", *options],
                    cwd=self.folder,
                    stdout=log,
                    stderr=log,
                    **self._as,
                )
            # Of a killed one the last helper may hold the data a moment longer.
            if self._answers(end):
                return
            if time.monotonic() > end:
                raise RuntimeError((self.folder / "log.txt").read_text(encoding="utf-8"))
            time.sleep(0.1)

    def kill(self) -> None:
        """Ends it as a cut of power does, in the midst of whatever it does."""
        self._process.send_signal(signal.SIGKILL)
        self._process.wait()

    def restart_at_once(self) -> None:
        """Breaks off all connections, as `pg_ctl restart -m immediate` does."""
        self._process.send_signal(signal.SIGQUIT)
        self._process.wait()
        self.start()

    def remove(self) -> None:
        """Ends it and removes its data."""
        with suppress(ProcessLookupError):
            self._process.send_signal(signal.SIGINT)
        self._process.wait()
        shutil.rmtree(self.folder)

    def _make(self) -> None:
        """Makes the cluster: no connection without the password, not even a local one."""
        secret = self.folder / "password.txt"
        secret.write_text(self.password, encoding="utf-8")
        if "user" in self._as:
            shutil.chown(secret, self._as["user"])
        options = ["--auth=scram-sha-256", "--no-locale", "--encoding=UTF8", "--no-sync"]
        options += [f"--username={NAME}", f"--pwfile={secret}", f"--pgdata={self.folder / 'data'}"]
        self._run("initdb", *options)
        secret.unlink()

    def _answers(self, end: float) -> bool:
        """Whether it lets somebody in before it ends by itself, or the time does."""
        question = ["--host=127.0.0.1", f"--port={self._port}", "--quiet"]
        while self._process.poll() is None and time.monotonic() < end:
            if not subprocess.run(
                [self._programs / "pg_isready", *question], check=False
            ).returncode:
                return True
            time.sleep(0.05)
        return False

    def _run(self, program: str, *arguments: str) -> None:
        done = subprocess.run(
            [self._programs / program, *arguments],
            cwd=self.folder,
            env={**os.environ, "PGPASSWORD": self.password},
            capture_output=True,
            text=True,
            check=False,
            **self._as,
        )
        if done.returncode:
            raise RuntimeError(f"{program}: {done.stderr}")


@contextmanager
def own_postgres(programs: Path) -> Iterator[Postgres]:
    """A cluster that is gone at the end."""
    cluster = Postgres(programs)
    try:
        yield cluster
    finally:
        cluster.remove()


def _another_user() -> dict[str, Any]:
    """Of `subprocess`: who runs it, where that must be somebody else."""
    if os.geteuid() != 0:
        return {}
    names = {one.pw_name for one in pwd.getpwall()}
    user = pwd.getpwnam(next(name for name in LEFT_BEHIND if name in names))
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
