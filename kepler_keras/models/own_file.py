"""A user's own builder, from a Python file that the experiment names."""

import hashlib
import importlib.util
import sys
from pathlib import Path
from types import ModuleType

from kepler_keras.errors import InputError

# What a user's code may raise and must not end the command with; scripts call sys.exit().
FOREIGN = (Exception, SystemExit)


def load_file(path: Path) -> ModuleType:
    """Runs a Python file as a module of its own; the same content is run once in a process.

    Raises:
        InputError: There is no such file, or running it fails; the sentence has the line.
    """
    content = read_file(path)
    name = f"kepler_keras_own_{hashlib.sha256(bytes(path.absolute()) + content).hexdigest()[:16]}"
    if name in sys.modules:
        return sys.modules[name]
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise InputError(f"{path}: the file of a model must be a Python file, *.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # as an import does; functions look their module up by its name
    try:
        spec.loader.exec_module(module)
    except FOREIGN as error:
        del sys.modules[name]
        raise InputError(f"{path}{_line(path, error)}: {described(error)}") from error
    return module


def read_file(path: Path) -> bytes:
    """The content of a model's file.

    Raises:
        InputError: It cannot be read.
    """
    try:
        return path.read_bytes()
    except OSError as error:
        raise InputError(f"{path}: cannot read the file of a model: {error.strerror}") from error


def described(error: BaseException) -> str:
    """An exception of somebody else's code in one line: its kind and its first words."""
    words = " ".join(str(error).split())[:300]
    return f"{type(error).__name__}: {words}" if words else type(error).__name__


def _line(path: Path, error: BaseException) -> str:
    """`, line 3`: where in the file it happened, if it did."""
    if isinstance(error, SyntaxError):
        return f", line {error.lineno}"
    place, trace = "", error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == str(path):
            place = f", line {trace.tb_lineno}"
        trace = trace.tb_next
    return place
