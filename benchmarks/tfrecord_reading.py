"""Reads a TFRecord data set here and by TensorFlow's own parser, in turn, in one process.

    python benchmarks/tfrecord_reading.py FOLDER LABEL STAR VIEW [VIEW ...]
    python benchmarks/tfrecord_reading.py $KEPLER_KERAS_DATA/tess_triage Disposition tic_id \
        global_view local_view

Both sides read label, star and views of every record into arrays. Prints CPU seconds of each side,
the best of three, and their ratio; importing TensorFlow (seconds) is on no side.
"""

import argparse
import os
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from kepler_keras.data.example_record import read_examples

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")


def read_here(files: list[Path], label: str, star: str, views: list[str]) -> int:
    """Gives the number of records."""
    labels, stars, curves = [], [], []
    for file in files:
        for record in read_examples(file):
            labels.append(record.text(label))
            stars.append(record.text(star))
            curves.append([record.curve(view) for view in views])
    for number in range(len(views)):
        np.stack([row[number] for row in curves])
    return len(labels)


def read_by_tensorflow(files: list[Path], label: str, star: str, views: list[str]) -> int:
    """Gives the number of records; each is parsed as an Example, which needs no lengths."""
    import tensorflow as tf

    labels, stars, curves = [], [], []
    for data in tf.data.TFRecordDataset([str(file) for file in files]).as_numpy_iterator():
        features = tf.train.Example.FromString(data).features.feature
        labels.append(features[label].bytes_list.value[0].decode())
        stars.append(features[star].int64_list.value[0])
        curves.append([np.array(features[view].float_list.value, np.float32) for view in views])
    for number in range(len(views)):
        np.stack([row[number] for row in curves])
    return len(labels)


def main() -> None:
    """Runs both sides and prints their times."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("label")
    parser.add_argument("star")
    parser.add_argument("views", nargs="+")
    asked = parser.parse_args()
    files = sorted(asked.folder.glob("*-of-*"))
    sides: dict[str, Callable[[list[Path], str, str, list[str]], int]] = {
        "here": read_here,
        "TensorFlow": read_by_tensorflow,
    }
    best = dict.fromkeys(sides, float("inf"))
    for name in [*sides] * 4:
        start = time.process_time()
        n = sides[name](files, asked.label, asked.star, asked.views)
        if best[name] == float("inf"):  # the first time warms up: compiled code, file cache
            best[name] = 1e9
            continue
        best[name] = min(best[name], time.process_time() - start)
    print(f"{n} records of {len(files)} files, {asked.views}; CPU seconds, best of three:")
    print(", ".join(f"{name} {seconds:.2f}" for name, seconds in best.items()))
    print(f"TensorFlow / here: {best['TensorFlow'] / best['here']:.2f}")


if __name__ == "__main__":
    main()
