"""Nearest neighbours of warped curves: the reference that every comparison of time series has."""

import warnings
from typing import Annotated, Any, Literal

import numpy as np
from aeon.distances import dtw_pairwise_distance
from numba.core.errors import NumbaTypeSafetyWarning
from numpy.typing import NDArray
from pydantic import Field
from sklearn.base import BaseEstimator, ClassifierMixin

from kepler_keras.models.curves_of_rows import CurvesOfRows, back_to_curves
from kepler_keras.models.shapes import Shapes

Vote = Literal["distance", "uniform"]
BATCH = 64  # rows whose distances are held at a time


def knn_dtw(
    input_shapes: Shapes,
    *,
    n_neighbors: Annotated[int, Field(ge=1)] = 10,
    window: Annotated[float, Field(ge=0, le=1)] = 0.1,
    vote: Vote = "distance",
    max_train: Annotated[int, Field(ge=2)] = 500,
) -> "NearestCurves":
    """Builds nearest neighbours by dynamic time warping within a Sakoe-Chiba band.

    The band: Sakoe & Chiba 1978, IEEE Trans. ASSP 26:43; aeon's distance. Every scored curve is
    compared with every kept one in time that grows as the square of their length: for folded views,
    not for thousands of cadences.

    Args:
        input_shapes: Of curves of one length, which become channels of one and warp together.
        n_neighbors: Neighbours that vote.
        window: Half width of the band, as a share of the length.
        vote: Whether a neighbour counts by one over its distance, or each alike.
        max_train: Training rows that are kept: see `NearestCurves`.

    Raises:
        InputError: A view is no curve, or not as long as another.
    """
    curves = back_to_curves("knn_dtw", input_shapes)
    return NearestCurves(curves, n_neighbors, window, vote, max_train)


class NearestCurves(ClassifierMixin, BaseEstimator):  # type: ignore[misc] # sklearn has no types
    """The share of planets among a curve's nearest neighbours, each with its weight.

    Of more than `max_train` rows all planets are kept, unless they are more than half of it, and of
    the others as many as fill it, drawn without looking; then planets are more frequent among the
    neighbours than among the stars. The share still orders, which is all that is asked of it: it
    is no probability, and there is no `predict_proba`. aeon's own classifier takes no weights.
    """

    def __init__(
        self,
        curves: CurvesOfRows,
        n_neighbors: int,
        window: float,
        vote: Vote,
        max_train: int,
        random_state: int | None = None,
    ):
        self.curves = curves
        self.n_neighbors = n_neighbors
        self.window = window
        self.vote = vote
        self.max_train = max_train
        self.random_state = random_state

    def fit(
        self, rows: NDArray[Any], labels: NDArray[Any], sample_weight: NDArray[Any] | None = None
    ) -> "NearestCurves":
        """Keeps rows of weight above 0, `max_train` of them at most, in their order."""
        weight = np.ones(len(rows)) if sample_weight is None else np.asarray(sample_weight, float)
        possible = np.flatnonzero(weight > 0)
        chosen = _chosen(np.asarray(labels)[possible] == 1, self.max_train, self.random_state)
        kept = possible[chosen]
        self.classes_ = np.unique(labels)
        self.kept_ = self.curves.transform(rows[kept]).astype(np.float64)
        self.planet_ = np.asarray(labels)[kept] == 1
        self.weight_ = weight[kept]
        return self

    def decision_function(self, rows: NDArray[Any]) -> NDArray[np.float64]:
        """Shares of planets in [0, 1], shape (n,)."""
        curves = self.curves.transform(rows).astype(np.float64)
        parts = [self._shares(curves[i : i + BATCH]) for i in range(0, len(curves), BATCH)]
        return np.concatenate([np.empty(0), *parts])

    def _shares(self, curves: NDArray[np.float64]) -> NDArray[np.float64]:
        with warnings.catch_warnings():
            # aeon 1.6 counts in one type and indexes in another, as its loops are compiled.
            warnings.filterwarnings("ignore", "unsafe cast from uint64", NumbaTypeSafetyWarning)
            distances = dtw_pairwise_distance(curves, self.kept_, window=self.window)
        order = np.argsort(distances, axis=1, kind="stable")[:, : self.n_neighbors]
        votes = self.weight_[order]
        if self.vote == "distance":
            near = np.take_along_axis(distances, order, axis=1)
            votes = votes / (near + np.finfo(float).eps)
        shares: NDArray[np.float64] = (votes * self.planet_[order]).sum(axis=1) / votes.sum(axis=1)
        return shares


def _chosen(planet: NDArray[np.bool_], most: int, seed: int | None) -> NDArray[np.int64]:
    """Places of the rows to keep, ascending."""
    planets, others = np.flatnonzero(planet), np.flatnonzero(~planet)
    n_others = min(len(others), most - min(len(planets), most // 2))
    n_planets = min(len(planets), most - n_others)
    random = np.random.default_rng(seed)
    drawn = [
        random.choice(rows, count, replace=False)
        for rows, count in ((planets, n_planets), (others, n_others))
    ]
    return np.sort(np.concatenate(drawn))
