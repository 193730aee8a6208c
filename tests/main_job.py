"""Runs the package's commands as a user does: in a process and a folder of their own."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
QUICKSTART = ROOT / "experiments" / "quickstart.yaml"


def environment(**changes: str) -> dict[str, str]:
    """This process's environment with the package importable and no MLflow run of its own."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith("MLFLOW_")}
    return {**kept, "PYTHONPATH": str(ROOT), "MLFLOW_DISABLE_TELEMETRY": "true", **changes}


def kepler_keras(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Runs `kepler-keras` with these arguments."""
    command = [sys.executable, "-m", "kepler_keras.cli", *arguments]
    return subprocess.run(command, cwd=cwd, env=environment(), capture_output=True, text=True)
