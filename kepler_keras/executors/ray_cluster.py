"""Worker processes of a Ray cluster: this machine's own, or one that is running."""

import os
import secrets
import signal
import socket
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from importlib.util import find_spec
from itertools import islice
from pathlib import Path
from typing import Any

from kepler_keras.errors import InputError, RunError
from kepler_keras.executors.environment import default_jobs, worker_environment
from kepler_keras.executors.interface import Job, Result, WorkerKilledError
from kepler_keras.executors.local import STOP_SIGNALS
from kepler_keras.executors.ray_files import Lender, bring_home
from kepler_keras.executors.ray_task import Fact, Parcel, Raised, carry_out, pack, unpack

AHEAD = 2  # jobs sent for each that runs: the next one is there when one ends
TRIES_AGAIN = 2  # of a job whose worker or node was lost
LOOK = 0.5  # seconds between two looks at whether jobs ended
PATIENCE = 10.0  # seconds to find somebody at an address
QUIET: Mapping[str, Any] = {"log_to_driver": False, "logging_level": "ERROR"}
OBJECT_STORE = 256 << 20  # bytes; jobs and results pass through it, views do not

STARVED = 120.0  # seconds without any node that could run a job
MISSING = "--executor ray: the package ray is missing; it comes with kepler-keras[ray]"


@dataclass(frozen=True)
class RayCluster:
    """Workers on the nodes of a Ray cluster; a job of a node that is lost runs on another one.

    The driver must run on a node of the cluster. Other nodes get each file that jobs read once, and
    what jobs write there comes back with their results.

    Attributes:
        threads: Threads, and processors, of each job.
        most_jobs: Most jobs side by side; 0 for as many as the nodes' processors can feed.
        address: HOST:PORT of a running cluster; None starts one on this machine.
        facts: What must be the same on every node, by its name for people: functions of modules
            that every node can import.
        lender: Of files, for all runs.
    """

    threads: int
    most_jobs: int = 0
    address: str | None = None
    facts: Mapping[str, Callable[[], str]] = field(default_factory=dict)
    lender: Lender = field(default_factory=Lender, compare=False, repr=False)

    @property
    def jobs(self) -> int:
        """Jobs that run side by side, as many as the nodes of this moment can feed; 1 or more."""
        slots = self._slots()
        return max(1, min(slots, self.most_jobs) if self.most_jobs else slots)

    def check(self) -> None:
        """Joins a running cluster; one of its own starts with the first jobs.

        Raises:
            InputError: There is none, or no Ray on this machine.
        """
        if self.address is not None:
            _joined(self)
        elif find_spec("ray") is None:
            raise InputError(MISSING)

    def _slots(self) -> int:
        return _processors(self) // self.threads

    def alone(self) -> "RayCluster":
        """One job at a time."""
        return replace(self, most_jobs=1)

    def run(
        self, function: Callable[[Job], Result], jobs: Sequence[Job]
    ) -> Iterator[tuple[int, Result]]:
        """Yields (position of the job, result) as jobs finish; a job's error is raised here.

        Raises:
            InputError: There is no such cluster, or a node differs from this machine.
            WorkerKilledError: At the end, of jobs whose workers were lost again and again.
        """
        ray = _joined(self)
        send, to_send = self._sender(function), iter(enumerate(jobs))
        under_way: dict[Any, tuple[int, Job]] = {}
        lost: dict[int, Exception] = {}
        room, looked = self._room(), time.monotonic()
        starved: float | None = None
        try:
            while True:
                if time.monotonic() - looked > LOOK:  # nodes come and go
                    room, looked = self._room(), time.monotonic()
                    starved = self._check_fed(starved)
                for position, job in islice(to_send, max(room - len(under_way), 0)):
                    under_way[send(job)] = position, job
                if not under_way:
                    break
                ended, _ = ray.wait(list(under_way), num_returns=1, timeout=LOOK)
                for task in ended:
                    position, job = under_way.pop(task)
                    try:
                        packed = ray.get(task)
                    except ray.exceptions.RayError as error:
                        _refuse_other_code(error)
                        lost[position] = error  # its worker, its node or its memory is gone
                        continue
                    delivery = unpack(packed)
                    if isinstance(delivery, Raised):
                        raise delivery.error
                    yield position, bring_home(delivery, job)
        finally:
            for task in under_way:
                ray.cancel(task, force=True)
        if lost:
            raise WorkerKilledError(
                f"{len(lost)} of {len(jobs)} jobs were lost with their worker each time "
                f"({_kind(lost)}), most often because memory ran out; fewer at once need less: "
                "--jobs 1",
                sorted(lost),
            )

    def _room(self) -> int:
        """Jobs that may be with the cluster: with some ahead, unless these would run too."""
        slots = self._slots()
        return self.most_jobs or AHEAD * max(slots, 1)

    def _check_fed(self, since: float | None) -> float | None:
        """Gives up where no node can run a job for long; since when that is so.

        Raises:
            RunError: None could for `STARVED` seconds.
        """
        if self._slots():
            return None
        if since is None:
            print("no node of the cluster can run a job; waiting for one", file=sys.stderr)
            return time.monotonic()
        if time.monotonic() - since > STARVED:
            raise RunError(
                f"--executor ray: for {STARVED:.0f} s no node of the cluster could run a job; "
                "what ended is kept where the command keeps it, and the same command goes on"
            )
        return since

    def _sender(self, function: Callable[[Job], Result]) -> Callable[[Job], Any]:
        """What hands a job to the cluster; the task is described to it once."""
        import ray

        known = tuple(
            Fact(name, fact.__module__, fact.__qualname__, str(fact()))
            for name, fact in self.facts.items()
        )
        task = ray.remote(carry_out).options(
            num_cpus=self.threads,
            max_retries=TRIES_AGAIN,
            runtime_env={"env_vars": worker_environment(self.threads)},
            scheduling_strategy="SPREAD",
            name=getattr(function, "__name__", "job"),
        )

        def send(job: Job) -> Any:
            parcel = Parcel(function, job, self.lender.of(job), Path.cwd())
            return task.remote(known, pack(parcel))

        return send


