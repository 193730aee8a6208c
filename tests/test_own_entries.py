# ruff: noqa: E501 (a sentence is easier to compare in one line)
"""One comparison with all that an entry may be: many views, ensembles, a user's own models.

Broken entries stand beside good ones; a second run has the good ones alone.
"""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml
from main_job import environment, kepler_keras

from kepler_keras.record import read_record
from kepler_keras.reporting.entries import taking_part
from tests.tfrecord_writing import write_examples

pytestmark = pytest.mark.journey

OWN = Path(__file__).with_name("own_models.py")
VIEWS = ["global_view", "local_view", "scalars"]


def own(name, **options):
    return {"name": name, "file": str(OWN), **options}


SMALL = {"name": "mlp", "units": [4]}
GOOD = [
    {"name": "all", "model": SMALL, "views": VIEWS},
    {"name": "single", "model": SMALL, "view": "global_view", "seed": 4},
    {
        "name": "pair",
        "model": SMALL,
        "view": "global_view",
        "seed": 4,
        "ensemble": {"members": 2},
    },
    {
        "name": "turned",
        "model": SMALL,
        "views": VIEWS,
        "augmentations": ["time_reversal"],
        "ensemble": {"members": 2, "reversal": True},
    },
    {"name": "mine", "model": own("my_net", units=4), "views": ["local_view", "scalars"]},
    {
        "name": "margin",
        "model": own("margin"),
        "view": "local_view",
        "imbalance": "class_weights",
    },
]
SENTENCES = {
    "shape": r"entry 'shape': model 'careless' must give a score a row, \(\d+,\), got shape",
    "fit": "repeat 1, fold 1: entry 'fit': fitting model 'careless' failed: RuntimeError: no luck at",
    "score": "entry 'score': scoring with model 'careless' failed: KeyError: 'lost'",
    "nan": r"entry 'nan': model 'careless' gave 1 of \d+ scores that are not finite",
    "weights": "imbalance 'class_weights' weighs rows, and model 'careless' takes no weights",
    "nan_weights": "entry 'nan_weights': training diverged, its scores are not finite",
    "two_outputs": r"'two_outputs' must end in one logit, its output is \(None, 2\)",
    "not_probable": "model 'not_probable' must give probabilities, got 3 to 3",
    "missing": "entry 'missing': model 'nobody': .*own_models.py has no function 'nobody'",
}
# They break after their folds: their figures stand, and no model of theirs is kept.
UNKEPT = {
    "refit": "refit on all stars: entry 'refit': fitting model 'careless' failed: RuntimeError",
    "saving": "refit on all stars: entry 'saving': saving model 'careless' failed: OSError: cannot",
}


def careless(*faults):
    return [
        {"name": fault, "model": own("careless", fault=fault), "view": "local_view"}
        for fault in faults
    ]


BROKEN = [
    *careless("shape", "fit", "score", "nan"),
    {
        "name": "weights",
        "model": own("careless", fault="none"),
        "view": "local_view",
        "imbalance": "class_weights",
    },
    *(
        {"name": name, "model": own(name), "view": "local_view"}
        for name in ("nan_weights", "two_outputs", "not_probable")
    ),
    {"name": "missing", "model": own("nobody"), "view": "local_view"},
    {"name": "fit.again", "model": SMALL, "view": "local_view", "against": "fit"},
    {"name": "absent", "model": SMALL, "view": "secondary_view", "optional": True},
    {"name": "absent.again", "model": SMALL, "view": "local_view", "against": "absent"},
]
SCORE = """
import json, mlflow, numpy as np
store, found = mlflow.MlflowClient(), {}
models = mlflow.search_logged_models(
    experiment_ids=[e.experiment_id for e in store.search_experiments()], output_format="list")
rows = {"global_view": np.ones((2, 9), np.float32), "local_view": np.ones((2, 5), np.float32),
        "scalars": np.full((2, 2), np.nan, np.float32)}
for model in models:
    if model.tags["kepler_keras.experiment"] != "broken": continue
    loaded = mlflow.pyfunc.load_model(model.model_uri)
    specs = {spec.name: list(spec.shape) for spec in loaded.metadata.signature.inputs.inputs}
    named = [name for name in specs if name]
    given = {name: rows[name] for name in named} if named else (
        rows["global_view"] if specs[None] == [-1, 9] else rows["local_view"])
    refused = False
    if named:
        try:
            loaded.predict({named[0]: rows[named[0]]})
        except mlflow.exceptions.MlflowException:
            refused = True
    entry = model.tags["kepler_keras.entry"]
    found[entry] = [{str(k): v for k, v in specs.items()}, loaded.predict(given).tolist(), refused]
print(json.dumps(found))
"""


