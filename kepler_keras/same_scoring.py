"""Whether two comparisons were scored alike, so that their entries may be ranked together."""

import pandas as pd

from kepler_keras.record import Record

ROW = ["repeat", "fold", "split", "example_id", "star", "label"]
# What changes nothing that is scored: the machine's share, and what is fitted beside the folds.
FREE = {"threads", "refit", "canaries", "learning_curve"}
WORDS = {"prevalence": "another prevalence", "primary_metric": "another measure"}


def what_differs(first: Record, second: Record) -> list[str]:
    """What keeps two comparisons apart, in words; nothing where they were scored alike.

    Alike means the same rows in the same folds with the same labels, of the same data, by the same
    protocol.
    """
    found = _rows(first, second)
    if not found and first.data.fingerprint != second.data.fingerprint:
        found.append("other data of the same stars")
    if first.quick != second.quick:
        found.append("one is a quick run")
    ours, theirs = (one.experiment.protocol.model_dump(mode="json") for one in (first, second))
    for key in ours.keys() - FREE:
        if ours[key] != theirs[key] and not (found and key in ("folds", "repeats", "seed")):
            what = WORDS.get(key, f"another {key.replace('_', ' ')}")
            found.append(f"{what} ({_said(ours[key])} and {_said(theirs[key])})")
    return sorted(found)


def _said(value: object) -> str:
    return "none" if value is None else str(value)


def _rows(first: Record, second: Record) -> list[str]:
    ours, theirs = (_scored(one.predictions) for one in (first, second))
    if ours.equals(theirs):
        return []
    labels = [one.groupby("star")["label"].max() for one in (ours, theirs)]
    if not labels[0].index.equals(labels[1].index):
        shared = len(labels[0].index.intersection(labels[1].index))
        return [f"other stars ({len(labels[0])} and {len(labels[1])}, {shared} of them in both)"]
    changed = int((labels[0] != labels[1]).sum())
    return [f"other labels (of {changed} stars)"] if changed else ["other folds"]


def _scored(table: pd.DataFrame) -> pd.DataFrame:
    """The rows that every entry was scored on."""
    one = table[table["entry"] == table["entry"].iloc[0]]
    rows: pd.DataFrame = one[ROW].sort_values(ROW, ignore_index=True)
    return rows
