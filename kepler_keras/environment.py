"""What a comparison's figures depend on besides its data and settings."""

import os
import platform
import subprocess
from importlib.metadata import version
from pathlib import Path

import kepler_keras
from kepler_keras.record import Environment

PACKAGES = (
    "kepler_keras",
    "tensorflow",
    "keras",
    "numpy",
    "scipy",
    "numba",
    "pandas",
    "scikit-learn",
    "imbalanced-learn",
    "astropy",
    "mlflow",
)


def describe_environment(*, threads: int) -> Environment:
    """Describes machine, versions and the state of the source tree; imports none of them."""
    commit, dirty = _git_state(Path(kepler_keras.__file__).parents[1])
    return Environment(
        git_commit=commit,
        git_dirty=dirty,
        python=platform.python_version(),
        platform=f"{platform.system()} {platform.machine()}",
        processor=processor(),
        threads=threads,
        onednn=uses_onednn(),
        versions={name: _version(name) for name in PACKAGES},
    )


def _version(package: str) -> str:
    return kepler_keras.__version__ if package == "kepler_keras" else version(package)


def _git_state(checkout: Path) -> tuple[str | None, bool | None]:
    """Commit of the package's own checkout and whether it is dirty; None where it has none."""
    if not (checkout / ".git").exists():
        return None, None
    try:
        commit = _git(checkout, "rev-parse", "HEAD")
        return commit, bool(_git(checkout, "status", "--porcelain"))
    except (OSError, subprocess.CalledProcessError):
        return None, None


def _git(checkout: Path, *arguments: str) -> str:
    command = ["git", "-C", str(checkout), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def uses_onednn() -> bool:
    """Whether TensorFlow is to use oneDNN's arithmetic, its own default."""
    return os.environ.get("TF_ENABLE_ONEDNN_OPTS", "1") != "0"


def processor() -> str:
    """The processor's model name."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor()
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.processor())
