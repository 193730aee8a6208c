"""A Ray cluster of two nodes on this machine against local processes: same work, same results.

Two things are run by both in turn: folds of the zoo's `conv1d` on folded curves, and the stage
before the folds (search, conditioning, views) of 5657 stars of 3197 cadences, as many as Kaggle's
files have rows. Workers are started before the clock: a cluster stands already. What came of both
must be equal to the last bit.

The benchmark starts itself again in a network of its own, in which the nodes listen (Ray's ports
are open to every network there is), and which Linux alone has.

    python benchmarks/ray_nodes.py [--stars 5657] [--folds 10] [--turns 3]
"""

import argparse
import hashlib
import os
import secrets
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

import numpy as np
import ray

from kepler_keras.data.sources import read_source
from kepler_keras.data.splits import Fold
from kepler_keras.data.view_recipe import Recipe
from kepler_keras.data.view_store import ViewStore
from kepler_keras.executors import LocalProcesses, Workers, worker_environment
from kepler_keras.executors.ray_cluster import RayCluster
from kepler_keras.experiment import Choice, Conditioning, Entry, Search
from kepler_keras.training.cross_validation import FoldJob, ViewFiles, run_fold

ADDRESS = "127.0.0.1:6379"
INSIDE = "KEPLER_KERAS_BENCHMARK_INSIDE"
BINS, N_ROWS, EPOCHS = 201, 5000, 6
VIEWS = ("flux", "global_view", "folded_image")


@contextmanager
def two_nodes() -> Iterator[None]:
    """Two nodes of a processor each, up when the block begins."""
    how = ["--num-cpus=1", "--object-store-memory=200000000", "--block"]
    head = ["--head", "--port=6379", "--include-dashboard=false", "--disable-usage-stats"]
    started = []
    try:
        for more in (head, [f"--address={ADDRESS}"]):
            command = [sys.executable, "-m", "ray.scripts.scripts", "start", *more, *how]
            started.append(
                subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            )
            time.sleep(8)
        yield
    finally:
        ray.shutdown()
        for process in reversed(started):
            process.terminate()
            process.wait()


def _wait_for(n_nodes: int) -> None:
    """Until so many nodes are there."""
    until = time.monotonic() + 60
    while time.monotonic() < until:
        try:
            if not ray.is_initialized():
                ray.init(address=ADDRESS, logging_level="ERROR", log_to_driver=False)
            if sum(node["Alive"] for node in ray.nodes()) == n_nodes:
                return
        except (ConnectionError, RuntimeError):  # the head is not up yet
            pass
        time.sleep(0.5)
    raise SystemExit(f"there are no {n_nodes} nodes after a minute")


def fold_jobs(folder: Path, n_folds: int) -> list[FoldJob]:
    """Folds of the zoo's conv1d on curves with a dip in every twentieth."""
    rng = np.random.default_rng(0)
    labels = (np.arange(N_ROWS) % 20 == 0).astype(np.int8)
    curves = rng.normal(size=(N_ROWS, BINS, 1)).astype(np.float32)
    curves[labels == 1, 95:106] -= 1.0
    np.save(folder / "curves.npy", curves)
    files = ViewFiles({"global_view": folder / "curves.npy"}, labels, None)
    entry = Entry.model_validate(
        {
            "name": "conv1d",
            "model": "conv1d",
            "view": {"name": "global_view", "bins": BINS},
            "training": {"epochs": EPOCHS, "patience": EPOCHS},
        }
    )
    parts = np.array_split(rng.permutation(N_ROWS), n_folds)
    jobs = []
    for number in range(n_folds):
        test, validation = parts[number], parts[(number + 1) % n_folds]
        train = np.setdiff1d(np.arange(N_ROWS), np.concatenate([test, validation]))
        fold = Fold(0, number, train, np.sort(validation), np.sort(test))
        jobs.append(FoldJob(entry, fold, files, seed=0))
    return jobs


def fitted(workers: Workers, jobs: list[FoldJob]) -> str:
    """A digest of all scores of all folds."""
    scores = {}
    for position, outcome in workers.run(run_fold, jobs):
        if isinstance(outcome, str):
            raise SystemExit(outcome)
        scores[position] = outcome.test.alone.tobytes() + outcome.validation.alone.tobytes()
    return hashlib.sha256(b"".join(scores[number] for number in range(len(jobs)))).hexdigest()


def prepared(workers: Workers, recipe: Recipe) -> str:
    """A digest of all files of all views."""
    with tempfile.TemporaryDirectory(prefix="ray-nodes-") as name:
        store = ViewStore(Path(name), workers)
        store.views(recipe, [Choice(name=view) for view in VIEWS], store.periods(recipe))
        digest = hashlib.sha256()
        for path in sorted(Path(name).rglob("*.npy")):
            digest.update(path.read_bytes())
    return digest.hexdigest()


def compare(what: str, work: Callable[[Workers], str], *, turns: int) -> None:
    """Prints the seconds of both, turn by turn, and their ratio."""
    kinds: dict[str, Workers] = {"local": LocalProcesses(2, 1), "ray": RayCluster(1, 0, ADDRESS)}
    seconds: dict[str, list[float]] = {name: [] for name in kinds}
    digests = set()
    for _ in range(turns):
        for name, workers in kinds.items():
            list(workers.run(imported, [0] * 4))
            start = time.perf_counter()
            digests.add(work(workers))
            seconds[name].append(time.perf_counter() - start)
    said = "; ".join(f"{k} {', '.join(f'{one:.1f}' for one in v)} s" for k, v in seconds.items())
    ratio = median(seconds["ray"]) / median(seconds["local"])
    print(
        f"{what}: {said}; ray / local {ratio:.2f}, results equal: {len(digests) == 1}", flush=True
    )


def imported(job: int) -> int:
    """Starts a worker and has it import what fits need, so that neither side pays for it."""
    from kepler_keras.training.backend import load_tensorflow

    load_tensorflow()
    time.sleep(1)
    return job


def main() -> None:
    """Parses what was typed, and runs in a network of its own."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--stars", type=int, default=5657)
    parser.add_argument("--folds", type=int, default=10)
    parser.add_argument("--turns", type=int, default=3)
    asked = parser.parse_args()
    if INSIDE not in os.environ:
        as_root = [] if os.geteuid() == 0 else ["--user", "--map-root-user"]
        words = 'ip link set lo up && exec "$@"'
        os.environ |= {INSIDE: "1", "RAY_USAGE_STATS_ENABLED": "0", "RAY_AUTH_MODE": "token"}
        os.environ |= {"RAY_AUTH_TOKEN": secrets.token_hex(16), **worker_environment(1)}
        command = ["unshare", *as_root, "--net", "sh", "-c", words, "sh", sys.executable, *sys.argv]
        os.execvp("unshare", command)
    recipe = Recipe(
        read_source("simulated", None, {"n_stars": asked.stars}), {}, Conditioning(), Search()
    )
    with tempfile.TemporaryDirectory(prefix="ray-nodes-") as name, two_nodes():
        jobs = fold_jobs(Path(name), asked.folds) if asked.folds else []
        if jobs:
            compare(f"{asked.folds} folds of conv1d", lambda w: fitted(w, jobs), turns=asked.turns)
        compare(f"preparing {asked.stars} stars", lambda w: prepared(w, recipe), turns=asked.turns)


if __name__ == "__main__":
    main()
