"""What the runs of a comparison bear in MLflow, so that its UI can filter, sort and tell them."""

import re

from kepler_keras.experiment import Entry
from kepler_keras.record import Record
from kepler_keras.reporting.entries import taking_part
from kepler_keras.reporting.results import Results
from kepler_keras.tracking.layout import BEST_TAG, NOTE_TAG, RANK_TAG, VERDICT_TAG

Point = tuple[str, float, int]


def entry_tags(record: Record, results: Results) -> dict[str, dict[str, str]]:
    """Tags of each entry's run, by the entry's name."""
    record = taking_part(record)
    baseline = record.experiment.baseline
    ranks = {name: rank for rank, name in enumerate(_ranked(record, results), start=1)}
    verdicts = {(pair.a, pair.b): pair.verdict for pair in results.comparisons}
    parameters = {entry.name: entry.n_parameters for entry in results.entries}
    tags = {}
    for entry in record.experiment.entries:
        verdict = verdicts.get((entry.name, entry.against or baseline))
        own: dict[str, str | None] = {
            VERDICT_TAG: "baseline" if entry.name == baseline else verdict
        }
        own[RANK_TAG] = str(ranks[entry.name]) if entry.name in ranks else None
        own["family"] = "peer" if parameters[entry.name] is None else "network"
        known = {key: value for key, value in own.items() if value is not None}
        tags[entry.name] = known | _settings(entry)
    return tags


def _settings(entry: Entry) -> dict[str, str]:
    augmentations = ", ".join(choice.name for choice in entry.augmentations)
    tags = {
        "model": entry.model.name,
        "views": ", ".join(entry.view_names),
        "imbalance": entry.imbalance.name,
        "augmentations": augmentations or "none",
        "ensemble": "no" if entry.ensemble is None else f"{entry.ensemble.members} members",
    }
    return tags if entry.against is None else tags | {"against": entry.against}


def _ranked(record: Record, results: Results) -> list[str]:
    """Competitors by the primary measure, the best first; equal ones in the experiment's order."""
    controls = {
        entry.name for entry in record.experiment.entries if entry.against or entry.data_options
    }
    means = {
        entry.name: entry.metrics[results.primary_metric].mean
        for entry in results.entries
        if entry.name not in controls
    }
    known = [(mean, name) for name, mean in means.items() if mean is not None]
    return [name for _, name in sorted(known, key=lambda pair: -pair[0])]


def comparison_tags(record: Record, results: Results) -> dict[str, str]:
    """Tags of the comparison's own run: who is first, and the note that the UI shows."""
    ranked = _ranked(taking_part(record), results)
    first = {BEST_TAG: ranked[0]} if ranked else {}
    return first | {NOTE_TAG: note(results)}


def comparison_points(record: Record, results: Results) -> list[Point]:
    """The first entry's measures, as `best_average_precision`, and the primary one's interval."""
    ranked = _ranked(taking_part(record), results)
    best = [entry for entry in results.entries if entry.name == ranked[0]] if ranked else []
    points = [("n_entries", float(len(results.entries)), 0)]
    for entry in best:
        for key, metric in entry.metrics.items():
            values = {"": metric.mean}
            if key == results.primary_metric:
                values |= {"_low": metric.low, "_high": metric.high}
            points += [
                (f"best_{key}{end}", value, 0) for end, value in values.items() if value is not None
            ]
    return points


def note(results: Results) -> str:
    """Question and verdict in Markdown."""
    quick = "**QUICK MODE: the figures mean nothing.**\n\n" if results.quick else ""
    parts = [f"**{_plain(results.question)}**", _plain(results.verdict)]
    parts += [f"- {_plain(item.ask)} **{item.reply}**" for item in results.answers]
    return quick + "\n\n".join(parts)


def _plain(text: str) -> str:
    """A user's text as Markdown that looks like it; nothing in it is markup."""
    one_line = " ".join(text.split())
    return re.sub(r"([\\`*_\[\]<>#|~])", r"\\\1", one_line).replace("\\<", "&lt;")
