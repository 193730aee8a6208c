"""Scores that mean what they say: the log-odds that a remedy added are taken off again."""

from dataclasses import dataclass
from typing import Annotated, Any

import numpy as np
from numpy.typing import NDArray
from pydantic import Field
from scipy.optimize import minimize
from scipy.special import expit, logit

Floats = NDArray[np.float64]

# Log-odds after the correction by one standard deviation of those before. Less would turn the
# ranking round or flatten it to ties: that is no correction.
LEAST_SLOPE = 1e-3
# Log-odds that differ by less, relative to their size, differ by the rounding of float32 alone.
LEAST_SPREAD = 1e-6
SURE = 1e-15  # a score nearer to 0 or 1 has no finite log-odds in float64


@dataclass(frozen=True)
class Correction:
    """Maps the log-odds of a score to `slope` times them plus `intercept`."""

    slope: Annotated[float, Field(gt=0, allow_inf_nan=False)] = 1.0  # where it is read from a file
    intercept: Annotated[float, Field(allow_inf_nan=False)] = 0.0

    def __call__(self, log_odds: Floats) -> Floats:
        """Corrects log-odds of any shape."""
        return self.slope * log_odds + self.intercept

    def undo(self, log_odds: Floats) -> Floats:
        """What the log-odds were before."""
        return (log_odds - self.intercept) / self.slope


UNCORRECTED = Correction()


def finite_log_odds(scores: Floats) -> Floats:
    """Log-odds of scores in [0, 1], those of 0 and 1 finite too, any shape."""
    return np.asarray(logit(np.clip(scores, SURE, 1 - SURE)))


def platt_scaling(labels: NDArray[Any], log_odds: Floats) -> Correction:
    """The correction that makes held-out labels most likely; it never turns the ranking round.

    Platt 1999 ("Probabilistic outputs for support vector machines", Sec. 2.2): logistic regression
    of the labels on the log-odds, with labels drawn in by one example a class, which keeps the
    slope finite where the classes are told apart without an error.

    Args:
        labels: Shape (n,), both classes.
        log_odds: Shape (n,), finite.
    """
    n_planets = int(np.count_nonzero(labels))
    n_others = len(labels) - n_planets
    target = np.where(labels == 1, (n_planets + 1) / (n_planets + 2), 1 / (n_others + 2))
    centre, spread = float(log_odds.mean()), float(log_odds.std())
    # With nothing to learn a slope from, the intercept alone can be right.
    if spread <= LEAST_SPREAD * max(1.0, abs(centre)):
        return Correction(1.0, _log_odds(float(target.mean())) - centre)
    scaled = (log_odds - centre) / spread

    def loss(parameters: Floats) -> tuple[float, Floats]:
        corrected = parameters[0] * scaled + parameters[1]
        error = expit(corrected) - target
        value = np.mean(np.logaddexp(0.0, corrected) - target * corrected)
        return float(value), np.array([np.mean(error * scaled), np.mean(error)])

    begin = np.array([1.0, _log_odds(float(target.mean()))])
    bounds = [(LEAST_SLOPE, None), (None, None)]
    slope, intercept = minimize(loss, begin, jac=True, bounds=bounds, method="L-BFGS-B").x
    return Correction(float(slope / spread), float(intercept - slope * centre / spread))


def _log_odds(share: float) -> float:
    return float(np.log(share / (1 - share)))
