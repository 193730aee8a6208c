"""docs/predicting.md as it stands: train, register, predict, serve, ask; on fewer stars."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import mlflow
import pandas as pd
import pytest
import yaml
from main_job import QUICKSTART, ROOT, environment

pytestmark = pytest.mark.journey

PAGE = (ROOT / "docs" / "predicting.md").read_text(encoding="utf-8")
STORE, COMPARE, PREDICT, SERVE, ASK = re.findall(r"```sh\n(.*?)\n```", PAGE, flags=re.DOTALL)
(REQUEST,) = re.findall(r"```python\n(.*?)```", PAGE, flags=re.DOTALL)
PATIENCE = 120.0  # seconds


def in_shell(command, folder):
    """The environment's own commands come first on PATH, as in a shell where it is active."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    return {
        "args": ["bash", "-c", f"{STORE}\n{command}"],
        "cwd": folder,
        "env": environment(PATH=path),
    }


def run(command, folder):
    done = subprocess.run(**in_shell(command, folder), capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """A folder in which the page was followed up to its table, on a small quickstart."""
    folder = tmp_path_factory.mktemp("page")
    small = yaml.safe_load(QUICKSTART.read_text())
    small["data"]["options"] |= {"n_stars": 200, "prevalence": 0.2}
    small["entries"] = [one for one in small["entries"] if one["name"] == "conv1d_folded"]
    small["entries"].append({"name": "mlp", "model": "mlp", "view": "global_view"})
    (folder / "experiments").mkdir()
    (folder / "experiments" / "quickstart.yaml").write_text(yaml.safe_dump(small))
    said = run(f"{COMPARE} --quick --set protocol.canaries=false", folder)
    return folder, said + run(PREDICT, folder)


def test_the_best_model_is_the_champion(trained):
    folder, said = trained
    client = mlflow.MlflowClient(f"sqlite:///{folder / 'mlflow.db'}")
    version = client.get_model_version_by_alias("transits", "champion")
    results = json.loads((folder / "reports/quickstart-quick/results.json").read_text())
    means = {one["name"]: one["metrics"]["average_precision"]["mean"] for one in results["entries"]}
    assert version.tags["kepler_keras.entry"] == max(means, key=means.get)
    assert version.tags["kepler_keras.verdict"] == results["comparisons"][0]["verdict"]
    assert f"registered: models:/transits@champion, version 1: {version.description}" in said


def test_every_star_has_a_score_and_a_decision(trained):
    folder, said = trained
    table = pd.read_csv(folder / "scores.csv")
    columns = re.findall(r"^\| (`.*?`) \|", PAGE, flags=re.MULTILINE)
    assert list(table) == re.findall(r"`(\w+)`", " ".join(columns))
    assert len(table) == 200
    expected = ["planet" if score else "no planet" for score in table.score >= table.threshold]
    assert table.decision.tolist() == expected
    n_planets = expected.count("planet")
    assert f"scores.csv: 200 scored, {n_planets} called planets, 0 not scored" in said
    assert (folder / "scores.png").stat().st_size > 10_000


def test_the_server_gives_the_very_scores_of_the_table(trained):
    folder, _ = trained
    subprocess.run([sys.executable, "-c", REQUEST], cwd=folder, env=environment(), check=True)
    with (folder / "server.log").open("w") as log:
        server = subprocess.Popen(
            **in_shell(SERVE, folder), stdout=log, stderr=log, start_new_session=True
        )
    try:
        begun = time.monotonic()
        while "predictions" not in (
            answer := subprocess.run(**in_shell(ASK, folder), capture_output=True, text=True).stdout
        ):
            assert server.poll() is None, (folder / "server.log").read_text()
            assert time.monotonic() - begun < PATIENCE, answer
            time.sleep(0.3)
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        server.wait()
    scores = pd.read_csv(folder / "scores.csv", float_precision="round_trip").score
    assert json.loads(answer)["predictions"] == scores[:3].tolist()
