"""Synthetic planets on lines between planets, in the space of flattened views.

Every sampler works in one thread: none of these takes a number of jobs, and the searches for
neighbours inside them run alone unless told otherwise.
"""

from typing import Any

from kepler_keras.data.imbalance.counting import Ratio, class_counts, planets_wanted
from kepler_keras.data.imbalance.neighbours import (
    Neighbours,
    check_neighbours,
    resample_with,
    unaligned,
)
from kepler_keras.data.imbalance.strategy import Labels, Resampled, Strategy, View
from kepler_keras.data.view_kind import ViewKind
from kepler_keras.errors import InputError


def smote(
    view: View,
    labels: Labels,
    kind: ViewKind,
    seed: int,
    *,
    ratio: Ratio = 1.0,
    k_neighbors: Neighbours = 5,
) -> Resampled:
    """Planets between a planet and one of its nearest, till there are `ratio` to each other row.

    Chawla et al. 2002 (arXiv:1106.1813). 10 planets and 490 others become 490, of which 480 are
    synthetic, and 490.
    """
    from imblearn.over_sampling import SMOTE

    strategy = {1: planets_wanted(labels, ratio)}
    sampler = SMOTE(sampling_strategy=strategy, k_neighbors=k_neighbors, random_state=seed)
    return resample_with(sampler, view, labels)


def borderline_smote(
    view: View,
    labels: Labels,
    kind: ViewKind,
    seed: int,
    *,
    ratio: Ratio = 1.0,
    k_neighbors: Neighbours = 5,
    m_neighbors: Neighbours = 10,
) -> Resampled:
    """As SMOTE, but only from planets at the border, and only if there are any.

    Han et al. 2005 (doi:10.1007/11538059_91), their first variant: at the border is a planet with
    at least half, but not all, of its `m_neighbors` nearest rows among the others. 10 planets and
    490 others become 490 and 490.
    """
    from imblearn.over_sampling import BorderlineSMOTE

    wanted = planets_wanted(labels, ratio)
    sampler = BorderlineSMOTE(
        sampling_strategy={1: wanted},
        k_neighbors=k_neighbors,
        m_neighbors=m_neighbors,
        random_state=seed,
    )
    made = resample_with(sampler, view, labels)
    if wanted > class_counts(labels)[0] and len(made.indices) == len(labels) == _size(made):
        raise InputError(
            f"no planet among the training rows has at least half, but not all, of its "
            f"m_neighbors = {m_neighbors} nearest rows among the others, so there is nothing to "
            "begin from; change m_neighbors"
        )
    return made


def adasyn(
    view: View,
    labels: Labels,
    kind: ViewKind,
    seed: int,
    *,
    ratio: Ratio = 1.0,
    k_neighbors: Neighbours = 5,
) -> Resampled:
    """As SMOTE, but the more from a planet the more of its nearest rows are others.

    He et al. 2008 (doi:10.1109/IJCNN.2008.4633969). 10 planets and 490 others become 490 and 490,
    but for rounding: each planet gets a whole number.
    """
    from imblearn.over_sampling import ADASYN

    strategy = {1: planets_wanted(labels, ratio)}
    sampler = ADASYN(sampling_strategy=strategy, n_neighbors=k_neighbors, random_state=seed)
    return resample_with(sampler, view, labels)


def _size(made: Resampled) -> int:
    return len(made.indices) + len(made.synthetic)


def _check_border(labels: Labels, *, m_neighbors: int, **options: Any) -> None:
    check_neighbours(labels, **options)
    if len(labels) <= m_neighbors:
        raise InputError(
            f"m_neighbors = {m_neighbors} needs more than {m_neighbors} training rows, got "
            f"{len(labels)}; lower m_neighbors"
        )


STRATEGIES = tuple(
    Strategy(resample.__name__, "calibrate", resample=resample, check=check, unsuited=unaligned)
    for resample, check in (
        (smote, check_neighbours),
        (borderline_smote, _check_border),
        (adasyn, check_neighbours),
    )
)
