"""Progress with time left: a bar on a terminal, a line a step elsewhere."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TextIO

LINES_A_STAGE = 40  # a log that is read later needs no more
AT_ONCE = 0.02  # seconds a step; steps that begin a stage faster were kept from an earlier run


@dataclass
class Stage:
    """One stage of the work with a known number of steps."""

    title: str
    total: int
    stream: TextIO
    done: int = 0
    started: float = field(default_factory=time.monotonic)
    _printed: int = 0
    _last: float = 0.0  # seconds from the start to the last step
    _kept: int = 0  # steps at the beginning that say nothing about the pace of the others

    def advance(self, note: str = "", *, steps: int = 1) -> None:
        """Counts finished steps and shows where the work stands."""
        elapsed = time.monotonic() - self.started
        if self._kept == self.done and elapsed - self._last < AT_ONCE * steps:
            self._kept += steps
        self._last = elapsed
        self.done += steps
        enough = max(1, self.total // LINES_A_STAGE)
        live = self.stream.isatty()
        if not live and self.done < self.total and self.done - self._printed < enough:
            return
        self._printed = self.done
        left = elapsed / (self.done - self._kept or self.done) * (self.total - self.done)
        timing = f"{duration(left)} left" if self.done < self.total else f"took {duration(elapsed)}"
        text = f"{self.title} {self.done}/{self.total}  {timing}" + (f"  ({note})" if note else "")
        end = "\n" if not live or self.done >= self.total else ""
        self.stream.write((f"\r\033[K{text}" if live else text) + end)
        self.stream.flush()


@contextmanager
def stage(title: str, total: int, *, stream: TextIO | None = None) -> Iterator[Stage]:
    """Announces a stage and hands out its counter.

    Args:
        title: What is done, as ``fitting``.
        total: Number of steps.
        stream: Where it is shown; standard error by default.
    """
    shown = stream or sys.stderr
    shown.write(f"{title}: {total}\n" if not shown.isatty() else "")
    shown.flush()
    counter = Stage(title, total, shown)
    try:
        yield counter
    finally:
        if shown.isatty() and 0 < counter.done < total:  # what comes next starts on its own line
            shown.write("\n")
            shown.flush()


def duration(seconds: float) -> str:
    """A time span as people say it: ``3 s``, ``2 min 05 s``, ``1 h 10 min``."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    minutes, rest = divmod(whole, 60)
    if minutes < 60:
        return f"{minutes} min {rest:02d} s"
    return f"{minutes // 60} h {minutes % 60:02d} min"
