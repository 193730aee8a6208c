# ruff: noqa: E501 (a sentence is easier to compare in one line)
"""AstroNet's records: what arrives, what is refused, and the real files against TensorFlow."""

import numpy as np
import pytest

from kepler_keras.data.light_curves import UNKNOWN
from kepler_keras.data.sources import load_source, read_source
from kepler_keras.data.splits import check_split, make_folds
from kepler_keras.errors import InputError
from kepler_keras.experiment import Protocol, TrainTestPaths
from tests.tfrecord_writing import example, field, framed, write_examples

NAN = float("nan")
TRIAGE = {"label_column": "Disposition", "positive": ["PC", "EB"], "star_column": "tic_id"}


def record(label="PC", star=7, **changes):
    """One record in the layout of Yu et al. 2019; a change to None leaves the feature out."""
    features = {
        "Disposition": label,
        "tic_id": star,
        "global_view": [0.0, 0.25, -1.0, 0.5, 0.0],
        "local_view": [0.5, -1.0, 0.0],
        "Period": 3.5,
        "Epoc": 1325.5,
        "Duration": 0.125,
        "SN": 12.5,
        "Sectors": 2,
        "toi_id": "?.01",
    }
    return {name: value for name, value in {**features, **changes}.items() if value is not None}


FOUR = (record("PC", 7), record("J", 8), record("EB", 9), record("O", 10005000384))


def load(path, **options):
    return load_source("astronet_tfrecord", path, {**TRIAGE, **options})


@pytest.fixture
def file(tmp_path):
    return tmp_path / "train-00000-of-00001"


def test_columns_arrive_unchanged(file):
    curves = load(write_examples(file, *FOUR), views=["local_view", "global_view"])
    assert curves.labels.tolist() == [1, 0, 1, 0]
    assert curves.stars.tolist() == ["7", "8", "9", "10005000384"]
    assert curves.views["local_view"].tolist() == [[0.5, -1.0, 0.0]] * 4
    assert curves.views["global_view"].tolist() == [[0.0, 0.25, -1.0, 0.5, 0.0]] * 4
    assert curves.flux is curves.views["local_view"]
    assert curves.folded
    assert curves.cadence is None
    assert curves.given_test is None
    assert curves.scalars is None
    assert curves.ephemerides.period.tolist() == [3.5] * 4
    assert curves.ephemerides.t0.tolist() == [1325.5] * 4
    assert curves.ephemerides.duration.tolist() == [0.125] * 4
    assert curves.notes == (
        "By Disposition, the positive class is EB (1), PC (1); the negative class is J (1), O (1).",
    )


def test_the_defaults_are_astronets(file):
    rows = [
        {
            "av_training_set": label,
            "kepid": kepid,
            "global_view": [0.0, -1.0],
            "local_view": [-1.0, 0.0],
            "tce_period": 10.0,
            "tce_time0bk": 140.5,
            "tce_duration": 0.25,
        }
        for label, kepid in (("PC", 1), ("AFP", 1), ("UNK", 2), ("NTP", 3))
    ]
    curves = load_source("astronet_tfrecord", write_examples(file, *rows), {})
    assert curves.labels.tolist() == [1, 0, 0]
    assert curves.stars.tolist() == ["1", "1", "3"]
    assert curves.ephemerides.duration.tolist() == [0.25] * 3
    assert curves.notes[0].endswith("is AFP (1), NTP (1); left out are UNK (1).")


def test_without_a_label_no_record_is_left_out(file):
    write_examples(file, record("UNK", 7), record(None, 8), record("PC", 9))
    options = {**TRIAGE, "label_column": None}
    curves = read_source("astronet_tfrecord", str(file), options)
    assert curves.stars.tolist() == ["7", "8", "9"]
    assert curves.labels.tolist() == [UNKNOWN] * 3


def test_a_label_and_a_star_may_be_number_or_text(file):
    rows = [record(1, " TIC 5 "), record(0, "6"), record(0, 7)]
    curves = load(write_examples(file, *rows), positive=["1"], negative=["0"])
    assert curves.labels.tolist() == [1, 0, 0]
    assert curves.stars.tolist() == ["TIC 5", "6", "7"]


def test_views_of_any_name_and_number(file):
    rows = [record(label, secondary_view=[0.0, -1.0]) for label in ("PC", "EB", "J")]
    curves = load(write_examples(file, *rows), views=["secondary_view"])
    assert {name: view.shape for name, view in curves.views.items()} == {"secondary_view": (3, 2)}


def test_scalars_are_numbers_and_nan_where_they_are_missing(file):
    rows = [record("PC"), record("EB", SN=None, Sectors=[]), record("J", SN=NAN, Sectors=3)]
    curves = load(write_examples(file, *rows), scalars=["Sectors", "SN"])
    assert curves.scalars.names == ("Sectors", "SN")
    np.testing.assert_array_equal(curves.scalars.values, [[2, 12.5], [NAN, NAN], [3, NAN]])