def _joined(cluster: RayCluster) -> Any:
    """The module ray, connected; leaving the process ends the connection, or the own cluster."""
    # No report of usage leaves the machine, and no warning of a version to come is printed.
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    os.environ.setdefault("RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO", "0")
    if cluster.address is None and "ray" not in sys.modules:  # which reads it once, at its import
        _protect()
    try:
        import ray
    except ImportError as error:
        raise InputError(MISSING) from error
    if not ray.is_initialized():
        with _signals_kept():
            _connect(cluster)
        if _processors(cluster) < cluster.threads:
            raise InputError(
                f"--executor ray: jobs of {cluster.threads} threads need a node with as many "
                "processors, and the cluster has none"
            )
    return ray


def _refuse_other_code(error: Exception) -> None:
    """Says so where a node cannot even take a job.

    Raises:
        InputError: What went wrong there is neither the job's doing nor the machine's.
    """
    from ray.exceptions import RayError, RayTaskError

    if isinstance(error, RayTaskError) and not isinstance(error.cause, RayError):
        words = " ".join(str(error.cause).split())[:200]
        raise InputError(
            "--executor ray: a node cannot take a job; each needs the same version of this "
            f"package and its own packages: {type(error.cause).__name__}: {words}"
        ) from error


def _kind(lost: Mapping[int, Exception]) -> str:
    """What Ray calls it, in a word."""
    return ", ".join(sorted({type(error).__name__ for error in lost.values()}))


def _processors(cluster: RayCluster) -> int:
    """Of all nodes that are there; those that a job of so many threads leaves over do not count."""
    ray = _joined(cluster)
    fed = [int(node["Resources"].get("CPU", 0)) for node in ray.nodes() if node["Alive"]]
    return sum(count - count % cluster.threads for count in fed)


def _connect(cluster: RayCluster) -> None:
    import ray

    try:
        if cluster.address is None:
            where = "no cluster can be started on this machine"
            jobs = cluster.most_jobs or default_jobs(cluster.threads)
            ray.init(
                address="local",
                num_cpus=jobs * cluster.threads,
                include_dashboard=False,
                _node_ip_address="127.0.0.1",
                object_store_memory=OBJECT_STORE,
                **QUIET,
            )
        else:
            where = (
                f"no Ray cluster can be joined at --address {cluster.address} from a node of it "
                "(`ray start --address` makes this machine one)"
            )
            host, _, port = cluster.address.rpartition(":")
            # Ray itself would ask for minutes.
            socket.create_connection((host, int(port)), timeout=PATIENCE).close()
            ray.init(address=cluster.address, **QUIET)
    except (OSError, RuntimeError, ValueError, ray.exceptions.RayError) as error:
        words = " ".join(str(error).split())[:300]
        raise InputError(f"--executor ray: {where}: {words}") from error


def _protect() -> None:
    """Gives a cluster that is about to start a token: Ray's ports are open to the network."""
    os.environ.setdefault("RAY_AUTH_MODE", "token")
    if os.environ["RAY_AUTH_MODE"] == "token" and "RAY_AUTH_TOKEN_PATH" not in os.environ:
        os.environ.setdefault("RAY_AUTH_TOKEN", secrets.token_hex(16))


@contextmanager
def _signals_kept() -> Iterator[None]:
    """Ray puts a handler of its own for SIGTERM, which exits; a command has set its own before."""
    before = {one: signal.getsignal(one) for one in STOP_SIGNALS}
    try:
        yield
    except SystemExit as error:
        raise KeyboardInterrupt from error
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)
