"""What the result of a fit follows from, as one short name.

Two fits of one key give the same bytes: all that enters a job enters the key, views and labels by
what is in them and not by where they lie, a user's own model by the content of its file.
"""

import dataclasses
import hashlib
import json
import platform
from collections.abc import Callable
from fnmatch import fnmatch
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel

import kepler_keras
from kepler_keras.data.cache import Stamp, checksum
from kepler_keras.data.sharded_array import ShardedArray
from kepler_keras.entry import Entry
from kepler_keras.environment import processor, uses_onednn
from kepler_keras.models.registry import origin
from kepler_keras.training.cross_validation import RefitJob, ViewFiles

# Rooms that no fit goes through: a change in them leaves kept fits as they are. All others count,
# those that are new as well; a test holds this against what `training` really imports.
APART = (
    "canaries.py", "candidates.py", "champion.py", "checking.py", "cli*.py", "closeup.py",
    "durable", "environment.py", "experiment_file.py", "fitting.py", "handout",
    "learning_curve.py", "merging.py", "mistake_recording.py", "portraits.py", "predicting.py",
    "preparation.py", "preparing.py", "progress.py", "publish.py", "rebuilding.py", "recording.py",
    "reporting", "run.py", "run_labels.py", "same_*.py", "scores_table.py", "search*.py",
    "self_checks.py", "stopping.py", "tracking", "tuning", "yaml_file.py",
)  # fmt: skip
PACKAGES = (
    "aeon", "imbalanced-learn", "keras", "numba", "numpy", "scikit-learn", "scipy", "tensorflow",
)  # fmt: skip
LENGTH = 32  # hexadecimal digits of a key: 128 bits


@dataclasses.dataclass
class Keys:
    """Makes keys; every file of views is read once.

    Attributes:
        threads: Of each worker; sums depend on them.
    """

    threads: int
    _views: dict[Stamp, str] = dataclasses.field(default_factory=dict)

    def of(self, function: Callable[..., Any], job: Any) -> str:
        """The key of what a function makes of a job."""
        settings = [
            function.__qualname__,
            self.threads,
            machine(),
            code_version(),
            self._plain(job),
        ]
        text = json.dumps(settings, sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:LENGTH]

    def _plain(self, value: Any) -> Any:
        """A job as JSON that holds a digest in place of each array."""
        if isinstance(value, np.ndarray):
            return digest(value)
        if isinstance(value, ViewFiles):
            return [[*map(self._view, value.paths.items())], value.cadence, digest(value.labels)]
        if isinstance(value, Entry):
            return [value.model_dump(mode="json", exclude={"model"}), _model(value)]
        if isinstance(value, BaseModel):
            return value.model_dump(mode="json")
        if dataclasses.is_dataclass(value):
            names = [one.name for one in dataclasses.fields(value)]
            if isinstance(value, RefitJob):
                names.remove("folder")  # where the model goes
            return {name: self._plain(getattr(value, name)) for name in names}
        if isinstance(value, str | int | float | None):
            return value
        raise TypeError(f"a job's key cannot hold a {type(value).__name__}: {value!r:.80}")

    def _view(self, view: tuple[str, Path]) -> list[str]:
        name, path = view
        files = ShardedArray(path).files if path.is_dir() else [path]
        return [name, *map(self._file, files)]

    def _file(self, path: Path) -> str:
        stamp = Stamp.of(path)
        if stamp not in self._views:
            array = np.load(path, mmap_mode="r", allow_pickle=False)
            self._views[stamp] = f"{array.dtype.str} {checksum(array)}"
        return self._views[stamp]


def digest(array: NDArray[Any]) -> str:
    """Of type, shape and content of an array."""
    whole = hashlib.sha256(f"{array.dtype.str} {array.shape} ".encode())
    whole.update(np.ascontiguousarray(array).tobytes())
    return whole.hexdigest()


def _model(entry: Entry) -> list[Any]:
    """An entry's model; of a user's own, what its file says counts and not where it lies."""
    options = {key: value for key, value in entry.model.options.items() if key != "file"}
    return [entry.model.name, options, origin(entry.model)]


def code_version(package: Path | None = None) -> str:
    """A digest of the sources that a fit goes through and of the versions of what they import."""
    return _code_version(package or Path(kepler_keras.__file__).parent)


@cache
def whole_code() -> str:
    """All sources of this package, and the versions of all that jobs import, as a short text."""
    package = Path(kepler_keras.__file__).parent
    whole = hashlib.sha256()
    for path in sorted(package.rglob("*.py")):
        whole.update(f"{path.relative_to(package).as_posix()} {path.stat().st_size} ".encode())
        whole.update(path.read_bytes())
    for name in (*PACKAGES, "astropy", "optuna", "pandas", "pydantic"):
        whole.update(f"{name} {_version(name)} ".encode())
    whole.update(platform.python_version().encode())
    return f"{kepler_keras.__version__}, {whole.hexdigest()[:12]}"


@cache
def _code_version(package: Path) -> str:
    whole = hashlib.sha256()
    for path in deciding_sources(package):
        whole.update(f"{path.relative_to(package).as_posix()} {path.stat().st_size} ".encode())
        whole.update(path.read_bytes())
    for name in PACKAGES:
        whole.update(f"{name} {_version(name)} ".encode())
    whole.update(platform.python_version().encode())
    return whole.hexdigest()


def deciding_sources(package: Path) -> list[Path]:
    """The source files that a fit's result may depend on, in order."""
    return sorted(
        path
        for path in package.rglob("*.py")
        if not any(fnmatch(path.relative_to(package).parts[0], one) for one in APART)
    )


@cache
def machine() -> str:
    """Processor and arithmetic: sums on another one end in other digits."""
    return f"{platform.system()} {platform.machine()}, {processor()}, oneDNN {uses_onednn()}"


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "absent"
