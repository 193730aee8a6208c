"""A small made-up comparison: nothing here was trained."""

from typing import Any

import numpy as np
import pandas as pd

from kepler_keras.evaluation.calibration import Correction
from kepler_keras.experiment import Experiment
from kepler_keras.record import (
    DataSummary,
    Environment,
    FoldFit,
    GalleryCurve,
    PartSummary,
    Record,
)

# How well each entry's made-up scores tell planets from others, in standard deviations.
SEPARATION = {"mlp": 1.0, "conv1d": 2.5, "conv1d_raw": 2.4, "prevalence": 0.0}


def entry(name: str, model: Any, **settings: Any) -> dict[str, Any]:
    return {"name": name, "model": model, "view": "flux", **settings}


def experiment(**changes: Any) -> Experiment:
    document = {
        "name": "made-up",
        "question": "Is a CNN better than a fully connected network?",
        "data": {"source": "simulated"},
        "protocol": {"folds": 3, "repeats": 2},
        "entries": [
            entry("mlp", {"name": "mlp", "units": [256, 64]}),
            entry("conv1d", "conv1d", augmentations=["time_reversal"], imbalance="class_weights"),
            entry(
                "conv1d_raw",
                "conv1d",
                augmentations=["time_reversal"],
                imbalance="class_weights",
                data_options={"replace_filled": False},
            ),
            entry("prevalence", "prevalence"),
        ],
        "baseline": "mlp",
    }
    return Experiment.model_validate({**document, **changes})


