"""What a disk says no with, in one sentence."""

import errno
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


@contextmanager
def disk_errors(folder: Path) -> Iterator[None]:
    """Makes a sentence of what the disk says.

    Raises:
        RunError: A file of `folder` could not be written.
    """
    try:
        yield
    except OSError as error:
        if error.errno is not None and error.errno not in REFUSALS:
            raise
        raise RunError(
            f"{folder}: cannot write there: {_reason(error)}; the folds that ended are kept, and "
            "the same command goes on once there is room"
        ) from error


def _reason(error: OSError) -> str:
    """The system's words; NumPy and shutil have their own errors, without a number."""
    if isinstance(error, shutil.Error):
        return re.sub(r"\[Errno \d+\] ([^:]*).*", r"\1", error.args[0][0][2])
    if error.errno is None and "written" in str(error):  # `3000 requested and 12 written`
        return "No space left on device"
    return error.strerror or str(error)
