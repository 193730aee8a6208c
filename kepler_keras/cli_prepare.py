"""The command `kepler-keras prepare`: the views of an experiment, made once and kept."""

import os
import shlex
from pathlib import Path
from typing import Annotated

import typer

from kepler_keras.cli_caller import Caller, as_seen_by
from kepler_keras.cli_compare import File, Jobs, Overrides, Quick, QuickMode, Truth, report_folder
from kepler_keras.cli_executor import Address, ExecutorKind, Kind, asked_again, processes
from kepler_keras.cli_places import resumable


def prepare(
    file: File,
    out: Annotated[
        str,
        typer.Option(
            help="The folder.  [default: reports/<name>-prepared, or reports/<name>-quick-prepared]"
        ),
    ] = "",
    quick: Quick = False,
    jobs: Jobs = 0,
    overrides: Overrides = None,
    executor: ExecutorKind = Kind.local,
    address: Address = "",
    quick_mode: QuickMode = Truth.false,
    caller: Caller = Path("."),
) -> None:
    """Make the views of an experiment and keep them, for compare --prepared and tune --prepared.

    Curves are conditioned and searched in shards of stars, and each shard is kept the moment it is
    made: the same command goes on where it was cut off. Data may be larger than memory.

    Example: kepler-keras prepare experiments/kepler_flux.yaml --out prepared
    """
    from kepler_keras.experiment_file import read_experiment
    from kepler_keras.visible import visible

    quick = quick or quick_mode is Truth.true
    experiment = read_experiment(as_seen_by(caller, file), overrides or [])
    os.chdir(caller)  # from here on every relative path is the caller's
    folder = report_folder(out, experiment.name + "-quick" * quick + "-prepared")
    settings = [word for one in overrides or [] for word in ("--set", one)] + ["--quick"] * quick
    again = ["kepler-keras", "prepare", str(file), *settings, "--out", str(folder)]
    again += asked_again(executor, address)
    from kepler_keras.preparing import prepare as prepare_views

    with resumable(visible(shlex.join(again))):
        done = prepare_views(
            experiment,
            out=folder,
            quick=quick,
            workers=processes(executor, address, jobs=jobs, threads=experiment.protocol.threads),
        )
    for reason in done.left_out:
        print(f"left out: {reason}")
    print(f"prepared: {done.sentence}")
    use = ["kepler-keras", "compare", str(file), *settings, "--prepared", str(folder)]
    print(f"to use it: {visible(shlex.join(use))}")
