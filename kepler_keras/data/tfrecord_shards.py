"""Which TFRecord files a path means, and which of them are the published test set.

Data sets come in numbered pieces: `train-00000-of-00008`, `val-00000-of-00001`.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from glob import glob
from pathlib import Path

from kepler_keras.errors import InputError, suggestion
from kepler_keras.experiment import TrainTestPaths

SHARD = re.compile(r"(?P<split>.+)-(?P<number>\d{5})-of-(?P<count>\d{5})")
SUFFIXES = (".tfrecord", ".tfrecords")
AUTO, NONE = "auto", "none"
TRAIN, VALIDATION, TEST = "train", "val", "test"


@dataclass(frozen=True)
class Shards:
    """The files to read, those of the test set last.

    Attributes:
        train: In order of their names.
        test: The published test set; empty where there is none.
        notes: What a reader of the report should know of the choice.
    """

    train: tuple[Path, ...]
    test: tuple[Path, ...] = ()
    notes: tuple[str, ...] = ()


def find_shards(path: str | TrainTestPaths | None, *, test_split: str) -> Shards:
    """Finds the files of one path, or of a pair whose second path is the test set.

    Args:
        path: A file, a folder, or a pattern such as `data/train-*`; or a pair of such.
        test_split: Which of the published splits is the test set: `auto` takes `test`, or else
            `val`, where there is `train` too; `none` takes all files alike; anything else is the
            name that the files of the split begin with.

    Raises:
        InputError: There are no such files or splits, or a piece of a folder's set is missing.
    """
    if path is None:
        raise InputError(
            "data.path: source astronet_tfrecord reads a TFRecord file, a folder of them, a "
            "pattern, or a train and test pair"
        )
    if isinstance(path, str):
        return _published(_files(path), test_split, path)
    if test_split != AUTO:
        raise InputError(
            f"data.options.test_split: a train and test pair already says which files are the "
            f"test set, got {test_split!r}"
        )
    train, test = _files(path.train), _files(path.test)
    both = sorted({file.resolve() for file in train} & {file.resolve() for file in test})
    if both:
        raise InputError(f"data.path: {both[0]} stands in the train and in the test files")
    return Shards(train, test)


def _files(path: str) -> tuple[Path, ...]:
    """Files of one path in order of their names."""
    place = Path(path)
    if place.is_dir():
        return _in_folder(place)
    if place.exists() or not re.search(r"[*?\[]", path):
        return (place,)
    found = sorted(Path(name) for name in glob(path) if not Path(name).is_dir())
    if not found:
        raise InputError(f"{path}: no file has a name of this pattern")
    return tuple(found)


def _in_folder(folder: Path) -> tuple[Path, ...]:
    """The TFRecord files of a folder, which may hold other files too; no piece may be missing."""
    files = sorted(file for file in folder.iterdir() if _is_shard(file) and file.is_file())
    if not files:
        raise InputError(
            f"{folder}: no TFRecord files are there, whose names are like train-00000-of-00008 or "
            f"end in {SUFFIXES[0]}"
        )
    _check_complete(folder, files)
    return tuple(files)


def _check_complete(folder: Path, files: Sequence[Path]) -> None:
    """Refuses a set with a missing piece, and two sets of one name, which repeat records."""
    names = {file.name for file in files}
    count_of: dict[str, str] = {}
    for match in filter(None, (SHARD.fullmatch(file.name) for file in files)):
        count = count_of.setdefault(match["split"], match["count"])
        if count != match["count"]:
            raise InputError(
                f"{folder}: the files of {match['split']} must be of one set, got some of {count} "
                f"and some of {match['count']}"
            )
        for number in range(int(count)):
            name = f"{match['split']}-{number:05d}-of-{count}"
            if name not in names:
                raise InputError(
                    f"{folder}: {name} is missing beside {match[0]}; a pattern in its place reads "
                    "what is there"
                )


def _is_shard(file: Path) -> bool:
    return SHARD.fullmatch(file.name) is not None or file.suffix in SUFFIXES


def _split_of(file: Path) -> str:
    match = SHARD.fullmatch(file.name)
    return match["split"] if match else file.stem


def _published(files: Sequence[Path], test_split: str, path: str) -> Shards:
    """Divides the files by the splits that their names tell of."""
    splits = {_split_of(file) for file in files}
    if test_split == AUTO:
        tests = [split for split in (TEST, VALIDATION) if split in splits and TRAIN in splits]
        test_split = tests[0] if tests else NONE
    if test_split == NONE:
        return Shards(tuple(files))
    if test_split not in splits:
        raise InputError(
            f"data.options.test_split: {path} holds no split {test_split!r}; "
            f"{suggestion(test_split, splits)}"
        )
    # A test set that is not asked for is kept for an independent check: it must not train.
    kept_out = {TEST} if test_split != TEST else set[str]()
    train = [file for file in files if _split_of(file) not in {test_split, *kept_out}]
    test = [file for file in files if _split_of(file) == test_split]
    if not train:
        raise InputError(f"{path}: nothing is left to train on beside the split {test_split!r}")
    names = sorted({_split_of(file) for file in train})
    notes = [f"Files: {' and '.join(names)} to train on, {test_split} as the given test set."]
    if kept_out & splits:
        notes.append("The files of the split test were left out.")
    return Shards(tuple(train), tuple(test), tuple(notes))
