"""The two experiments on real Kepler data, whole; minutes of work: `make study`."""

import json
import os

import pytest
from main_job import ROOT, kepler_keras

pytestmark = [
    pytest.mark.slow,
    pytest.mark.data,
    pytest.mark.timeout(1800),
    pytest.mark.skipif(
        "KEPLER_KERAS_DATA" not in os.environ, reason="KEPLER_KERAS_DATA points to no real data"
    ),
]


def results_of(name, folder):
    run = kepler_keras("compare", str(ROOT / "experiments" / f"{name}.yaml"), cwd=folder)
    assert run.returncode == 0, run.stderr
    return json.loads((folder / "reports" / name / "results.json").read_text())


def test_a_cnn_beats_a_fully_connected_network_on_folded_curves(tmp_path):
    results = results_of("kepler_folded", tmp_path)
    entries = {entry["name"]: entry["metrics"] for entry in results["entries"]}
    assert results["data"]["n_examples"] == 4993
    assert entries["conv1d"]["average_precision"]["mean"] >= 0.80
    (pair,) = [c for c in results["comparisons"] if (c["a"], c["b"]) == ("conv1d", "mlp")]
    assert pair["verdict"] == "better"


def test_five_hosts_are_called_few(tmp_path):
    results = results_of("kepler_flux", tmp_path)
    assert results["data"]["n_positive_stars"] == 5
    assert [entry["name"] for entry in results["entries"]] == ["mlp", "conv1d", "conv2d"]
    report = (tmp_path / "reports" / "kepler_flux" / "report.html").read_text()
    assert 0 < report.index("only 5 stars with a planet") < report.index("</h2>")
