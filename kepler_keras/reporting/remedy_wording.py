"""What the report says about remedies, from their numbers."""

from collections import Counter
from collections.abc import Sequence

from kepler_keras.evaluation.estimates import Verdict
from kepler_keras.reporting.remedy_results import RemedyResult, SelectionResult
from kepler_keras.reporting.wording import METRIC_NAMES, capitalize_first

SAID: dict[Verdict, str] = {
    "better": "Better",
    "worse": "Worse",
    "equivalent": "No difference that matters",
}
MANY = 1_000_000


def remedy_name(entry: str, against: str) -> str:
    """The name of an ablation without that of its entry."""
    return entry.removeprefix(f"{against}.")


def stars(value: int | None) -> str:
    """Stars rounded up to two digits: ``31,000``, ``> 1 million``; a dash where there are none."""
    if value is None:
        return "–"
    if value > MANY:
        return "> 1 million"
    unit = 10 ** max(0, len(str(value)) - 2)
    return f"{-(-value // unit) * unit:,}"


def decided_sentence(effects: Sequence[RemedyResult]) -> str:
    """How many remedies of one entry are decided for a measure, and which way.

    Args:
        effects: On one measure, of all remedies of one entry; at least one.
    """
    measure, n = METRIC_NAMES[effects[0].measure], len(effects)
    said = [f"{capitalize_first(measure)}: {_share(effects)} decided"]
    for verdict, words in SAID.items():
        names = [remedy_name(item.entry, item.against) for item in effects
                 if item.verdict == verdict]  # fmt: skip
        if names:
            said.append(f"{words}: {', '.join(names)}")
    n_open = sum(item.verdict == "not decided" for item in effects)
    if 0 < n_open < n:
        said.append(f"Not decided: the other {n_open}")
    return ". ".join(said) + "."


def _share(effects: Sequence[RemedyResult]) -> str:
    n = len(effects)
    n_decided = sum(item.verdict != "not decided" for item in effects)
    if n == 1:
        return f"the one remedy is {'' if n_decided else 'not '}".rstrip()
    if n_decided == 0:
        return f"none of {n} remedies is"
    return f"{n_decided} of {n} remedies {'is' if n_decided == 1 else 'are'}"


def choice_sentence(selection: SelectionResult) -> str:
    """What validation chose, and in how many folds, the most frequent first."""
    n = len(selection.choices)
    said = []
    for place, (name, times) in enumerate(Counter(selection.choices).most_common()):
        words = "no remedy" if name == selection.base else remedy_name(name, selection.base)
        folds = f" of {n} folds" if place == 0 and n > 1 else ""
        said.append(f"{words} in {times}{folds}" if n > 1 else words)
    return f"Validation rows chose {', '.join(said)}."
