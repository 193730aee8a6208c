"""Predictions that nothing was trained for."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from kepler_keras.evaluation.predictions import sort_predictions


def rows(
    entry: str,
    labels: Sequence[int],
    scores: Sequence[float],
    *,
    repeat: int = 0,
    fold: int = 0,
    split: str = "test",
    first: int = 0,
) -> pd.DataFrame:
    """Rows of one part of one fold; examples are numbered from `first`, one star each."""
    number = np.arange(first, first + len(labels))
    return pd.DataFrame(
        {
            "entry": entry,
            "repeat": repeat,
            "fold": fold,
            "example_id": number,
            "star": [f"s{i:04d}" for i in number],
            "split": split,
            "label": labels,
            "score": scores,
        }
    )


def folds(
    entry: str, tests: Sequence[tuple[Sequence[int], Sequence[float]]], *, repeat: int = 0
) -> list[pd.DataFrame]:
    """One fold for each pair of test labels and scores; the threshold of every fold is 0.5."""
    parts = []
    for fold, (labels, scores) in enumerate(tests):
        first = sum(len(test[0]) for test in tests[:fold])
        number = {"repeat": repeat, "fold": fold}
        parts.append(rows(entry, labels, scores, first=first, **number))
        parts.append(rows(entry, [0, 1], [0.1, 0.5], split="validation", first=9000, **number))
    return parts


def table(*parts: pd.DataFrame) -> pd.DataFrame:
    return sort_predictions(pd.concat(parts, ignore_index=True))


def _share(logit: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-logit))


def random_table(
    separation: Mapping[str, float], *, n_folds: int = 5, repeats: int = 1, n: int = 300, seed=0
) -> pd.DataFrame:
    """Every tenth star has a planet, whose score is higher by `separation` on average."""
    rng = np.random.default_rng(seed)
    labels = (np.arange(n) % 10 == 0).astype(np.int8)
    parts = []
    for entry, distance in separation.items():
        for repeat in range(repeats):
            fold_of = (np.arange(n) // 10 + repeat * (np.arange(n) // 50)) % n_folds
            for fold in range(n_folds):
                for split, held in (("test", fold), ("validation", (fold + 1) % n_folds)):
                    if n_folds == 1:
                        mine = np.arange(n) // 10 % 2 == (split == "validation")
                    else:
                        mine = fold_of == held
                    index = np.flatnonzero(mine)
                    part = rows(entry, labels[index], np.zeros(len(index)), split=split)
                    parts.append(
                        part.assign(
                            repeat=repeat,
                            fold=fold,
                            example_id=index,
                            star=[f"s{i:04d}" for i in index],
                            score=_share(rng.normal(size=len(index)) + distance * labels[index]),
                        )
                    )
    return table(*parts)
