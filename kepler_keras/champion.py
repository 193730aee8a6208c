"""The best model of a comparison, and how surely it is the best, in words."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from kepler_keras.evaluation.estimates import Verdict
from kepler_keras.evaluation.verdict_words import METRIC_NAMES
from kepler_keras.record import Record
from kepler_keras.reporting.comparison_results import ComparisonResult
from kepler_keras.reporting.results import Results

OPPOSITE: Mapping[Verdict, Verdict] = {"better": "worse", "worse": "better"}


@dataclass(frozen=True)
class Champion:
    """The entry whose model is registered.

    Attributes:
        entry: Its name.
        description: Entry, figure with interval, and the verdict against the next entry.
        tags: The same, each by itself.
    """

    entry: str
    description: str
    tags: Mapping[str, str]


def choose_champion(record: Record, results: Results, kept: Collection[str]) -> Champion | None:
    """The competitor with a kept model and the highest mean of the primary metric.

    An ablation or an entry with data of its own is no competitor. Equal means go to the first of
    the experiment. None where no competitor has a model.
    """
    metric = results.primary_metric
    own = {one.name for one in record.experiment.entries if one.against or one.data_options}
    means = {
        one.name: mean
        for one in results.entries
        if one.name not in own and (mean := one.metrics[metric].mean) is not None
    }
    ranking = sorted(means, key=lambda name: -means[name])
    best = next((name for name in ranking if name in kept), None)
    if best is None:
        return None
    rival = next((name for name in ranking if name != best), None)
    figure = _figure(results, best)
    verdict, words = "no other competitor", "There was no other competitor."
    if rival is not None:
        verdict, words = _against(results.comparisons, best, rival)
    quick = " Quick mode: the figures mean nothing." if results.quick else ""
    kind = next(one.score_kind for one in results.entries if one.name == best)
    return Champion(
        entry=best,
        description=f"{best} of the experiment {results.experiment}: {METRIC_NAMES[metric]} "
        f"{figure}. {words}{quick}",
        tags={
            "kepler_keras.experiment": results.experiment,
            "kepler_keras.entry": best,
            "kepler_keras.figure": f"{METRIC_NAMES[metric]} {figure}",
            "kepler_keras.next": rival or "none",
            "kepler_keras.verdict": verdict,
            "kepler_keras.score_kind": kind,
            "kepler_keras.quick": str(results.quick).lower(),
        },
    )


def _figure(results: Results, name: str) -> str:
    found = next(one for one in results.entries if one.name == name)
    value = found.metrics[results.primary_metric]
    if value.low is None or value.high is None:
        return f"{value.mean:.3f}"
    return f"{value.mean:.3f} (95 % interval {value.low:.3f} to {value.high:.3f})"


def _against(pairs: Collection[ComparisonResult], best: str, rival: str) -> tuple[str, str]:
    """The verdict on the best against another entry, and the sentence on the two."""
    for pair in pairs:
        if {pair.a, pair.b} == {best, rival}:
            verdict = pair.verdict if pair.a == best else OPPOSITE.get(pair.verdict, pair.verdict)
            return verdict, f"Against the next, {rival}: {verdict}. {pair.sentence}"
    return "not compared", f"It was not compared with the next, {rival}."
