import os
import zipfile
from pathlib import Path

import numpy as np
import pytest

from kepler_keras.data.light_curves import UNKNOWN
from kepler_keras.data.sources import load_source
from kepler_keras.data.sources.folded import load
from kepler_keras.errors import InputError
from kepler_keras.experiment import TrainTestPaths


def arrays() -> dict[str, np.ndarray]:
    flux = np.linspace(0, 0.9, 4 * 21, dtype=np.float32).reshape(4, 21)
    return {
        "X": flux,
        "y": np.array([1, 0, 0, 1], np.int8),
        "kepid": np.array([7, 8, 8, 9]),
        "kepid_unique": np.array([True, True, True, False]),
    }


def write(folder: Path, content: dict[str, np.ndarray]) -> str:
    np.savez(folder / "folded.npz", **content)
    return str(folder / "folded.npz")


def test_columns_arrive_unchanged(tmp_path):
    curves = load(write(tmp_path, arrays()))
    np.testing.assert_array_equal(curves.flux, arrays()["X"])
    assert curves.labels.tolist() == [1, 0, 0, 1]
    assert curves.labels.dtype == np.int8
    assert curves.stars.tolist() == ["7", "8", "8", "9"]
    assert curves.folded
    assert curves.cadence is None
    assert curves.may_train.tolist() == [True, True, True, False]
    assert curves.notes[0].startswith("1 rows have an ambiguous star id")


def test_without_labels_curves_can_be_read_and_not_compared(tmp_path):
    path = write(tmp_path, changed(y=None))
    curves = load(path)
    assert curves.labels.tolist() == [UNKNOWN] * 4
    np.testing.assert_array_equal(curves.flux, arrays()["X"])


def test_without_ambiguity_column_all_rows_may_train(tmp_path):
    content = arrays()
    del content["kepid_unique"]
    curves = load(write(tmp_path, content))
    assert curves.trainable is None
    assert curves.may_train.all()


def test_text_ids_bool_labels_and_float64_flux(tmp_path):
    content = arrays() | {"kepid": np.array(["a", "b", "b", "c"])}
    content["y"] = content["y"].astype(bool)
    content["X"] = content["X"].astype(np.float64)
    curves = load(write(tmp_path, content))
    assert curves.stars.tolist() == ["a", "b", "b", "c"]
    assert curves.labels.tolist() == [1, 0, 0, 1]
    assert curves.flux.dtype == np.float32


def filled(bins: slice) -> dict[str, np.ndarray]:
    """Row 1 counts 0, 0.01, 0.02, ... with the given bins filled."""
    content = arrays()
    content["X"][1] = np.arange(21) / 100
    content["X"][1, bins] = 1.0
    return content


def test_more_than_10_filled_bins_get_the_median_of_their_neighbours(tmp_path):
    curves = load(write(tmp_path, filled(slice(5, 16))))
    expected = np.arange(21) / 100
    expected[5:16] = 0.10  # of bins 0-4 and 16-20: 0, .01, .02, .03, .04, .16, ..., .20
    np.testing.assert_allclose(curves.flux[1], expected, atol=1e-6)
    untouched = [0, 2, 3]
    np.testing.assert_array_equal(curves.flux[untouched], arrays()["X"][untouched])
    assert "1 of 4 rows have more than 10 bins" in curves.notes[-1]
    assert "1 of these rows are no planets): those bins were replaced" in curves.notes[-1]


def test_neighbours_of_the_last_bins_go_round_the_circle(tmp_path):
    content = filled(slice(10, 21))
    curves = load(write(tmp_path, content))
    # Known are bins 0-9; both neighbourhoods together are bins 5-9 and, round the circle, 0-4.
    np.testing.assert_allclose(curves.flux[1, 10:], 0.045, atol=1e-6)
    np.testing.assert_array_equal(curves.flux[1, :10], content["X"][1, :10])


