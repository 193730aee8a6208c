"""The cache gives back what was put in, or nothing: never anything else."""

import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from kepler_keras.data import cache as cache_module
from kepler_keras.data.cache import FluxCache, Stamp, cache_folder, checksum

FLUX = np.array([[1, 2, 3], [4, np.nan, -6]], np.float32)
ABOUT = [{"labels": "21", "lines": [2, 3]}]


@pytest.fixture
def cache(tmp_path):
    return FluxCache(tmp_path / "cache")


def put(cache: FluxCache, key: str = "key", flux: np.ndarray = FLUX):
    with cache.writer() as writer:
        writer.add(flux[:1])
        writer.add(flux[1:])
        return writer.commit(key, ABOUT)


def files(tmp_path: Path) -> dict[str, Path]:
    return {path.suffix: path for path in sorted((tmp_path / "cache").rglob("key.*"))}


def test_an_entry_comes_back(cache, tmp_path):
    put(cache)
    entry = cache.load("key")
    np.testing.assert_array_equal(entry.flux, FLUX)
    assert entry.about == ABOUT
    assert entry.flux.dtype == np.float32
    assert entry.flux.flags.c_contiguous
    assert not entry.flux.flags.writeable
    assert len(list((tmp_path / "cache").rglob("*"))) == 3  # the folder and two files


def test_numbers_are_a_file_that_numpy_reads(cache, tmp_path):
    put(cache)
    np.testing.assert_array_equal(np.load(files(tmp_path)[".npy"]), FLUX)


def test_an_unknown_key_is_absent(cache):
    assert cache.load("key") is None
    put(cache, "other")
    assert cache.load("key") is None


@pytest.mark.parametrize("suffix", [".npy", ".json"])
def test_damage_of_any_byte_is_noticed(cache, tmp_path, suffix):
    put(cache)
    path = files(tmp_path)[suffix]
    good = path.read_bytes()
    for position in range(len(good)):
        for flip in (1, 0x80):
            damaged = bytearray(good)
            damaged[position] ^= flip
            path.write_bytes(damaged)
            assert cache.load("key") is None, (position, flip)
    path.write_bytes(good)
    assert cache.load("key") is not None


