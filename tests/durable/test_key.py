"""A key says all that a fit follows from, and nothing else."""

import ast
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from made_jobs import LABELS, entry_of, fold_job, refit_job, views_in

import kepler_keras
from kepler_keras.data.sharded_array import ShardWriter
from kepler_keras.durable import key as key_module
from kepler_keras.durable.key import Keys, code_version, deciding_sources
from kepler_keras.training.cross_validation import ViewFiles, run_fold, run_refit

PACKAGE = Path(kepler_keras.__file__).parent


def key(job, threads=1):
    return Keys(threads).of(run_fold, job)


def test_a_key_does_not_depend_on_where_files_lie(tmp_path):
    places = [views_in(tmp_path / name, file=f"{name}.npy") for name in ("a", "b")]
    assert key(fold_job(places[0])) == key(fold_job(places[1]))
    models = [refit_job(places[0], tmp_path / name) for name in ("a", "b")]
    assert len({Keys(1).of(run_refit, model) for model in models}) == 1


def sharded(folder, *, last=23.0):
    """The views of `views_in` in shards of four rows."""
    writer = ShardWriter(folder, 6, 4)
    array = np.arange(24, dtype=np.float32).reshape(6, 4, 1)
    array[-1, -1] = last
    for number, rows in enumerate(writer.bounds):
        writer.write(number, array[slice(*rows)])
    writer.finish({"made": str(folder)})
    return ViewFiles({"flux": folder}, LABELS, 0.02)


def test_of_a_view_in_shards_the_content_counts(tmp_path):
    jobs = [
        fold_job(sharded(tmp_path / "a")),
        fold_job(sharded(tmp_path / "b")),
        fold_job(sharded(tmp_path / "c", last=24.0)),
    ]
    first, again, other = map(key, jobs)
    assert first == again
    assert first != other


def test_whatever_a_fit_follows_from_changes_the_key(tmp_path):
    views = views_in(tmp_path)
    job = fold_job(views)
    others = [
        fold_job(views, 1),
        fold_job(views, seed=1),
        fold_job(views, portrait=True),
        fold_job(views, entry=entry_of(training={"epochs": 3})),
        fold_job(views, entry=entry_of(model={"name": "mlp", "units": [3]})),
        fold_job(views_in(tmp_path, scale=2.0, file="other.npy")),
        fold_job(replace(views, labels=1 - LABELS)),
        fold_job(replace(views, cadence=None)),
        replace(job, fold=replace(job.fold, train=job.fold.train[:1])),
    ]
    keys = [key(job), key(job, threads=2), *map(key, others)]
    assert len(set(keys)) == len(keys)


def test_of_a_users_own_model_the_content_of_its_file_counts(tmp_path):
    views, keys = views_in(tmp_path), []
    for name, text in (("a.py", "x = 1"), ("b.py", "x = 1"), ("c.py", "x = 2")):
        (tmp_path / name).write_text(text)
        own = {"name": "mine", "file": str(tmp_path / name)}
        keys.append(key(fold_job(views, entry=entry_of(model=own))))
    assert keys[0] == keys[1] != keys[2]


def test_a_view_file_is_read_once(tmp_path, monkeypatch):
    views, reads = views_in(tmp_path), []
    monkeypatch.setattr(key_module, "checksum", lambda array: reads.append(1) or "sum")
    keys = Keys(1)
    for number in range(4):
        keys.of(run_fold, fold_job(views, number))
    assert reads == [1]


def test_what_cannot_be_told_apart_is_refused(tmp_path):
    job = fold_job(views_in(tmp_path), portrait=np.bool_(True))
    with pytest.raises(TypeError, match="a job's key cannot hold a"):
        key(job)


def test_a_change_of_a_deciding_source_changes_the_code_version(tmp_path):
    versions = []
    for name, text in (("a", "1"), ("b", "1"), ("c", "2")):
        folder = tmp_path / name
        for path in ("training/fit.py", "reporting/page.py", "cli_compare.py"):
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_text(text if path.startswith("training") else name)
        versions.append(code_version(folder))
    assert versions[0] == versions[1] != versions[2]


def imports_of(path):
    tree = ast.parse(path.read_text())
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("kepler_keras"):
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


def file_of(module):
    base = PACKAGE.joinpath(*module.split(".")[1:])
    return next((p for p in (base.with_suffix(".py"), base / "__init__.py") if p.is_file()), None)


def test_all_that_a_fit_imports_is_counted():
    waiting = [PACKAGE / "training" / "cross_validation.py", PACKAGE / "canary_model.py"]
    waiting += (PACKAGE / "models").glob("*.py")
    found = set()
    while waiting:
        path = waiting.pop()
        if path in found:
            continue
        found.add(path)
        modules = (one for one in imports_of(path) if one.startswith("kepler_keras."))
        waiting += filter(None, map(file_of, modules))
    assert len(found) > 50
    assert found <= set(deciding_sources(PACKAGE))
