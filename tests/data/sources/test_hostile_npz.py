"""npz files that unpack to far more than they are, or whose headers are no headers."""

import io
import struct
import zipfile

import numpy as np
import pytest

from kepler_keras.data.file_start import read_start
from kepler_keras.data.packed_file import FREE_OF_RATIO
from kepler_keras.data.sources import read_source
from kepler_keras.errors import InputError


def packed(members, method=zipfile.ZIP_DEFLATED):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return file.getvalue()


def array(values):
    file = io.BytesIO()
    np.lib.format.write_array(file, np.asarray(values))
    return file.getvalue()


def header(text):
    """A member whose header is this text."""
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(text)) + text.encode() + bytes(64)


SOUND = {"X.npy": array([[1.0, 2.0], [2.0, 1.0]]), "kepid.npy": array([1, 2])}
ZEROS = array(np.zeros((FREE_OF_RATIO // 8, 2), np.float32))
HOSTILE = {
    "a bomb": (packed({**SOUND, "X.npy": ZEROS}), "no data pack so well"),
    "a bomb beside": (packed({**SOUND, "more.npy": ZEROS}), "no data pack so well"),
    "many members": (packed({f"{n}.npy": b"" for n in range(1001)}), "may list 1000 members"),
    "an open bracket": (packed({**SOUND, "X.npy": header("{'a': (")}), "damaged or cut short"),
    "many brackets": (packed({**SOUND, "X.npy": header("[" * 900)}), "damaged or cut short"),
    "a call": (packed({**SOUND, "X.npy": header("__import__('os')")}), "damaged or cut short"),
    "terabytes": (
        packed(
            {
                **SOUND,
                "X.npy": header(
                    "{'descr': '<f8', 'fortran_order': False, 'shape': (1000000000, 9999)}"
                ),
            },
            zipfile.ZIP_STORED,
        ),
        "damaged or cut short",
    ),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_a_hostile_file_is_refused(case, tmp_path):
    content, words = HOSTILE[case]
    path = tmp_path / "a.npz"
    path.write_bytes(content)
    with pytest.raises(InputError, match=words):
        read_source("folded", str(path), {})


def test_what_packs_well_and_is_small_is_read(tmp_path):
    path = tmp_path / "a.npz"
    flat = array(np.zeros((50, 200), np.float32) + np.arange(200))
    path.write_bytes(packed({"X.npy": flat, "kepid.npy": array(np.arange(50))}))
    assert read_source("folded", str(path), {}).flux.shape == (50, 200)


def test_a_zip_file_of_a_start_and_nothing_more_is_refused(tmp_path):
    path = tmp_path / "a.zip"
    path.write_bytes(b"PK\x03\x04" + packed({}))
    with pytest.raises(InputError, match="the zip file"):
        read_start(path)


def test_a_packing_that_cannot_be_undone_is_refused(tmp_path):
    content = packed({"flux.csv": b"LABEL,FLUX.1\n1,2\n" * 99}, zipfile.ZIP_LZMA)
    at = content.index(b"flux.csv") + len("flux.csv") + 12
    path = tmp_path / "a.zip"
    path.write_bytes(content[:at] + b"\xff" * 9 + content[at + 9 :])
    with pytest.raises(InputError, match="packing is damaged"):
        read_start(path)