@pytest.mark.parametrize("suffix", [".npy", ".json"])
@pytest.mark.parametrize("change", ["absent", "empty", "cut", "longer", "header only"])
def test_a_file_of_another_length_is_noticed(cache, tmp_path, suffix, change):
    put(cache)
    path = files(tmp_path)[suffix]
    good = path.read_bytes()
    content = {"empty": b"", "cut": good[:-1], "longer": good + b"\0", "header only": good[:128]}
    path.unlink()
    if change != "absent":
        path.write_bytes(content[change] if change != "header only" else good[: len(good) // 2])
    assert cache.load("key") is None
    put(cache)
    assert cache.load("key") is not None


def test_files_of_two_entries_do_not_fit_together(cache, tmp_path):
    put(cache)
    put(cache, "other", FLUX + 1)
    shutil.copy(files(tmp_path)[".npy"].with_name("other.npy"), files(tmp_path)[".npy"])
    assert cache.load("key") is None


def test_a_new_version_makes_its_own_entries(cache, tmp_path, monkeypatch):
    put(cache)
    monkeypatch.setattr(cache_module, "VERSION", 2)
    assert FluxCache(tmp_path / "cache").load("key") is None
    assert cache.load("key") is None  # even where the files lie in its way


def test_an_entry_without_a_checksum_that_fits_is_absent(cache, tmp_path):
    put(cache)
    path = files(tmp_path)[".json"]
    record = json.loads(path.read_bytes().partition(b"\n")[2])
    cache_module._write_json(path, record | {"checksum": "0" * 64})
    assert cache.load("key") is None
    cache_module._write_json(path, [1])
    assert cache.load("key") is None


@pytest.mark.parametrize("n", [1, 2, 3, 8191, 16384, 16385, 40001])
def test_checksum_sees_single_and_paired_flips(n):
    random = np.random.default_rng(n)
    words = random.integers(0, 2**32, n, dtype=np.uint32)
    flux = words.view(np.float32).reshape(1, n)
    good = checksum(flux)
    for _ in range(50):
        damaged = words.copy()
        places = random.integers(0, n, 2)
        damaged[places[0]] ^= np.uint32(1 << 31)
        if places[1] // 2 != places[0] // 2:  # two flips of one place are none
            damaged[places[1]] ^= np.uint32(1 << 31)
        assert checksum(damaged.view(np.float32).reshape(1, n)) != good
    assert n == 1 or checksum(flux.reshape(n, 1)) != good


def test_checksum_sees_exchanged_parts():
    flux = np.arange(1 << 16, dtype=np.float32).reshape(4, -1)
    assert checksum(flux[[1, 0, 2, 3]]) != checksum(flux)


def test_what_is_not_committed_is_no_entry(cache, tmp_path):
    with cache.writer() as writer:
        writer.add(FLUX)
    assert cache.load("key") is None
    assert list((tmp_path / "cache").rglob("*.*")) == []


def test_a_process_that_dies_halfway_leaves_no_entry(cache, tmp_path):
    code = (
        "import os, sys, numpy as np\n"
        "from pathlib import Path\n"
        "from kepler_keras.data.cache import FluxCache\n"
        "writer = FluxCache(Path(sys.argv[1])).writer()\n"
        "writer.add(np.ones((1000, 1000), np.float32))\n"
        "os.kill(os.getpid(), 9)\n"
    )
    assert subprocess.run([sys.executable, "-c", code, str(tmp_path / "cache")]).returncode == -9
    (left,) = (tmp_path / "cache").rglob(".writing-*")
    put(cache)
    assert cache.load("key") is not None
    assert left.exists()  # it might be another process, still at work
    os.utime(left, (0, 0))
    put(cache, "other")
    assert not left.exists()


def settled(path: Path) -> Stamp:
    """The stamp of a file as if it had been left alone for a while."""
    stamp = Stamp.of(path)
    return Stamp(**vars(stamp) | {"mtime_ns": 10**9, "ctime_ns": 10**9})


def test_content_is_remembered_by_stamp(cache, tmp_path):
    path = tmp_path / "flux.csv"
    path.write_text("1,2")
    stamp = settled(path)
    cache.writer().__exit__(None, None, None)
    assert cache.content_of(stamp) is None
    cache.remember(stamp, "ab")
    assert cache.content_of(stamp) == "ab"
    for field in ("size", "mtime_ns", "ctime_ns", "inode", "device"):
        other = Stamp(**vars(stamp) | {field: getattr(stamp, field) + 1})
        assert cache.content_of(other) is None
    assert cache.content_of(Stamp(**vars(stamp) | {"path": "/elsewhere"})) is None


def test_a_file_that_was_changed_just_now_is_not_remembered(cache, tmp_path):
    path = tmp_path / "flux.csv"
    path.write_text("1,2")
    cache.writer().__exit__(None, None, None)
    cache.remember(Stamp.of(path), "ab")
    assert cache.content_of(Stamp.of(path)) is None


def test_an_edit_that_keeps_size_and_time_changes_the_stamp(tmp_path):
    path = tmp_path / "flux.csv"
    path.write_text("1,2")
    before, times = Stamp.of(path), path.stat()
    time.sleep(0.02)  # a file's times advance in steps of some milliseconds
    path.write_text("1,3")
    os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))
    assert Stamp.of(path).mtime_ns == before.mtime_ns
    assert Stamp.of(path) != before


def test_a_damaged_note_of_a_stamp_is_absent(cache, tmp_path):
    path = tmp_path / "flux.csv"
    path.write_text("1,2")
    stamp = settled(path)
    cache.writer().__exit__(None, None, None)
    cache.remember(stamp, "ab")
    (note,) = (tmp_path / "cache").rglob("path-*.json")
    note.write_bytes(note.read_bytes().replace(b"ab", b"cd"))
    assert cache.content_of(stamp) is None


def test_the_folder_can_be_chosen(monkeypatch, tmp_path):
    monkeypatch.setenv("KEPLER_KERAS_CACHE", str(tmp_path))
    assert cache_folder() == tmp_path


@pytest.mark.parametrize(
    ("platform", "variables", "expected"),
    [
        ("linux", {}, "HOME/.cache/kepler_keras"),
        ("linux", {"XDG_CACHE_HOME": "/x"}, "/x/kepler_keras"),
        ("linux", {"XDG_CACHE_HOME": "relative"}, "HOME/.cache/kepler_keras"),
        ("darwin", {}, "HOME/Library/Caches/kepler_keras"),
        ("win32", {"LOCALAPPDATA": "/l"}, "/l/kepler_keras"),
        ("win32", {}, "HOME/AppData/Local/kepler_keras"),
    ],
)
def test_the_folder_is_the_platforms(monkeypatch, tmp_path, platform, variables, expected):
    for name in ("KEPLER_KERAS_CACHE", "XDG_CACHE_HOME", "LOCALAPPDATA"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(cache_module.sys, "platform", platform)
    assert str(cache_folder()) == expected.replace("HOME", str(tmp_path))


def test_a_user_without_a_home_has_no_folder(monkeypatch):
    def homeless():
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.delenv("KEPLER_KERAS_CACHE")
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.setattr(cache_module.Path, "home", homeless)
    with pytest.raises(OSError, match="no home folder"):
        cache_folder()
