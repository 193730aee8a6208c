"""Any sampler of imbalanced-learn by its class name."""

import inspect
from typing import Any

from kepler_keras.data.imbalance.neighbours import resample_with, unaligned
from kepler_keras.data.imbalance.strategy import Labels, Resampled, Strategy, View
from kepler_keras.data.view_kind import ViewKind
from kepler_keras.errors import InputError, suggestion

# What the experiment decides: the seed, and one thread, for workers share the machine.
OURS = {"random_state", "n_jobs"}


def imblearn(
    view: View,
    labels: Labels,
    kind: ViewKind,
    seed: int,
    *,
    sampler: str,
    parameters: dict[str, Any] | None = None,
) -> Resampled:
    """What the sampler makes of flattened views; its class counts are its own.

    Args:
        view: Shape (n, ...).
        labels: Shape (n,).
        kind: Unused.
        seed: Its `random_state`.
        sampler: A class of imbalanced-learn, as ``KMeansSMOTE``.
        parameters: Of that class, besides `random_state` and `n_jobs`.
    """
    return resample_with(_make(sampler, parameters or {}, seed), view, labels)


def _samplers() -> dict[str, Any]:
    from imblearn import combine, over_sampling, under_sampling

    modules = (over_sampling, under_sampling, combine)
    return {name: getattr(module, name) for module in modules for name in module.__all__}


def _make(sampler: str, parameters: dict[str, Any], seed: int) -> Any:
    known = _samplers()
    if sampler not in known:
        raise InputError(
            f"imbalanced-learn has no sampler {sampler!r}; {suggestion(sampler, known)}"
        )
    takes = set(inspect.signature(known[sampler]).parameters)
    for name in parameters:
        if name in OURS:
            raise InputError(f"{sampler}: {name} is set by the experiment, not in parameters")
        if name not in takes:
            hint = suggestion(name, takes - OURS)
            raise InputError(f"{sampler}: unknown parameter {name!r}; {hint}")
    ours = {"random_state": seed, "n_jobs": 1}
    given = {**parameters, **{name: ours[name] for name in takes & OURS}}
    try:
        made = known[sampler](**given)
        made._validate_params()  # imbalanced-learn's own rules for values, before any row is seen
    except (ValueError, TypeError) as error:
        reason = " ".join(str(error).split())[:300]
        raise InputError(f"{sampler}: {reason}") from error
    return made


def _check(labels: Labels, *, sampler: str, parameters: dict[str, Any] | None) -> None:
    _make(sampler, parameters or {}, 0)


STRATEGIES = (
    Strategy("imblearn", "calibrate", resample=imblearn, check=_check, unsuited=unaligned),
)
