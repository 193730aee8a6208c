"""Stars blended with each other."""

from dataclasses import replace
from typing import Annotated

import numpy as np
from pydantic import Field

from kepler_keras.data.augmentation.augmentation import Augmentation, Batch
from kepler_keras.data.augmentation.measured import flux_of, gaps_known_only, measured, with_flux
from kepler_keras.data.view_kind import ViewKind


def mixup(
    batch: Batch,
    rng: np.random.Generator,
    kind: ViewKind,
    *,
    alpha: Annotated[float, Field(gt=0, le=10)] = 0.2,
) -> Batch:
    """Adds to each row a share of another one, labels likewise: Zhang et al. 2018, Eq. 1.

    The share is drawn for each row from Beta(alpha, alpha), arXiv:1710.09412, Sec. 2. Weights are
    mixed as well, and labels by weight, so that each class keeps its share of the loss. A row keeps
    its own gaps; where only the other has one, the other adds 0.
    """
    n = len(batch)
    share = rng.beta(alpha, alpha, n).astype(np.float32)
    other = rng.permutation(n)
    flux, known = flux_of(batch), measured(batch, kind)
    beside = share.reshape(-1, *(1,) * (flux.ndim - 1))
    mixed = with_flux(batch, kind, beside * flux + (1 - beside) * flux[other], known)
    own, added = share * batch.weight, (1 - share) * batch.weight[other]
    total = own + added
    labels = own * batch.labels + added * batch.labels[other]
    labels /= np.where(total > 0, total, np.float32(1))
    return replace(mixed, labels=np.clip(labels, 0, 1), weight=total)


AUGMENTATIONS = (
    Augmentation(
        "mixup",
        mixup,
        "Two stars blended at random are no star, and seven tenths of a planet are no label.",
        physical=False,
        relabels=True,
        mixes_rows=True,
        impossible=gaps_known_only,
    ),
)
