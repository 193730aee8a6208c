"""Remedies that change what a network minimises, or where its output begins."""

from typing import Annotated

import numpy as np
from pydantic import Field

from kepler_keras.data.imbalance.counting import log_odds
from kepler_keras.data.imbalance.strategy import Labels, Loss, Plan, Strategy

Gamma = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Alpha = Annotated[float, Field(gt=0, lt=1)]
Tau = Annotated[float, Field(gt=0, allow_inf_nan=False)]

PLAIN = Loss()


def focal(labels: Labels, seed: int, *, gamma: Gamma = 2.0, alpha: Alpha | None = 0.25) -> Plan:
    """Every row once; rows that are told rightly and surely hardly count.

    Lin et al. 2017 (arXiv:1708.02002), Eq. 5, with the defaults of its Table 1b. As in their
    Sec. 3.3 the output begins at the prior, so that the many easy rows do not rule the first
    steps; theirs is 0.01, here it is the share of planets among the training rows.

    Args:
        labels: Shape (n,).
        seed: Unused.
        gamma: How much less a well told row counts; 0 is cross-entropy.
        alpha: Planets weigh alpha, others 1 - alpha; null weighs both alike.
    """
    loss = Loss(focusing=gamma, planet_weight=alpha)
    return _every_row(labels, loss=loss, output_bias=log_odds(labels))


def logit_adjustment(labels: Labels, seed: int, *, tau: Tau = 1.0) -> Plan:
    """Every row once; the loss adds `tau` times the log-odds of planets to the logit.

    Menon et al. 2021 (arXiv:2007.07314), Eq. 10, for two classes, whose logit is the difference
    of theirs. With tau = 1 the logit itself is minimised for the balanced error.
    """
    # Cross-entropy of f + tau * prior is least where f + tau * prior are the true log-odds L. What
    # the network answers is f = L - tau * prior: the plan adds -tau * prior, which is above 0 where
    # planets are rare, and correcting a score takes it off again: f + tau * prior = L.
    prior = log_odds(labels)
    loss = Loss(logit_shift=tau * prior)
    return _every_row(labels, loss=loss, log_odds_offset=-tau * prior)


def output_bias(labels: Labels, seed: int) -> Plan:
    """Every row once; the bias of the output begins at the log-odds of planets in training.

    The loss is plain cross-entropy, so only the way to its minimum changes: no epoch is spent on
    learning that planets are rare.
    """
    return _every_row(labels, output_bias=log_odds(labels))


def _every_row(
    labels: Labels, *, loss: Loss = PLAIN, output_bias: float = 0.0, log_odds_offset: float = 0.0
) -> Plan:
    return Plan(
        np.arange(len(labels)),
        np.ones(len(labels), np.float32),
        loss=loss,
        output_bias=output_bias,
        log_odds_offset=log_odds_offset,
    )


STRATEGIES = (
    # The focal loss is not least at the true probability, by an amount that depends on it
    # (Charoenphakdee et al. 2021, arXiv:2011.09172): no one offset undoes it.
    Strategy("focal", "calibrate", make=focal, needs_network=True),
    Strategy("logit_adjustment", "offset", make=logit_adjustment, needs_network=True),
    Strategy("output_bias", "none", make=output_bias, needs_network=True),
)
