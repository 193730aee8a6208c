"""All that a comparison does to find out whether its own figures can be believed."""

from collections.abc import Mapping
from pathlib import Path

from kepler_keras.canaries import MOST_PIPELINES, run_canaries
from kepler_keras.data.light_curves import LightCurves
from kepler_keras.data.split_faults import split_faults
from kepler_keras.data.splits import Split
from kepler_keras.diagnostics import Diagnostics
from kepler_keras.durable.executor import DurableExecutor
from kepler_keras.experiment import Experiment
from kepler_keras.fitting import FoldOutcomes
from kepler_keras.learning_curve import run_learning_curve
from kepler_keras.training.cross_validation import ViewFiles


def check_itself(
    experiment: Experiment,
    split: Split,
    curves: LightCurves,
    files: Mapping[str, ViewFiles],
    executor: DurableExecutor,
    fitted: FoldOutcomes,
    *,
    quick: bool,
    work: Path,
) -> Diagnostics:
    """Looks at the folds, and fits canaries and the learning curve where the protocol asks for it.

    Args:
        experiment: Of the entries that were fitted.
        split: The folds.
        curves: The data.
        files: The views of each entry.
        executor: Where fits run.
        fitted: The whole fits.
        quick: Whether one pipeline with canaries is enough.
        work: A folder for files that nobody keeps.
    """
    protocol, canaries, curve = experiment.protocol, None, None
    if protocol.canaries:
        most = 1 if quick else MOST_PIPELINES
        canaries = run_canaries(
            experiment, split, curves, files, executor, work, most_pipelines=most
        )
    if protocol.learning_curve:
        curve = run_learning_curve(
            experiment, split, curves, files, executor, fitted, jobs=executor.jobs
        )
    return Diagnostics(
        split=split_faults(curves, split.folds), canaries=canaries, learning_curve=curve
    )
