"""`kepler-keras models`: the list without TensorFlow, one model with its sizes, every mistake."""

import json
import os
import subprocess
import sys

import pytest

from kepler_keras import cli
from kepler_keras.experiment import Choice
from kepler_keras.models import registry
from kepler_keras.models.listing import list_models
from kepler_keras.models.registry import is_own, load_builder, model_names, presets_of

# Lists the models and says what was imported meanwhile.
LISTING = """
import json, sys
from kepler_keras import cli
sys.argv = ["kepler-keras", "models"]
try:
    cli.main()
finally:
    print(json.dumps(sorted({name.partition(".")[0] for name in sys.modules})))
"""
HEAVY = {"keras", "tensorflow", "sklearn", "numba", "pandas", "mlflow", "aeon"}


def run(monkeypatch, capsys, *words):
    monkeypatch.setattr(sys, "argv", ["kepler-keras", "models", *words])
    with pytest.raises(SystemExit) as stopped:
        cli.main()
    return stopped.value.code, capsys.readouterr()


def refusal(monkeypatch, capsys, *words):
    code, printed = run(monkeypatch, capsys, *words)
    assert code == 2
    assert not printed.out
    (line,) = [line for line in printed.err.splitlines() if line.startswith("Error: ")]
    return line.removeprefix("Error: ")


def test_list_imports_nothing_heavy():
    done = subprocess.run(
        [sys.executable, "-c", LISTING], capture_output=True, text=True, check=True
    )
    *lines, imported = done.stdout.splitlines()
    assert not HEAVY & set(json.loads(imported))
    shown = {line.split()[0] for line in lines if not line.startswith(" ")}
    assert shown >= {model for model in model_names() if not is_own(Choice(name=model))}


def test_list_shows_summaries_and_presets(monkeypatch, capsys):
    code, printed = run(monkeypatch, capsys)
    assert code == 0
    lines = [line.strip() for line in printed.out.splitlines()]
    place = next(i for i, line in enumerate(lines) if line.startswith("conv1d "))
    assert lines[place].split(maxsplit=1)[1].startswith("A plain 1-D convolutional network")
    assert lines[place + 1] == "presets: plain, strided, folded"


@pytest.mark.parametrize("listed", list_models(), ids=lambda listed: listed.name)
def test_source_says_what_the_module_says(listed):
    builder = load_builder(Choice(name=listed.name))
    assert listed.presets == tuple(presets_of(builder))
    assert listed.summary == sys.modules[builder.__module__].__doc__.partition("\n")[0]


def test_models_of_other_packages_are_marked_and_not_loaded(tmp_path):
    (tmp_path / "planted.py").write_text("raise RuntimeError('loaded')\n")
    info = tmp_path / "planted_nets-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: planted-nets\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[kepler_keras.models]\nzz_own = planted:zz_own\n")
    paths = [str(tmp_path), *filter(None, sys.path)]
    done = subprocess.run(
        [sys.executable, "-m", "kepler_keras.cli", "models"],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)},
    )
    assert done.stdout.splitlines()[-1].split(maxsplit=1) == [
        "zz_own",
        "From the package planted-nets: planted:zz_own",
    ]


def test_one_model_with_options_presets_and_sizes(monkeypatch, capsys):
    code, printed = run(monkeypatch, capsys, "conv1d", "--shape", "64x1")
    assert code == 0
    assert "Builds blocks of convolution and max pooling" in printed.out
    assert "\n  filters = [16, 32, 64, 64]\n" in printed.out
    assert '\n  head = "global_max"\n' in printed.out
    assert "\nPresets, with parameters for view (64, 1):\n" in printed.out
    # 5*1*16+16, 5*16*32+32, 5*32*64+64, 5*64*64+64, 64*64+64, 64+1; a stem of 8*1*16+16, and
    # then 5*16*16+16 where it was 5*1*16+16
    assert "  plain          37,761\n" in printed.out
    assert "  strided        39,105  stem_stride=4\n" in printed.out
    assert '  head="flatten", pool_size=2' in printed.out


