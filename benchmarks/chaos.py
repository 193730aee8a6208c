"""Kills a comparison again and again, and holds what comes of it against an undisturbed one.

A small comparison with networks, an ensemble, a peer, canaries and refits runs once in peace. Then
rounds of it are started, killed with SIGKILL at random moments, the command itself or one of its
workers, and started again until each has ended, until so many kills have hit. A kill counts if its
process was alive and the comparison had not ended. At the end of every round its results (times
aside) and predictions are compared byte for byte with the undisturbed ones, and MLflow's runs are
counted.

    python benchmarks/chaos.py --kills 50
"""

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
import yaml

ROOT = Path(__file__).resolve().parents[1]
TIMES = ("seconds", "train_seconds", "cpu_seconds", "expected_seconds")
WORKERS = 0.6  # of the kills, where there are any
EPOCHS = {"epochs": 5}  # of each network; a fit takes about a second
FLUX = {"view": "flux"}
ENTRIES: list[dict[str, Any]] = [
    {"name": "mlp", "model": {"name": "mlp", "units": [8]}, "training": EPOCHS, **FLUX},
    {"name": "conv1d", "model": "conv1d", "training": EPOCHS, **FLUX},
    {"name": "boosted", "model": "hist_gradient_boosting", **FLUX},
    {
        "name": "pair",
        "model": {"name": "mlp", "units": [4]},
        "ensemble": {"members": 2},
        "training": EPOCHS,
        **FLUX,
    },
]
EXPERIMENT = {
    "name": "chaos",
    "question": "Is anything lost?",
    "data": {
        "source": "simulated",
        "options": {"n_stars": 160, "seed": 0, "prevalence": 0.3, "n_cadences": 1500},
    },
    "protocol": {"folds": 3, "threads": 1},
    "baseline": "mlp",
    "entries": ENTRIES,
}


@dataclass
class Storm:
    """What was done and what came of it; all but `kills` and `rounds` should stay 0."""

    kills: Counter[str] = field(default_factory=Counter)
    rounds: int = 0
    lost: int = 0
    redone: int = 0
    different: int = 0
    doubled: int = 0
    left_running: int = 0

    @property
    def n_kills(self) -> int:
        """All kills that hit."""
        return sum(self.kills.values())

    @property
    def clean(self) -> bool:
        """Whether nothing was lost, redone, changed, doubled or left running."""
        return not any((self.lost, self.redone, self.different, self.doubled, self.left_running))


@dataclass
class Round:
    """One comparison in one folder, through all its kills.

    Attributes:
        durable: Of each fit that was seen in the store, its file's inode and time of writing.
    """

    folder: Path
    out: Path
    durable: dict[str, tuple[int, int]] = field(default_factory=dict)

    def start(self) -> subprocess.Popen[bytes]:
        """Starts the command in a session of its own."""
        log = (self.folder / "log.txt").open("ab")
        words = ["compare", "chaos.yaml", "--out", self.out.name, "--jobs", "2"]
        environment = {k: v for k, v in os.environ.items() if not k.startswith("MLFLOW_")}
        return subprocess.Popen(
            [sys.executable, "-m", "kepler_keras.cli", *words],
            cwd=self.folder,
            env={**environment, "PYTHONPATH": str(ROOT)},
            stdout=log,
            stderr=log,
            start_new_session=True,
        )

    def look(self, storm: Storm) -> None:
        """Notes which fits are kept, and counts those that vanished or were written again."""
        found = {}
        for path in (self.out / ".folds").glob("[!.]*.fit"):
            it = path.stat()
            found[path.name] = it.st_ino, it.st_mtime_ns
        storm.lost += len(self.durable.keys() - found.keys())
        storm.redone += sum(found.get(name, one) != one for name, one in self.durable.items())
        self.durable = found