def predictions(
    names: list[str], *, folds: int = 3, repeats: int = 2, n: int = 120
) -> pd.DataFrame:
    """Each repeat tests every row once; every tenth star has a planet."""
    rng = np.random.default_rng(7)
    labels = (np.arange(n) % 10 == 0).astype(np.int8)
    tables = []
    for name in names:
        for repeat in range(repeats):
            fold_of = (np.arange(n) // 10 + repeat) % folds
            for fold in range(folds):
                for split, held in (("test", fold), ("validation", (fold + 1) % folds)):
                    rows = np.flatnonzero(fold_of == held)
                    tables.append(_rows(name, repeat, fold, split, rows, labels, rng))
    table = pd.concat(tables, ignore_index=True)
    keys = ["entry", "repeat", "fold", "example_id", "star", "split"]
    return table.sort_values(keys, ignore_index=True)


def _rows(
    name: str,
    repeat: int,
    fold: int,
    split: str,
    rows: np.ndarray,
    labels: np.ndarray,
    rng: np.random.Generator,
) -> pd.DataFrame:
    distance = SEPARATION.get(name, 1.5)
    logit = rng.normal(size=len(rows)) + distance * (labels[rows] - 0.5) - 1
    score = np.full(len(rows), 0.1) if distance == 0 else 1 / (1 + np.exp(-logit))
    return pd.DataFrame(
        {
            "entry": name,
            "repeat": repeat,
            "fold": fold,
            "example_id": rows.astype(np.int64),
            "star": [f"star{row:04d}" for row in rows],
            "split": split,
            "label": labels[rows],
            "score": score.astype(np.float64),
        }
    )


def gallery(n: int = 3197, *, each: int = 1) -> list[GalleryCurve]:
    rng = np.random.default_rng(3)
    x = np.arange(n) * 29.4244 / 1440
    curves = []
    for i in range(2 * each):
        flux = 40 * np.sin(x / (1.5 + i)) + rng.normal(0, 12, n)
        if i < each:
            flux[(x % (4.0 + i)) < 0.15] -= 160
        values: list[float | None] = [round(float(value), 2) for value in flux]
        values[n // 8 : n // 8 + 9] = [None] * 9
        curves.append(
            GalleryCurve(star=f"star{i}", label=int(i < each), x=x.round(4).tolist(), flux=values)
        )
    return curves


def environment() -> Environment:
    return Environment(
        git_commit="0123456789abcdef0123456789abcdef01234567",
        git_dirty=True,
        python="3.12.4",
        platform="Linux",
        processor="a processor",
        threads=1,
        onednn=True,
        versions={"keras": "3.15.1", "numpy": "2.3.5"},
    )


def fits(setup: Experiment, *, folds: int, repeats: int) -> list[FoldFit]:
    made = []
    for item in setup.entries:
        network = item.model.name in ("mlp", "conv1d", "conv2d")
        for repeat in range(repeats):
            for fold in range(folds):
                steps = np.arange(1, 13 + fold)
                history = {
                    "loss": (0.6 / steps**0.5).tolist(),
                    "val_loss": (0.62 / steps**0.4 + 0.01 * repeat).tolist(),
                    "val_average_precision": (1 - 0.8 / steps**0.6).tolist(),
                }
                made.append(
                    FoldFit(
                        entry=item.name,
                        repeat=repeat,
                        fold=fold,
                        epochs=9 if network else None,
                        n_parameters=835137 if network else None,
                        train_seconds=2.0 + fold,
                        history=history if network else {},
                    )
                )
    return made


def parts(*, folds: int, repeats: int) -> list[PartSummary]:
    sizes = {"train": (60, 60, 6), "validation": (20, 20, 2), "test": (40, 40, 4)}
    return [
        PartSummary(
            repeat=repeat, fold=fold, part=part, n_examples=a, n_stars=b, n_positive_stars=c
        )
        for repeat in range(repeats)
        for fold in range(folds)
        for part, (a, b, c) in sizes.items()
    ]


def make_record(setup: Experiment | None = None, **changes: Any) -> Record:
    """A record of `setup` with made-up scores; `changes` replaces fields of it."""
    setup = setup or experiment()
    given = setup.protocol.split == "given"
    size = {
        "folds": 1 if given else setup.protocol.folds,
        "repeats": 1 if given else setup.protocol.repeats,
    }
    fields: dict[str, Any] = {
        "experiment": setup,
        "quick": False,
        "command": "kepler-keras compare experiments/made-up.yaml",
        "data": data_summary(),
        "parts": parts(**size),
        "fits": fits(setup, **size),
        "view_shapes": {item.name: {"flux": [3197, 1]} for item in setup.entries},
        "environment": environment(),
        "predictions": predictions([item.name for item in setup.entries], **size),
    }
    return Record(**{**fields, **changes})


def ablated(**changes: Any) -> Experiment:
    """Two entries, and remedies tried on them."""
    remedies = [
        {"imbalance": "class_weights"},
        {"imbalance": "smote"},
        {"augmentations": ["noise"], "entries": ["mlp"]},
    ]
    entries = [entry("mlp", "mlp"), entry("conv1d", "conv1d")]
    return experiment(**{"entries": entries, "remedies": remedies, **changes})


def with_ablations(setup: Experiment | None = None, **changes: Any) -> Record:
    """A record of `ablated` whose scores of `class_weights` were corrected."""
    record = make_record(setup or ablated(), **changes)
    weighted = Correction(intercept=-1.5)
    corrected = [
        fit.model_copy(update={"correction": weighted}) if "class_weights" in fit.entry else fit
        for fit in record.fits
    ]
    return record.model_copy(update={"fits": corrected})


def data_summary(**changes: Any) -> DataSummary:
    fields: dict[str, Any] = {
        "source": "simulated",
        "n_examples": 120,
        "n_positive": 12,
        "n_stars": 120,
        "n_positive_stars": 12,
        "fingerprint": "ab" * 32,
        "n_columns": 3197,
        "cadence": 29.4244 / 1440,
        "notes": ["3 pairs of identical curves count as one star each."],
        "warnings": ["Few positives: only 12 stars with a planet."],
        "gallery": gallery(),
    }
    return DataSummary(**{**fields, **changes})
