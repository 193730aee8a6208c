"""Models that users bring: a Python file, or an entry point of another package."""

import sys

import pytest

from kepler_keras.errors import InputError
from kepler_keras.experiment import Choice
from kepler_keras.models import registry
from kepler_keras.models.own_file import load_file
from kepler_keras.models.registry import find_builder, is_own, model_names

SOURCE = """
PRESETS = {"plain": {}, "wide": {"units": 9}}

def tiny(input_shapes, *, units: int = 3):
    return dict(input_shapes), units
"""
SHAPES = {"flux": (8, 1)}


def choice(path, name="tiny", **options):
    return Choice(name=name, options={"file": str(path), **options})


def sentence(model):
    with pytest.raises(InputError) as caught:
        find_builder(model)
    return str(caught.value)


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "mine.py"
    path.write_text(SOURCE)
    return path


def test_function_of_a_file_is_a_builder_with_options_and_presets(file):
    assert find_builder(choice(file))(SHAPES) == (SHAPES, 3)
    assert find_builder(choice(file, units=5))(SHAPES) == (SHAPES, 5)
    assert find_builder(choice(file, preset="wide"))(SHAPES) == (SHAPES, 9)
    assert sentence(choice(file, unit=5)) == (
        "model 'tiny': unknown option 'unit'; did you mean 'units'?"
    )
    assert is_own(choice(file))


def test_file_may_have_the_name_of_a_model_of_the_zoo(file):
    file.write_text("def mlp(input_shapes):\n    return 'mine'\n")
    assert find_builder(choice(file, "mlp"))(SHAPES) == "mine"


def test_file_is_run_once_until_it_changes(file):
    first = load_file(file)
    assert load_file(file) is first
    file.write_text(SOURCE.replace("= 3", "= 4"))
    assert find_builder(choice(file))(SHAPES) == (SHAPES, 4)


def test_equal_files_at_two_places_are_two_modules(file, tmp_path):
    other = tmp_path / "other.py"
    other.write_text(SOURCE)
    assert load_file(other) is not load_file(file)


def test_missing_file(tmp_path):
    path = tmp_path / "none.py"
    assert sentence(choice(path)) == (
        f"{path}: cannot read the file of a model: No such file or directory"
    )


def test_file_that_is_no_python_file(tmp_path):
    path = tmp_path / "mine.txt"
    path.write_text(SOURCE)
    assert sentence(choice(path)) == f"{path}: the file of a model must be a Python file, *.py"


def test_syntax_error_has_its_line(file):
    file.write_text("x = 1\n\ndef tiny(:\n")
    assert sentence(choice(file)).startswith(f"{file}, line 3: SyntaxError: ")


def test_exception_while_it_runs_has_the_line_in_the_file(file):
    file.write_text("import json\n\njson.loads('{')\n")
    assert sentence(choice(file)).startswith(f"{file}, line 3: JSONDecodeError: ")
    assert str(file) not in {getattr(module, "__file__", "") for module in sys.modules.values()}


def test_exception_without_words(file):
    file.write_text("raise RuntimeError\n")
    assert sentence(choice(file)) == f"{file}, line 1: RuntimeError"


@pytest.mark.parametrize("leaving", ["sys.exit(3)", "raise SystemExit(3)"])
def test_a_script_that_leaves_is_a_sentence_too(file, leaving):
    file.write_text(f"import sys\n\n{leaving}\n")
    assert sentence(choice(file)) == f"{file}, line 3: SystemExit: 3"


@pytest.mark.parametrize("presets", ["['wide']", "{'wide': 9}", "'wide'"])
def test_presets_that_are_no_options_by_name(file, presets):
    file.write_text(SOURCE.replace('{"plain": {}, "wide": {"units": 9}}', presets))
    assert sentence(choice(file, preset="wide")) == (
        f"{file}: PRESETS must hold for each name a mapping of options, got {presets}"
    )
    assert find_builder(choice(file))(SHAPES) == (SHAPES, 3)


def test_variables_in_the_path_are_expanded(file, monkeypatch):
    monkeypatch.setenv("PLANTED_MODELS", str(file.parent))
    assert find_builder(choice("${PLANTED_MODELS}/mine.py"))(SHAPES) == (SHAPES, 3)
    monkeypatch.delenv("PLANTED_MODELS")
    assert sentence(choice("${PLANTED_MODELS}/mine.py")) == (
        "model 'tiny': file: the environment variable PLANTED_MODELS is not set "
        "(in '${PLANTED_MODELS}/mine.py')"
    )


def test_a_file_that_failed_is_run_again(file):
    file.write_text("import not_there_yet\n")
    for _ in range(2):
        assert "No module named 'not_there_yet'" in sentence(choice(file))


def test_no_such_function(file):
    assert sentence(choice(file, "other")) == f"model 'other': {file} has no function 'other'"


def test_what_has_the_name_is_no_function(file):
    file.write_text("tiny = 3\n")
    assert sentence(choice(file)) == f"model 'tiny': {file} has no function 'tiny'"


@pytest.fixture
def package(tmp_path, monkeypatch):
    """Installs a package with entry points as pip does: a module beside a dist-info folder."""
    (tmp_path / "planted_nets.py").write_text(SOURCE + "\nnumber = 3\n")
    info = tmp_path / "planted_nets-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: planted-nets\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(
        "[kepler_keras.models]\ntiny = planted_nets:tiny\nnumber = planted_nets:number\n"
        "gone = planted_nets:gone\nabsent = planted_absent:tiny\nmlp = planted_nets:tiny\n"
        "leaving = planted_leaving:tiny\n"
    )
    (tmp_path / "planted_leaving.py").write_text("raise SystemExit(3)\n")
    monkeypatch.syspath_prepend(tmp_path)
    registry._plugins.cache_clear()
    yield
    registry._plugins.cache_clear()
    sys.modules.pop("planted_nets", None)


@pytest.mark.usefixtures("package")
class TestEntryPoints:
    def test_it_is_a_model_by_name(self):
        assert "tiny" in model_names()
        assert find_builder(Choice(name="tiny", options={"preset": "wide"}))(SHAPES) == (SHAPES, 9)
        assert is_own(Choice(name="tiny"))
        assert not is_own(Choice(name="conv1d"))

    def test_it_cannot_take_the_place_of_one_of_the_zoo(self):
        assert registry.load_builder(Choice(name="mlp")).__module__ == "kepler_keras.models.mlp"

    @pytest.mark.parametrize(
        ("name", "words"),
        [
            ("absent", "planted_absent:tiny cannot be loaded: ModuleNotFoundError: No module"),
            ("gone", "planted_nets:gone cannot be loaded: AttributeError: module"),
            ("leaving", "planted_leaving:tiny cannot be loaded: SystemExit: 3"),
            ("number", "planted_nets:number is no function"),
        ],
    )
    def test_what_cannot_be_loaded_is_one_sentence(self, name, words):
        assert sentence(Choice(name=name)).startswith(f"model {name!r}: {words}")