def write_data(folder):
    rng = np.random.default_rng(3)
    (folder / "data").mkdir()
    rows = [
        {
            "av_training_set": "PC" if star % 3 == 0 else "NTP",
            "kepid": star,
            "global_view": (rng.normal(size=9) - (star % 3 == 0)).tolist(),
            "local_view": rng.normal(size=5).tolist(),
        }
        for star in range(100)
    ]
    write_examples(folder / "data" / "train-00000-of-00001", *rows)
    temperatures = [
        f"{star},{5000 + 10 * star if star % 4 else ''},{star / 50}" for star in range(100)
    ]
    (folder / "stars.csv").write_text("\n".join(["kepid,koi_steff,koi_srad", *temperatures]) + "\n")


def write_experiment(folder, name, entries):
    experiment = {
        "name": name,
        "question": "Does one entry spoil another?",
        "data": {
            "source": "astronet_tfrecord",
            "path": "data",
            "scalars": {"table": "stars.csv", "columns": ["koi_steff", "koi_srad"]},
        },
        "protocol": {"folds": 2},
        "entries": entries,
        "baseline": "all",
    }
    (folder / f"{name}.yaml").write_text(yaml.safe_dump(experiment))


@pytest.fixture(scope="module")
def done(tmp_path_factory):
    """A folder with two comparisons: all entries in two workers, the good ones in one."""
    folder = tmp_path_factory.mktemp("own entries")
    write_data(folder)
    write_experiment(folder, "broken", [*BROKEN[:5], *GOOD, *careless(*UNKEPT), *BROKEN[5:]])
    write_experiment(folder, "good", GOOD)
    runs = {
        name: kepler_keras("compare", f"{name}.yaml", "--quick", "--jobs", jobs, cwd=folder)
        for name, jobs in (("broken", "2"), ("good", "1"))
    }
    return folder, runs


def record(done, name):
    return read_record(done[0] / "reports" / f"{name}-quick")


def test_broken_entries_are_sentences_and_the_others_are_compared(done):
    folder, runs = done
    run = runs["broken"]
    assert run.returncode == 1, run.stderr
    assert "Traceback" not in run.stderr
    told = [line for line in run.stderr.splitlines() if line.startswith("Error: left out: ")]
    assert len(told) == len(SENTENCES)
    left_out = {one.entry: one for one in taking_part(record(done, "broken")).left_out}
    assert set(left_out) == {entry["name"] for entry in BROKEN}
    for name, sentence in SENTENCES.items():
        assert left_out[name].failed
        assert pd.Series([left_out[name].reason]).str.contains(sentence, regex=True).all(), name
        assert f"Error: left out: {left_out[name].reason}" in told
    assert left_out["absent"].reason.startswith("view 'secondary_view' needs unfolded flux")
    assert not left_out["absent"].failed
    for name in ("absent", "fit"):
        reason = f"{name}, which it would be compared with, is left out"
        assert left_out[f"{name}.again"].reason == reason
        assert left_out[f"{name}.again"].failed == left_out[name].failed
    assert (folder / "reports" / "broken-quick" / "report.html").exists()


def test_who_breaks_after_the_folds_keeps_its_figures(done):
    found, told = record(done, "broken"), done[1]["broken"].stderr
    assert set(UNKEPT) < set(found.predictions["entry"])
    for sentence in UNKEPT.values():
        assert sum(sentence in fault for fault in found.faults) == 1
        assert f"Error: no model is kept: {sentence}" in told


