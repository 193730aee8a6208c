"""How far a figure would move with other stars, for these fitted models.

Stars are resampled within each test fold by the Bayesian bootstrap (Rubin 1981, Ann. Statist.
9:130): every star gets one weight from the exponential distribution, kept in all repeats, for all
entries and all rows of the star. Within a fold such weights are a Dirichlet draw over its stars.
The ordinary bootstrap draws each star 0, 1, 2 ... times: with a handful of planets many draws leave
a fold without any, where the measures do not exist; and a star could not keep its weight in
folds drawn anew.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kepler_keras.evaluation.estimates import Estimate
from kepler_keras.evaluation.proportions import LEVEL

DRAWS = 2000
COUNTS_AT_ONCE = 50_000  # 0.4 MB
LEAST_BATCH = 100  # draws; fewer cost more in Python than they save in memory
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class StarWeights:
    """One weight a star and draw.

    Attributes:
        stars: All stars, sorted, shape (n_stars,).
        weights: Shape (draws, n_stars); the draws of one star lie side by side in memory, since
            all sums run over stars.
    """

    stars: NDArray[np.str_]
    weights: Floats

    def places(self, stars: NDArray[np.str_]) -> NDArray[np.intp]:
        """Where the star of each row stands among all stars, shape (n_rows,).

        Raises:
            KeyError: A star has no weight.
        """
        place = np.searchsorted(self.stars, stars).clip(max=len(self.stars) - 1)
        if (self.stars[place] != stars).any():
            raise KeyError(f"no weight was drawn for star {stars[self.stars[place] != stars][0]}")
        return np.asarray(place)

    def batches(self, *, places: int) -> Iterator[tuple[slice, Floats]]:
        """Draws and their weights, so few that the counts of a fold stay near the processor.

        Args:
            places: How many counts a fold has in each draw.
        """
        size = max(LEAST_BATCH, COUNTS_AT_ONCE // places)
        for start in range(0, len(self.weights), size):
            draws = slice(start, start + size)
            yield draws, np.ascontiguousarray(self.weights.T[:, draws]).T


@dataclass(frozen=True)
class Drawing:
    """All that star weights hang on: a process draws them for itself, and none gets 80 MB.

    Attributes:
        stars: As in `StarWeights`.
        draws: How many weights a star gets.
        seed: Of these weights.
    """

    stars: NDArray[np.str_]
    draws: int
    seed: int

    def weights(self) -> StarWeights:
        """The weights, equal wherever they are drawn."""
        rng = np.random.default_rng(self.seed)
        drawn = rng.standard_exponential((len(self.stars), self.draws))
        return StarWeights(self.stars, drawn.T)


def drawing_for(table: pd.DataFrame, *, draws: int = DRAWS, seed: int = 0) -> Drawing:
    """For all stars of a predictions table."""
    return Drawing(np.unique(np.asarray(table["star"].unique(), dtype=str)), draws, seed)


def draw_star_weights(table: pd.DataFrame, *, draws: int = DRAWS, seed: int = 0) -> StarWeights:
    """Draws the weights of all stars of a predictions table; equal for all its entries."""
    return drawing_for(table, draws=draws, seed=seed).weights()


def texts(column: "pd.Series[str]") -> NDArray[np.str_]:
    """A column of texts as an array; each different text is converted once."""
    codes, different = pd.factorize(column)
    return np.asarray(np.asarray(different, dtype=str)[codes])


def estimate(value: float, draws: Floats, folds: Sequence[float]) -> Estimate:
    """A value with the central 95 % of its draws; NaN draws (undefined there) are left out."""
    defined = draws[np.isfinite(draws)]
    tail = 100 * (1 - LEVEL) / 2
    low, high = (np.nan, np.nan) if not len(defined) else np.percentile(defined, [tail, 100 - tail])
    return Estimate(float(value), float(low), float(high), tuple(float(fold) for fold in folds))
