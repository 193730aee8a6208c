"""TFRecords to served models: each model takes the ready view that its entry was trained on."""

import json
import subprocess
import sys

import numpy as np
import pytest
import yaml
from main_job import environment, kepler_keras

from tests.tfrecord_writing import write_examples

pytestmark = pytest.mark.journey

EXPERIMENT = {
    "name": "records",
    "question": "Do models take the views that came with the data?",
    "data": {"source": "astronet_tfrecord", "path": "data"},
    "protocol": {"split": "given"},
    "entries": [
        {"name": name, "model": {"name": "mlp", "units": [4]}, "view": name}
        for name in ("global_view", "local_view")
    ],
    "baseline": "global_view",
}
# Loads every logged model and scores a curve of each length; prints scores or refusals.
SCORE = """
import json, mlflow, numpy as np
store = mlflow.MlflowClient()
models = mlflow.search_logged_models(
    experiment_ids=[e.experiment_id for e in store.search_experiments()], output_format="list")
found = {}
for model in models:
    loaded = mlflow.pyfunc.load_model(model.model_uri)
    takes = []
    for length in (9, 5):
        try:
            takes.append([length, len(loaded.predict(np.zeros((2, length), np.float32)))])
        except mlflow.exceptions.MlflowException:
            pass
    found[model.tags["kepler_keras.entry"]] = takes
print(json.dumps(found))
"""


def test_from_records_to_served_models(tmp_path):
    (tmp_path / "data").mkdir()
    rng = np.random.default_rng(3)
    for split, stars in (("train", range(40)), ("val", range(38, 60))):
        rows = [
            {
                "av_training_set": "PC" if star % 3 == 0 else "NTP",
                "kepid": star,
                "global_view": rng.normal(size=9).tolist(),
                "local_view": rng.normal(size=5).tolist(),
            }
            for star in stars
        ]
        write_examples(tmp_path / "data" / f"{split}-00000-of-00001", *rows)
    (tmp_path / "records.yaml").write_text(yaml.safe_dump(EXPERIMENT))
    run = kepler_keras("compare", "records.yaml", "--quick", "--jobs", "1", cwd=tmp_path)
    assert run.returncode == 0, run.stderr
    results = json.loads((tmp_path / "reports" / "records-quick" / "results.json").read_text())
    assert results["data"]["n_examples"] == 62
    report = (tmp_path / "reports" / "records-quick" / "report.html").read_text()
    assert "2 training rows (1 of them planets) of 2 stars were dropped" in report

    store = environment(MLFLOW_TRACKING_URI=f"sqlite:///{tmp_path / 'mlflow.db'}")
    command = [sys.executable, "-c", SCORE]
    done = subprocess.run(command, cwd=tmp_path, env=store, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout.splitlines()[-1])
    assert found == {"global_view": [[9, 2]], "local_view": [[5, 2]]}
