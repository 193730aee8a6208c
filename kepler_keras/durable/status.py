"""How far a comparison is, from its report folder alone: while it runs, and after it was killed."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

from kepler_keras.durable import lock
from kepler_keras.durable.plan import Fit, Plan, read_plan
from kepler_keras.durable.store import FOLDER, FitStore
from kepler_keras.errors import InputError
from kepler_keras.progress import duration


@dataclass(frozen=True)
class EntryStatus:
    """The fits of one entry, counted; `canaries` are an entry here.

    Attributes:
        reasons: Of those that failed.
    """

    entry: str
    total: int
    done: int
    running: int
    failed: int
    reasons: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Status:
    """A comparison that runs or ran.

    Attributes:
        state: ``running``, ``finished``, ``failed``, ``interrupted`` or ``killed``.
        command: What goes on with it.
        pid: Its process.
        seconds_left: None where no fit has ended yet, or nothing is left.
    """

    state: str
    command: str
    pid: int
    entries: list[EntryStatus]
    seconds_left: float | None

    def to_dict(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self)


def status_of(out: Path) -> Status:
    """Reads how far the comparison of a report folder is.

    Raises:
        InputError: There was none that kept its fits.
    """
    folder = out / FOLDER
    plan = read_plan(folder)
    if plan is None:
        raise InputError(f"{out}: no comparison has kept fits there; `kepler-keras compare` does")
    held = lock.is_held(folder)
    store, entries = FitStore(folder), dict.fromkeys(fit.entry for fit in plan.fits)
    rows = [_entry(name, plan.fits, store, held=held) for name in entries]
    state = "running" if held else plan.ended or "killed"
    return Status(state, plan.command, plan.pid, rows, _seconds_left(plan, store))


def _entry(name: str, fits: Iterable[Fit], store: FitStore, *, held: bool) -> EntryStatus:
    own = [fit.key for fit in fits if fit.entry == name]
    done = {key for key in own if store.has(key)}
    running = {key for key in own if held and store.began(key)} - done
    reasons = {key: store.reason(key) for key in own if key not in done | running}
    failed = [reason for reason in reasons.values() if reason is not None]
    return EntryStatus(name, len(own), len(done), len(running), len(failed), failed)


def _seconds_left(plan: Plan, store: FitStore) -> float | None:
    """What is left at the pace of each entry's kept fits, of all together where it has none."""
    taken: dict[str, list[float]] = {}
    left: list[str] = []
    for fit in plan.fits:
        seconds = store.seconds(fit.key)
        if seconds is not None:
            taken.setdefault(fit.entry, []).append(seconds)
        elif store.reason(fit.key) is None:
            left.append(fit.entry)
    if not taken or not left:
        return None
    whole = median(seconds for one in taken.values() for seconds in one)
    pace = {name: median(own) for name, own in taken.items()}
    return sum(pace.get(name, whole) for name in left) / plan.jobs


def as_text(status: Status) -> str:
    """A table for people."""
    running = f"running, process {status.pid}" if status.state == "running" else status.state
    head = ("entry", "done", "running", "failed", "of")
    rows = [
        (row.entry, *map(str, (row.done, row.running, row.failed, row.total)))
        for row in [*status.entries, _total(status.entries)]
    ]
    width = max(len(row[0]) for row in [head, *rows])
    lines = [f"state: {running}"]
    for name, *cells in [head, *rows]:
        lines.append(f"{name:{width}}" + "".join(f"{cell:>9}" for cell in cells))
    if status.seconds_left is not None:
        lines.append(f"about {duration(status.seconds_left)} left for the fits that are known")
    lines += [f"failed: {reason}" for row in status.entries for reason in row.reasons]
    if status.state not in ("running", "finished"):
        lines.append(f"to go on: {status.command}")
    return "\n".join(lines)


def _total(entries: Sequence[EntryStatus]) -> EntryStatus:
    names = ("total", "done", "running", "failed")
    return EntryStatus("all", *(sum(getattr(row, name) for row in entries) for name in names))
