"""What a disk says no with, in one sentence."""

import errno
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kepler_keras.errors import RunError

# What a disk or a folder says no with; other errors are ours.
REFUSALS = (
    errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EACCES, errno.EPERM, errno.EIO,
    errno.ENOENT, errno.ENOTDIR,
)  # fmt: skip

FOLDS_KEPT = "the folds that ended are kept"
NO_ROOM = os.strerror(errno.ENOSPC)


@contextmanager
def disk_errors(folder: Path, *, kept: str = FOLDS_KEPT) -> Iterator[None]:
    """Makes a sentence of what the disk says.

    Args:
        folder: Where files go.
        kept: What is not lost.

    Raises:
        RunError: A file of `folder` could not be written.
    """
    try:
        yield
    except OSError as error:
        if error.errno is not None and error.errno not in REFUSALS:
            raise
        again = "once there is room" if _is_full(error) else "once that is mended"
        raise RunError(
            f"{folder}: cannot write there: {_reason(error)}; {kept}, and the same "
            f"command goes on {again}"
        ) from error


def _is_full(error: OSError) -> bool:
    return error.errno in (errno.ENOSPC, errno.EDQUOT) or _reason(error) == NO_ROOM


def _reason(error: OSError) -> str:
    """The system's words; NumPy and shutil have their own errors, without a number."""
    if isinstance(error, shutil.Error):
        return re.sub(r"\[Errno \d+\] ([^:]*).*", r"\1", error.args[0][0][2])
    if error.errno is None and "written" in str(error):  # `3000 requested and 12 written`
        return NO_ROOM
    return error.strerror or str(error)
