"""What the commands do with a file of each kind, up to where fitting or searching begins."""

from collections.abc import Callable
from pathlib import Path

import tests.fuzz.sound as sound
from kepler_keras.data.info import examine
from kepler_keras.data.scalars import join_scalars
from kepler_keras.data.sources import load_source
from kepler_keras.experiment_file import read_experiment
from kepler_keras.predicting import read_unlabelled
from kepler_keras.search_plan import plan_search
from tests.fuzz.saved import SAVED_READERS

Read = Callable[[Path], object]


def info(file: Path) -> object:
    """`kepler-keras data info FILE`."""
    return examine(file).text()


def predict(file: Path) -> object:
    """`kepler-keras search FILE` and `predict FILE`: known by its content, without labels."""
    return read_unlabelled(plan_search(file).origin)


def _compare(source: str, **options: object) -> Read:
    """`kepler-keras compare`, once the experiment file has named the data."""

    def compare(file: Path) -> object:
        return load_source(source, str(file), options)

    return compare


def compare_rows(file: Path) -> object:
    """A flux table with a `rows.csv` beside it."""
    (file.parent / "flux.csv").write_bytes(sound.flux_table())
    return load_source("kaggle_csv", str(file.parent / "flux.csv"), {})


def compare_table(file: Path) -> object:
    """Light curves whose labels and ephemerides are in a table."""
    curves = file.parent / "curves"
    curves.mkdir(exist_ok=True)
    (curves / "a.fits").write_bytes(sound.fits_file())
    options = {"table": str(file), "rows": "signal"}
    return load_source("kepler_fits", str(curves), options)


def compare_scalars(file: Path) -> object:
    """Properties of the stars beside their curves."""
    folded = file.parent / "folded.npz"
    folded.write_bytes(sound.npz_file())
    curves = load_source("folded", str(folded), {})
    return join_scalars(curves, file, ["koi_srad"])


def experiment(file: Path) -> object:
    """`kepler-keras compare FILE`, the reading of it."""
    return read_experiment(file)


def override(file: Path) -> object:
    """`kepler-keras compare --set KEY=VALUE`, with the file as the value."""
    sound_file = file.parent / "sound.yaml"
    sound_file.write_text(sound.EXPERIMENT)
    text = file.read_bytes().decode("utf-8", errors="surrogateescape")
    return read_experiment(sound_file, [f"entries.b.model={text}", text])


READERS: dict[str, tuple[Read, ...]] = {
    "flux.csv": (info, predict, _compare("kaggle_csv")),
    "flux.csv.gz": (info, predict, _compare("kaggle_csv")),
    "flux.zip": (info, predict, _compare("kaggle_csv")),
    "rows.csv": (compare_rows,),
    "koi.csv": (info, predict, compare_table, compare_scalars),
    "tce.csv": (info, predict, compare_table),
    "folded.npz": (info, predict, _compare("folded")),
    "a.fits": (info, predict, _compare("kepler_fits")),
    "a.fits.gz": (info, predict, _compare("kepler_fits")),
    "a.tfrecord": (info, predict, _compare("astronet_tfrecord")),
    "experiment.yaml": (experiment, predict, override),
    "folded.yaml": (experiment, predict, override),
    **SAVED_READERS,
}