def test_several_views(monkeypatch, capsys):
    words = ("--view", "global_view=20x1", "--view", "scalars=6")
    _, printed = run(monkeypatch, capsys, "mlp", *words)
    assert "for global_view (20, 1), scalars (6,):\n" in printed.out
    assert "  shallow         1,793  units=[64]\n" in printed.out  # 26*64+64 and 64+1


def test_reference_shape_is_one_that_the_model_takes(monkeypatch, capsys):
    assert "for global_view (201, 1):\n" in run(monkeypatch, capsys, "prevalence")[1].out
    printed = run(monkeypatch, capsys, "conv2d")[1].out
    assert "for folded_image (32, 128, 1):\n  (defaults)       120,801\n" in printed


@pytest.mark.parametrize("name", [m for m in model_names() if not is_own(Choice(name=m))])
def test_every_model_is_described(monkeypatch, capsys, name):
    code, printed = run(monkeypatch, capsys, name)
    assert code == 0, printed.err
    assert printed.out.startswith(f"{name}\n\n")
    assert "\nPresets, with parameters for " in printed.out
    assert "search_features (14,)" in printed.out or name != "bls_snr"


PLANTED = """
import planted_presets

def fails(input_shapes):
    raise RuntimeError("no idea")

def leaves(input_shapes):
    raise SystemExit(0)

def nothing(input_shapes):
    return None

listed = planted_presets.listed
"""


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("fails", "model fails cannot be built for a view of shape (201, 1): RuntimeError: no i"),
        ("leaves", "model leaves cannot be built for a view of shape (201, 1): SystemExit: 0"),
        ("nothing", "model 'nothing' must give a keras.Model, or an estimator with fit and"),
        ("listed", "{folder}/planted_presets.py: PRESETS must hold for each name a mapping of"),
    ],
)
def test_what_another_package_breaks_is_a_sentence(monkeypatch, capsys, tmp_path, name, sentence):
    (tmp_path / "planted_broken.py").write_text(PLANTED)
    presets = 'PRESETS = ["a"]\n\ndef listed(input_shapes): ...\n'
    (tmp_path / "planted_presets.py").write_text(presets)
    info = tmp_path / "planted_broken-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: planted-broken\nVersion: 1.0\n")
    point = f"[kepler_keras.models]\n{name} = planted_broken:{name}\n"
    (info / "entry_points.txt").write_text(point)
    monkeypatch.syspath_prepend(tmp_path)
    registry._plugins.cache_clear()
    try:
        said = refusal(monkeypatch, capsys, name)
    finally:
        registry._plugins.cache_clear()
        for module in ("planted_broken", "planted_presets"):
            sys.modules.pop(module, None)
    assert said.startswith(sentence.format(folder=tmp_path))


def test_a_network_that_no_memory_holds_is_a_sentence(monkeypatch, capsys):
    said = refusal(monkeypatch, capsys, "mlp", "--shape", f"{10**17}x1")
    assert said.startswith(f"model mlp(preset=plain) cannot be built for a view of shape ({10**17}")


def test_what_is_no_network_has_no_size(monkeypatch, capsys):
    printed = run(monkeypatch, capsys, "prevalence")[1].out
    assert "Options:\n  none\n" in printed
    assert printed.endswith("  (defaults)    no network\n")


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["fcm"], "there is no model 'fcm'; did you mean 'fcn'?"),
        (["fcn", "--shape", "201,1"], "--shape: a shape must be whole numbers, as 201x1, got"),
        (["fcn", "--shape", "0x1"], "--shape: a shape must be whole numbers, as 201x1, got '0x1'"),
        (["fcn", "--view", "201x1"], "--view: must be a name and a shape, as global_view=201x1"),
        (["fcn", "--view", "a=2x1", "--view", "a=3x1"], "--view: every name may come once, got"),
        (["fcn", "--shape", "9x1", "--view", "a=9x1"], "--shape and --view: only one of them"),
        (["--shape", "201x1"], "--shape and --view: need the name of a model beside them"),
        (["fcn", "--shape", "8x16x1"], "model 'fcn' needs a view of shape (cadences or bins,"),
    ],
)
def test_mistakes_end_in_one_sentence(monkeypatch, capsys, words, sentence):
    assert refusal(monkeypatch, capsys, *words).startswith(sentence)
