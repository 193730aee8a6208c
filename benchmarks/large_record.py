"""A comparison as large as a long night makes one, with made-up scores; nothing is trained."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kepler_keras.environment import describe_environment
from kepler_keras.evaluation.predictions import sort_predictions
from kepler_keras.experiment import Experiment
from kepler_keras.record import DataSummary, FoldFit, GalleryCurve, PartSummary, Record

FOLDS = 5
EPOCHS = 30
PARAMETERS = 61_505

Fold = tuple[int, int, NDArray[np.intp], NDArray[np.intp]]  # repeat, fold, validation, test


def large_record(
    *, n_entries: int = 20, repeats: int = 10, n_stars: int = 5000, n_planets: int = 200
) -> Record:
    """A record of so many entries on `repeats` times five folds; each star has one curve.

    Later entries are better, by a tenth of a standard deviation of their log-odds each, and all
    entries share what is hard about a star.
    """
    setup = _experiment(n_entries, repeats)
    folds = _folds(repeats, n_stars)
    return Record(
        experiment=setup,
        quick=False,
        command="python benchmarks/report_size.py",
        data=_data(n_stars, n_planets),
        parts=[part for fold in folds for part in _parts(fold, n_stars, n_planets)],
        fits=[_fit(entry.name, fold) for entry in setup.entries for fold in folds],
        view_shapes={entry.name: {"flux": [2001, 1]} for entry in setup.entries},
        environment=describe_environment(threads=1),
        predictions=_predictions([entry.name for entry in setup.entries], folds, n_planets),
    )


def _experiment(n_entries: int, repeats: int) -> Experiment:
    entries = [
        {"name": f"network_{i:02d}", "model": {"name": "conv1d", "filters": 4 + i}, "view": "flux"}
        for i in range(n_entries)
    ]
    return Experiment.model_validate(
        {
            "name": "large",
            "question": "How long does a report of a large comparison take?",
            "data": {"source": "simulated"},
            "protocol": {"folds": FOLDS, "repeats": repeats},
            "entries": entries,
            "baseline": entries[0]["name"],
        }
    )


def _folds(repeats: int, n_stars: int) -> list[Fold]:
    rng = np.random.default_rng(1)
    folds = []
    for repeat in range(repeats):
        parts = np.array_split(rng.permutation(n_stars), FOLDS)
        for fold, test in enumerate(parts):
            rest = np.concatenate([part for number, part in enumerate(parts) if number != fold])
            folds.append((repeat, fold, np.sort(rest[: len(rest) // FOLDS]), np.sort(test)))
    return folds


def _predictions(names: list[str], folds: list[Fold], n_planets: int) -> pd.DataFrame:
    n_stars = sum(len(test) for repeat, _, _, test in folds if repeat == 0)
    rng = np.random.default_rng(2)
    planet = np.arange(n_stars) < n_planets
    star = np.array([f"{757076 + 11 * i:08d}" for i in range(n_stars)])
    hard = rng.normal(size=n_stars)  # the part of a star's log-odds that all entries share
    tables = []
    for number, name in enumerate(names):
        distance = 2 + 0.1 * number
        for repeat, fold, *parts in folds:
            for split, rows in zip(("validation", "test"), parts, strict=True):
                noise = hard[rows] + rng.normal(size=len(rows))
                log_odds = noise / np.sqrt(2) + distance * planet[rows] - 4
                columns = {
                    "entry": name,
                    "repeat": repeat,
                    "fold": fold,
                    "example_id": rows,
                    "star": star[rows],
                    "split": split,
                    "label": planet[rows].astype(np.int8),
                    "score": (1 / (1 + np.exp(-log_odds))).astype(np.float32),
                }
                tables.append(pd.DataFrame(columns))
    return sort_predictions(pd.concat(tables, ignore_index=True))


def _fit(entry: str, fold: Fold) -> FoldFit:
    rng = np.random.default_rng([fold[0], fold[1], len(entry)])
    step = np.arange(1, EPOCHS + 1)
    history = {
        "loss": 0.5 / step**0.7 + rng.normal(0, 0.004, EPOCHS),
        "val_loss": 0.5 / step**0.5 + rng.normal(0, 0.01, EPOCHS),
        "val_average_precision": 0.8 - 0.7 / step + rng.normal(0, 0.02, EPOCHS),
    }
    return FoldFit(
        entry=entry,
        repeat=fold[0],
        fold=fold[1],
        epochs=EPOCHS - 4,
        n_parameters=PARAMETERS,
        train_seconds=41.0 + fold[1],
        cpu_seconds=40.0 + fold[1],
        history={key: values.tolist() for key, values in history.items()},
        train_average_precision=0.9,
    )


def _parts(fold: Fold, n_stars: int, n_planets: int) -> list[PartSummary]:
    repeat, number, validation, test = fold
    used = np.concatenate([validation, test])
    rows = {
        "train": np.setdiff1d(np.arange(n_stars), used),
        "validation": validation,
        "test": test,
    }
    return [
        PartSummary(
            repeat=repeat, fold=number, part=name, n_examples=len(part), n_stars=len(part),
            n_positive_stars=int((part < n_planets).sum()),
        )
        for name, part in rows.items()
    ]  # fmt: skip


def _data(n_stars: int, n_planets: int) -> DataSummary:
    rng = np.random.default_rng(3)
    x = (np.arange(3197) * 29.4244 / 1440).round(4).tolist()
    curves = [
        GalleryCurve(
            star=f"{757076 + 11 * i:08d}", label=int(i < 3), x=x,
            flux=rng.normal(0, 50, len(x)).round(2).tolist(),
        )
        for i in range(6)
    ]  # fmt: skip
    return DataSummary(
        source="simulated", n_examples=n_stars, n_positive=n_planets, n_stars=n_stars,
        n_positive_stars=n_planets, fingerprint="0123456789abcdef" * 4, n_columns=3197,
        cadence=29.4244 / 1440, notes=[], warnings=[], gallery=curves,
    )  # fmt: skip
