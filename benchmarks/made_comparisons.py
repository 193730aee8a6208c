"""Small clean comparisons of really trained models, for studies of the checks."""

import contextlib
import io
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from kepler_keras.canaries import run_canaries
from kepler_keras.data.light_curves import LightCurves
from kepler_keras.data.split_faults import split_faults
from kepler_keras.data.splits import Split, make_folds
from kepler_keras.diagnostics import Diagnostics
from kepler_keras.environment import describe_environment
from kepler_keras.experiment import Experiment
from kepler_keras.fitting import cross_validate, join_tables
from kepler_keras.record import DataSummary, Record
from kepler_keras.training.cross_validation import ViewFiles


class InThisProcess:
    """Runs jobs one after another, in one thread."""

    def run(self, function: Callable[[Any], Any], jobs: Sequence[Any]) -> Iterator[tuple[int, Any]]:
        """Yields each job's place and result."""
        yield from enumerate(map(function, jobs))


def experiment_of(imbalance: str = "none", strength: float = 0.01) -> Experiment:
    """A strongly and a very strongly held linear model, on the curves as they are."""
    entries = [
        {
            "name": name,
            "model": {"name": "logistic_regression", "C": c},
            "view": "flux",
            "imbalance": imbalance,
        }
        for name, c in (("linear", strength), ("stiff", strength / 10))
    ]
    return Experiment.model_validate(
        {
            "name": "made",
            "question": "Is anything wrong?",
            "data": {"source": "simulated"},
            "protocol": {"folds": 5},
            "entries": entries,
            "baseline": "linear",
        }
    )


def curves_of(seed: int, *, dip: float = 1.0, share: float | None = None) -> LightCurves:
    """Noise, most of it the star's own, and in the curves of planets a dip of some columns."""
    rng = np.random.default_rng(seed)
    n_stars, n_columns = int(rng.integers(250, 600)), int(rng.integers(24, 80))
    rows_a_star = int(rng.integers(1, 3))
    share = float(rng.uniform(0.12, 0.25)) if share is None else share
    star = np.repeat(np.arange(n_stars), rows_a_star)
    labels = (star < round(share * n_stars)).astype(np.int8)
    flux = 0.95 * rng.normal(size=(n_stars, n_columns))[star]
    flux += 0.3 * rng.normal(size=flux.shape)
    flux[labels == 1, 8:14] -= dip
    names = np.array([f"s{number:04d}" for number in star])
    return LightCurves("made", flux.astype(np.float32), labels, names, cadence=0.02)


def compared(
    curves: LightCurves, folder: Path, *, experiment: Experiment, split: Split | None = None
) -> Record:
    """A comparison of really trained models, with canaries, as a record."""
    split = split or make_folds(curves, experiment.protocol)
    np.save(folder / "view.npy", curves.flux[..., None])
    file = ViewFiles({"flux": folder / "view.npy"}, curves.labels, curves.cadence)
    files = {entry.name: file for entry in experiment.entries}
    here: Any = InThisProcess()
    with contextlib.redirect_stderr(io.StringIO()), tempfile.TemporaryDirectory() as work:
        fitted = cross_validate(experiment, split, files, here)
        canaries = run_canaries(experiment, split, curves, files, here, Path(work))
    tables = join_tables(experiment, split, fitted, curves)
    environment = describe_environment(threads=1).model_copy(update={"git_dirty": False})
    return Record(
        experiment=experiment,
        quick=False,
        command="",
        data=DataSummary(
            source="made", n_examples=len(curves), n_positive=int(curves.labels.sum()), n_stars=0,
            n_positive_stars=0, fingerprint="", n_columns=curves.flux.shape[1],
            cadence=curves.cadence, notes=[], warnings=[], gallery=[],
        ),
        parts=[],
        fits=tables.fits,
        view_shapes={},
        environment=environment,
        predictions=tables.predictions,
        diagnostics=Diagnostics(split=split_faults(curves, split.folds), canaries=canaries),
    )  # fmt: skip