def storm_of(kills: int, folder: Path, *, seed: int = 0, longest: float | None = None) -> Storm:
    """Runs rounds until so many kills have hit and the last round has ended.

    Args:
        kills: How many.
        folder: An empty folder.
        seed: Of moments and victims.
        longest: Seconds until a kill at most; by default what an undisturbed comparison takes.
    """
    text = yaml.safe_dump(EXPERIMENT)
    (calm := folder / "calm").mkdir()
    (wild := folder / "wild").mkdir()
    for place in (calm, wild):
        (place / "chaos.yaml").write_text(text, encoding="utf-8")
    began = time.monotonic()
    code = Round(calm, calm / "out").start().wait()
    if code:
        raise SystemExit((calm / "log.txt").read_text(encoding="utf-8"))
    longest = longest or time.monotonic() - began
    print(f"undisturbed: {time.monotonic() - began:.0f} s", flush=True)
    rng, storm = random.Random(seed), Storm()
    while storm.n_kills < kills:
        one = Round(wild, wild / f"round-{storm.rounds}")
        while not _ended(one, storm, rng, kills, longest):
            pass
        storm.rounds += 1
        storm.different += _bytes(one.out) != _bytes(calm / "out")
        print(f"round {storm.rounds}: {storm}", flush=True)
    _count_runs(wild / "mlflow.db", storm)
    return storm


def _ended(one: Round, storm: Storm, rng: random.Random, kills: int, longest: float) -> bool:
    """Runs the command once, under fire; whether it came to its end with nothing broken."""
    process = one.start()
    while storm.n_kills < kills:
        try:
            process.wait(rng.uniform(0.2, longest))
            break
        except subprocess.TimeoutExpired:
            _kill(process, storm, rng)
            one.look(storm)
            print(f"{dict(storm.kills)}, kept fits: {len(one.durable)}", flush=True)
    code = process.wait()
    one.look(storm)
    return code == 0


def _kill(process: subprocess.Popen[bytes], storm: Storm, rng: random.Random) -> None:
    """Kills the command or one of its workers, if they live."""
    try:
        workers = [
            child
            for child in psutil.Process(process.pid).children()
            if "loky" in " ".join(child.cmdline()) and "tracker" not in " ".join(child.cmdline())
        ]
    except psutil.Error:
        return
    if workers and rng.random() < WORKERS:
        victim = rng.choice(workers)
        alive = victim.is_running() and process.poll() is None
        os.kill(victim.pid, signal.SIGKILL)
        storm.kills["worker"] += alive
        return
    process.kill()
    storm.kills["command"] += process.wait() == -signal.SIGKILL


def _bytes(out: Path) -> tuple[bytes, bytes, bytes]:
    """Results without times, predictions, and the members' predictions."""
    results = json.loads((out / "results.json").read_text(encoding="utf-8"))
    text = json.dumps(_without_times(results))
    tables = [(out / f"{name}.parquet").read_bytes() for name in ("predictions", "members")]
    return text.encode(), tables[0], tables[1]


def _without_times(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_times(one) for key, one in value.items() if not _is_time(key)}
    return [_without_times(one) for one in value] if isinstance(value, list) else value


def _is_time(key: str) -> bool:
    return key in TIMES or key.endswith("_seconds") or key.startswith("seconds")


def _count_runs(store: Path, storm: Storm) -> None:
    """Counts runs that stand twice and runs that no one will ever end."""
    import mlflow

    client = mlflow.MlflowClient(f"sqlite:///{store}")
    places = [one.experiment_id for one in client.search_experiments()]
    runs, token = [], None
    while True:
        page = client.search_runs(places, run_view_type=3, page_token=token)  # deleted ones too
        runs += page
        if not (token := page.token):
            break
    storm.left_running = sum(run.info.status == "RUNNING" for run in runs)
    alive = [run for run in runs if run.info.lifecycle_stage == "active"]
    levels = Counter(run.data.tags["kepler_keras.level"] for run in alive)
    entries = len(ENTRIES)
    whole = {"comparison": 1, "entry": entries, "fold": 3 * entries}
    storm.doubled = sum(abs(levels[level] - n * storm.rounds) for level, n in whole.items())
    models = client.search_logged_models(places)
    storm.doubled += abs(len(models) - entries * storm.rounds)


def main() -> None:
    """Prints what a storm left."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--longest", type=float, help="seconds between two kills at most")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="chaos-") as folder:
        storm = storm_of(asked.kills, Path(folder), seed=asked.seed, longest=asked.longest)
    print(f"kills that hit: {storm.n_kills} {dict(storm.kills)}, in {storm.rounds} rounds")
    print(f"kept fits lost: {storm.lost}; kept fits done again: {storm.redone}")
    print(f"rounds whose results or predictions differ: {storm.different}")
    print(f"MLflow runs doubled or missing: {storm.doubled}; left running: {storm.left_running}")
    sys.exit(0 if storm.clean else 1)


if __name__ == "__main__":
    main()
