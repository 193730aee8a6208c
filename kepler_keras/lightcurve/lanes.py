"""A vector of float32 for compiled loops: the same step for several stars at once.

Compilers turn a loop over neighbouring numbers into vector instructions, but not a loop over stars
around one over time. Data interleaved as ``x[time * LANES + star]`` and this type say it outright.
Every function here may only be called from compiled code.
"""

from typing import Any

import numpy as np
from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic, models, register_model
from numpy.typing import NDArray

Vector = Any  # what the intrinsics take and give, inside compiled code only

LANES = 16  # stars in a vector: one register of AVX-512, two of AVX2, four of NEON
BYTES = 4 * LANES

_VECTOR = ir.VectorType(ir.FloatType(), LANES)


class _LanesType(types.Type):
    def __init__(self) -> None:
        super().__init__(name=f"Lanes{LANES}")


_LANES_TYPE = _LanesType()


@register_model(_LanesType)
class _LanesModel(models.PrimitiveModel):
    def __init__(self, manager: Any, kind: Any) -> None:
        super().__init__(manager, kind, _VECTOR)


def aligned(n_vectors: int) -> NDArray[np.float32]:
    """Room for vectors, each in one line of the processor's cache; zeros, shape (n * LANES,)."""
    room = np.zeros((n_vectors + 1) * LANES, np.float32)
    first = -room.ctypes.data % BYTES // 4
    return room[first : first + n_vectors * LANES]


def _address(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
    array = context.make_array(signature.args[0])(context, builder, arguments[0])
    step = ir.Constant(arguments[1].type, LANES)
    pointer = builder.gep(array.data, [builder.mul(arguments[1], step)])
    return builder.bitcast(pointer, _VECTOR.as_pointer())


@intrinsic
def load(typing_context: Any, array: Any, index: Any) -> Any:
    """Vector number `index` of a one-dimensional float32 array."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.load(_address(context, builder, signature, arguments), align=4)

    return _LANES_TYPE(array, types.intp), generate


@intrinsic
def store(typing_context: Any, array: Any, index: Any, vector: Any) -> Any:
    """Writes a vector to place `index` of a one-dimensional float32 array."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        builder.store(arguments[2], _address(context, builder, signature, arguments), align=4)
        return context.get_dummy_value()

    return types.void(array, types.intp, _LANES_TYPE), generate


@intrinsic
def add(typing_context: Any, one: Any, two: Any) -> Any:
    """Sum of two vectors."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.fadd(*arguments)

    return _LANES_TYPE(_LANES_TYPE, _LANES_TYPE), generate


@intrinsic
def subtract(typing_context: Any, one: Any, two: Any) -> Any:
    """Difference of two vectors."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.fsub(*arguments)

    return _LANES_TYPE(_LANES_TYPE, _LANES_TYPE), generate


@intrinsic
def multiply(typing_context: Any, one: Any, two: Any) -> Any:
    """Product of two vectors, lane by lane."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.fmul(*arguments)

    return _LANES_TYPE(_LANES_TYPE, _LANES_TYPE), generate


@intrinsic
def maximum(typing_context: Any, one: Any, two: Any) -> Any:
    """The larger of two numbers in each lane; none may be NaN."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.select(builder.fcmp_ordered(">", *arguments), *arguments)

    return _LANES_TYPE(_LANES_TYPE, _LANES_TYPE), generate


@intrinsic
def repeated(typing_context: Any, number: Any) -> Any:
    """One float32 in every lane."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        empty = ir.Constant(_VECTOR, ir.Undefined)
        first = builder.insert_element(empty, arguments[0], cgutils.int32_t(0))
        pattern = ir.Constant(ir.VectorType(cgutils.int32_t, LANES), [0] * LANES)
        return builder.shuffle_vector(first, empty, pattern)

    return _LANES_TYPE(types.float32), generate
