"""A Ray cluster of two nodes with a token, in a network and with disks that the test makes itself.

Both nodes live in one new network namespace that has a loopback interface and nothing else. The
second one has an empty disk mounted over the folder where the first one and the commands work, as
another machine would have.
"""

import os
import secrets
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import psutil
import pytest
from main_job import ROOT, environment

ADDRESS = "127.0.0.1:6379"
START_SECONDS = 60
OBJECT_STORE = 150_000_000


@cache
def missing() -> str:
    """Why there can be no such cluster here; empty where there can."""
    try:
        import ray  # noqa: F401
    except ImportError:
        return "the package ray is not installed"
    tools = [name for name in ("unshare", "nsenter", "mount", "ip") if shutil.which(name) is None]
    if tools:
        return f"{', '.join(tools)} not installed"
    told = subprocess.run([*unshared(), "true"], capture_output=True, text=True)
    return f"no namespaces of its own for a test: {told.stderr.strip()}" if told.returncode else ""


def unshared() -> list[str]:
    """Begins a command in namespaces of its own."""
    as_root = [] if os.geteuid() == 0 else ["--user", "--map-root-user"]
    return ["unshare", *as_root, "--net", "--mount"]


needs_nodes = pytest.mark.skipif(bool(missing()), reason=missing() or "-")


@dataclass
class Nodes:
    """The cluster, and commands in it.

    Attributes:
        disk: What the second node does not see.
        holder: Keeps the namespaces.
        second: The second node's command.
    """

    disk: Path
    holder: subprocess.Popen[str]
    token: str
    second: "subprocess.Popen[str] | None" = None
    started: list["subprocess.Popen[str]"] = field(default_factory=list)

    def environment(self, **changes: str) -> dict[str, str]:
        """Of commands and nodes."""
        given = {"RAY_AUTH_MODE": "token", "RAY_AUTH_TOKEN": self.token, "TMPDIR": str(self.disk)}
        places = os.pathsep.join((str(ROOT), str(ROOT / "tests")))
        quiet = {"RAY_USAGE_STATS_ENABLED": "0", "PYTHONPATH": places}
        return environment(**{**quiet, **given, **changes})

    def inside(self, *command: str) -> list[str]:
        """A command as it is run in the namespaces."""
        user = [] if os.geteuid() == 0 else ["--user", "--preserve-credentials"]
        place = ["nsenter", "--target", str(self.holder.pid), *user, "--net", "--mount"]
        return [*place, f"--wdns={self.disk}", *command]

    def start(self, *command: str, **changes: str) -> "subprocess.Popen[str]":
        """Starts a command on the first node."""
        process = subprocess.Popen(
            self.inside(*command),
            env=self.environment(**changes),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.started.append(process)
        return process

    def command(self, *arguments: str) -> list[str]:
        """`kepler-keras` with these arguments."""
        return [sys.executable, "-m", "kepler_keras.cli", *arguments]

    def kepler_keras(self, *arguments: str) -> str:
        """Runs it on the first node; what it said, all being well."""
        process = self.start(*self.command(*arguments))
        said, _ = process.communicate()
        assert process.returncode == 0, said
        return said

    def add_second(self, *, processors: int = 1) -> None:
        """Starts the second node, with a disk of its own over the first one's."""
        words = (
            f"mount -t tmpfs none {self.disk} && exec {_ray(f'--address={ADDRESS}', processors)}"
        )
        self.second = self.start("unshare", "--mount", "sh", "-c", words)

    def kill_second(self) -> None:
        """Takes the second node away, with all its processes."""
        assert self.second is not None
        _kill(self.second)
        self.second = None

    def wait(self, n_nodes: int) -> None:
        """Waits until so many nodes are alive.

        Raises:
            TimeoutError: They are not.
        """
        words = (
            "import ray, sys, time; ray.init(address=sys.argv[1], logging_level='ERROR')\n"
            f"while sum(node['Alive'] for node in ray.nodes()) != {n_nodes}: time.sleep(0.1)"
        )
        process = self.start(sys.executable, "-c", words, ADDRESS)
        try:
            said, _ = process.communicate(timeout=START_SECONDS)
        except subprocess.TimeoutExpired as error:
            _kill(process)
            raise TimeoutError(f"no cluster of {n_nodes} nodes") from error
        assert process.returncode == 0, said


def short_folder() -> "TemporaryDirectory[str]":
    """A folder for sockets, whose paths may have 107 characters with Ray's own names."""
    return TemporaryDirectory(prefix="kk", ignore_cleanup_errors=True)


@contextmanager
def nodes(*, second: bool = True) -> Iterator[Nodes]:
    """Two nodes of one processor each; all ends with the block.

    Args:
        second: Whether the second node is started already.
    """
    with ExitStack() as ending:
        folder = Path(ending.enter_context(short_folder()))
        holder = subprocess.Popen(
            [*unshared(), "sh", "-c", "ip link set lo up && echo up && exec cat"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        ending.callback(_kill, holder)
        assert holder.stdout is not None
        assert holder.stdout.readline() == "up\n"
        made = Nodes(folder, holder, secrets.token_hex(16))
        ending.callback(lambda: [_kill(process) for process in made.started])
        made.start("sh", "-c", f"exec {_ray('--head --port=6379', 1)}")
        _wait_for_head(made)
        if second:
            made.add_second()
            made.wait(2)
        yield made


def _wait_for_head(made: Nodes) -> None:
    begun = time.monotonic()
    while True:
        head = made.started[0]
        assert head.poll() is None, head.stdout and head.stdout.read()
        try:
            made.wait(1)
            return
        except AssertionError:
            if time.monotonic() - begun > START_SECONDS:
                raise


def _ray(how: str, processors: int) -> str:
    options = f"--num-cpus={processors} --object-store-memory={OBJECT_STORE} --block"
    quiet = "--disable-usage-stats --include-dashboard=false" if "--head" in how else ""
    return f"{sys.executable} -m ray.scripts.scripts start {how} {options} {quiet}"


def _kill(process: "subprocess.Popen[str]") -> None:
    """A process and all that it started; returns when they are gone."""
    with suppress(psutil.NoSuchProcess):
        family = psutil.Process(process.pid)
        every = [family, *family.children(recursive=True)]
        for one in every:
            with suppress(psutil.NoSuchProcess):
                one.kill()
        psutil.wait_procs(every[1:], timeout=10)
    process.wait()
    for stream in (process.stdin, process.stdout):
        if stream is not None:
            stream.close()
