"""Damaged files through the very commands, every fifth of them as a process of its own."""

import contextlib
import io
import os
import resource
import subprocess
import sys
import tempfile
import time
import warnings
from collections import Counter
from pathlib import Path
from random import Random

import tests.fuzz.sound as sound
from kepler_keras import cli
from tests.fuzz.damage import damaged
from tests.fuzz.judging import LONGEST, READ, REFUSED
from tests.fuzz.saved import folder as sound_folder
from tests.fuzz.sound import SOUND

ROOT = Path(__file__).resolve().parents[2]
AUDIT = ROOT / "tests" / "audit"
WHOLE_JOB = 300.0  # seconds that a comparison may take which has nothing wrong with it
OWN_PROCESS = 5  # every so many
SHORT = ("--min-period", "0.2", "--max-period", "0.25", "--durations", "0.05")  # as the curves are
MODELS = ("preparation.json", "model.keras", "model.skops", "MLmodel")
DATA = [kind for kind in SOUND if "." in kind and kind not in (*MODELS, "net.py", "record.json")]


def through_commands(n_inputs: int, *, seed: int) -> Counter[str]:
    """What became of so many damaged files: how often each outcome came."""
    counts: Counter[str] = Counter()
    kinds = [*DATA, *MODELS[:3]]
    _warm_up()
    for number in range(n_inputs):
        random = Random(f"{seed}-{number}")
        kind = kinds[number % len(kinds)]
        with tempfile.TemporaryDirectory(prefix="kepler_keras-fuzz-") as name:
            place = Path(name)
            arguments = _prepared(random, place, kind)
            own = number % OWN_PROCESS == 0
            outcome = (_in_a_process if own else _here)(arguments, place)
        counts[outcome if outcome in (READ, REFUSED) else f"{kind}: {outcome}"] += 1
    return counts


def _warm_up() -> None:
    """Has sound files searched and scored, which compiles and imports what that needs."""
    with tempfile.TemporaryDirectory(prefix="kepler_keras-fuzz-") as name:
        place = Path(name)
        (place / "flux.csv").write_bytes(sound.flux_table())
        (place / "folded.npz").write_bytes(sound.npz_file())
        for command in (
            ["search", "flux.csv", *SHORT],
            ["predict", "folded.npz", "--model", str(sound_folder("network"))],
        ):
            outcome = _here(command, place, longest=WHOLE_JOB)
            if outcome != READ:
                raise AssertionError(f"a sound file is not read: {outcome}")


def _prepared(random: Random, place: Path, kind: str) -> list[str]:
    """A folder with the damaged file and whatever sound ones are needed, and a command."""
    file = place / kind
    content = damaged(random, SOUND[kind](), kind)
    if kind in MODELS:
        what = "peer" if kind == "model.skops" else "network"
        os.symlink(sound_folder(what), place / "sound")
        model = place / "model"
        model.mkdir()
        for other in sound_folder(what).iterdir():
            (model / other.name).write_bytes(other.read_bytes())
        (model / kind).write_bytes(content)
        (place / "folded.npz").write_bytes(sound.npz_file())
        return ["predict", "folded.npz", "--model", "model"]
    file.write_bytes(content)
    if kind.endswith(".yaml"):
        (place / "flux.csv").write_bytes(sound.flux_table())
        (place / "curves.npz").write_bytes(sound.npz_file())
        return random.choice((["compare", kind, "--quick", "--jobs", "1"], ["search", kind]))
    if kind == "rows.csv":
        (place / "flux.csv").write_bytes(sound.flux_table())
        return ["search", "flux.csv", *SHORT]
    model = str(sound_folder("network"))
    return random.choice(
        (
            ["data", "info", kind],
            ["search", kind, *SHORT],
            ["predict", kind, "--model", model],
        )
    )


def _here(arguments: list[str], place: Path, *, longest: float = LONGEST) -> str:
    """Runs a command in this process, as its entry point does."""
    said, before, argv = io.StringIO(), Path.cwd(), sys.argv
    start = time.process_time()
    os.chdir(place)
    sys.argv = ["kepler-keras", *arguments]
    try:
        with (
            contextlib.redirect_stderr(said),
            contextlib.redirect_stdout(io.StringIO()),
            warnings.catch_warnings(),
        ):
            warnings.simplefilter("ignore")
            cli.main()
    except SystemExit as stopped:
        code = stopped.code
    except BaseException as error:
        return f"{arguments}: a traceback: {type(error).__name__}: {str(error)[:200]}"
    finally:
        sys.argv = argv
        os.chdir(before)
    return _judged(arguments, code, said.getvalue(), time.process_time() - start, longest)


def _in_a_process(arguments: list[str], place: Path) -> str:
    """Runs a command as a user does; what it writes elsewhere is noted."""
    log = place / "audit.log"
    environment = {
        **os.environ,
        "PYTHONPATH": f"{AUDIT}{os.pathsep}{ROOT}",
        "AUDIT_LOG": str(log),
        "AUDIT_FOLDERS": os.pathsep.join((str(place), os.environ["KEPLER_KERAS_CACHE"])),
        "TMPDIR": str(place),
        "MPLCONFIGDIR": str(place),
        "HOME": str(place),
    }
    command = [sys.executable, "-m", "kepler_keras.cli", *arguments]
    start = _processor_time_of_children()
    try:
        done = subprocess.run(
            command,
            cwd=place,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=WHOLE_JOB,
        )
    except subprocess.TimeoutExpired:
        return f"{arguments}: a hang of more than {WHOLE_JOB:.0f} s"
    if log.exists():
        return f"{arguments}: {log.read_text()[:300]}"
    seconds = _processor_time_of_children() - start
    return _judged(arguments, done.returncode, done.stderr, seconds, LONGEST)


def _processor_time_of_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _judged(arguments: list[str], code: object, said: str, seconds: float, longest: float) -> str:
    """The outcome of one command by its exit code, its words and its processor time."""
    if code == 0 and arguments[0] == "compare":
        longest = WHOLE_JOB
    if seconds > longest:
        return f"{arguments}: a hang of {seconds:.0f} s"
    if "Traceback" in said:
        return f"{arguments}: a traceback: {said[-400:]}"
    if code == 0:
        return READ
    if code != 2 or sum(line.startswith("Error: ") for line in said.splitlines()) != 1:
        return f"{arguments}: exit code {code}: {said[-400:]}"
    return REFUSED
