"""The stage before the folds on as many stars as Kaggle's files have rows, by number of workers.

5657 simulated stars of 3197 cadences are searched, conditioned and made into the three views of
`experiments/quickstart.yaml`. Each turn has workers of its own, whose start and imports count, and
a folder of its own.

    python benchmarks/preparing.py [--stars 5657] [--jobs 1 2] [--turns 2]
"""

import argparse
import tempfile
import time
from pathlib import Path

from kepler_keras.data.sources import read_source
from kepler_keras.data.view_recipe import Recipe
from kepler_keras.data.view_store import ViewStore
from kepler_keras.executors import LocalProcesses, end_workers
from kepler_keras.experiment import Choice, Conditioning, Search

VIEWS = ("flux", "global_view", "folded_image")


def turn(recipe: Recipe, *, jobs: int) -> tuple[float, float]:
    """Seconds of the search and of the views."""
    choices = [Choice(name=name) for name in VIEWS]
    with tempfile.TemporaryDirectory(prefix="preparing-") as name:
        store, start = ViewStore(Path(name), LocalProcesses(jobs, 1)), time.perf_counter()
        periods = store.periods(recipe)
        searched = time.perf_counter()
        store.views(recipe, choices, periods)
        ended = time.perf_counter()
    end_workers()
    return searched - start, ended - searched


def main() -> None:
    """Parses what was typed, runs and prints a line a turn."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--stars", type=int, default=5657)
    parser.add_argument("--jobs", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--turns", type=int, default=2)
    asked = parser.parse_args()
    curves = read_source("simulated", None, {"n_stars": asked.stars})
    recipe = Recipe(curves, {}, Conditioning(), Search())
    for _ in range(asked.turns):
        for jobs in asked.jobs:
            search, views = turn(recipe, jobs=jobs)
            print(
                f"{jobs} workers: search {search:.1f} s, views {views:.1f} s, "
                f"together {search + views:.1f} s",
                flush=True,
            )


if __name__ == "__main__":
    main()
