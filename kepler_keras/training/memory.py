"""How much memory a fit may still take, and the refusal of one that needs more.

What takes all its rows at once would otherwise be killed in the middle, and everything that shares
its memory might be killed with it.
"""

from collections.abc import Iterator
from pathlib import Path

from kepler_keras.errors import InputError

GB = 1e9
# Copies of all rows that are held at the peak: measured 4.3 of logistic_regression, 5.6 of smote,
# 20,000 curves of 2,000 cadences.
ESTIMATOR_COPIES = 4
RESAMPLER_COPIES = 6


def check_memory(n_bytes: float, *, what: str, advice: str) -> None:
    """Refuses what needs more memory than is free; where that is not known it is let through.

    Args:
        n_bytes: That it needs.
        what: Takes them, as the beginning of a sentence.
        advice: What to do, as its end.

    Raises:
        InputError: There is less.
    """
    free = free_memory()
    if free is not None and n_bytes > free:
        raise InputError(
            f"{what} at once, which needs {n_bytes / GB:.2f} GB of memory, and "
            f"{max(free, 0) / GB:.2f} GB are free; {advice}"
        )


def free_memory(root: Path = Path("/")) -> float | None:
    """Bytes that this process may still take, by the tightest limit; None if nothing tells it.

    The machine's free memory, the control groups that the process is in (versions 1 and 2), and
    its own limits (``ulimit -d``, ``-v``). What files are kept in memory counts as free.

    Args:
        root: Where `proc` and `sys` are.
    """
    rooms = [*_machine(root), *_own_limits(root), *_groups(root)]
    return min(rooms, default=None)


def _machine(root: Path) -> Iterator[float]:
    numbers = _numbers(root / "proc/meminfo")
    if "MemAvailable:" in numbers:
        yield 1024 * numbers["MemAvailable:"]


def _own_limits(root: Path) -> Iterator[float]:
    """Of private data and of the address space."""
    used = _numbers(root / "proc/self/status")
    pairs = {"Max data size": "VmData:", "Max address space": "VmSize:"}
    for line in _text(root / "proc/self/limits").splitlines():
        for limit, use in pairs.items():
            if line.startswith(limit) and use in used:
                soft = line.removeprefix(limit).split()[0]
                if soft != "unlimited":
                    yield int(soft) - 1024 * used[use]


def _groups(root: Path) -> Iterator[float]:
    """Of every control group with a limit, from the process's own up to the outermost."""
    mounted = root / "sys/fs/cgroup"
    for line in _text(root / "proc/self/cgroup").splitlines():
        number, controllers, path = line.split(":", 2)
        if "memory" in controllers.split(","):
            base, limit, usage, prefix = mounted / "memory", *_VERSION_1
        elif number == "0":
            base, limit, usage, prefix = mounted, *_VERSION_2
        else:
            continue
        own = base / path.lstrip("/")
        for group in (own, *own.parents):
            if not group.is_relative_to(base):
                break
            most, used = _text(group / limit).strip(), _text(group / usage).strip()
            if most.isdigit() and used.isdigit():
                kept = _numbers(group / "memory.stat")
                files = sum(kept.get(f"{prefix}{kind}_file", 0) for kind in ("active", "inactive"))
                yield int(most) - int(used) + files


_VERSION_1 = ("memory.limit_in_bytes", "memory.usage_in_bytes", "total_")
_VERSION_2 = ("memory.max", "memory.current", "")


def _numbers(path: Path) -> dict[str, int]:
    """The first number of each line by the word before it."""
    lines = (line.split() for line in _text(path).splitlines())
    return {words[0]: int(words[1]) for words in lines if len(words) > 1 and words[1].isdigit()}


def _text(path: Path) -> str:
    """Nothing where the file is not there or may not be read."""
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
