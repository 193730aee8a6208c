"""What a record keeps of the worst mistakes: chosen over the folds, with the stars' curves."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kepler_keras.attention import Mistake, SeenView, ShownStar
from kepler_keras.data.light_curves import LightCurves
from kepler_keras.data.splits import Split
from kepler_keras.evaluation.misplaced import misplaced
from kepler_keras.experiment import Entry, Experiment
from kepler_keras.fitting import FoldOutcomes
from kepler_keras.lightcurve.folding import cadence_times, phase
from kepler_keras.lightcurve.search_features import SEARCH_FEATURES
from kepler_keras.lightcurve.views import SCALARS
from kepler_keras.preparation import Folding
from kepler_keras.training.mistakes import EACH, short_line, short_numbers

BINS = 100  # of phase


@dataclass(frozen=True)
class _Candidate:
    """A row that a fold's worker looked into.

    Attributes:
        rank: Sorts the worst before all others.
    """

    rank: tuple[float, float]
    fold: int
    row: int
    seen: Sequence[SeenView]


def mistakes_in_record(
    experiment: Experiment,
    split: Split,
    fitted: FoldOutcomes,
    curves: LightCurves,
    predictions: pd.DataFrame,
) -> list[Mistake]:
    """Of each entry the worst `EACH` of a kind among those its first repeat's workers looked into.

    The worst is ranked above the largest share of the fold's planets, or below that of its others:
    scores of two folds come from two models. Of a star only its worst row counts. An ensemble's
    first member looked into what itself has worst.

    Args:
        experiment: With the entries that take part.
        split: The folds.
        fitted: What fitting gave.
        curves: All light curves.
        predictions: The predictions table.
    """
    names: dict[str, Sequence[str]] = {"search_features": SEARCH_FEATURES}
    if curves.scalars is not None:
        names[SCALARS] = curves.scalars.names
    tests = predictions[(predictions["split"] == "test") & (predictions["repeat"] == 0)]
    kept = []
    for entry in experiment.entries:
        mine = tests[tests["entry"] == entry.name]
        found = sorted(_candidates(entry, split, fitted, mine), key=lambda one: one.rank)
        for label in (0, 1):
            kind = [one for one in found if (curves.labels[one.row] == 1) == (label == 1)]
            first = {str(curves.stars[one.row]): one for one in reversed(kind)}.values()
            kept += [
                Mistake(
                    entry=entry.name,
                    fold=one.fold,
                    example_id=one.row,
                    label=label,
                    views=[_named(view, names) for view in one.seen],
                )
                for one in sorted(first, key=lambda one: one.rank)[:EACH]
            ]
    return kept


def _candidates(
    entry: Entry, split: Split, fitted: FoldOutcomes, tests: pd.DataFrame
) -> Iterator[_Candidate]:
    """What the workers of an entry's first repeat sent back; `tests` are the entry's own rows."""
    for number, fold in enumerate(split.folds):
        outcome = fitted.outcomes.get((entry.name, number, entry.seed))
        if fold.repeat or outcome is None or not outcome.mistakes:
            continue
        part = tests[tests["fold"] == fold.fold]
        labels, scores = part["label"].to_numpy(), part["score"].to_numpy()
        shares = dict(zip(part["example_id"], misplaced(labels, scores), strict=True))
        wrong = dict(zip(part["example_id"], np.where(labels == 1, -scores, scores), strict=True))
        for row, seen in outcome.mistakes.items():
            yield _Candidate((-shares[row], -wrong[row]), fold.fold, row, seen)


def _named(view: SeenView, names: Mapping[str, Sequence[str]]) -> SeenView:
    """With the names of its features, where they have as many names."""
    own = list(names.get(view.view, ()))
    return view.model_copy(update={"names": own}) if len(own) == view.length else view


def shown_star(curves: LightCurves, row: int, folding: Folding | None) -> ShownStar:
    """The curves of one example, thinned.

    Args:
        curves: All light curves.
        row: Of the example.
        folding: What views were folded from, and when; None where no period is known.
    """
    star, flux = str(curves.stars[row]), curves.flux[row]
    kind = str(curves.truth["kind"][row]) if "kind" in curves.truth else ""
    if curves.cadence is None:
        return ShownStar(star=star, kind=kind, folded=short_line(flux))
    days = float(f"{curves.cadence * (len(flux) - 1):.6g}")
    raw = short_line(flux)
    if folding is None or not folding.ephemerides.known()[row]:
        return ShownStar(star=star, kind=kind, raw=raw, days=days)
    ephemerides = folding.ephemerides
    period, t0, duration = (
        float(f"{column[row]:.7g}")
        for column in (ephemerides.period, ephemerides.t0, ephemerides.duration)
    )
    time = cadence_times(len(flux), curves.cadence)
    bins = _in_bins(folding.flux[row], phase(time, period=period, t0=t0))
    return ShownStar(
        star=star,
        kind=kind,
        raw=raw,
        days=days,
        folded=short_numbers(float(end(part)) for part in bins for end in (np.min, np.max)),
        folded_median=short_numbers(float(np.median(part)) for part in bins),
        period=period,
        t0=t0,
        duration=duration,
        searched=folding.searched,
    )


def _in_bins(flux: NDArray[np.float32], phases: NDArray[np.float64]) -> list[NDArray[np.float32]]:
    """The flux in each of `BINS` bins of phase from -0.5 up; NaN alone in a bin without any."""
    place = np.minimum(((phases + 0.5) * BINS).astype(int), BINS - 1)
    known = np.isfinite(flux)
    none = np.array([np.nan], np.float32)
    bins = (flux[known & (place == number)] for number in range(BINS))
    return [part if len(part) else none for part in bins]
