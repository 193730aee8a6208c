"""The Kaggle set through kagglehub, which is played here by a module of three lines."""

import sys
from types import SimpleNamespace

import pytest

from kepler_keras import cli
from kepler_keras.data.fetch import kaggle
from kepler_keras.data.fetch.kaggle import fetch_kaggle
from kepler_keras.errors import InputError

TEXT = "LABEL,FLUX.1,FLUX.2\n2,1,2\n1,3,4\n"


@pytest.fixture
def cache(tmp_path):
    folder = tmp_path / "cache" / "versions" / "3"
    folder.mkdir(parents=True)
    for name in kaggle.FILES:
        (folder / name).write_text(TEXT)
    return folder


@pytest.fixture
def hub(cache, monkeypatch):
    asked = []

    def dataset_download(handle, *, force_download=False):
        asked.append((handle, force_download))
        return str(cache.parent)

    monkeypatch.setitem(
        sys.modules, "kagglehub", SimpleNamespace(dataset_download=dataset_download)
    )
    return asked


def test_both_files_come_and_an_unknown_hash_is_a_warning(hub, tmp_path):
    warnings = fetch_kaggle(tmp_path / "kaggle")
    assert [(tmp_path / "kaggle" / name).read_text() for name in kaggle.FILES] == [TEXT, TEXT]
    assert len(warnings) == 2
    assert "exoTrain.csv: its sha256 is " in warnings[0]
    assert sorted(path.name for path in (tmp_path / "kaggle").iterdir()) == sorted(kaggle.FILES)
    assert hub == [(kaggle.HANDLE, False)]


def test_known_hashes_are_no_warning(hub, tmp_path, monkeypatch):
    digest = "0" * 64
    monkeypatch.setattr(kaggle, "sha256", lambda path: digest)
    monkeypatch.setattr(kaggle, "FILES", dict.fromkeys(kaggle.FILES, digest))
    assert fetch_kaggle(tmp_path) == []


def test_what_is_there_is_not_asked_for_again(hub, tmp_path):
    fetch_kaggle(tmp_path)
    fetch_kaggle(tmp_path)
    assert len(hub) == 1
    fetch_kaggle(tmp_path, again=True)
    assert hub[1] == (kaggle.HANDLE, True)


def test_a_copy_is_made_where_no_link_can_be(hub, tmp_path, monkeypatch):
    def refuse(*args):
        raise OSError("no links here")

    monkeypatch.setattr(kaggle.os, "link", refuse)
    fetch_kaggle(tmp_path)
    assert (tmp_path / "exoTest.csv").read_text() == TEXT


def test_another_set_is_refused_before_anything_is_placed(hub, cache, tmp_path):
    (cache / "exoTest.csv").write_text("id,flux\n")
    with pytest.raises(InputError, match=r"exoTest\.csv: must begin with LABEL,FLUX\.1,"):
        fetch_kaggle(tmp_path / "out")
    (cache / "exoTest.csv").unlink()
    with pytest.raises(InputError, match=r"kagglehub brought no exoTest\.csv"):
        fetch_kaggle(tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_without_kagglehub_one_sentence_says_what_to_do(tmp_path, monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "kagglehub", None)
    monkeypatch.setattr(
        sys, "argv", ["kepler-keras", "data", "fetch", "kaggle", "--out", str(tmp_path)]
    )
    with pytest.raises(SystemExit) as stopped:
        cli.main()
    assert stopped.value.code == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert "pip install 'kepler-keras[kaggle]'" in line
    assert str(tmp_path) in line


def test_what_kaggle_refuses_is_passed_on_in_one_line(tmp_path, monkeypatch):
    def dataset_download(handle, **options):
        raise RuntimeError("403 Client Error.\n\nYou don't have permission")

    monkeypatch.setitem(
        sys.modules, "kagglehub", SimpleNamespace(dataset_download=dataset_download)
    )
    with pytest.raises(InputError, match=r"403 Client Error\. You don't have permission; is this"):
        fetch_kaggle(tmp_path)


def test_the_command_names_files_and_warns(hub, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("KEPLER_KERAS_DATA", str(tmp_path))
    monkeypatch.setattr(sys, "argv", ["kepler-keras", "data", "fetch", "kaggle"])
    with pytest.raises(SystemExit) as stopped:
        cli.main()
    captured = capsys.readouterr()
    assert stopped.value.code == 0
    assert captured.out.splitlines() == [str(tmp_path / "kaggle" / name) for name in kaggle.FILES]
    assert captured.err.count("Warning: ") == 2
