"""A made-up comparison with all that a zoo of models brings; nothing here was trained.

`ridge` and `rocket` give decision values, `ensemble` is one, `image` cannot have its views and
`broken` broke.
"""

from typing import Any

import numpy as np
import pandas as pd
from made_up_record import entry, experiment, make_record, predictions

from kepler_keras.experiment import Experiment
from kepler_keras.record import FoldFit, LeftOut, MemberFit, Record, member_name

DECISION = ("ridge", "rocket")
LEFT_OUT = (
    LeftOut(entry="image", reason="the data have no ephemeris to fold by", failed=False),
    LeftOut(entry="broken", reason="conv2d: its loss became NaN in fold 2", failed=True),
)
TIMES = {"mlp": 3.1, "conv1d": 41.0, "ridge": 0.02, "rocket": 4.4, "ensemble": 190.0}


def zoo(**changes: Any) -> Experiment:
    """Five entries that are compared, and two that are not."""
    entries = [
        entry("mlp", "mlp"),
        entry("conv1d", "conv1d"),
        entry("ridge", "ridge"),
        entry("rocket", "rocket"),
        entry("ensemble", "conv1d", ensemble={"members": 4, "reversal": True}, seed=10),
        {
            "name": "image",
            "model": "conv2d",
            "views": ["folded_image", "scalars"],
            "optional": True,
        },
        entry("broken", "conv2d"),
    ]
    return experiment(**{"entries": entries, **changes})


def as_decision_values(table: pd.DataFrame, *, within_one: bool = False) -> pd.DataFrame:
    """The rows of `DECISION` ranked as before: in hundreds either side of 0, or within [0, 1]."""
    mine = table["entry"].isin(DECISION) | table["entry"].str.startswith(DECISION)
    share = table["score"].clip(1e-9, 1 - 1e-9)
    values = 0.4 + 0.2 * share if within_one else 300 * np.log(share / (1 - share))
    return table.assign(score=table["score"].where(~mine, values))


def zoo_record(setup: Experiment | None = None, *, within_one: bool = False) -> Record:
    """A record of `zoo`.

    Args:
        setup: Another experiment, whose ensembles and `DECISION` are treated alike.
        within_one: Whether decision values happen to look like probabilities.
    """
    setup = setup or zoo()
    out = [item for item in LEFT_OUT if item.entry in {one.name for one in setup.entries}]
    gone = {item.entry for item in out}
    record = make_record(setup, left_out=out)
    table = as_decision_values(record.predictions, within_one=within_one)
    members = [
        member_name(one.name, seed) for one in setup.entries if one.ensemble for seed in one.seeds
    ]
    size = {"folds": table["fold"].nunique(), "repeats": table["repeat"].nunique()}
    changes = {
        "predictions": table[~table["entry"].isin(gone)].reset_index(drop=True),
        "members": predictions(members, **size) if members else None,
        "fits": [_fit(fit, setup) for fit in record.fits if fit.entry != "image"],
    }
    return record.model_copy(update=changes)


def _fit(fit: FoldFit, setup: Experiment) -> FoldFit:
    (one,) = (item for item in setup.entries if item.name == fit.entry)
    changes: dict[str, Any] = {"train_seconds": TIMES.get(fit.entry.split(".")[0], 5.0) + fit.fold}
    if fit.entry.startswith(DECISION):
        changes |= {"score_kind": "decision", "epochs": None, "n_parameters": None, "history": {}}
    if one.ensemble is not None:
        kept = fit.model_dump(include={"epochs", "train_seconds", "history"})
        members = [MemberFit(seed=seed, **kept) for seed in one.seeds]
        changes |= {"members": members, "epochs": None, "history": {}}
    return fit.model_copy(update=changes)
