"""A job on its way through a cluster, and what a worker does with it."""

import pickle
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from kepler_keras.errors import InputError
from kepler_keras.executors.ray_files import Delivery, FilesOf, worked_apart


@dataclass(frozen=True)
class Parcel:
    """A job as it travels.

    Attributes:
        files: What it reads and writes on the driver's disk; None where that is nothing.
        facts: What must be the same here as at the driver.
        known: These at the driver.
    """

    function: Callable[[Any], Any]
    job: Any
    files: FilesOf | None
    facts: Mapping[str, Callable[[], str]]
    known: Mapping[str, str]


def carry_out(content: bytes) -> bytes:
    """Does a job; in a worker on any node.

    Bytes in and out: arrays that Ray carries itself could not be written to.

    Args:
        content: A pickled `Parcel`.

    Returns:
        A pickled `Delivery`.
    """
    parcel: Parcel = pickle.loads(content)
    for name, fact in parcel.facts.items():
        _check_same(name, fact, parcel.known[name])
    if parcel.files is None or parcel.files.at_home():
        delivery = Delivery(parcel.function(parcel.job))
    else:
        delivery = worked_apart(parcel.function, parcel.job, parcel.files)
    return pickle.dumps(delivery)


def _check_same(name: str, fact: Callable[[], str], known: str) -> None:
    here = _once(fact)
    if here != known:
        import ray

        place = ray.util.get_node_ip_address()
        raise InputError(
            f"--executor ray: node {place} has another {name} than the machine that asks, and "
            f"results would differ: {here} there, {known} here"
        )


@cache
def _once(fact: Callable[[], str]) -> str:
    return fact()
