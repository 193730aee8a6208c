"""Which entries of a record are compared, which are not and why, and what their scores are."""

from collections.abc import Mapping
from typing import cast

from kepler_keras.evaluation.threshold_rules import BEST_F1, RuleKind, ThresholdRule
from kepler_keras.experiment import Entry, Experiment
from kepler_keras.record import LeftOut, Record


def taking_part(record: Record) -> Record:
    """The record of the entries that are compared; all that is computed is computed of it.

    Who was left out, who has no predictions, and an ablation of either is found in `left_out` and
    nowhere else. A record in which everybody takes part comes back as it is.
    """
    scored = set(record.predictions["entry"].unique())
    left_out = {item.entry: item for item in record.left_out}
    for entry in sorted(record.experiment.entries, key=lambda entry: entry.against is not None):
        if entry.name in left_out:
            continue
        if entry.against in left_out:
            left_out[entry.name] = _without_its_entry(entry, left_out)
        elif entry.name not in scored:
            reason = "it has no predictions in the record"
            left_out[entry.name] = LeftOut(entry=entry.name, reason=reason, failed=True)
    entries = tuple(entry for entry in record.experiment.entries if entry.name not in left_out)
    if len(entries) == len(record.experiment.entries):
        return record
    names = {entry.name for entry in entries}
    mine = record.predictions["entry"].isin(names)
    changes = {
        "experiment": record.experiment.model_copy(update={"entries": entries}),
        "fits": [fit for fit in record.fits if fit.entry in names],
        "left_out": list(left_out.values()),
        "predictions": record.predictions[mine].reset_index(drop=True),
    }
    return record.model_copy(update=changes)


def _without_its_entry(entry: Entry, left_out: Mapping[str, LeftOut]) -> LeftOut:
    """Why an ablation is left out whose entry is."""
    reason = f"{entry.against}, which it would be compared with, is left out"
    failed = left_out[str(entry.against)].failed
    return LeftOut(entry=entry.name, reason=reason, failed=failed)


def warnings_of(record: Record) -> list[str]:
    """Sentences for the head of the report: on the data, on what broke, on models not kept."""
    broke = [item for item in record.left_out if item.failed]
    left_out = [f"{item.entry} is left out: {item.reason}" for item in broke]
    return [*record.data.warnings, *left_out, *record.faults]


def decision_entries(record: Record) -> frozenset[str]:
    """Names of the entries whose scores are decision values and no probabilities."""
    return frozenset(fit.entry for fit in record.fits if fit.score_kind == "decision")


def asked_rule(experiment: Experiment) -> ThresholdRule:
    """The rule for thresholds that the experiment asks for."""
    kind, value = experiment.protocol.threshold.kind_and_value
    return ThresholdRule(cast(RuleKind, kind), value)


def threshold_rules(record: Record) -> dict[str, ThresholdRule]:
    """The rule of each entry: a given threshold is a probability and no decision value."""
    rule, decision = asked_rule(record.experiment), decision_entries(record)
    return {
        entry.name: BEST_F1 if rule.kind == "given" and entry.name in decision else rule
        for entry in record.experiment.entries
    }
