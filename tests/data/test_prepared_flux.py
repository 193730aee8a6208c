"""Files are read once, and whatever is wrong with the cache never shows in the flux."""

import gzip
import os
import resource
import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest

from kepler_keras.data import prepared_flux
from kepler_keras.data.cache import Stamp
from kepler_keras.data.prepared_flux import prepare_flux
from kepler_keras.errors import InputError

TEXT = "LABEL,FLUX.1,FLUX.2\n2,1.5,-2\n\n1,,4\n"
FLUX = [[1.5, -2], [np.nan, 4]]


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Every file counts as large, and as left alone for a while; the cache is empty."""
    monkeypatch.setattr(prepared_flux, "SMALLEST_CACHED", 0)
    monkeypatch.setattr(Stamp, "settled", True)
    monkeypatch.setenv("KEPLER_KERAS_CACHE", str(tmp_path / "cache"))
    return tmp_path


@pytest.fixture
def reads(monkeypatch):
    """Names of the files that are read as text from now on."""
    names = []

    def counted(path, *arguments, **options):
        names.append(path.name)
        return read_rows(path, *arguments, **options)

    read_rows = prepared_flux.read_rows
    monkeypatch.setattr(prepared_flux, "read_rows", counted)
    return names


def write(folder: Path, text: str = TEXT, name: str = "flux.csv") -> Path:
    (folder / name).write_text(text)
    return folder / name


def cached(folder: Path, pattern: str) -> Path:
    (path,) = (folder / "cache").rglob(pattern)
    return path


def test_the_second_read_is_mapped(folder, reads):
    path = write(folder)
    first, second = prepare_flux([path]), prepare_flux([path])
    assert reads == ["flux.csv"]
    for prepared in (first, second):
        np.testing.assert_array_equal(prepared.flux, FLUX)
        (table,) = prepared.tables
        assert table.labels.tolist() == [2, 1]
        assert table.rows.lines.tolist() == [2, 4]
        assert table.place(1) == f"{path}: row 2 (line 4)"
        assert table.rows.n_bytes == len(TEXT)
        assert not prepared.flux.flags.writeable
        assert prepared.digest.describes(prepared.flux)
        assert prepared.notes == ()
    assert first.tables[0].rows.sha256 == second.tables[0].rows.sha256


def test_small_files_are_not_kept(folder, monkeypatch):
    monkeypatch.setattr(prepared_flux, "SMALLEST_CACHED", 1000)
    prepared = prepare_flux([write(folder)])
    np.testing.assert_array_equal(prepared.flux, FLUX)
    assert prepared.digest is None
    assert not (folder / "cache").exists()


def test_a_pair_is_one_entry_and_its_tables_are_parts_of_it(folder, reads):
    paths = [write(folder), write(folder, TEXT.replace("1.5", "9"), "test.csv")]
    for _ in range(2):
        prepared = prepare_flux(paths)
        np.testing.assert_array_equal(prepared.flux, [*FLUX, [9, -2], FLUX[1]])
        assert [len(table.flux) for table in prepared.tables] == [2, 2]
        assert all(np.shares_memory(table.flux, prepared.flux) for table in prepared.tables)
    assert reads == ["flux.csv", "test.csv"]
    np.testing.assert_array_equal(prepare_flux(paths[::-1]).flux[0], [9, -2])


def test_a_changed_file_is_read_again(folder, reads):
    path = write(folder)
    prepare_flux([path])
    write(folder, TEXT.replace("1.5", "7.5"))
    assert prepare_flux([path]).flux[0, 0] == 7.5
    assert len(reads) == 2


def test_a_file_in_the_place_of_another_is_read_again(folder, reads):
    path = write(folder)
    prepare_flux([path])
    os.replace(write(folder, TEXT.replace("1.5", "7.5"), "new.csv"), path)
    assert prepare_flux([path]).flux[0, 0] == 7.5


def test_a_file_that_is_written_to_while_it_is_read_is_not_remembered(folder, reads, monkeypatch):
    path = write(folder)
    counted = prepared_flux.read_rows

    def disturbed(*arguments, **options):
        rows = counted(*arguments, **options)
        write(folder, TEXT.replace("1.5", "7.55"))
        return rows

    monkeypatch.setattr(prepared_flux, "read_rows", disturbed)
    assert prepare_flux([path]).flux[0, 0] == 1.5
    assert prepare_flux([path]).flux[0, 0] == np.float32(7.55)


def test_packed_and_plain_share_an_entry(folder):
    plain = write(folder)
    packed = folder / "flux.csv.gz"
    packed.write_bytes(gzip.compress(TEXT.encode()))
    prepare_flux([plain])
    np.testing.assert_array_equal(prepare_flux([packed]).flux, FLUX)
    assert prepare_flux([packed]).tables[0].rows.n_bytes == len(TEXT)
    assert cached(folder, "*.npy")


DAMAGE = {
    "numbers": ("*.npy", lambda good: good[:-1] + bytes([good[-1] ^ 1])),
    "numbers cut off": ("*.npy", lambda good: good[:-4]),
    "numbers empty": ("*.npy", lambda good: b""),
    "record": ("[0-9a-f]*.json", lambda good: good.replace(b"lines", b"liness")),
    "record cut off": ("[0-9a-f]*.json", lambda good: good[: len(good) // 2]),
    "other version": (
        "[0-9a-f]*.json",
        lambda good: good.replace(b'"version": 1', b'"version": 9'),
    ),
    "note of the path": ("path-*.json", lambda good: good[:-3]),
}


@pytest.mark.parametrize("name", DAMAGE)
def test_a_damaged_cache_is_rebuilt(folder, reads, name):
    path = write(folder)
    prepare_flux([path])
    pattern, damage = DAMAGE[name]
    victim = cached(folder, pattern)
    good = victim.read_bytes()
    victim.write_bytes(damage(good))
    np.testing.assert_array_equal(prepare_flux([path]).flux, FLUX)
    assert len(reads) == 2
    assert victim.read_bytes() == good
    prepare_flux([path])
    assert len(reads) == 2


def test_without_a_folder_it_works_with_a_note(folder, monkeypatch):
    monkeypatch.setenv("KEPLER_KERAS_CACHE", str(write(folder, "", "a_file")))
    prepared = prepare_flux([write(folder)])
    np.testing.assert_array_equal(prepared.flux, FLUX)
    (note,) = prepared.notes
    assert note.startswith("The flux was read without a cache, which cannot be written (")
    assert note.endswith("KEPLER_KERAS_CACHE names a folder for it.")


def test_a_cache_that_cannot_be_written_is_still_read(folder, reads, monkeypatch):
    path = write(folder)
    prepare_flux([path])

    def refused(*arguments, **options):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("kepler_keras.data.cache.tempfile.mkstemp", refused)
    assert prepare_flux([path]).notes == ()
    assert len(reads) == 1
    write(folder, TEXT.replace("1.5", "7.5"))
    prepared = prepare_flux([path])
    assert prepared.flux[0, 0] == 7.5
    assert "(Permission denied)" in prepared.notes[0]


def test_damage_in_a_file_is_no_fault_of_the_cache(folder):
    path = write(folder, TEXT.replace("1.5", "x"))
    with pytest.raises(InputError, match=r"row 1 .* got 'x'"):
        prepare_flux([path])
    assert list((folder / "cache").rglob("*.*")) == []
    with pytest.raises(InputError, match="there is no such file"):
        prepare_flux([folder / "absent.csv"])


PREPARE = (
    "import sys\n"
    "from pathlib import Path\n"
    "from kepler_keras.data.prepared_flux import prepare_flux\n"
    "print('ready', flush=True)\n"
    "sys.stdin.readline()\n"
    "prepared = prepare_flux([Path(sys.argv[1])])\n"
    "print(float(prepared.flux.sum(dtype='f8')), *prepared.notes)\n"
)


def start(path: Path, **options) -> subprocess.Popen:
    command = [sys.executable, "-c", PREPARE, str(path)]
    pipe = subprocess.PIPE
    process = subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, **options)
    assert process.stdout.readline() == "ready\n"
    return process


@pytest.fixture
def large(tmp_path, monkeypatch):
    """A file that is kept whoever reads it, and the sum of its flux."""
    monkeypatch.setenv("KEPLER_KERAS_CACHE", str(tmp_path / "cache"))
    flux = np.arange(400_000, dtype=np.float32).reshape(400, 1000)
    header = ",".join(["LABEL", *(f"FLUX.{i + 1}" for i in range(1000))])
    lines = [f"1,{','.join(map(str, row))}" for row in flux.tolist()]
    path = write(tmp_path, "\n".join([header, *lines]) + "\n")
    os.utime(path, (0, 0))
    return path, f"{flux.sum(dtype='f8')}\n"


def test_processes_that_prepare_the_same_file_at_once_do_not_disturb_each_other(large, tmp_path):
    path, total = large
    for _ in range(3):
        processes = [start(path) for _ in range(3)]
        for process in processes:
            process.stdin.write("go\n")
            process.stdin.flush()
        assert [process.communicate()[0] for process in processes] == [total] * 3
        entry = cached(tmp_path, "*.npy")
        assert list((tmp_path / "cache").rglob(".writing-*")) == []
        entry.write_bytes(entry.read_bytes()[:-1])  # all have to rebuild it in the next round
    np.testing.assert_array_equal(prepare_flux([path]).flux.sum(dtype="f8"), float(total))
    assert np.load(cached(tmp_path, "*.npy")).shape == (400, 1000)


def test_a_full_disk_leaves_the_flux_and_a_note(large, tmp_path):
    path, total = large

    def small_files_only():
        resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 16, 1 << 16))

    process = start(path, preexec_fn=small_files_only)
    output, _ = process.communicate("go\n")
    assert output.startswith(total.strip())
    assert "without a cache, which cannot be written (File too large)" in output
    assert [found for found in (tmp_path / "cache").rglob("*") if found.is_file()] == []


def test_a_zip_file_is_read_through_the_cache(folder, reads):
    path = folder / "flux.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("deep/flux.csv", TEXT)
    for _ in range(2):
        np.testing.assert_array_equal(prepare_flux([path]).flux, FLUX)
    assert reads == ["flux.zip"]
