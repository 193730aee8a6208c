"""What the search command says when it ends."""

from collections.abc import Sequence
from pathlib import Path

from kepler_keras.candidates import Candidate
from kepler_keras.data.light_curves import LightCurves
from kepler_keras.progress import duration

STRONG = 7.0  # SNR; Kepler's own pipeline asked for 7.1 (Jenkins 2002, ApJ 575:493)


def summary(out: Path, n: int, candidates: Sequence[Candidate], seconds: float) -> str:
    """One line on all that was found, and how long it took."""
    strong = n_strong(candidates)
    return (
        f"{out}: {len(candidates)} signals in {n} curves, {strong} of them above SNR {STRONG:g}, "
        f"{duration(seconds)}"
    )


def n_strong(candidates: Sequence[Candidate]) -> int:
    """Signals that are strong enough to be counted as candidates."""
    return sum(candidate.snr > STRONG for candidate in candidates)


def remarks(curves: LightCurves, candidates: Sequence[Candidate]) -> str:
    """What the table itself cannot say, a line each."""
    lines = []
    n_none = len(curves) - len({candidate.star for candidate in candidates})
    if n_none:
        lines.append(f"no signal, and so no row: {n_none} curves")
    if len(set(curves.stars.tolist())) < len(curves):
        lines.append("stars with several curves: each is named <star>:row-<row of the data>")
    if curves.start is not None:
        lines.append(
            f"t0 counts from the first cadence, which is at {curves.start:.4f} d on the mission's "
            "own axis (BKJD, BTJD)"
        )
    return "".join(f"{line}\n" for line in lines)
