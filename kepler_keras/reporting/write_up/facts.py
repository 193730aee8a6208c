"""What a comparison is made of, as words that the catalogue of references knows."""

from collections.abc import Iterator

from kepler_keras.experiment import Entry
from kepler_keras.record import Record

FOLDED_VIEWS = {
    "global_view",
    "local_view",
    "secondary_view",
    "odd_view",
    "even_view",
    "folded_image",
}
SEARCHES = {"search_features"}
WITHHELD = "periods are searched in every star"  # a note of the simulated sources
# Those that imbalanced-learn draws; the others are this package's own.
IMBLEARN = {
    "imblearn", "random_oversampling", "random_undersampling", "smote", "borderline_smote",
    "adasyn", "smote_enn", "smote_tomek",
}  # fmt: skip
MISSIONS = {"(Kepler,": "mission:kepler", "(K2,": "mission:k2", "(TESS,": "mission:tess"}


def facts_of(record: Record) -> frozenset[str]:
    """All facts of a record whose entries all take part.

    A fact is a word, as ``network``, or a kind and a name, as ``model:fcn``.
    """
    found = {"always", f"source:{record.experiment.data.source}"}
    found.update(_data(record))
    for entry in record.experiment.entries:
        found.update(_entry(entry))
        network = any(fit.history or fit.members for fit in record.fits if fit.entry == entry.name)
        found.add("network" if network else "estimator")
    if record.experiment.protocol.split == "kfold" and len(record.experiment.entries) > 1:
        found.add("verdicts")
    if record.diagnostics.canaries is not None:
        found.add("canaries")
    if record.tunings:
        found.add("tuned")
    corrections = [fit.correction for fit in record.fits]
    corrections += [member.correction for fit in record.fits for member in fit.members]
    if any(correction.slope != 1 for correction in corrections):
        found.add("scaled_scores")
    return frozenset(found)


def _data(record: Record) -> Iterator[str]:
    data, views = record.experiment.data, _views(record)
    for words, fact in MISSIONS.items():
        if any(words in note for note in record.data.notes):
            yield fact
    if "table" in data.options or data.scalars is not None:
        yield "archive_table"
    if data.options.get("label_column") == "Disposition":
        yield "column:Disposition"
    if record.data.cadence is None or data.source == "astronet_tfrecord":
        return  # folded elsewhere
    yield f"detrend:{record.experiment.conditioning.detrend}"
    withheld = data.source == "kaggle_csv" or any(WITHHELD in note for note in record.data.notes)
    if views & SEARCHES or (views & FOLDED_VIEWS and withheld):
        yield "searched"
        yield f"detrend:{record.experiment.search.detrend}"


def _views(record: Record) -> set[str]:
    return {name for entry in record.experiment.entries for name in entry.view_names}


def _entry(entry: Entry) -> Iterator[str]:
    yield f"model:{entry.model.name}"
    yield f"preset:{entry.model.options.get('preset')}"
    yield f"imbalance:{entry.imbalance.name}"
    yield f"schedule:{entry.training.schedule}"
    yield from (f"augmentation:{choice.name}" for choice in entry.augmentations)
    for view in entry.views:
        yield f"view:{view.name}"
        yield f"preset:{view.options.get('preset')}"
    if entry.training.weight_decay:
        yield "weight_decay"
    if entry.imbalance.name in IMBLEARN:
        yield "imblearn"
