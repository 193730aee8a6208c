"""Which mistakes a record keeps, and what it keeps of their stars."""

import numpy as np
import pandas as pd
import pytest
from made_experiment import experiment_of

from kepler_keras.attention import SeenView
from kepler_keras.data.light_curves import LightCurves, Scalars
from kepler_keras.data.splits import Fold, Split
from kepler_keras.fitting import FoldOutcomes
from kepler_keras.lightcurve.ephemeris import Ephemerides
from kepler_keras.mistake_recording import mistakes_in_record, shown_star
from kepler_keras.preparation import Folding
from kepler_keras.record import MemberFit
from kepler_keras.training.cross_validation import FoldOutcome
from kepler_keras.training.scoring import PartScores

CADENCE = 0.1
VIEW = SeenView(view="scalars", length=1, curve=[1.0], window=1, occlusion=[0.5])


def curves_of(n, *, stars=None, **changes):
    """n curves of 400 cadences, the first half of them planets."""
    fields = {
        "source": "made",
        "flux": np.zeros((n, 400), np.float32),
        "labels": (np.arange(n) < n / 2).astype(np.int8),
        "stars": np.array(stars or [f"s{row}" for row in range(n)]),
        "cadence": CADENCE,
    }
    return LightCurves(**{**fields, **changes})


def outcome(*rows):
    """What a worker sends back that looked into `rows`."""
    nothing = PartScores(np.zeros(0), np.zeros(0))
    fit = MemberFit(seed=0, epochs=None, train_seconds=1, history={})
    seen = {row: [VIEW] for row in rows}
    return FoldOutcome(fit, None, "probability", nothing, nothing, mistakes=seen)


def kept(curves, *folds):
    """The mistakes of an entry, from (repeat, fold, scores by row, rows looked into)."""
    rows = [
        ("e1", repeat, fold, row, str(curves.stars[row]), "test", int(curves.labels[row]), score)
        for repeat, fold, scores, _ in folds
        for row, score in scores.items()
    ]
    columns = ["entry", "repeat", "fold", "example_id", "star", "split", "label", "score"]
    nothing = np.zeros(0, np.int64)
    split = Split(tuple(Fold(r, f, nothing, nothing, nothing) for r, f, _, _ in folds), ())
    fitted = FoldOutcomes(
        {("e1", number, 0): outcome(*one[3]) for number, one in enumerate(folds)}, []
    )
    table = pd.DataFrame(rows, columns=columns)
    made = mistakes_in_record(experiment_of(), split, fitted, curves, table)
    return [(one.label, one.fold, one.example_id) for one in made]


def test_the_worst_stands_on_the_wrong_side_of_most_whatever_its_score():
    curves = curves_of(8)  # 0 to 3 are planets
    # In fold 0 row 4 stands above one planet of two, in fold 1 row 6 above both, at a low score.
    first = (0, 0, {0: 0.95, 1: 0.2, 4: 0.9, 5: 0.1}, [4, 1])
    second = (0, 1, {2: 0.02, 3: 0.01, 6: 0.03, 7: 0.0}, [6, 3])
    assert kept(curves, first, second) == [(0, 1, 6), (0, 0, 4), (1, 1, 3), (1, 0, 1)]


def test_three_of_a_kind_stay_and_of_a_star_its_worst_row():
    stars = ["p"] * 4 + ["a", "a", "b", "c"]
    scores = {0: 0.5, 1: 0.5, 2: 0.5, 3: 0.4, 4: 0.9, 5: 0.8, 6: 0.7, 7: 0.6}
    found = kept(curves_of(8, stars=stars), (0, 0, scores, [4, 5, 6, 7, 3]))
    assert found == [(0, 0, 4), (0, 0, 6), (0, 0, 7), (1, 0, 3)]
    found = kept(curves_of(10), (0, 0, {0: 0.1, **{r: r / 10 for r in (5, 6, 7, 8)}}, [5, 6, 7, 8]))
    assert found == [(0, 0, 8), (0, 0, 7), (0, 0, 6)]


def test_only_the_first_repeat_counts():
    first = (0, 0, {0: 0.1, 1: 0.9}, [1])
    second = (1, 0, {0: 0.9, 1: 0.8}, [0])
    assert kept(curves_of(2), first, second) == [(0, 0, 1)]


def test_features_get_the_names_of_their_numbers():
    curves = curves_of(2, scalars=Scalars(("koi_steff",), np.ones((2, 1), np.float32)))
    nothing = np.zeros(0, np.int64)
    table = pd.DataFrame(
        [("e1", 0, 0, row, f"s{row}", "test", 1 - row, 0.5) for row in (0, 1)],
        columns=["entry", "repeat", "fold", "example_id", "star", "split", "label", "score"],
    )
    split = Split((Fold(0, 0, nothing, nothing, nothing),), ())
    fitted = FoldOutcomes({("e1", 0, 0): outcome(1)}, [])
    (one,) = mistakes_in_record(experiment_of(), split, fitted, curves, table)
    assert one.views[0].names == ["koi_steff"]


def folding(flux, *, period=4.0, t0=2.0, searched=True):
    ephemerides = Ephemerides(np.array([period]), np.array([t0]), np.array([0.4]))
    return Folding(flux, ephemerides, searched)


def test_a_star_is_kept_raw_and_folded_at_the_period_of_the_views():
    raw = np.full((1, 400), 5000.0, np.float32)
    raw[0, 100:110] = np.nan
    flat = np.zeros((1, 400), np.float32)
    dips = np.abs((np.arange(400) * CADENCE - 2 + 2) % 4 - 2) < 0.15
    flat[0, dips] = -80
    curves = curves_of(1, flux=raw, truth={"kind": np.array(["planet"])})
    star = shown_star(curves, 0, folding(flat, t0=1.99))
    assert (star.star, star.kind, star.searched) == ("s0", "planet", True)
    assert (star.period, star.t0, star.duration, star.days) == (4.0, 1.99, 0.4, 39.9)
    assert len(star.raw) == 200
    assert (star.raw[0], star.raw[52]) == (5000.0, None)  # the gap
    assert len(star.folded) == 2 * len(star.folded_median) == 200
    assert star.folded_median[50] == -80  # mid-transit is phase 0
    assert star.folded_median[0] == 0
    # 40 phases of a cadence lie in 100 bins: most bins hold none.
    assert star.folded_median.count(None) == 60


@pytest.mark.parametrize("known", [True, False])
def test_without_a_period_nothing_is_folded(known):
    unknown = folding(np.zeros((1, 400), np.float32), period=np.nan) if known else None
    star = shown_star(curves_of(1), 0, unknown)
    assert (star.folded, star.period, star.searched, len(star.raw)) == ([], None, False, 200)


def test_curves_that_came_folded_stay_as_they_came():
    curves = curves_of(1, flux=np.arange(150, dtype=np.float32)[None], cadence=None, folded=True)
    star = shown_star(curves, 0, None)
    assert (star.raw, star.days, star.folded[:3]) == ([], None, [0, 1, 2])
