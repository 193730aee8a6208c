"""Whether scores mean what they say, as a picture and a table."""

from typing import Any

import numpy as np
import pandas as pd

from kepler_keras.evaluation.displays import COLOURS
from kepler_keras.evaluation.probabilistic import reliability_curve


class CalibrationDisplay:
    """Share of planets against mean score of one entry, in groups of equal count by score.

    Of the first repeat, in which every test row is scored once. The folds' rows are taken together:
    a probability means the same in each, which a place in a ranking does not.
    """

    def __init__(self, predictions: pd.DataFrame) -> None:
        test = predictions[predictions["split"] == "test"]
        rows = test[test["repeat"] == test["repeat"].min()]
        self.groups = reliability_curve(rows["label"].to_numpy(), rows["score"].to_numpy())

    def frame(self) -> pd.DataFrame:
        """One row a group, from the lowest score up: score, share, low, high, planets, rows."""
        groups = self.groups
        return pd.DataFrame(
            {
                "score": groups.score,
                "share": groups.planets / groups.rows,
                "low": groups.low,
                "high": groups.high,
                "planets": groups.planets,
                "rows": groups.rows,
            }
        )

    def plot(self, ax: Any) -> None:
        """Draws the shares with their 95 % intervals, and the diagonal where scores are right."""
        table = self.frame()
        ends = [table["share"] - table["low"], table["high"] - table["share"]]
        ax.plot([0, 1], [0, 1], color=COLOURS[-1], linewidth=0.8, linestyle=":")
        ax.errorbar(
            table["score"],
            table["share"],
            yerr=np.maximum(ends, 0),
            color=COLOURS[0],
            marker="o",
            markersize=4,
            linewidth=1.2,
            elinewidth=0.8,
        )
        ax.set(xlabel="mean score", ylabel="share of planets", xlim=(0, 1), ylim=(0, 1.02))
