"""A job on its way through a cluster, and what a worker does with it."""

import os
import pickle
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path
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
        folder: Where the driver stands, whose paths may start from there.
    """

    function: Callable[[Any], Any]
    job: Any
    files: FilesOf | None
    folder: Path


@dataclass(frozen=True)
class Raised:
    """What a job raised, in the place of what it gives."""

    error: Exception


@dataclass(frozen=True)
class Fact:
    """What must be the same on every node.

    Attributes:
        name: For people.
        module: Of the function that tells it, without arguments.
        function: Its name.
        known: What it tells at the driver.
    """

    name: str
    module: str
    function: str
    known: str


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


def carry_out(facts: tuple[Fact, ...], packed: Packed) -> Packed:
    """Does a job, a `Parcel`, in a worker on any node; a `Delivery` or `Raised` comes of it.

    The facts come first: a job of other code cannot even be unpacked.
    """
    from ray.exceptions import RayError

    try:
        for fact in facts:
            _check_same(fact)
    except InputError as error:
        return pack(Raised(error))
    parcel: Parcel = unpack(packed)
    try:
        return pack(_delivered(parcel))
    except RayError:  # the machine that asks could not be reached
        raise
    except Exception as error:
        return pack(Raised(error))


def _delivered(parcel: Parcel) -> Delivery:
    if parcel.files is None:
        return Delivery(parcel.function(parcel.job))
    if parcel.files.at_home():
        os.chdir(parcel.folder)
        return Delivery(parcel.function(parcel.job))
    return worked_apart(parcel.function, parcel.job, parcel.files)


def _check_same(fact: Fact) -> None:
    here = _told(fact.module, fact.function)
    if here != fact.known:
        import ray

        place = ray.util.get_node_ip_address()
        raise InputError(
            f"--executor ray: node {place} has another {fact.name} than the machine that asks, and "
            f"results would differ: {here} there, {fact.known} here"
        )


@cache
def _told(module: str, function: str) -> str:
    return str(getattr(import_module(module), function)())
