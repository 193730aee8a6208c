import numpy as np
import pandas as pd

from kepler_keras.data.light_curves import LightCurves
from kepler_keras.data.splits import Fold, PartCounts, Split, folds_table, summarise_parts

CURVES = LightCurves(
    source="test",
    flux=np.zeros((5, 2), np.float32),
    labels=np.array([1, 1, 0, 1, 0], np.int8),
    stars=np.array(["a", "a", "b", "c", "d"]),
    cadence=0.02,
)
SPLIT = Split(
    (
        Fold(0, 0, train=np.array([2]), validation=np.array([3, 4]), test=np.array([0, 1])),
        Fold(0, 1, train=np.array([0, 1]), validation=np.array([3]), test=np.array([2])),
    )
)


def test_summary_counts_rows_stars_and_positive_stars():
    assert summarise_parts(SPLIT, CURVES)[:3] == [
        PartCounts(0, 0, "train", 1, 1, 0),
        PartCounts(0, 0, "validation", 2, 2, 1),
        PartCounts(0, 0, "test", 2, 1, 1),
    ]


def test_folds_table_lists_ids_in_order():
    table = folds_table(SPLIT, CURVES)
    assert table.columns.tolist() == ["repeat", "fold", "example_id", "star", "part"]
    assert table.to_numpy().tolist() == [
        [0, 0, 0, "a", "test"],
        [0, 0, 1, "a", "test"],
        [0, 0, 2, "b", "train"],
        [0, 0, 3, "c", "validation"],
        [0, 0, 4, "d", "validation"],
        [0, 1, 0, "a", "train"],
        [0, 1, 1, "a", "train"],
        [0, 1, 2, "b", "test"],
        [0, 1, 3, "c", "validation"],
    ]
    assert table["example_id"].dtype == np.int64


def test_folds_table_can_be_stored(tmp_path):
    folds_table(SPLIT, CURVES).to_parquet(tmp_path / "folds.parquet")
    again = pd.read_parquet(tmp_path / "folds.parquet")
    pd.testing.assert_frame_equal(again, folds_table(SPLIT, CURVES))
