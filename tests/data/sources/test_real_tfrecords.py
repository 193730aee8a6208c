import os
from pathlib import Path

import numpy as np
import pytest

from kepler_keras.data.sources import load_source
from kepler_keras.data.splits import make_folds
from kepler_keras.experiment import Protocol

TRIAGE = {"label_column": "Disposition", "positive": ["PC", "EB"], "star_column": "tic_id"}


def load(path, **options):
    return load_source("astronet_tfrecord", path, {**TRIAGE, **options})


@pytest.fixture
def file(tmp_path):
    return tmp_path / "train-00000-of-00001"


REAL = Path(os.environ.get("KEPLER_KERAS_DATA", "unset"), "tess_triage")


@pytest.fixture(scope="module")
def real_curves():
    if "KEPLER_KERAS_DATA" not in os.environ:
        pytest.skip("KEPLER_KERAS_DATA is unset")
    return load(str(REAL), negative=["J", "O"], scalars=["SN", "Sectors"])


@pytest.mark.data
def test_counts(real_curves):
    assert real_curves.views["global_view"].shape == (14858, 201)
    assert real_curves.views["local_view"].shape == (14858, 61)
    assert int(real_curves.labels.sum()) == 444 + 1925
    assert int(real_curves.given_test.sum()) == 1657
    assert len(np.unique(real_curves.stars)) == 13565
    split = make_folds(real_curves, Protocol(split="given"))
    assert "of 251 stars were dropped" in split.notes[0]
    assert len(split.folds[0].test) == 1657


@pytest.mark.data
def test_ranges_say_days(real_curves):
    known = real_curves.ephemerides
    assert real_curves.ephemerides.known().sum() == 14858 - 7
    assert 0.1 <= np.nanmin(known.period) < np.nanmax(known.period) < 106
    assert np.nanmax(known.duration) < 6
    assert 0.02 < np.nanmedian(known.duration / known.period) < 0.2
    assert 1325 < np.nanmin(known.t0) < np.nanmax(known.t0) < 1463  # BTJD, sectors 1 to 5


@pytest.mark.data
def test_every_value_is_what_tensorflow_reads(real_curves):
    import tensorflow as tf

    layout = {
        "Disposition": tf.io.FixedLenFeature([], tf.string),
        "tic_id": tf.io.FixedLenFeature([], tf.int64),
        "global_view": tf.io.FixedLenFeature([201], tf.float32),
        "local_view": tf.io.FixedLenFeature([61], tf.float32),
        "Period": tf.io.FixedLenFeature([], tf.float32),
        "SN": tf.io.FixedLenFeature([], tf.float32),
        "Sectors": tf.io.FixedLenFeature([], tf.int64),
    }
    files = [*sorted(REAL.glob("train-*")), *sorted(REAL.glob("val-*"))]
    data = tf.data.TFRecordDataset([str(file) for file in files]).batch(20_000)
    theirs = tf.io.parse_example(next(iter(data)), layout)
    for name in ("global_view", "local_view"):
        assert real_curves.views[name].tobytes() == theirs[name].numpy().tobytes()
    assert real_curves.stars.tolist() == [str(star) for star in theirs["tic_id"].numpy()]
    planets = np.isin(theirs["Disposition"].numpy(), [b"PC", b"EB"])
    assert real_curves.labels.tolist() == planets.astype(int).tolist()
    known = real_curves.ephemerides.known()
    assert np.array_equal(real_curves.ephemerides.period[known], theirs["Period"].numpy()[known])
    assert np.array_equal(real_curves.scalars.values[:, 0], theirs["SN"].numpy())
    assert np.array_equal(real_curves.scalars.values[:, 1], theirs["Sectors"].numpy())
