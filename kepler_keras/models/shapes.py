"""What shape of view a network takes."""

from collections.abc import Sequence

from kepler_keras.errors import InputError


def need_axes(model: str, input_shape: tuple[int, ...], axes: Sequence[str]) -> None:
    """Refuses a view that has not the axes a network works on.

    Raises:
        InputError: The number of axes differs.
    """
    if len(input_shape) != len(axes):
        raise InputError(
            f"model {model!r} needs a view of shape ({', '.join(axes)}), got {input_shape}"
        )
