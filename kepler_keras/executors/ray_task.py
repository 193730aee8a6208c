"""A job on its way through a cluster, and what a worker does with it."""

import pickle
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

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


@dataclass(frozen=True)
class Packed:
    """A value on its way: Ray moves the arrays of it without a copy, each in one piece.

    Attributes:
        content: A pickle without the memory of its arrays.
        arrays: That memory, in order.
    """

    content: bytes
    arrays: tuple[NDArray[np.uint8], ...]


def pack(value: Any) -> Packed:
    """Pickles a value; functions of scripts, too."""
    from ray import cloudpickle

    buffers: list[pickle.PickleBuffer] = []
    content = cloudpickle.dumps(value, protocol=5, buffer_callback=buffers.append)
    return Packed(content, tuple(np.frombuffer(one.raw(), np.uint8) for one in buffers))


def unpack(packed: Packed) -> Any:
    """The value, whose arrays may be written to: Ray's own are its memory, and are not."""
    return pickle.loads(packed.content, buffers=[bytearray(one) for one in packed.arrays])


def carry_out(packed: Packed) -> Packed:
    """Does a job, a `Parcel`, in a worker on any node; a `Delivery` comes of it."""
    parcel: Parcel = unpack(packed)
    for name, fact in parcel.facts.items():
        _check_same(name, fact, parcel.known[name])
    if parcel.files is None or parcel.files.at_home():
        delivery = Delivery(parcel.function(parcel.job))
    else:
        delivery = worked_apart(parcel.function, parcel.job, parcel.files)
    return pack(delivery)


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
