"""Whether the rows of the folds are what they should be: KK004, KK005, KK006 and KK011."""

from collections.abc import Iterator

from kepler_keras.evaluation.checks.check import Check, Found
from kepler_keras.evaluation.checks.evidence import Evidence, listed

FEWEST_PLANETS = 20  # stars with one, among those that are tested


def shared_star(evidence: Evidence) -> Iterator[Found]:
    """KK004: a star stands on two sides of a fold, by the folds or by the predictions."""
    shared, first = evidence.shared.n, evidence.shared.first
    parts = evidence.predictions.groupby(["entry", "repeat", "fold", "star"])["split"].nunique()
    twice = parts[parts > 1]
    if not shared and len(twice):
        _, repeat, fold, star = twice.index[0]
        shared = len(twice.index.unique("star"))
        first = f"{star} in validation and test of repeat {repeat + 1}, fold {fold + 1}"
    if shared:
        yield Found(
            "red",
            f"{shared} {_stars(shared)} in two parts of a fold, the first {first}. The model was "
            "tested on stars that it had seen: no figure here can be believed. Give every row the "
            "id of its star, and split by star.",
        )


def _stars(n: int) -> str:
    return "star stands" if n == 1 else "stars stand"


def equal_curve(evidence: Evidence) -> Iterator[Found]:
    """KK005: one curve under two names stands on two sides of a fold."""
    equal = evidence.equal
    if equal.n:
        groups = "group of curves has" if equal.n == 1 else "groups of curves have"
        yield Found(
            "warning",
            f"{equal.n} {groups} one shape and stand on two sides of a fold under different names, "
            f"the first {listed(equal.first)}. If these are one star, give them one id: what was "
            "learned by heart is tested there.",
        )


def few_planets(evidence: Evidence) -> Iterator[Found]:
    """KK006: so few stars with a planet are tested that a single one moves every figure."""
    table = evidence.predictions
    tested = table[(table["split"] == "test") & (table["label"] == 1)]
    n = tested["star"].nunique()
    if n < FEWEST_PLANETS:
        yield Found(
            "warning",
            f"Only {n} stars with a planet are tested, fewer than {FEWEST_PLANETS}. So few cannot "
            "rank models: a single star moves every figure. Take data with more planets, or read "
            "the intervals only.",
        )


def other_rows(evidence: Evidence) -> Iterator[Found]:
    """KK011: entries were scored on different rows."""
    row = ["repeat", "fold", "split", "example_id"]
    table = evidence.predictions
    scored = table.groupby(row)["entry"].nunique()
    n_entries = table["entry"].nunique()
    lonely = int((scored < n_entries).sum())
    if lonely:
        counts = table.groupby("entry").size()
        fewest, most = str(counts.idxmin()), str(counts.idxmax())
        yield Found(
            "red",
            f"{lonely} of {len(scored)} rows were not scored by every entry ({fewest} scored "
            f"{counts.min()}, {most} {counts.max()}). Differences between entries are then "
            "differences between stars: score all of them on the same rows.",
            (fewest, most) if fewest != most else (),
        )


CHECKS = (
    Check("KK004", "a star in two parts of a fold", shared_star),
    Check("KK005", "equal curves in two parts of a fold", equal_curve),
    Check("KK006", "too few planets to rank models", few_planets),
    Check("KK011", "entries scored on different stars", other_rows),
)
