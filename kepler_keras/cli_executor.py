"""Where a command runs its jobs, as it is asked for: on this machine or on a Ray cluster."""

from collections.abc import Callable
from enum import StrEnum
from typing import Annotated

import typer

from kepler_keras.errors import InputError
from kepler_keras.executors import LocalProcesses, LocalThreads, Workers, default_jobs


class Kind(StrEnum):
    """What `--executor` takes."""

    local = "local"
    ray = "ray"


ExecutorKind = Annotated[
    Kind,
    typer.Option(
        "--executor",
        help="Where jobs run: on this machine, or on a Ray cluster (needs kepler-keras[ray]).",
    ),
]
Address = Annotated[
    str,
    typer.Option(
        help="A running Ray cluster, of which this machine must be a node; without it one is "
        "started here.",
        metavar="HOST:PORT",
    ),
]


def processes(kind: Kind, address: str, *, jobs: int, threads: int) -> Workers:
    """Worker processes for fits.

    Args:
        kind: Of `--executor`.
        address: Of `--address`; empty for none.
        jobs: Of `--jobs`; 0 means as many as there is room for.
        threads: Of each worker.

    Raises:
        InputError: An address is given without need, or is none.
    """
    _check(kind, address)
    if kind is Kind.local:
        return LocalProcesses(jobs or default_jobs(threads), threads)
    return _cluster(address, jobs=jobs, threads=threads)


def threads(kind: Kind, address: str, *, jobs: int) -> Workers:
    """Threads for compiled work; on a cluster processes of one thread. Arguments as above."""
    _check(kind, address)
    if kind is Kind.local:
        return LocalThreads(jobs or default_jobs(1))
    return _cluster(address, jobs=jobs, threads=1)


def asked_again(kind: Kind, address: str) -> list[str]:
    """These options, in the command that goes on with this one."""
    if kind is Kind.local:
        return []
    return ["--executor", kind.value, *(["--address", address] if address else [])]


def _check(kind: Kind, address: str) -> None:
    if not address:
        return
    if kind is not Kind.ray:
        raise InputError(f"--address: {address} is of a Ray cluster; it needs --executor ray")
    host, colon, port = address.rpartition(":")
    if not (host and colon and port.isdecimal()) or "/" in host:
        raise InputError(
            f"--address: must be HOST:PORT of a running Ray cluster, as 10.0.0.1:6379, got "
            f"{address!r}"
        )


def _cluster(address: str, *, jobs: int, threads: int) -> Workers:
    from kepler_keras.durable.key import machine, whole_code
    from kepler_keras.executors.ray_cluster import RayCluster

    same: dict[str, Callable[[], str]] = {
        "version of this package or of one below it": whole_code,
        "kind of processor": machine,
    }
    cluster = RayCluster(threads, jobs, address or None, same)
    cluster.check()
    return cluster
