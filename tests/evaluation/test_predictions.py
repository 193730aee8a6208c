import numpy as np
import pandas as pd
import pytest
from made_up_predictions import folds, random_table, rows, table

from kepler_keras.errors import InputError
from kepler_keras.evaluation.predictions import (
    PREDICTION_COLUMNS,
    check_predictions,
    read_predictions,
    sort_predictions,
    write_predictions,
)


@pytest.fixture
def good():
    tests = [([1, 0], [0.9, 0.2]), ([0, 1], [0.4, 0.3])]
    return table(*folds("a", tests), *folds("b", tests))


def test_a_good_table_passes(good):
    check_predictions(good)
    check_predictions(random_table({"a": 1, "b": 2}, n_folds=3, repeats=2))
    check_predictions(random_table({"a": 1}, n_folds=1))


def test_sorting_orders_columns_and_rows(good):
    shuffled = good.sample(frac=1, random_state=1)[list(PREDICTION_COLUMNS)[::-1]]
    pd.testing.assert_frame_equal(sort_predictions(shuffled), good)


def _row(table, entry="a", fold=0, split="test", label=0):
    mine = (table["entry"] == entry) & (table["fold"] == fold) & (table["split"] == split)
    return table.index[mine & (table["label"] == label)][0]


@pytest.mark.parametrize(
    ("column", "value", "words"),
    [
        ("score", np.nan, "column score: must be finite, got nan"),
        ("score", np.inf, "column score: must be finite, got inf"),
        ("label", 2, "column label: must be 0 or 1, got 2"),
        ("split", "train", "column split: must be validation or test, got train"),
        ("star", None, "column star: must be given, got nan"),
    ],
)
def test_wrong_values(good, column, value, words):
    row = _row(good)
    good.loc[row, column] = value
    with pytest.raises(InputError, match=f"^mine: row {row}, {words}$"):
        check_predictions(good, what="mine")


@pytest.mark.parametrize("change", ["drop", "add", "swap"])
def test_wrong_columns(good, change):
    columns = list(PREDICTION_COLUMNS)
    if change == "drop":
        bad = good.drop(columns="star")
    elif change == "add":
        bad = good.assign(run_id="x")
    else:
        bad = good[columns[::-1]]
    with pytest.raises(InputError, match=r"columns must be entry, repeat, .* got "):
        check_predictions(bad)


def test_empty_table(good):
    with pytest.raises(InputError, match="got no row"):
        check_predictions(good.iloc[:0])


def test_star_on_both_sides_of_a_fold(good):
    leak = good[(good["fold"] == 0) & (good["split"] == "test") & (good["label"] == 0)]
    leak = leak.assign(split="validation", example_id=7777)
    with pytest.raises(InputError, match="fold 0: star s0001 stands in validation and in test"):
        check_predictions(table(good, leak))


def test_star_in_two_test_folds_of_a_repeat(good):
    leak = good[(good["fold"] == 0) & (good["split"] == "test") & (good["label"] == 0)]
    leak = leak.assign(fold=1, example_id=7777)
    with pytest.raises(InputError, match="a, repeat 0: star s0001 stands in 2 test folds"):
        check_predictions(table(good, leak))


def test_star_may_be_tested_again_in_another_repeat(good):
    check_predictions(table(good, good.assign(repeat=1)))


def test_entries_on_other_rows(good):
    with pytest.raises(
        InputError, match="entry b, repeat 0, fold 0: test example 1 was not scored by all"
    ):
        check_predictions(good.drop(index=_row(good, "a")).reset_index(drop=True))


def test_example_scored_twice(good):
    again = good.loc[[_row(good)]].assign(score=0.123)
    with pytest.raises(InputError, match="fold 0: test example 1 was scored twice"):
        check_predictions(table(good, again))


@pytest.mark.parametrize(("column", "value"), [("star", "s7777"), ("label", 1)])
def test_example_with_two_stars_or_labels(good, column, value):
    good.loc[_row(good, "b"), column] = value
    with pytest.raises(InputError, match="example 1 must have one star and one label"):
        check_predictions(good)


