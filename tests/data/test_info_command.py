import sys

import pytest
from info_files import FLUX, write
from matplotlib.image import imread

from kepler_keras import cli


def run(monkeypatch, *words: str) -> int | str | None:
    monkeypatch.setattr(sys, "argv", ["kepler-keras", "data", "info", *words])
    with pytest.raises(SystemExit) as stopped:
        cli.main()
    return stopped.value.code


@pytest.mark.parametrize("name", ["flux.csv", "f.npz", "koi.csv", "tce.csv"])
def test_the_command_draws_a_picture(name, folder, monkeypatch, capsys):
    picture = folder / "picture.png"
    assert run(monkeypatch, str(folder / name), "--picture", str(picture)) == 0
    assert capsys.readouterr().out.splitlines()[-1] == f"picture: {picture}"
    pixels = imread(picture)
    assert pixels.shape[1] == 1650
    assert pixels[..., :3].std() > 0.05  # there is something in it


def test_refused_files_end_with_code_2_and_no_picture(folder, monkeypatch, capsys):
    bad = write(folder / "bad.csv", FLUX.replace("2,1,2,3", "2,1,x,3"))
    assert run(monkeypatch, str(bad), "--picture", str(folder / "p.png")) == 2
    error = capsys.readouterr().err
    assert error.startswith(f"Error: {bad}: row 1 (line 2), column FLUX.2")
    assert "LABEL,FLUX.1,FLUX.2,...,FLUX.n" in error
    assert "Traceback" not in error
    assert not (folder / "p.png").exists()


@pytest.mark.parametrize("picture", ["p.jpg", "absent/p.png"])
def test_a_picture_needs_a_place_and_a_known_kind(picture, folder, monkeypatch, capsys):
    words = ("--picture", str(folder / picture))
    assert run(monkeypatch, str(folder / "flux.csv"), *words) == 2
    captured = capsys.readouterr()
    assert "must name a .png file in an existing folder" in captured.err
    assert captured.out == ""
