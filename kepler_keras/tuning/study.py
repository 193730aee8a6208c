"""The trials of one tuned entry in one outer fold, kept in a file by Optuna.

Whatever a trial draws depends on the study's name, the trial's number and the trials before it, so
that a study which was cut off ends as it would have ended.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import optuna
from optuna.distributions import (
    BaseDistribution,
    CategoricalDistribution,
    FloatDistribution,
    IntDistribution,
)
from optuna.trial import FrozenTrial, TrialState
from sqlalchemy.exc import SQLAlchemyError

from kepler_keras.errors import InputError
from kepler_keras.record import TrialEnd, TrialRecord
from kepler_keras.training.seeding import job_seed
from kepler_keras.tuning_space import Range, Values

FIRST_TRIALS = 5  # drawn at random before the sampler and the pruner go by those that ended
STATES: dict[TrialState, TrialEnd] = {
    TrialState.COMPLETE: "complete",
    TrialState.PRUNED: "pruned",
    TrialState.FAIL: "failed",
}
REASON, EPOCHS, SECONDS = "reason", "epochs", "cpu_seconds"  # attributes that a trial carries


@contextmanager
def store_errors(file: Path) -> Iterator[None]:
    """Makes a sentence of whatever the database says."""
    try:
        yield
    except (SQLAlchemyError, RuntimeError) as error:
        first = str(error).partition("\n")[0]
        raise InputError(f"{file}: cannot be used as a file of studies: {first}") from error


def open_study(file: Path, name: str) -> optuna.Study:
    """Opens the study that keeps trials, making file and study if need be.

    Args:
        file: SQLite file.
        name: Of the study; it says all that the trials depend on.

    Raises:
        InputError: The file cannot be opened or written.
    """
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    with store_errors(file):
        return optuna.create_study(
            storage=f"sqlite:///{file}",
            study_name=name,
            direction="maximize",
            load_if_exists=True,
        )


def next_trial(
    name: str,
    earlier: Sequence[FrozenTrial],
    *,
    seed: int,
    pruning: bool,
    space: Mapping[str, Values],
) -> tuple[optuna.Study, optuna.Trial]:
    """Asks for the next trial of a study, in memory; the first is the entry as it is written.

    Args:
        name: Of the study.
        earlier: Its trials that ended, oldest first; all that is drawn depends on these.
        seed: Of the tuning.
        pruning: Whether trials below the median of earlier ones end early.
        space: What later trials draw from.
    """
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    pruner = (
        optuna.pruners.MedianPruner(n_startup_trials=FIRST_TRIALS, n_warmup_steps=2)
        if pruning
        else optuna.pruners.NopPruner()
    )
    number = len(earlier)
    sampler = optuna.samplers.TPESampler(
        seed=job_seed(seed, name, number), n_startup_trials=FIRST_TRIALS
    )
    study = optuna.create_study(direction="maximize", sampler=sampler, pruner=pruner)
    study.add_trials(earlier)
    drawn = space if number else {}
    return study, study.ask({key: _distribution(values) for key, values in drawn.items()})


def ended_trials(study: optuna.Study) -> list[FrozenTrial]:
    """The trials that count, oldest first."""
    return [
        trial
        for trial in study.get_trials(deepcopy=False)
        if trial.state in STATES and (trial.state != TrialState.FAIL or REASON in trial.user_attrs)
    ]


def _distribution(values: Values) -> BaseDistribution:
    if not isinstance(values, Range):
        return CategoricalDistribution([json.dumps(value) for value in values])
    if values.whole:
        return IntDistribution(
            int(values.low), int(values.high), log=values.log, step=int(values.step or 1)
        )
    return FloatDistribution(values.low, values.high, log=values.log, step=values.step)


def settings_of(trial: FrozenTrial | optuna.Trial) -> dict[str, Any]:
    """The settings of a trial by key; none of the one that takes the entry as it is written."""
    return {
        key: json.loads(value)
        if isinstance(trial.distributions[key], CategoricalDistribution)
        else value
        for key, value in trial.params.items()
    }


def trial_records(study: optuna.Study) -> list[TrialRecord]:
    """The trials that count, as a comparison's record keeps them; the first is number 0."""
    return [
        TrialRecord(
            number=number,
            settings=settings_of(trial),
            end=STATES[trial.state],
            average_precision=trial.value if trial.state == TrialState.COMPLETE else None,
            epochs=trial.user_attrs.get(EPOCHS),
            cpu_seconds=trial.user_attrs[SECONDS],
            reason=trial.user_attrs.get(REASON),
        )
        for number, trial in enumerate(ended_trials(study))
    ]


def importances(trials: Sequence[FrozenTrial]) -> dict[str, float]:
    """How much of the spread between complete trials each setting explains; shares of 1.

    The first trial, which draws nothing, is left out. Functional ANOVA over a random forest (Hutter
    et al. 2014, ICML 32:754). Empty where fewer than four trials say anything, or all scored alike.
    """
    drawn = [trial for trial in trials if trial.params and trial.value is not None]
    drawn = [trial for trial in drawn if trial.state == TrialState.COMPLETE]
    if len(drawn) < 4 or len({trial.value for trial in drawn}) == 1:
        return {}
    alone = optuna.create_study(direction="maximize")
    alone.add_trials(drawn)
    evaluator = optuna.importance.FanovaImportanceEvaluator(seed=0)
    shares = optuna.importance.get_param_importances(alone, evaluator=evaluator)
    return {key: float(share) for key, share in shares.items()}
