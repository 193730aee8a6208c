"""Nothing is fitted twice, and nothing that ended is lost to what breaks beside it."""

import pytest
from made_jobs import (
    break_down,
    entry_of,
    executor_in,
    fit,
    fold_job,
    half_made,
    refit,
    refit_job,
    runs,
    views_in,
)

from kepler_keras.durable.store import FitStore


def scores(results):
    return {position: one.shared.tobytes() for position, one in results}


def test_what_is_kept_is_not_fitted_again(tmp_path, capsys):
    views = views_in(tmp_path)
    jobs = [fold_job(views, number) for number in range(3)]
    first = scores(executor_in(tmp_path / "kept").run(fit, jobs[:2]))
    assert "resuming" not in capsys.readouterr().err
    whole = scores(executor_in(tmp_path / "kept").run(fit, jobs))
    assert capsys.readouterr().err == "resuming: 2 of 3 folds done\n"
    assert runs(tmp_path) == ["e1 0", "e1 1", "e1 2"]
    assert {position: whole[position] for position in first} == first
    assert len(whole) == 3


def test_a_changed_entry_alone_is_fitted_again(tmp_path):
    views = views_in(tmp_path)
    one, other = entry_of("e1"), entry_of("e2")
    list(executor_in(tmp_path / "kept").run(fit, [fold_job(views, 0, e) for e in (one, other)]))
    changed = entry_of("e2", training={"epochs": 3})
    list(executor_in(tmp_path / "kept").run(fit, [fold_job(views, 0, e) for e in (one, changed)]))
    assert runs(tmp_path) == ["e1 0", "e2 0", "e2 0"]


def test_a_damaged_file_is_fitted_again(tmp_path):
    job = fold_job(views_in(tmp_path))
    good = scores(executor_in(tmp_path / "kept").run(fit, [job]))
    (file,) = (tmp_path / "kept").glob("[!.]*.fit")
    file.write_bytes(file.read_bytes()[:-9])
    assert scores(executor_in(tmp_path / "kept").run(fit, [job])) == good
    assert runs(tmp_path) == ["e1 0", "e1 0"]


@pytest.mark.timeout(200)
@pytest.mark.filterwarnings("ignore:A worker stopped")
def test_a_fit_that_fails_is_a_sentence_and_the_others_go_on(tmp_path):
    views = views_in(tmp_path)
    names = ("diverges", "raises", "dies", "dies-once", "stands")
    jobs = [fold_job(views, 1, entry_of(name)) for name in names]
    executor = executor_in(tmp_path / "kept", jobs=2)
    results = dict(executor.run(break_down, jobs))
    assert results[0] == "training diverged"
    assert results[1] == "repeat 1, fold 2: entry 'raises': ValueError: no such shape"
    assert results[2].startswith("repeat 1, fold 2: entry 'dies': its worker process was killed")
    assert "memory" in results[2]
    assert scores([(3, results[3])]).keys() == {3}
    assert runs(tmp_path).count("dies 1") == 2
    failed = [executor.store.reason(fit.key) for fit in executor.plan.fits]
    assert failed == [*(results[place] for place in range(3)), None, None]
    assert not list((tmp_path / "kept").glob("*.running"))


def test_a_fit_that_failed_is_tried_again(tmp_path):
    jobs = [fold_job(views_in(tmp_path), 1, entry_of(name)) for name in ("raises-once", "stands")]
    first = dict(executor_in(tmp_path / "kept").run(break_down, jobs))
    assert first[0] == "repeat 1, fold 2: entry 'raises-once': ValueError: no such shape"
    assert not isinstance(dict(executor_in(tmp_path / "kept").run(break_down, jobs))[0], str)
    assert runs(tmp_path) == ["raises-once 1", "raises-once 1", "stands 1"]
    assert not list((tmp_path / "kept").glob("*.failed"))


def test_a_model_is_kept_whole_and_handed_out_as_a_copy(tmp_path):
    views = views_in(tmp_path)
    for name in ("first", "second"):
        job = refit_job(views, tmp_path / name)
        ((_, folder),) = executor_in(tmp_path / "kept").run(refit, [job])
        assert folder == tmp_path / name
        (folder / "model.txt").write_text("spoilt")  # as joining members moves their files
    assert runs(tmp_path) == ["e1 None"]
    (kept,) = (tmp_path / "kept").glob("*.model")
    assert kept.joinpath("model.txt").read_text().endswith("is made")
    assert not list((tmp_path / "kept").glob(".writing-*"))


def test_a_model_that_could_not_be_saved_leaves_nothing(tmp_path):
    job = refit_job(views_in(tmp_path), tmp_path / "model")
    assert dict(executor_in(tmp_path / "kept").run(half_made, [job])) == {
        0: "it could not be saved"
    }
    assert sorted(path.suffix for path in (tmp_path / "kept").iterdir()) == [".failed", ".json"]


def test_what_a_kill_left_unfinished_is_swept(tmp_path):
    store = FitStore(tmp_path)
    store.begin("a")
    store.unfinished("b").mkdir()
    (tmp_path / ".writing-7-c.fit").touch()
    (tmp_path / "d.fit").touch()
    store.sweep()
    assert [path.name for path in tmp_path.iterdir()] == ["d.fit"]