def test_scattered_filled_bins_use_their_own_neighbours(tmp_path):
    content = arrays()
    content["X"] = np.tile(np.arange(41, dtype=np.float32) / 100, (4, 1))
    content["X"][1, 1:24:2] = 1.0
    flux = load(write(tmp_path, content)).flux
    # Bin 11: the five nearest known bins are 2, 4, 6, 8, 10 and 12, 14, 16, 18, 20.
    assert flux[1, 11] == pytest.approx(0.11, abs=1e-6)
    assert flux[1, 39] == content["X"][1, 39]


def test_10_bins_are_left_alone(tmp_path):
    content = filled(slice(5, 15))
    curves = load(write(tmp_path, content))
    np.testing.assert_array_equal(curves.flux, content["X"])
    assert curves.notes[-1].startswith("0 of 4 rows")


def test_replacing_can_be_switched_off(tmp_path):
    content = filled(slice(5, 16))
    curves = load_source("folded", write(tmp_path, content), {"replace_filled": False})
    np.testing.assert_array_equal(curves.flux, content["X"])
    assert "1 of 4 rows have more than 10 bins" in curves.notes[-1]
    assert "left as they are" in curves.notes[-1]


def changed(**replacements: np.ndarray | None) -> dict[str, np.ndarray]:
    content = arrays() | replacements
    return {key: value for key, value in content.items() if value is not None}


def with_cell(value: float) -> np.ndarray:
    flux = arrays()["X"].astype(np.float64)
    flux[2, 5] = value
    return flux


DAMAGE = {
    "no X": (changed(X=None), ["the array 'X' is missing", "got the arrays kepid, kepid_unique"]),
    "no y": (changed(y=None), ["must hold both classes", "the array 'y' of labels is missing"]),
    "no kepid": (changed(kepid=None), ["the array 'kepid' is missing"]),
    "X is one row": (changed(X=np.zeros(4)), ["X must be", "shape (n, bins)", "of shape (4,)"]),
    "X is a stack": (changed(X=np.zeros((4, 2, 2))), ["shape (n, bins)", "of shape (4, 2, 2)"]),
    "X without rows": (changed(X=np.zeros((0, 21))), ["got float64 of shape (0, 21)"]),
    "X without bins": (changed(X=np.zeros((4, 0))), ["got float64 of shape (4, 0)"]),
    "X is text": (changed(X=np.full((4, 3), "a")), ["X must be real numbers", "got <U1"]),
    "X is complex": (changed(X=np.zeros((4, 3), complex)), ["real numbers", "got complex128"]),
    "X is bool": (changed(X=np.zeros((4, 3), bool)), ["X must be real numbers", "got bool"]),
    "NaN": (changed(X=with_cell(np.nan)), ["X, row 3, bin 5", "must be finite, got nan", "(1 "]),
    "infinity": (changed(X=with_cell(-np.inf)), ["X, row 3, bin 5", "must be finite, got -inf"]),
    "too large": (changed(X=with_cell(1e300)), ["X, row 3, bin 5", "got 1e+300"]),
    "only ones": (changed(X=np.ones((4, 21))), ["X, row 1: every bin is exactly 1.0"]),
    "label 2": (changed(y=np.array([1, 0, 2, 0])), ["y, row 3: a label must be 0 or 1, got 2"]),
    "label 0.5": (changed(y=np.array([1, 0.5, 0, 0])), ["y, row 2", "must be 0 or 1, got 0.5"]),
    "label NaN": (changed(y=np.array([np.nan, 1, 0, 0])), ["y, row 1", "0 or 1, got nan"]),
    "text labels": (changed(y=np.array(list("1000"))), ["y must be numbers, got <U1"]),
    "short y": (changed(y=np.array([1, 0])), ["y must have one value for each of the 4 rows"]),
    "y as a column": (changed(y=np.zeros((4, 1), int)), ["y must have one", "got shape (4, 1)"]),
    "short kepid": (changed(kepid=np.arange(3)), ["kepid must have one value", "shape (3,)"]),
    "float kepid": (changed(kepid=np.arange(4.0)), ["kepid must be whole numbers or text"]),
    "short kepid_unique": (changed(kepid_unique=np.ones(5, bool)), ["kepid_unique must have one"]),
    "int kepid_unique": (changed(kepid_unique=np.ones(4, int)), ["kepid_unique must be bool"]),
    "one class": (changed(y=np.zeros(4, int)), ["both classes, but of 4 rows none is a planet"]),
    "all planets": (changed(y=np.ones(4, int)), ["of 4 rows every one is a planet"]),
    "objects": (changed(kepid=np.array([1, "a", None, 2], object)), ["pickled objects"]),
}


