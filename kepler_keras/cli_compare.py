"""The commands `kepler-keras compare` and `kepler-keras tune`: from an experiment to its report."""

import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from kepler_keras.cli_caller import Caller, as_seen_by
from kepler_keras.cli_executor import Address, ExecutorKind, Kind, asked_again, processes
from kepler_keras.cli_places import resumable
from kepler_keras.errors import InputError


class Truth(StrEnum):
    """The yes or no of an `mlflow run` parameter, which is always text."""

    true = "true"
    false = "false"


File = Annotated[Path, typer.Argument(help="The experiment file (YAML).")]
Quick = Annotated[
    bool, typer.Option("--quick", help="Cut down to end within a minute; figures mean nothing.")
]
Jobs = Annotated[int, typer.Option(help="Worker processes; 0 means as many as fit.", min=0)]
Overrides = Annotated[
    list[str] | None, typer.Option("--set", help="Change a setting: key=value, dotted keys.")
]
Fresh = Annotated[
    bool, typer.Option("--fresh", help="Throw away the fits that the report folder keeps.")
]
Prepared = Annotated[
    str,
    typer.Option(
        help="Take the views from this folder, which kepler-keras prepare wrote.", metavar="DIR"
    ),
]
QuickMode = Annotated[Truth, typer.Option(hidden=True, help="--quick as text, for `mlflow run`.")]


def compare(
    file: File,
    out: Annotated[
        str,
        typer.Option(help="The report folder.  [default: reports/<name>, or reports/<name>-quick]"),
    ] = "",
    quick: Quick = False,
    jobs: Jobs = 0,
    overrides: Overrides = None,
    fresh: Fresh = False,
    register: Annotated[
        str,
        typer.Option(
            help="Register the best competitor's model in MLflow under this name, with the alias "
            "champion.",
            metavar="NAME",
        ),
    ] = "",
    executor: ExecutorKind = Kind.local,
    address: Address = "",
    prepared: Prepared = "",
    quick_mode: QuickMode = Truth.false,
    caller: Caller = Path("."),
) -> None:
    """Compare the entries of an experiment file and write its report.

    Each fit is kept in the report folder the moment it ends: the same command goes on where it was
    cut off. An entry that breaks is left out, the others are compared, and the exit code is 1.

    Example: kepler-keras compare experiments/quickstart.yaml --set protocol.folds=3
    """
    quick = quick or quick_mode is Truth.true
    _run(
        _Asked(
            "compare", file, out, quick, jobs, overrides or [], caller,
            fresh=fresh, register=register, executor=executor, address=address,
            prepared=prepared,
        )
    )  # fmt: skip


def tune(
    file: File,
    out: Annotated[
        str,
        typer.Option(
            help="The report folder; trials are kept there in studies.db, and a second call goes "
            "on with them.  [default: reports/<name>-tuned, or reports/<name>-tuned-quick]"
        ),
    ] = "",
    trials: Annotated[
        int, typer.Option(help="Trials in each fold; 0 means as the file says.", min=0)
    ] = 0,
    quick: Quick = False,
    jobs: Jobs = 0,
    overrides: Overrides = None,
    fresh: Fresh = False,
    executor: ExecutorKind = Kind.local,
    address: Address = "",
    prepared: Prepared = "",
    quick_mode: QuickMode = Truth.false,
    caller: Caller = Path("."),
) -> None:
    """Tune the entries that an experiment file tunes, and compare all entries.

    Settings are chosen inside the training part of each fold; the test folds see the choice alone.

    Example: kepler-keras tune experiments/tuning.yaml --trials 10
    """
    quick = quick or quick_mode is Truth.true
    _run(
        _Asked(
            "tune", file, out, quick, jobs, overrides or [], caller, trials, fresh,
            executor=executor, address=address, prepared=prepared,
        )
    )  # fmt: skip


@dataclass(frozen=True)
class _Asked:
    """What was typed."""

    verb: str
    file: Path
    out: str
    quick: bool
    jobs: int
    overrides: Sequence[str]
    caller: Path
    trials: int = 0
    fresh: bool = False
    register: str = ""
    executor: Kind = Kind.local
    address: str = ""
    prepared: str = ""

    @property
    def command(self) -> str:
        """The command that makes this comparison again."""
        return self._line([])

    @property
    def resume(self) -> str:
        """The command that goes on with it after it was cut off."""
        return self._line(
            [
                *["--out", self.out] * bool(self.out),
                *["--jobs", str(self.jobs)] * (self.jobs > 0),
                *["--register", self.register] * bool(self.register),
                *asked_again(self.executor, self.address),
                *["--prepared", self.prepared] * bool(self.prepared),
            ]
        )

    def _line(self, more: Sequence[str]) -> str:
        import shlex

        from kepler_keras.visible import visible

        words = ["kepler-keras", self.verb, str(self.file)]
        for override in self.overrides:
            words += ["--set", override]
        words += ["--trials", str(self.trials)] * (self.trials > 0)
        return visible(shlex.join([*words, *["--quick"] * self.quick, *more]))


def _run(asked: _Asked) -> None:
    """Compares; Ctrl-C ends it in seconds, and in the command that goes on with it."""
    with resumable(asked.resume):
        _compare(asked)


def _compare(asked: _Asked) -> None:
    """Compares, and says where the report lies."""
    from kepler_keras.experiment_file import read_experiment

    experiment = read_experiment(as_seen_by(asked.caller, asked.file), asked.overrides)
    tuned = asked.verb == "tune"
    if tuned and not experiment.tuning:
        raise InputError(f"{asked.file}: it has no key tuning, there is nothing to tune")
    if asked.trials:
        many = [one.model_copy(update={"trials": asked.trials}) for one in experiment.tuning]
        experiment = experiment.model_copy(update={"tuning": tuple(many)})
    os.chdir(asked.caller)  # from here on every relative path is the caller's
    from kepler_keras.run import compare as run_comparison
    from kepler_keras.tracking import tracking_address

    name = experiment.name + "-tuned" * tuned + "-quick" * asked.quick
    folder = report_folder(asked.out, name)
    outcome = run_comparison(
        experiment,
        out=folder,
        quick=asked.quick,
        workers=processes(
            asked.executor, asked.address, jobs=asked.jobs, threads=experiment.protocol.threads
        ),
        address=tracking_address(os.environ, Path.cwd()),
        command=asked.command,
        resume=asked.resume,
        studies=folder / "studies.db" if tuned else None,
        fresh=asked.fresh,
        register=asked.register or None,
        prepared=Path(asked.prepared) if asked.prepared else None,
    )
    print(f"report: {outcome.report}")
    print(f"in MLflow: {outcome.artifact} (run {outcome.run_id})")
    print("to browse the runs: kepler-keras ui")
    if outcome.registered:
        print(f"registered: {outcome.registered}")
    for fault in outcome.faults:
        print(f"Error: {fault}", file=sys.stderr)
    if outcome.faults:
        raise typer.Exit(1)


def report_folder(out: str, name: str) -> Path:
    """The folder asked for; `reports/<name>` by default."""
    return Path(out) if out else Path("reports") / name
