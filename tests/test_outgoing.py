"""The main job talks to nobody: each connection that leaves this machine is noted and refused."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from main_job import ROOT, environment

pytestmark = pytest.mark.journey

AUDIT = ROOT / "tests" / "audit"
EXPERIMENT = """\
name: small
question: Does the main job talk to anybody?
data: {source: simulated, options: {n_stars: 60, prevalence: 0.4, n_cadences: 1000, seed: 1}}
conditioning: {detrend: none}
protocol: {folds: 2, canaries: false}
entries:
  - {name: prevalence, model: prevalence, view: flux}
  - {name: dense, model: {name: mlp, units: [4]}, view: flux, training: {epochs: 1}}
baseline: prevalence
"""
# A network of its own: there is no way out, and what does not use Python's sockets finds none too.
ALONE = ["unshare", "--map-root-user", "--net"]


def audited(folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
    """Runs a command under the audit; workers inherit it."""
    temporary = folder / "temporary"
    temporary.mkdir(exist_ok=True)
    settings = environment(
        PYTHONPATH=f"{AUDIT}{os.pathsep}{ROOT}",
        AUDIT_LOG=str(folder / "audit.log"),
        AUDIT_FOLDERS=os.pathsep.join((str(folder), os.environ["KEPLER_KERAS_CACHE"])),
        TMPDIR=str(temporary),
        MPLCONFIGDIR=str(temporary),
        MLFLOW_ALLOW_PICKLE_DESERIALIZATION="false",
    )
    for name in ("MLFLOW_DISABLE_TELEMETRY", "DO_NOT_TRACK"):
        settings.pop(name, None)  # the command has to see to that by itself
    return subprocess.run(command, cwd=folder, env=settings, capture_output=True, text=True)


def noted(folder: Path) -> str:
    log = folder / "audit.log"
    return log.read_text() if log.exists() else ""


def can_be_alone() -> bool:
    try:
        return subprocess.run([*ALONE, "true"], capture_output=True).returncode == 0
    except OSError:
        return False


def test_a_comparison_and_a_prediction_reach_nobody(tmp_path):
    (tmp_path / "small.yaml").write_text(EXPERIMENT)
    alone = ALONE if can_be_alone() else []
    program = [*alone, sys.executable, "-m", "kepler_keras.cli"]
    compared = audited(
        tmp_path, *program, "compare", "small.yaml", "--jobs", "2", "--register", "small"
    )
    assert compared.returncode == 0, compared.stderr
    predicted = audited(
        tmp_path, *program, "predict", "small.yaml", "--model", "models:/small@champion"
    )
    assert predicted.returncode == 0, predicted.stderr
    assert noted(tmp_path) == ""
    assert (tmp_path / "reports" / "small" / "report.html").is_file()
    assert (tmp_path / "scores.csv").is_file()


CALLS = {
    "an address": "import socket; socket.create_connection(('192.0.2.1', 80), timeout=1)",
    "a name": "import urllib.request; urllib.request.urlopen('http://example.invalid/')",
    "a datagram": "import socket as s; s.socket(2, s.SOCK_DGRAM).sendto(b'x', ('192.0.2.1', 53))",
    "telemetry": "import requests; requests.post('https://192.0.2.1/t', json={}, timeout=1)",
    "a worker": "import loky, socket; loky.get_reusable_executor(1).submit("
    "socket.create_connection, ('192.0.2.1', 80), 1).result()",
}


@pytest.mark.parametrize("call", CALLS)
def test_a_job_that_calls_somebody_is_caught(call, tmp_path):
    done = audited(tmp_path, sys.executable, "-c", CALLS[call])
    assert done.returncode != 0
    assert noted(tmp_path).startswith("connection: socket.")


def test_a_connection_on_this_machine_is_none_of_them(tmp_path):
    code = (
        "import socket; s = socket.create_server(('127.0.0.1', 0)); "
        "socket.create_connection(s.getsockname()); socket.create_connection(('localhost', "
        "s.getsockname()[1]))"
    )
    done = audited(tmp_path, sys.executable, "-c", code)
    assert done.returncode == 0, done.stderr
    assert noted(tmp_path) == ""


def test_a_file_that_is_written_elsewhere_is_caught(tmp_path):
    job, elsewhere = tmp_path / "job", tmp_path / "elsewhere"
    job.mkdir()
    audited(job, sys.executable, "-c", "open('here', 'w'); __import__('os').mkdir('there')")
    assert noted(job) == ""
    audited(job, sys.executable, "-c", f"open({str(elsewhere)!r}, 'w')")
    assert noted(job) == f"written: {elsewhere}\n"