def refusal(path: str | TrainTestPaths | None) -> str:
    with pytest.raises(InputError) as caught:
        load_source("folded", path, {})
    sentence = str(caught.value)
    assert "\n" not in sentence
    return sentence


@pytest.mark.parametrize("name", DAMAGE)
def test_damaged_arrays_end_in_one_sentence(tmp_path, name):
    content, words = DAMAGE[name]
    path = write(tmp_path, content)
    sentence = refusal(path)
    assert sentence.startswith(path)
    for word in words:
        assert word in sentence


def spoiled(kind: str, whole: bytes) -> bytes:
    middle = len(whole) // 2
    return {
        "empty file": b"",
        "text": b"LABEL,FLUX.1\n2,3\n",
        "first half": whole[:middle],
        "last byte missing": whole[:-1],
        "zip head only": whole[:40],
        "random": np.random.default_rng(0).bytes(500),
    }[kind]


@pytest.mark.parametrize(
    "kind", ["empty file", "text", "first half", "last byte missing", "zip head only", "random"]
)
def test_damaged_files_end_in_one_sentence(tmp_path, kind):
    path = write(tmp_path, arrays())
    Path(path).write_bytes(spoiled(kind, Path(path).read_bytes()))
    sentence = refusal(path)
    assert sentence.startswith(f"{path}: cannot read it as an npz file: ")


@pytest.mark.parametrize("compressed", [False, True])
def test_flipped_bytes_end_in_one_sentence(tmp_path, compressed):
    path = tmp_path / "folded.npz"
    (np.savez_compressed if compressed else np.savez)(path, **arrays())
    content = bytearray(path.read_bytes())
    content[150:170] = bytes(byte ^ 0xFF for byte in content[150:170])
    path.write_bytes(content)
    assert refusal(str(path)).startswith(f"{path}: cannot read it as an npz file: ")


def test_unknown_zip_method(tmp_path):
    path = Path(write(tmp_path, arrays()))
    content = bytearray(path.read_bytes())
    content[content.index(b"PK\x01\x02") + 10] = 99  # compression method of the first member
    path.write_bytes(content)
    assert "damaged or cut short (That compression method" in refusal(str(path))


def test_member_that_is_no_array(tmp_path):
    path = str(tmp_path / "folded.npz")
    with zipfile.ZipFile(path, "w") as target:
        for name in ("X.npy", "y.npy", "kepid.npy"):
            target.writestr(name, "no array")
    assert f"{path}: X is no numpy array" in refusal(path)


def test_one_array_is_no_npz(tmp_path):
    np.save(tmp_path / "x.npy", np.zeros((3, 3)))
    assert "must be an npz file with X, y and kepid, got one array" in refusal(
        str(tmp_path / "x.npy")
    )


def test_missing_file(tmp_path):
    assert "there is no such file" in refusal(str(tmp_path / "folded.npz"))


def test_directory(tmp_path):
    assert "directory" in refusal(str(tmp_path))


def test_pair_and_nothing():
    assert "reads one npz file, got nothing" in refusal(None)
    assert "got a train and test pair" in refusal(TrainTestPaths(train="a", test="b"))


@pytest.mark.data
def test_real_file():
    folder = os.environ.get("KEPLER_KERAS_DATA")
    if not folder:
        pytest.skip("KEPLER_KERAS_DATA is not set: the real light curves are not here")
    path = str(Path(folder) / "kepler_folded201" / "kepler_folded201.npz")
    with_filling, without = load(path, replace_filled=False), load(path)
    assert without.flux.shape == (4993, 201)
    assert int(without.labels.sum()) == 1662
    assert len(np.unique(without.stars)) == 4399
    assert int((~without.may_train).sum()) == 31
    assert int((with_filling.flux != without.flux).any(axis=1).sum()) == 49
    assert ((without.flux == 1).sum(axis=1) <= 10).all()
