"""`kepler-keras models NAME`: its layers as text, JSON and picture, and every mistake."""

import json
import sys

import pytest

from kepler_keras import cli
from kepler_keras.models.anatomy.card import card_from_dict


def run(monkeypatch, capsys, *words):
    monkeypatch.setattr(sys, "argv", ["kepler-keras", "models", *words])
    with pytest.raises(SystemExit) as stopped:
        cli.main()
    return stopped.value.code, capsys.readouterr()


def test_layers_stand_below_the_sizes(monkeypatch, capsys):
    code, printed = run(monkeypatch, capsys, "conv1d", "--view", "flux=320x1")
    assert code == 0
    sizes, layers = printed.out.split("\nLayers of conv1d, plain:\n")
    assert "Presets, with parameters for" in sizes
    assert layers.splitlines()[0].split()[:2] == ["layer", "output"]
    assert "flux: a unit of conv_4_1 sees 320 of 320 cadences (it could see 404): " in layers
    assert "Stated for a transit of 3 h every 10 d, a cadence every 29.4244 min." in layers
    assert max(map(len, layers.splitlines())) <= 100


def test_another_preset(monkeypatch, capsys):
    words = ("conv1d", "--preset", "strided", "--shape", "320x1")
    printed = run(monkeypatch, capsys, *words)[1].out
    assert "\nLayers of conv1d, strided:\n" in printed
    assert "Stated for" not in printed  # nobody knows what the view shows


def test_a_model_without_presets(monkeypatch, capsys):
    assert "\nLayers of conv2d, (defaults):\n" in run(monkeypatch, capsys, "conv2d")[1].out


def test_json_is_the_card_and_nothing_else(monkeypatch, capsys):
    views = ("--view", "global_view=2001x1", "--view", "local_view=201x1")
    code, printed = run(monkeypatch, capsys, "astronet", *views, "--json")
    assert code == 0
    document = json.loads(printed.out)
    assert (document["model"], document["preset"]) == ("astronet", "shallue2018")
    assert document["parameters"] == 9_940_193
    assert document["dense_share"] == pytest.approx(0.933, abs=5e-4)
    assert document["scales"]["global_view"]["phase"] == pytest.approx(1 / 2001)
    card = card_from_dict(document["card"])
    assert card.last_places("global_view").name == "global_view_pool_5"


def test_shifts_are_measured_when_asked_for(monkeypatch, capsys):
    words = ("conv1d", "--view", "global_view=640x1", "--shifts")
    printed = run(monkeypatch, capsys, *words)[1].out
    table = printed.split("\nError when the curve is moved:\n")[1].splitlines()
    assert table[0].split() == ["layer", "by", "a", "place", "by", "a", "step"]
    assert table[1].split() == ["conv_1_1", "0.00", "0.00"]
    document = json.loads(run(monkeypatch, capsys, *words, "--json")[1].out)
    by_step = {one["layer"]: one["by_step"] for one in document["shifts"]}
    assert by_step["pool_1"] > 0.1


def test_picture(monkeypatch, capsys, tmp_path):
    path = tmp_path / "maps.png"
    words = ("conv1d", "--view", "global_view=64x1", "--plot", str(path))
    assert run(monkeypatch, capsys, *words)[0] == 0
    assert path.read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--json"], "--preset, --json, --shifts and --plot: need the name of a model"),
        (["conv1d", "--preset", "plane"], "model 'conv1d': unknown preset 'plane'; did you mean"),
        (["conv2d", "--preset", "deep"], "model 'conv2d': unknown preset 'deep'; there is none"),
        (["prevalence", "--json"], "--json, --shifts and --plot: model 'prevalence' is no network"),
        (["mlp", "--plot", "a.png"], "model 'mlp' has no layer with places along a curve"),
        (["conv1d", "--plot", "nowhere/a.png"], "--plot: nowhere/a.png cannot be written: "),
        (["conv1d", "--plot", "a.xyz"], "--plot: a.xyz cannot be written: "),
    ],
)
def test_mistakes_end_in_one_sentence(monkeypatch, capsys, tmp_path, words, sentence):
    monkeypatch.chdir(tmp_path)
    code, printed = run(monkeypatch, capsys, *words)
    assert code == 2
    (line,) = [line for line in printed.err.splitlines() if line.startswith("Error: ")]
    assert line.removeprefix("Error: ").startswith(sentence)