@pytest.mark.parametrize("split", ["validation", "test"])
def test_fold_without_a_planet_in_one_part(good, split):
    mine = (good["fold"] == 1) & (good["split"] == split)
    message = f"a, repeat 0, fold 1: the {split} rows must hold at least one planet, got none"
    with pytest.raises(InputError, match=message):
        check_predictions(good[~mine].reset_index(drop=True))
    with pytest.raises(InputError, match=message):
        check_predictions(good[~mine | (good["label"] == 0)].reset_index(drop=True))


def test_repeats_with_other_folds(good):
    more = good[good["fold"] == 0].assign(repeat=1)
    with pytest.raises(InputError, match=r"same folds, two or more; got repeat 0: \[0, 1\]"):
        check_predictions(table(good, more))
    with pytest.raises(InputError, match="same folds, two or more"):
        check_predictions(table(good[good["fold"] == 0], more))


def test_written_and_read_again_is_the_same(good, tmp_path):
    write_predictions(good, tmp_path / "p.parquet")
    pd.testing.assert_frame_equal(read_predictions(tmp_path / "p.parquet"), good)


def test_equal_tables_give_equal_bytes(good, tmp_path):
    write_predictions(good, tmp_path / "1.parquet")
    write_predictions(sort_predictions(good.sample(frac=1)), tmp_path / "2.parquet")
    assert (tmp_path / "1.parquet").read_bytes() == (tmp_path / "2.parquet").read_bytes()


def test_reading_sorts(good, tmp_path):
    good.iloc[::-1].to_parquet(tmp_path / "p.parquet", index=False)
    pd.testing.assert_frame_equal(read_predictions(tmp_path / "p.parquet"), good)


@pytest.mark.parametrize("kept", [0, 3, 100, -60, -1])
def test_damaged_file(good, tmp_path, kept):
    path = tmp_path / "p.parquet"
    write_predictions(good, path)
    path.write_bytes(path.read_bytes()[:kept])
    with pytest.raises(InputError, match=r"p\.parquet: cannot read the predictions: [^\n]+$"):
        read_predictions(path)


def test_damaged_content(tmp_path):
    path = tmp_path / "p.parquet"
    write_predictions(random_table({"a": 1}), path)
    content = bytearray(path.read_bytes())
    content[40:400] = bytes(360)
    path.write_bytes(content)
    with pytest.raises(InputError, match=r"p\.parquet: "):
        read_predictions(path)


def test_missing_file_text_file_and_folder(tmp_path):
    with pytest.raises(InputError, match="cannot read the predictions: No such file"):
        read_predictions(tmp_path / "none.parquet")
    (tmp_path / "t.parquet").write_text("entry,repeat,fold\n" * 9)
    with pytest.raises(InputError, match="cannot read the predictions: "):
        read_predictions(tmp_path / "t.parquet")
    with pytest.raises(InputError, match=str(tmp_path)):
        read_predictions(tmp_path)


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("label", 257),  # would become 1 as int8
        ("label", 0.5),  # would become 0
        ("label", None),
        ("score", "high"),
        ("example_id", "KIC 1"),
        ("star", 12),
    ],
)
def test_values_that_typing_would_change(good, tmp_path, column, value):
    bad = good.assign(**{column: value})
    bad.to_parquet(tmp_path / "p.parquet", index=False)
    with pytest.raises(InputError, match=f"p.parquet: column {column} must hold"):
        read_predictions(tmp_path / "p.parquet")


def test_other_parquet_file_and_faults_inside(good, tmp_path):
    good.drop(columns="score").to_parquet(tmp_path / "p.parquet", index=False)
    with pytest.raises(InputError, match=r"p\.parquet: columns must be"):
        read_predictions(tmp_path / "p.parquet")
    good.assign(score=np.nan).to_parquet(tmp_path / "p.parquet", index=False)
    with pytest.raises(InputError, match=r"p\.parquet: row 0, column score: must be finite"):
        read_predictions(tmp_path / "p.parquet")


def test_rows_of_one_star_may_share_a_part(good):
    extra = [rows(name, [0], [0.5], first=20).assign(star="s0001") for name in ("a", "b")]
    check_predictions(table(good, *extra))
