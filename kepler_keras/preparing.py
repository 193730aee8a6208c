"""The stage before any fold by itself: its views are kept for comparisons that come later."""

import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from kepler_keras.checking import check_entries, without
from kepler_keras.disk import disk_errors
from kepler_keras.executors import Persistent, Workers
from kepler_keras.experiment import Experiment, quick_version
from kepler_keras.preparation import PreparedViews, ready_views
from kepler_keras.progress import duration
from kepler_keras.publish import check_folder


@dataclass(frozen=True)
class Done:
    """What a folder holds after `prepare`.

    Attributes:
        folder: The folder.
        n_stars: Whose views there are.
        n_arrays: Views, and the periods of a search.
        n_shards: Of all of them.
        n_bytes: Of these shards.
        seconds: That it took.
        left_out: Why entries have no views.
    """

    folder: Path
    n_stars: int
    n_arrays: int
    n_shards: int
    n_bytes: int
    seconds: float
    left_out: tuple[str, ...] = ()

    @property
    def sentence(self) -> str:
        """One line on all of it."""
        return (
            f"{self.folder} ({self.n_stars} stars, {self.n_arrays} arrays in {self.n_shards} "
            f"shards, {self.n_bytes / 1e6:.1f} MB, {duration(self.seconds)})"
        )


def prepare(experiment: Experiment, *, out: Path, quick: bool, workers: Workers) -> Done:
    """Makes the views of all entries that can have them; shards that are kept are not made again.

    Args:
        experiment: Whose entries see them.
        out: Where they are kept; what else lies there stays.
        quick: Of the stars of a quick comparison only.
        workers: Where views are made, with the threads of the experiment's protocol.

    Raises:
        InputError: Data or settings cannot be used.
        RunError: The disk is full; the shards that are finished are kept.
    """
    start = time.perf_counter()
    check_folder(out)
    if quick:
        experiment = quick_version(experiment)
    executor = Persistent(workers)
    views = PreparedViews(experiment, quick=quick, folder=out, executor=executor)
    curves = views.curves
    left_out = check_entries(experiment, cadence=curves.cadence, ready_views=ready_views(curves))
    views.make(without(experiment, left_out).entries)
    with disk_errors(out):
        shards = [path for folder in views.folders for path in sorted(folder.glob("*.npy"))]
        n_bytes = sum(path.stat().st_size for path in shards)
    return Done(
        folder=out,
        n_stars=len(np.unique(curves.stars)),
        n_arrays=len(views.folders),
        n_shards=len(shards),
        n_bytes=n_bytes,
        seconds=time.perf_counter() - start,
        left_out=tuple(one.reason for one in left_out),
    )