def test_hours_become_days_once(file):
    path = write_examples(file, *(record(label, Duration=3.0) for label in ("PC", "EB", "J")))
    curves = load(path, duration_unit="hours")
    assert curves.ephemerides.duration.tolist() == [0.125] * 3
    assert curves.ephemerides.period.tolist() == [3.5] * 3


def test_ephemerides_that_cannot_be_are_unknown(file):
    changes = [{}, {}, {}, {"Period": 0.0}, {"Duration": -1.0}, {"Epoc": NAN}, {"Duration": 4.0}]
    labels = ["PC", "EB", "J", "J", "J", "J", "J"]
    rows = [record(label, **change) for label, change in zip(labels, changes, strict=True)]
    curves = load(write_examples(file, *rows))
    assert curves.ephemerides.known().tolist() == [True] * 3 + [False] * 4
    assert curves.notes[-1].startswith("4 of 7 ephemerides count as unknown")


def test_ephemerides_of_other_names_or_none(file):
    rows = [record(label, Epoc=None, Mid=5.0) for label in ("PC", "EB", "J")]
    path = write_examples(file, *rows)
    assert load(path).ephemerides is None
    named = load(path, ephemeris=["Period", "Mid", "Duration"])
    assert named.ephemerides.t0.tolist() == [5.0] * 3
    assert load(write_examples(file, *FOUR), ephemeris=[]).ephemerides is None


@pytest.fixture
def published(tmp_path):
    """Training files of stars 1 to 20 and a validation file of stars 20 to 24, row by row."""
    for number, stars in enumerate((range(1, 11), range(11, 21))):
        rows = [record("PC" if star % 2 else "J", star, SN=float(star)) for star in stars]
        write_examples(tmp_path / f"train-0000{number}-of-00002", *rows)
    rows = [record("EB" if star % 2 else "J", star) for star in range(20, 25)]
    write_examples(tmp_path / "val-00000-of-00001", *rows)
    (tmp_path / "README.md").write_text("no record")
    return tmp_path


def test_published_splits_are_the_given_one(published):
    curves = load(str(published))
    assert curves.stars.tolist() == [str(star) for star in (*range(1, 21), *range(20, 25))]
    assert np.flatnonzero(curves.given_test).tolist() == [20, 21, 22, 23, 24]
    assert curves.notes[0] == "Files: train to train on, val as the given test set."
    pair = TrainTestPaths(train=f"{published}/train-*", test=f"{published}/val-*")
    assert load(pair).fingerprint == curves.fingerprint
    assert np.array_equal(load(pair).given_test, curves.given_test)
    assert load(str(published), test_split="none").given_test is None


def test_a_star_in_both_splits_is_dropped_from_training(published):
    curves = load(str(published))
    split = make_folds(curves, Protocol(split="given"))
    (fold,) = split.folds
    assert fold.test.tolist() == [20, 21, 22, 23, 24]
    assert 19 not in {*fold.train, *fold.validation}  # star 20
    assert len(fold.train) + len(fold.validation) == 19
    assert split.notes == (
        "1 training rows (0 of them planets) of 1 stars were dropped, because the same stars stand "
        "in the given test set.",
    )


def test_folds_by_star_run_over_both_splits(published):
    curves = load(str(published))
    split = make_folds(curves, Protocol(folds=3))
    check_split(split, curves)
    assert sorted(np.concatenate([fold.test for fold in split.folds])) == list(range(25))


GOOD = example(record("J"))


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        ([record(local_view=None)], "record 1: the feature 'local_view' is missing; did you mean"),
        ([GOOD, record(Disposition=None)], "record 2: the feature 'Disposition' is missing"),
        ([record(tic_id=None)], "record 1: the feature 'tic_id' is missing"),
        ([b""], "record 1: the feature 'Disposition' is missing; the record is empty"),
        ([GOOD, b"Disposition"], "record 2: it is no tf.Example: a field has"),
        ([field(1, b"\x0a\x50")], "record 1: it is no tf.Example: a field of 80 bytes has only 0"),
        ([record(local_view=field(2, field(1, b"12345")))],
         "record 1: feature 'local_view' is damaged: a list of floats has 5 bytes"),
        ([record(global_view=[1, 2, 3, 4, 5])],
         "record 1: feature 'global_view' must be a list of floats, got 5 whole numbers"),
        ([record(global_view="J")], "'global_view' must be a list of floats, got 'J'"),
        ([record(global_view=["a", "b"])], "must be a list of floats, got 2 texts"),
        ([record(global_view=b"")], "'global_view' must be a list of floats, got no value"),
        ([record(global_view=[1.0])], "'global_view' must have at least 2 bins, got 1.0"),
        ([GOOD, record(local_view=[0.0, -1.0])],
         "record 2: feature 'local_view' must have 3 bins like the records before it, got 2"),
        ([GOOD, GOOD, record(global_view=[0.0, NAN, 1.0, NAN, 2.0])],
         r"record 3: feature 'global_view' must be finite, got nan in bin 1 \(2 such bins in all\)"),
        ([record(local_view=[0.0, 1.0, float("-inf")])], "finite, got -inf in bin 2"),
        ([record("X")], "record 1: feature 'Disposition' must be one of EB, J, O, PC, UNK, got 'X'"),
        ([record(0.5)], "'Disposition' must be one text or one whole number, got 0.5"),
        ([record(" ")], "'Disposition' must be one text or one whole number, got ' '"),
        ([record(["PC", "EB"])], "must be one text or one whole number, got 2 texts"),
        ([record(field(1, field(1, b"\xff")))], "must be one text or one whole number, got '\ufffd'"),
        ([record(star=1.5)], "'tic_id' must be one text or one whole number, got 1.5"),
        ([record(star=[])], "'tic_id' must be one text or one whole number, got no value"),
        ([record(SN="high")], "feature 'SN' must be one number, got 'high'"),
        ([record(SN=[1.0, 2.0])], "feature 'SN' must be one number, got 2 floats"),
        ([record(SN=float("inf"))], "feature 'SN' must be one number, got inf"),
        ([record(Period="3 d")], "feature 'Period' must be one number, got '3 d'"),
    ],
)  # fmt: skip
def test_damage_is_one_sentence_with_file_and_record(file, rows, sentence):
    path = write_examples(file, *rows, *FOUR)
    with pytest.raises(InputError, match=sentence) as caught:
        load(path, negative=["J", "O"], scalars=["SN"])
    assert str(caught.value).startswith(f"{file}: record ")
    assert "\n" not in str(caught.value)


