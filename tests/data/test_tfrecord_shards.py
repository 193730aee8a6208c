"""Which files a path means, in which order, and which of them are the test set."""

import pytest

from kepler_keras.data.tfrecord_shards import find_shards
from kepler_keras.errors import InputError
from kepler_keras.experiment import TrainTestPaths

ALL = ("train-00001-of-00002", "val-00000-of-00001", "train-00000-of-00002", "test-00000-of-00001")


@pytest.fixture
def folder(tmp_path):
    """Makes a folder with files of these names."""

    def make(*names):
        for name in names:
            (tmp_path / name).touch()
        return str(tmp_path)

    return make


def found(path, test_split="auto"):
    shards = find_shards(path, test_split=test_split)
    return [file.name for file in shards.train], [file.name for file in shards.test]


TRAIN = ["train-00000-of-00002", "train-00001-of-00002"]


def test_pieces_come_in_order_and_other_files_are_ignored(folder):
    path = folder(*ALL[:1], *ALL[2:3], "README.md", "train-1-of-2", "index.csv")
    assert found(path) == (TRAIN, [])


@pytest.mark.parametrize(
    ("test_split", "train", "test"),
    [
        ("auto", [*TRAIN, "val-00000-of-00001"], ["test-00000-of-00001"]),
        ("test", [*TRAIN, "val-00000-of-00001"], ["test-00000-of-00001"]),
        ("val", TRAIN, ["val-00000-of-00001"]),
        ("none", ["test-00000-of-00001", *TRAIN, "val-00000-of-00001"], []),
    ],
)
def test_which_split_is_the_test_set(folder, test_split, train, test):
    assert found(folder(*ALL), test_split) == (train, test)


def test_a_test_set_that_is_not_asked_for_never_trains_and_is_noted(folder):
    shards = find_shards(folder(*ALL), test_split="val")
    assert shards.notes == (
        "Files: train to train on, val as the given test set.",
        "The files of the split test were left out.",
    )


def test_validation_is_the_test_set_where_there_is_no_other(folder):
    assert found(folder(*ALL[:3])) == (TRAIN, ["val-00000-of-00001"])
    assert found(folder(*ALL[:3]), "none") == ([*TRAIN, "val-00000-of-00001"], [])


def test_suffixes_instead_of_numbers(folder):
    path = folder("train.tfrecord", "test.tfrecords")
    assert found(path) == (["train.tfrecord"], ["test.tfrecords"])


def test_one_split_alone_has_no_test_set(folder):
    path = folder(*ALL)
    assert found(f"{path}/val-*") == (["val-00000-of-00001"], [])
    assert found(f"{path}/{ALL[0]}") == ([ALL[0]], [])


def test_a_pattern_may_leave_pieces_out(folder):
    assert found(f"{folder(*ALL)}/train-0000[1-9]*") == ([ALL[0]], [])


def test_a_file_whose_name_looks_like_a_pattern(folder):
    assert found(f"{folder('a[1].tfrecord')}/a[1].tfrecord") == (["a[1].tfrecord"], [])


def test_a_pair_of_patterns(folder):
    path = folder(*ALL)
    pair = TrainTestPaths(train=f"{path}/train-*", test=f"{path}/val-*")
    assert found(pair) == (TRAIN, ["val-00000-of-00001"])


@pytest.mark.parametrize(
    ("names", "path", "test_split", "sentence"),
    [
        ((), "", "auto", "no TFRecord files are there, whose names are like train-00000-of-00008"),
        (("README.md",), "", "auto", "no TFRecord files are there"),
        ((), "/train-*", "auto", r"train-\*: no file has a name of this pattern"),
        (ALL[:2], "", "auto", "train-00000-of-00002 is missing beside train-00001-of-00002"),
        (("a-00000-of-00001", "a-00000-of-00002"), "", "auto", "of one set, got some of 00001"),
        (ALL, "", "valid", "holds no split 'valid'; did you mean 'val'"),
        (ALL[1:2], "", "val", "nothing is left to train on beside the split 'val'"),
    ],
)
def test_what_is_not_there_is_refused(folder, names, path, test_split, sentence):
    with pytest.raises(InputError, match=sentence) as caught:
        find_shards(folder(*names) + path, test_split=test_split)
    assert "\n" not in str(caught.value)


def test_paths_that_say_nothing_or_too_much(folder):
    with pytest.raises(InputError, match="reads a TFRecord file, a folder of them, a pattern"):
        find_shards(None, test_split="auto")
    path = folder(*ALL)
    pair = TrainTestPaths(train=f"{path}/train-*", test=path)
    with pytest.raises(InputError, match="train-00000-of-00002 stands in the train and in the"):
        find_shards(pair, test_split="auto")
    with pytest.raises(InputError, match="already says which files are the test set, got 'val'"):
        find_shards(pair, test_split="val")