def test_nothing_half_written_is_left_behind(done):
    files = [
        {path.name for path in (done[0] / "reports" / f"{name}-quick").iterdir()}
        for name in ("broken", "good")
    ]
    assert files[0] == files[1]
    assert [name for name in files[0] if name.startswith(".")] == [".folds"]
    for name in ("broken", "good"):
        kept = [path.name for path in (done[0] / "reports" / f"{name}-quick" / ".folds").iterdir()]
        assert not [one for one in kept if one.startswith(".") or one.endswith(".running")]


def test_good_entries_score_bit_for_bit_as_without_the_broken_ones(done):
    assert done[1]["good"].returncode == 0, done[1]["good"].stderr
    broken, good = record(done, "broken"), record(done, "good")
    assert good.left_out == []
    paths = [done[0] / "reports" / f"{run}-quick" / "members.parquet" for run in ("broken", "good")]
    assert paths[0].read_bytes() == paths[1].read_bytes()
    names = {entry["name"] for entry in GOOD}
    assert set(broken.predictions["entry"]) == {*names, *UNKEPT}
    shared = broken.predictions[broken.predictions["entry"].isin(names)].reset_index(drop=True)
    pd.testing.assert_frame_equal(shared, good.predictions, check_exact=True)
    timeless = [
        [
            fit.model_dump(exclude={"train_seconds", "cpu_seconds", "members"})
            for fit in one.fits
            if fit.entry in names
        ]
        for one in (broken, good)
    ]
    assert timeless[0] == timeless[1]


def scores_of(table, entry):
    rows = table[table["entry"] == entry]
    return rows.sort_values(["repeat", "fold", "split", "example_id"])["score"].to_numpy()


def test_an_ensemble_is_the_mean_of_its_members(done):
    found = record(done, "broken")
    members = found.members
    assert sorted(set(members["entry"])) == [
        "pair, seed 4",
        "pair, seed 5",
        "turned, seed 0",
        "turned, seed 1",
    ]
    both = [scores_of(members, f"pair, seed {seed}") for seed in (4, 5)]
    assert not np.array_equal(*both)
    assert scores_of(found.predictions, "pair").tobytes() == np.mean(both, axis=0).tobytes()
    assert scores_of(found.predictions, "single").tobytes() == both[0].tobytes()
    alone = [scores_of(members, f"turned, seed {seed}") for seed in (0, 1)]
    shared = scores_of(found.predictions, "turned")
    assert np.abs(shared - np.mean(alone, axis=0)).max() > 1e-4  # both ways round


def test_decision_values_are_kept_as_they_are(done):
    found = record(done, "broken")
    fits = {fit.entry: fit for fit in found.fits}
    assert fits["margin"].score_kind == "decision"
    assert (fits["margin"].correction.slope, fits["margin"].correction.intercept) == (1, 0)
    assert {fit.score_kind for name, fit in fits.items() if name not in {"margin", *UNKEPT}} == {
        "probability"
    }
    scores = scores_of(found.predictions, "margin")
    assert scores.min() < 0 < scores.max()


def test_logged_models_take_all_their_inputs(done):
    folder, _ = done
    store = environment(MLFLOW_TRACKING_URI=f"sqlite:///{folder / 'mlflow.db'}")
    command = [sys.executable, "-W", "ignore", "-c", SCORE]
    run = subprocess.run(command, cwd=folder, env=store, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    found = json.loads(run.stdout.splitlines()[-1])
    assert set(found) == {entry["name"] for entry in GOOD}
    every = {"global_view": [-1, 9], "local_view": [-1, 5], "scalars": [-1, 2]}
    assert found["all"][0] == found["turned"][0] == every
    assert found["mine"][0] == {"local_view": [-1, 5], "scalars": [-1, 2]}
    assert found["pair"][0] == found["single"][0] == {"None": [-1, 9]}
    for specs, scores, refused in found.values():
        assert np.isfinite(scores).all()
        assert len(scores) == 2
        assert refused == (len(specs) > 1)