def test_damage_in_a_later_file_names_that_file(published):
    late = published / "train-00001-of-00002"
    late.write_bytes(late.read_bytes() + framed(b"", length=3))
    with pytest.raises(InputError, match=f"^{late}: record 11: the file is cut short"):
        load(str(published))


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"positive": ["PC", "EBB"]}, "no record has the Disposition 'EBB'; did you mean 'EB'?"),
        ({"positive": []}, "options.positive: a label of planets is needed, got none"),
        ({"negative": ["PC", "J"]}, "the label 'PC' must stand once in positive, negative or left"),
        ({"left_out": ["EB"]}, "the label 'EB' must stand once in positive, negative or left_out"),
        ({"negative": ["J"]}, "record 4: .* must be one of EB, J, PC, UNK, got 'O'"),
        ({"positive": ["X"], "left_out": ["PC", "EB", "J", "O"]},
         r"every record was left out: EB \(1\), J \(1\), O \(1\), PC \(1\)"),
        ({"left_out": ["J", "O"]}, "labels must hold both classes"),
        ({"views": []}, r"views: one or more different views are needed, got \[\]"),
        ({"views": ["local_view", "local_view"]}, "one or more different views are needed"),
        ({"views": ["locl_view"]}, "the feature 'locl_view' is missing; did you mean 'local_view'"),
        ({"scalars": ["Disposition"]}, "'Disposition' is a label, a verdict or an id"),
        ({"scalars": ["toi_id"]}, "'toi_id' is a label, a verdict or an id: it may not be an input"),
        ({"scalars": ["SNR"]}, "no record has a number 'SNR'; did you mean 'SN'"),
        ({"ephemeris": ["Period"]}, "ephemeris: three features are needed, .*, got 1"),
        ({"ephemeris": ["Period", "Epoch", "Duration"]}, "has a number 'Epoch'; did you mean 'Epoc'"),
        ({"duration_unit": "weeks"}, "duration_unit: input should be 'days' or 'hours', got 'weeks'"),
        ({"test_split": "val"}, "holds no split 'val'; known are train"),
    ],
)  # fmt: skip
def test_options_that_cannot_be_are_refused(file, options, sentence):
    path = write_examples(file, *FOUR)
    with pytest.raises(InputError, match=sentence):
        load(path, **options)


def test_durations_in_hours_are_noticed(file):
    path = write_examples(file, *(record(label, Duration=4.0) for label in ("PC", "EB", "J")))
    with pytest.raises(InputError, match=r"longer than the period in 3 of 3 records; .* in hours"):
        load(path)


def test_a_scalar_that_is_nan_everywhere_is_refused(file):
    path = write_examples(file, *(record(label, SN=NAN) for label in ("PC", "EB", "J")))
    with pytest.raises(InputError, match="no record has a number 'SN'; it is NaN in all of them"):
        load(path, scalars=["SN"])


def test_a_label_under_another_name_is_refused(file):
    rows = [record("PC" if n % 3 else "J", n, code=int(n % 3 > 0)) for n in range(120)]
    rows[0]["Disposition"] = "EB"
    path = write_examples(file, *rows)
    assert load(path, scalars=["code"]).scalars is not None  # row 0 tells the two apart
    rows[0]["Disposition"] = "J"
    path = write_examples(file, *rows)
    with pytest.raises(InputError, match="'code' has 2 values, and each stands for one class"):
        load(path, scalars=["code"], positive=["PC"])
