"""SMOTE, and then rows taken away again that stand among the other class."""

from typing import Any

from kepler_keras.data.imbalance.counting import Ratio, planets_wanted
from kepler_keras.data.imbalance.neighbours import (
    Neighbours,
    check_neighbours,
    resample_with,
    unaligned,
)
from kepler_keras.data.imbalance.strategy import Labels, Resampled, Strategy, View
from kepler_keras.data.view_kind import ViewKind


def smote_tomek(
    view: View,
    labels: Labels,
    kind: ViewKind,
    seed: int,
    *,
    ratio: Ratio = 1.0,
    k_neighbors: Neighbours = 5,
) -> Resampled:
    """SMOTE, then both rows of every Tomek link go, real ones too.

    Batista et al. 2003: a link is a planet and another row that are each other's nearest. 10
    planets and 490 others become 490 and 490 less one of each for every link.
    """
    from imblearn.combine import SMOTETomek

    sampler = SMOTETomek(random_state=seed, n_jobs=1, **_begin(labels, ratio, k_neighbors, seed))
    return resample_with(sampler, view, labels)


def smote_enn(
    view: View,
    labels: Labels,
    kind: ViewKind,
    seed: int,
    *,
    ratio: Ratio = 1.0,
    k_neighbors: Neighbours = 5,
) -> Resampled:
    """SMOTE, then every row goes that has one of its three nearest in the other class.

    Batista et al. 2004 (doi:10.1145/1007730.1007735), with Wilson's edited nearest neighbours as
    imbalanced-learn has them: all three must agree. 10 planets and 490 others become at most 490
    and 490; where planets are many and close together, it is mostly others that go.
    """
    from imblearn.combine import SMOTEENN

    sampler = SMOTEENN(random_state=seed, n_jobs=1, **_begin(labels, ratio, k_neighbors, seed))
    return resample_with(sampler, view, labels)


def _begin(labels: Labels, ratio: float, k_neighbors: int, seed: int) -> dict[str, Any]:
    from imblearn.over_sampling import SMOTE

    strategy = {1: planets_wanted(labels, ratio)}
    # The combined samplers hand a SMOTE of their own no number of neighbours, so it is made here.
    first = SMOTE(sampling_strategy=strategy, k_neighbors=k_neighbors, random_state=seed)
    return {"sampling_strategy": strategy, "smote": first}


STRATEGIES = tuple(
    Strategy(
        resample.__name__,
        "calibrate",
        resample=resample,
        check=check_neighbours,
        unsuited=unaligned,
    )
    for resample in (smote_tomek, smote_enn)
)
