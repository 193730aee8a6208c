"""Nothing that a user gives is run as code, but the Python file that an experiment names."""

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[1] / "kepler_keras"
MODULES = {"pickle", "cPickle", "dill", "cloudpickle", "joblib", "shelve", "marshal", "jsonpickle"}
CALLS = {
    "eval": "runs text as code",
    "exec": "runs text as code",
    "__import__": "imports what a text names",
    "exec_module": "runs a file",
    "popen": "runs a shell",
    "read_pickle": "opens a pickle",
    "unsafe_load": "builds any object",
    "unsafe_load_all": "builds any object",
    "full_load": "builds objects",
    "load_all": "builds objects",
    "enable_unsafe_deserialization": "runs what a model's file holds",
    "extractall": "writes where an archive says",
    "unpack_archive": "writes where an archive says",
}
WHOLE_NAMES = {"compile": "makes code of text", "os.system": "runs a shell"}
# What a loader has to be told: its argument, and the text that it must be.
REQUIRED = {
    "np.load": ("allow_pickle", "False"),
    "numpy.load": ("allow_pickle", "False"),
    "yaml.load": ("Loader", "_StrictLoader"),
    "keras.models.load_model": ("safe_mode", "True"),
    "keras.saving.load_model": ("safe_mode", "True"),
    "skops.io.load": ("trusted", "TRUSTED_TYPES"),
}
ALLOWED = {
    "models/own_file.py": {"exec_module"},  # the user's own builder, which is meant to run
    "executors/ray_task.py": {"pickle"},  # jobs between processes of one cluster, behind its token
}


def faults(code: str, allowed: frozenset[str] | set[str] = frozenset()) -> list[str]:
    """What in some code would run or unpickle data, a line each."""
    found, modules = [], MODULES - allowed
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Import):
            found += [f"imports {a.name}" for a in node.names if a.name.split(".")[0] in modules]
        elif isinstance(node, ast.ImportFrom):
            if (node.module or "").split(".")[0] in modules:
                found.append(f"imports {node.module}")
        elif isinstance(node, ast.Call):
            found += [fault for fault in _faults_of_call(node) if fault.split()[0] not in allowed]
    return found


def _faults_of_call(call: ast.Call) -> list[str]:
    name = ast.unparse(call.func)
    last = name.rpartition(".")[2]
    given = {word.arg: ast.unparse(word.value) for word in call.keywords}
    found = []
    if last in CALLS:
        found.append(f"{last} {CALLS[last]}")
    if name in WHOLE_NAMES:
        found.append(f"{name} {WHOLE_NAMES[name]}")
    if given.get("shell") == "True":
        found.append(f"{last} runs a shell")
    if given.get("allow_pickle", "False") != "False":
        found.append(f"{last} opens pickles")
    if name in REQUIRED:
        argument, value = REQUIRED[name]
        if given.get(argument) != value:
            found.append(f"{last} needs {argument}={value}")
    return found


def test_the_package_runs_no_data():
    files = sorted(PACKAGE.rglob("*.py"))
    assert len(files) > 200
    found = {}
    for file in files:
        name = file.relative_to(PACKAGE).as_posix()
        found[name] = faults(file.read_text(), ALLOWED.get(name, frozenset()))
    assert {name: those for name, those in found.items() if those} == {}


def test_the_strict_loader_is_a_safe_one():
    import yaml

    from kepler_keras.yaml_file import _StrictLoader

    assert issubclass(_StrictLoader, yaml.SafeLoader)


@pytest.mark.parametrize(
    ("code", "fault"),
    [
        ("import pickle", "imports pickle"),
        ("from joblib import load", "imports joblib"),
        ("import dill.session", "imports dill.session"),
        ("eval(text)", "eval runs text as code"),
        ("exec(text)", "exec runs text as code"),
        ("builtins.eval(text)", "eval runs text as code"),
        ("pd.read_pickle(path)", "read_pickle opens a pickle"),
        ("np.load(path)", "load needs allow_pickle=False"),
        ("np.load(path, allow_pickle=True)", "load opens pickles"),
        ("yaml.load(text)", "load needs Loader=_StrictLoader"),
        ("yaml.load(text, Loader=yaml.Loader)", "load needs Loader=_StrictLoader"),
        ("yaml.unsafe_load(text)", "unsafe_load builds any object"),
        ("keras.models.load_model(file)", "load_model needs safe_mode=True"),
        ("keras.models.load_model(file, safe_mode=False)", "load_model needs safe_mode=True"),
        ("skops.io.load(file, trusted=types)", "load needs trusted=TRUSTED_TYPES"),
        ("tarfile.open(path).extractall()", "extractall writes where an archive says"),
        ("subprocess.run(line, shell=True)", "run runs a shell"),
        ("compile(text, 'x', 'exec')", "compile makes code of text"),
        ("os.system(line)", "os.system runs a shell"),
    ],
)
def test_a_planted_fault_is_found(code, fault):
    assert fault in faults(code)


def test_what_is_allowed_in_a_file_is_a_fault_elsewhere():
    assert faults("loader.exec_module(module)") == ["exec_module runs a file"]
    assert faults("loader.exec_module(module)", {"exec_module"}) == []
