"""Saved models that were tampered with or cut: one sentence each, and nothing of them is run."""

import io
import zipfile

import numpy as np
import pytest
from saved_models import FOLDED

from kepler_keras.data.packed_file import FREE_OF_RATIO
from kepler_keras.data.scaling import UNSCALED
from kepler_keras.errors import InputError
from kepler_keras.training.fitted import FittedKeras, FittedSklearn
from kepler_keras.training.saved import load_fitted, save_fitted


def network():
    import keras

    given = keras.Input((21, 1), name="global_view")
    logit = keras.layers.Dense(1, name="logit")(keras.layers.Flatten(name="flat")(given))
    return FittedKeras(keras.Model(given, logit), UNSCALED, n_parameters=22)


def peer():
    from sklearn.dummy import DummyClassifier

    model = DummyClassifier(strategy="prior").fit(np.zeros((4, 21)), [0, 1, 0, 1])
    return FittedSklearn(model, UNSCALED)


def remade(file, change):
    """The archive made anew with its members changed."""
    with zipfile.ZipFile(file) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    change(members)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    file.write_bytes(packed.getvalue())


def with_bomb(members):
    members["more"] = bytes(FREE_OF_RATIO + 1)


HOSTILE = {
    "no config": (network, lambda members: members.pop("config.json"), "cannot be loaded safely"),
    "a config of nothing": (
        network,
        lambda members: members.update({"config.json": b"{}"}),
        "cannot be loaded safely",
    ),
    "a config of brackets": (
        network,
        lambda members: members.update({"config.json": b"[" * 9000}),
        "cannot be loaded safely",
    ),
    "weights that are cut": (
        network,
        lambda m: m.update({"model.weights.h5": m["model.weights.h5"][:900]}),
        "cannot be loaded safely",
    ),
    "a network's bomb": (network, with_bomb, "no data pack so well"),
    "no schema": (peer, lambda members: members.pop("schema.json"), "it is no skops file"),
    "a schema of nothing": (
        peer,
        lambda members: members.update({"schema.json": b"{}"}),
        "it is no skops file",
    ),
    "a peer's bomb": (peer, with_bomb, "no data pack so well"),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_a_model_that_was_tampered_with_is_refused(case, tmp_path):
    make, change, words = HOSTILE[case]
    save_fitted([make()], FOLDED, tmp_path / "model")
    (file,) = (tmp_path / "model").glob("model.*")
    remade(file, lambda members: None)
    load_fitted(tmp_path / "model")  # remade, it is sound
    remade(file, change)
    with pytest.raises(InputError, match=words) as caught:
        load_fitted(tmp_path / "model")
    assert str(file) in str(caught.value)


@pytest.mark.parametrize("content", [b"\xff\xfe{}", b"{", b"[" * 9000, b""])
def test_a_preparation_that_is_no_text_of_ours_is_refused(content, tmp_path):
    save_fitted([peer()], FOLDED, tmp_path / "model")
    (tmp_path / "model" / "preparation.json").write_bytes(content)
    with pytest.raises(InputError, match=r"preparation\.json: damaged"):
        load_fitted(tmp_path / "model")
