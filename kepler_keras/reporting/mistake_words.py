"""What the report says of one star that a model was wrong about."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kepler_keras.attention import ShownStar
from kepler_keras.reporting.wording import count

SAME_PERIOD = 0.01  # relative difference up to which two periods are one
KNOWN = {
    "period_days": "period {:.4g} d",
    "depth_ppm": "depth {:.3g} ppm",
    "signal_to_noise": "signal-to-noise {:.3g}",
    "magnitude": "magnitude {:.3g}",
}


@dataclass(frozen=True)
class Call:
    """What an entry said of one row; attributes as the columns of `first_calls`."""

    label: int
    wrong: bool
    score: float
    threshold: float
    misplaced: float
    n_others: int


def title(star: ShownStar, call: Call) -> str:
    """What happened, and to which star; a row that was called rightly is no mistake."""
    if call.label == 1:
        what = "Missed planet" if call.wrong else "Found, but among the lowest of the planets"
    elif call.wrong:
        what = "False alarm"
    else:
        what = "Rightly refused, but among the highest of the stars without planets"
    return f"{what}: {star.star}"


def facts(
    star: ShownStar,
    call: Call,
    *,
    known: Mapping[str, float],
    also: Sequence[str],
    n_others: int,
) -> tuple[str, ...]:
    """Sentences: how far it is misplaced, who else was wrong, what is known of the star.

    Args:
        star: Its curves.
        call: Of the entry on this row.
        known: Properties of the planet, by name as in the record.
        also: Other entries that called it wrongly.
        n_others: Entries that could have.
    """
    said = [_score(call)]
    if n_others:
        said.append(_others(call, also, n_others))
    if star.kind:
        said.append(f"The simulation made it: {star.kind.replace('_', ' ')}.")
    if words := [form.format(known[name]) for name, form in KNOWN.items() if name in known]:
        said.append(f"Known: {', '.join(words)}.")
    if star.period is not None:
        said.append(_folded(star, known.get("period_days")))
    return tuple(said)


def _score(call: Call) -> str:
    side = "not below" if call.score >= call.threshold else "below"
    limit = f"{side} the fold’s threshold of {call.threshold:.3g}"
    n = round(2 * call.misplaced * call.n_others) / 2  # equal scores count half
    rank = (
        f"below {count(n)} of {count(call.n_others)} stars without a planet"
        if call.label == 1
        else f"above {count(n)} of {count(call.n_others)} planets"
    )
    return f"Score {call.score:.3g}, {limit}; ranked {rank} of its test part."


def _others(call: Call, also: Sequence[str], n_others: int) -> str:
    if not also:
        return "No other entry called it wrongly."
    if len(also) == n_others:
        return f"Also wrong: all {n_others} other entries." if n_others > 1 else _named(also)
    return f"{_named(also)[:-1]} ({len(also)} of {n_others} other entries)."


def _named(names: Sequence[str]) -> str:
    return f"Also wrong: {', '.join(names)}."


def _folded(star: ShownStar, known: float | None) -> str:
    assert star.period is not None
    source = "found by the search" if star.searched else "as the catalogue gives it"
    words = f"Folded at {star.period:.5g} d, {source}"
    if known is None or abs(star.period / known - 1) <= SAME_PERIOD:
        return f"{words}."
    return f"{words}: {star.period / known:.3g} times the known period."
