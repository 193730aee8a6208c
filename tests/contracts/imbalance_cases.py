"""Cases of the contract of remedies for imbalance: rows, views, entries."""

from dataclasses import dataclass, replace

import numpy as np

from kepler_keras.data.imbalance.registry import Remedy, find_strategy, strategies
from kepler_keras.data.view_kind import ViewKind
from kepler_keras.data.views import one_view
from kepler_keras.experiment import Choice, Entry
from kepler_keras.training.fit import Examples

CADENCE = 0.5
SEED = 3
# What a strategy cannot do without; a quarter of these rows are planets.
NEEDED = {"imblearn": {"sampler": "SVMSMOTE"}, "injected_planets": {"ratio": 0.8}}
KINDS = {
    "flux": (ViewKind("flux", folded=False, cadence=CADENCE), (60, 1)),
    "masked_flux": (
        ViewKind("flux", folded=False, options={"mask": True}, cadence=CADENCE),
        (60, 2),
    ),
    "global_view": (ViewKind("global_view", folded=True), (12, 1)),
    "folded_image": (ViewKind("folded_image", folded=True), (4, 9, 1)),
}


@dataclass(frozen=True)
class Case:
    """A remedy on 72 rows: 48 train (12 planets), 12 validate, 12 test."""

    remedy: Remedy
    view: np.ndarray
    labels: np.ndarray
    train: np.ndarray
    held_out: np.ndarray

    def changed(self, **fields):
        return replace(self, **fields)

    @property
    def views(self):
        return one_view(self.view, self.remedy.kind.name)

    @property
    def examples(self):
        return Examples(self.views, self.labels, self.remedy.kind.cadence)


def choice_of(name):
    return Choice(name=name, options={"force": True, **NEEDED.get(name, {})})


def possible(name, kind):
    return strategies()[name].impossible(KINDS[kind][0]) is None


def case_of(name, kind):
    view_kind, shape = KINDS[kind]
    return made_case(find_strategy(choice_of(name), view_kind), shape)


def made_case(remedy, shape):
    """Classes that overlap along one direction, as borders between classes need it."""
    rng = np.random.default_rng(0)
    labels = (np.arange(72) % 4 == 0).astype(np.int8)
    level = rng.normal(size=72) + 1.5 * labels
    view = level.reshape(72, *(1 for _ in shape)) + 0.3 * rng.normal(size=(72, *shape))
    view = view.astype(np.float32)
    if not remedy.kind.folded:
        gaps = rng.random((72, shape[0])) < 0.1
        view[gaps, 0] = 0.0
        if shape[-1] == 2:
            view[..., 1] = ~gaps
    return Case(remedy, view, labels, np.arange(48), np.arange(48, 72))


def entry_of(case, model, **training):
    view = Choice(name=case.remedy.kind.name, options=dict(case.remedy.kind.options))
    return Entry.model_validate(
        {
            "name": "e",
            "model": model,
            "view": view,
            "imbalance": choice_of(case.remedy.strategy.name),
            "training": {"epochs": 2, "batch_size": 16, **training},
        }
    )


NETWORK = {"name": "mlp", "units": [4]}


def simulated(n, prevalence, seed):
    """One number a row, whose true log-odds are linear in it."""
    rng = np.random.default_rng(seed)
    labels = (np.arange(n) < prevalence * n).astype(np.int8)
    view = (rng.normal(size=n) + 1.5 * labels).astype(np.float32)
    return view[:, None, None], labels
