"""Worker processes that log at once: to a server on PostgreSQL, one on sqlite, and into sqlite.

Each worker logs its share of the runs, one request a measure, as training loops do, and all stores
are new. Afterwards every run and every measure is asked back. PostgreSQL is started for the
purpose, on loopback, from the programs that are installed (Debian: `apt-get install postgresql`),
with its settings as they come; the extra `[server]` is how MLflow reaches it.

    python benchmarks/mlflow_workers.py                     # 8 workers, 160 runs of 50 measures
    python benchmarks/mlflow_workers.py --together          # the measures of a run in one request
"""

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.pool import Pool
from multiprocessing.synchronize import Barrier
from pathlib import Path

from postgres import find_postgres, own_postgres
from report_size import served

from kepler_keras.tracking.store import QUIET

NAME = "workers"  # of the MLflow experiment


@dataclass(frozen=True)
class Load:
    """What each worker does.

    Attributes:
        runs: Of one worker.
        measures: Of a run, with a point each.
        together: Whether a run's measures go in one request.
    """

    runs: int
    measures: int
    together: bool


def work(address: str, experiment_id: str, worker: int, load: Load) -> list[str]:
    """Logs the runs of one worker; returns what went wrong."""
    import mlflow

    from kepler_keras.tracking.runs import log_points

    client = mlflow.MlflowClient(address)
    faults = []
    for number in range(load.runs):
        try:
            run = client.create_run(experiment_id, run_name=f"worker {worker} run {number}")
            points = [(f"measure_{one}", one + number / 100, 0) for one in range(load.measures)]
            for some in [points] if load.together else [[point] for point in points]:
                log_points(client, run.info.run_id, some)
            client.set_terminated(run.info.run_id)
        except Exception as error:  # all kinds are counted
            faults.append(f"{type(error).__name__}: {str(error).splitlines()[0][:160]}")
    return faults


def missing(address: str, experiment_id: str, workers: int, load: Load) -> int:
    """How many measures, and points beyond the one each, the store is off by."""
    import mlflow

    client = mlflow.MlflowClient(address)
    runs = client.search_runs([experiment_id], max_results=1 + workers * load.runs)
    expected = {f"measure_{one}": one for one in range(load.measures)}
    whole = 0
    for run in runs:
        part = int(run.info.run_name.rpartition(" ")[2]) / 100
        whole += sum(run.data.metrics.get(name) == one + part for name, one in expected.items())
        whole -= len(client.get_metric_history(run.info.run_id, "measure_0")) - 1
    return abs(workers * load.runs * load.measures - whole)


def measure(what: str, address: str, pool: Pool, workers: int, load: Load) -> bool:
    """Prints a row on one store; whether nothing went wrong."""
    import mlflow

    experiment_id = mlflow.MlflowClient(address).create_experiment(NAME)
    jobs = [(address, experiment_id, worker, load) for worker in range(workers)]
    start = time.perf_counter()
    faults = [one for some in pool.starmap(work, jobs, chunksize=1) for one in some]
    seconds = time.perf_counter() - start
    lost = missing(address, experiment_id, workers, load)
    rate = workers * load.runs * load.measures / seconds
    print(f"{what:<22} {seconds:8.1f} s {rate:8.0f}/s {len(faults):8} {lost:8}", flush=True)
    for fault in sorted(set(faults)):
        print(f"    {faults.count(fault)} x {fault}")
    return not faults and not lost


def _ready(all_of_us: Barrier) -> None:
    """Loads MLflow, before the clock starts."""
    import mlflow.tracking  # noqa: F401

    all_of_us.wait()


@contextmanager
def stores(folder: Path) -> Iterator[dict[str, str]]:
    """The addresses by name; what is not installed is left out, with a line."""
    for name in ("postgres", "server"):
        (folder / name).mkdir()
    found = {"sqlite itself": f"sqlite:///{folder / 'mlflow.db'}"}
    with served(folder / "server") as sqlite:
        found["server on sqlite"] = sqlite
        programs = find_postgres()
        if programs is None:
            print("PostgreSQL is not installed; its row is left out")
            yield found
            return
        with own_postgres(programs) as cluster, served(folder / "postgres", cluster.address) as one:
            yield {"server on PostgreSQL": one, **found}


def main() -> None:
    """Prints a row a store; exit code 1 if anything was lost."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--workers", type=int, default=8)
    parser.add_argument("--runs", type=int, default=160, help="of all workers together")
    parser.add_argument("--measures", type=int, default=50, help="of a run")
    parser.add_argument("--together", action="store_true", help="a run's measures in one request")
    asked = parser.parse_args()
    load = Load(asked.runs // asked.workers, asked.measures, asked.together)
    os.environ.update(QUIET)
    print(f"{asked.workers} workers, {asked.workers * load.runs} runs x {load.measures} measures")
    print(f"{'store':<22} {'time':>10} {'points':>10} {'errors':>8} {'missing':>8}")
    processes = get_context("spawn")
    all_of_us = processes.Barrier(asked.workers + 1)
    with (
        tempfile.TemporaryDirectory() as name,
        stores(Path(name)) as addresses,
        processes.Pool(asked.workers, _ready, (all_of_us,)) as pool,
    ):
        all_of_us.wait()
        sound = [measure(one, place, pool, asked.workers, load) for one, place in addresses.items()]
    sys.exit(0 if all(sound) else 1)


if __name__ == "__main__":
    main()
