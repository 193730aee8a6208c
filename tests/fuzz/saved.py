"""Saved models, records and a user's own builder: sound ones, and what reads them."""

import shutil
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path

from kepler_keras.choice import Choice
from kepler_keras.cli_predict import _load
from kepler_keras.data.info import examine
from kepler_keras.record import read_record
from kepler_keras.training.building import build_model
from tests.reporting.made_up_record import make_record
from tests.saved_models import FOLDED, save_model

MLMODEL = """\
flavors:
  python_function:
    artifacts: {fitted: {path: artifacts/fitted, uri: fitted}}
    python_model_config: {}
"""
BUILDER = """\
import keras


def net(input_shapes, *, units: int = 4):
    inputs = [keras.Input(shape, name=name) for name, shape in input_shapes.items()]
    hidden = keras.layers.Dense(units, name="hidden")(keras.layers.Flatten(name="flat")(inputs[0]))
    return keras.Model(inputs, keras.layers.Dense(1, name="logit")(hidden))
"""


@cache
def folder(what: str) -> Path:
    """A sound folder: `network` and `peer` hold a model each, `record` a comparison."""
    made = Path(tempfile.mkdtemp(prefix="kepler_keras-sound-")) / what
    if what == "record":
        made.mkdir()
        make_record().write(made)
    else:
        save_model(made, FOLDED, model="mlp" if what == "network" else "logistic_regression")
    return made


def _sound(what: str, name: str) -> Callable[[], bytes]:
    return lambda: (folder(what) / name).read_bytes()


def _in_its_folder(file: Path, what: str) -> Path:
    """The sound folder with the damaged file in the place of its own."""
    place = file.parent / what
    if not place.exists():
        shutil.copytree(folder(what), place)
    shutil.copy(file, place / file.name)
    return place


def network(file: Path) -> object:
    """`kepler-keras predict --model FOLDER`, of a network."""
    return _load(str(_in_its_folder(file, "network")))


def peer(file: Path) -> object:
    """The same of a scikit-learn model."""
    return _load(str(_in_its_folder(file, "peer")))


def logged(file: Path) -> object:
    """The same of a folder that MLflow wrote."""
    place = file.parent / "logged"
    if not place.exists():
        shutil.copytree(folder("peer"), place / "artifacts" / "fitted")
    shutil.copy(file, place / "MLmodel")
    return _load(str(place))


def record(file: Path) -> object:
    """What a report is rebuilt from."""
    return read_record(_in_its_folder(file, "record"))


def record_info(file: Path) -> object:
    """`kepler-keras data info FOLDER`."""
    return examine(_in_its_folder(file, "record")).text()


def builder(file: Path) -> object:
    """An entry's `model: {name: net, file: net.py}`."""
    choice = Choice(name="net", options={"file": str(file)})
    return build_model(choice, {"view": (21, 1)})


SAVED = {
    "preparation.json": _sound("network", "preparation.json"),
    "model.keras": _sound("network", "model.keras"),
    "model.skops": _sound("peer", "model.skops"),
    "MLmodel": MLMODEL.encode,
    "record.json": _sound("record", "record.json"),
    "predictions.parquet": _sound("record", "predictions.parquet"),
    "net.py": BUILDER.encode,
}
SAVED_READERS = {
    "preparation.json": (network,),
    "model.keras": (network,),
    "model.skops": (peer,),
    "MLmodel": (logged,),
    "record.json": (record, record_info),
    "predictions.parquet": (record,),
    "net.py": (builder,),
}
