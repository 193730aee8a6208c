"""Ctrl-C and SIGTERM, which end a command cleanly and at once."""

import atexit
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import NoReturn

from kepler_keras.executors import STOP_SIGNALS

INTERRUPTED = 130  # what shells give a command that SIGINT ended: 128 + 2


@contextmanager
def stoppable() -> Iterator[None]:
    """Makes a KeyboardInterrupt of either signal; a second one does not disturb the ending.

    What the caller of the command has told the system to ignore stays ignored, as of commands in
    the background.
    """
    before = {one: signal.getsignal(one) for one in STOP_SIGNALS}
    for one, handler in before.items():
        if handler is not signal.SIG_IGN:
            signal.signal(one, _stop)
    try:
        yield
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)


def _stop(number: int, frame: FrameType | None) -> None:
    for one in STOP_SIGNALS:
        signal.signal(one, signal.SIG_IGN)
    raise KeyboardInterrupt


def leave() -> NoReturn:
    """Ends the process as one that was interrupted, when all that had to be closed is closed.

    Python would look through all its objects for garbage first: half a minute on a busy machine.
    """
    atexit._run_exitfuncs()  # shared memory is given back, or a tracker would complain of it
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(INTERRUPTED)
