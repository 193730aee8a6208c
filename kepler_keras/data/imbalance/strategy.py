"""What a remedy for imbalance is, and what it may answer.

A *plan* is made from the labels of the training rows alone. A *resampler* is given their views too
and may return rows that were never measured; these are marked by where they stand. Neither is ever
shown another row.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from kepler_keras.data.view_kind import ViewKind
from kepler_keras.experiment import Choice

Labels = NDArray[np.int8]
View = NDArray[np.float32]

# What a remedy does to the log-odds of a score. `offset`: adds a known number, which is taken off
# again. `none`: nothing. `calibrate`: what no formula knows; Platt scaling on validation rows.
Effect = Literal["offset", "none", "calibrate"]


@dataclass(frozen=True)
class Loss:
    """Binary cross-entropy of the logit, and what may be done to it.

    Attributes:
        focusing: Gamma of the focal loss (Lin et al. 2017, arXiv:1708.02002, Eq. 4); 0 is plain
            cross-entropy.
        planet_weight: Alpha of the focal loss (Eq. 5): planets weigh alpha, others 1 - alpha;
            None weighs both alike.
        logit_shift: Added to the logit in the loss only (Menon et al. 2021, arXiv:2007.07314,
            Eq. 10).
    """

    focusing: float = 0.0
    planet_weight: float | None = None
    logit_shift: float = 0.0


@dataclass(frozen=True)
class Plan:
    """Which training rows are shown in an epoch, how much each counts, and what is minimised.

    Attributes:
        indices: Positions among the training rows, repeats allowed, shape (m,).
        sample_weight: Weight of each of them in the loss, shape (m,), float32.
        loss: What a network minimises.
        output_bias: Where the bias of a network's logit begins.
        log_odds_offset: What this plan adds to the log-odds that a model learns; scores are
            corrected by it.
        planet_share: Share of planets in every batch, filled up by planets drawn again; None
            leaves batches to chance.
        redrawn: Shape (m,), bool: repeats that `redrawing` changes anew in every epoch; None for
            no row.
        redrawing: Augmentations of those rows, before the entry's own.
    """

    indices: NDArray[np.int64]
    sample_weight: NDArray[np.float32]
    loss: Loss = Loss()
    output_bias: float = 0.0
    log_odds_offset: float = 0.0
    planet_share: float | None = None
    redrawn: NDArray[np.bool_] | None = None
    redrawing: tuple[Choice, ...] = ()


@dataclass(frozen=True)
class Resampled:
    """Training rows after resampling: some of the real ones, and synthetic ones beside them.

    Attributes:
        indices: Positions of the real rows among the training rows, repeats allowed, shape (m,).
        synthetic: Rows that nobody measured, shape (k, ...), float32, unscaled as the views are.
        synthetic_labels: Shape (k,), int8.
    """

    indices: NDArray[np.int64]
    synthetic: View
    synthetic_labels: Labels


# make(labels, seed, *, option, ...) -> Plan
# resample(view, labels, kind, seed, *, option, ...) -> Resampled
# check(labels, *, option, ...) -> None
# Labels have shape (n,), views (n, ...), both of the training rows alone. What stands behind the
# star is an option of the experiment file, and its type the allowed values; a check is given them
# all. Each may raise an InputError, whose sentence the name of the strategy is put before.
Planner = Callable[..., Plan]
Resampler = Callable[..., Resampled]
Checker = Callable[..., None]


@dataclass(frozen=True)
class Strategy:
    """One remedy, registered by standing in the tuple `STRATEGIES` of a module of this package.

    Attributes:
        name: In the experiment file.
        make: The planner; None where `resample` is given.
        resample: The resampler; None where `make` is given.
        effect: What it does to the log-odds.
        needs_network: Whether it acts on a loss, a bias or batches, which only networks have.
        check: Refuses labels that it cannot be applied to: a cheap look before any long fit. That
            both classes are there is checked for every strategy.
        unsuited: Why it is not physical on a kind of view (the end of a sentence), or None where
            it is. Such a use is refused unless the option `force` is true.
        impossible: Why it cannot be done at all on a kind of view, or None.
    """

    name: str
    effect: Effect
    make: Planner | None = None
    resample: Resampler | None = None
    needs_network: bool = False
    check: Checker = field(default=lambda labels, **options: None)
    unsuited: Callable[[ViewKind], str | None] = field(default=lambda kind: None)
    impossible: Callable[[ViewKind], str | None] = field(default=lambda kind: None)

    @property
    def function(self) -> Planner | Resampler:
        """Whichever of the two was given."""
        function = self.make or self.resample
        assert function is not None
        return function
