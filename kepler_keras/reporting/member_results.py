"""The part of `results.json` about ensembles: what each member scores alone."""

from kepler_keras.evaluation.summary import summarise
from kepler_keras.record import Record, member_name
from kepler_keras.reporting.entries import decision_entries, threshold_rules
from kepler_keras.reporting.result_parts import MetricResult, Part, metric_result


class MemberResult(Part):
    """One member of an ensemble alone; `metrics` holds the primary metric."""

    entry: str
    seed: int
    metrics: dict[str, MetricResult]


def member_results(record: Record) -> list[MemberResult]:
    """The members of every ensemble, in the experiment's order and by seed.

    Args:
        record: The comparison; the members of an entry that is not in it are passed over.
    """
    if record.members is None:
        return []
    metric = record.experiment.protocol.primary_metric
    seeds = {
        member_name(entry.name, seed): (entry.name, seed)
        for entry in record.experiment.entries
        for seed in entry.seeds
    }
    rows = record.members[record.members["entry"].isin(seeds)]
    if rows.empty:
        return []
    decision, rules = decision_entries(record), threshold_rules(record)
    summaries = summarise(
        rows,
        prevalence=record.experiment.protocol.prevalence,
        decision={name for name, (entry, _) in seeds.items() if entry in decision},
        rules={name: rules[entry] for name, (entry, _) in seeds.items()},
    )
    return [
        MemberResult(
            entry=entry, seed=seed, metrics={metric: metric_result(summaries[name].metrics[metric])}
        )
        for name, (entry, seed) in seeds.items()
        if name in summaries
    ]
