"""Small sound files of every kind that a command reads; damage starts from them."""

import gzip
import io
import tempfile
from pathlib import Path

import numpy as np

from tests.data.sources.fits_files import KOI_HEADER, TCE_HEADER, write_kepler
from tests.data.sources.kaggle_damage import zipped
from tests.experiment_text import GOOD
from tests.fuzz.saved import SAVED
from tests.tfrecord_writing import example, framed

N_COLUMNS = 60

EXPERIMENT = """\
name: fuzzed
question: Is one better?
data: {source: kaggle_csv, path: flux.csv, options: {cadence: 0.02}}
conditioning: {detrend: none, clip: 5}
search: {min_period: 0.2, max_period: 0.4, durations: [0.05]}
protocol: {folds: 2, repeats: 1, seed: 1, learning_curve: [0.5], prevalence: 0.1}
entries:
  - {name: a, model: {name: mlp, units: [4]}, view: flux, imbalance: class_weights}
  - name: b
    model: conv1d
    views: [flux, {name: global_view, bins: 21}]
    augmentations: [circular_shift, {name: noise, share: 0.5}]
    training: {epochs: 2, batch_size: 8, learning_rate: 1e-3}
baseline: a
questions: [{ask: "b better than a?", better: b, than: a}]
remedies: [{imbalance: focal}]
tuning: [{entry: b, trials: 2, space: {training.learning_rate: [1e-4, 1e-2]}}]
"""


def flux_table() -> bytes:
    random = np.random.default_rng(0)
    lines = ["LABEL," + ",".join(f"FLUX.{i + 1}" for i in range(N_COLUMNS))]
    for row in range(6):
        cells = ",".join(f"{value:.3f}" for value in random.normal(size=N_COLUMNS))
        lines.append(f"{1 + row % 2},{cells}")
    return ("\n".join(lines) + "\n").encode()


def fits_file() -> bytes:
    flux = 1000 + np.random.default_rng(0).normal(size=40)
    with tempfile.TemporaryDirectory() as folder:
        return Path(write_kepler(Path(folder) / "a.fits", flux)).read_bytes()


def npz_file() -> bytes:
    random, file = np.random.default_rng(0), io.BytesIO()
    np.savez(
        file,
        X=random.normal(size=(6, 21)).astype(np.float32),
        y=np.arange(6) % 2,
        kepid=np.arange(6),
        kepid_unique=np.ones(6, bool),
    )
    return file.getvalue()


def example_record(number: int) -> bytes:
    return example(
        {
            "global_view": [0.0, -1.0, 0.5, 0.25],
            "local_view": [0.5, -1.0],
            "av_training_set": "PC" if number % 2 else "AFP",
            "kepid": number,
            "tce_period": 3.5,
            "tce_time0bk": 131.0,
            "tce_duration": 0.1,
        }
    )


def tfrecord() -> bytes:
    return b"".join(framed(example_record(number)) for number in range(4))


def koi_table() -> bytes:
    rows = ("7,K1.01,CONFIRMED,3.5,131.5,2.5,20", "8,K2.01,FALSE POSITIVE,9.5,135,3.5,9")
    comments = "# COLUMN koi_duration: Transit Duration [hrs]\n"
    return (comments + "\n".join([KOI_HEADER, *rows]) + "\n").encode()


def tce_table() -> bytes:
    return (TCE_HEADER + "\n7,1,3.5,131.5,2.5,PC\n8,1,9.5,135,3.5,AFP\n").encode()


def stars_of_rows() -> bytes:
    rows = "".join(f"{number},3,K2,{1 + number % 2}\n" for number in range(6))
    return f"kepid,quarter,source,label\n{rows}".encode()


SOUND = {
    "flux.csv": flux_table,
    "flux.csv.gz": lambda: gzip.compress(flux_table()),
    "flux.zip": lambda: zipped({"flux.csv": flux_table()}),
    "rows.csv": stars_of_rows,
    "koi.csv": koi_table,
    "tce.csv": tce_table,
    "folded.npz": npz_file,
    "a.fits": fits_file,
    "a.fits.gz": lambda: gzip.compress(fits_file()),
    "a.tfrecord": tfrecord,
    "experiment.yaml": EXPERIMENT.encode,
    "folded.yaml": GOOD.encode,
    **SAVED,
}
