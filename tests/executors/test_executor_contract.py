"""What every executor does; a cluster's address comes from who runs this in its network."""

import os
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from executor_jobs import Copying, begun_at, copy, die, doubled, drawn, refuse, square, threads_of

from kepler_keras.errors import InputError
from kepler_keras.executors import LocalProcesses, LocalThreads, Made, WorkerKilledError

CLUSTER = os.environ.get("KEPLER_KERAS_TEST_CLUSTER")


def cluster(jobs):
    from kepler_keras.executors.ray_cluster import RayCluster

    return RayCluster(1, jobs, CLUSTER)


KINDS = {
    "processes": lambda jobs: LocalProcesses(jobs, 1),
    "threads": LocalThreads,
    **({"cluster": cluster} if CLUSTER else {}),
}
OTHERS = [name for name in KINDS if name != "threads"]  # these do not share this process


@pytest.fixture(params=KINDS)
def executor(request):
    return KINDS[request.param](2)


@pytest.fixture(params=OTHERS)
def apart(request):
    return KINDS[request.param](2)


def test_results_come_with_their_position(executor):
    assert dict(executor.run(square, range(5))) == {0: 0, 1: 1, 2: 4, 3: 9, 4: 16}


def test_no_jobs_give_no_results(executor):
    assert list(executor.run(square, [])) == []


def test_an_error_of_a_job_is_raised_as_it_was(executor):
    with pytest.raises(InputError, match=r"^job 7 cannot be used$"):
        list(executor.run(refuse, [7]))
    assert dict(executor.run(square, [3])) == {0: 9}


def test_jobs_are_made_when_they_are_sent(executor):
    made = []

    def make(position):
        made.append(position)
        return position

    results = executor.run(square, Made(40, make))
    next(results)
    if not isinstance(executor, LocalProcesses):  # whose jobs wait in a queue
        assert len(made) < 40
    assert len(dict(results)) == 39
    assert sorted(made) == list(range(40))


def test_results_are_those_of_this_process(executor):
    assert dict(executor.run(drawn, range(4))) == {seed: drawn(seed) for seed in range(4)}


def test_alone_runs_one_job_at_a_time(executor):
    spans = [span for _, span in executor.alone().run(begun_at, range(3))]
    assert executor.alone().jobs == 1
    assert all(one[1] <= other[0] or other[1] <= one[0] for one, other in combinations(spans, 2))


def test_jobs_run_side_by_side(executor):
    assert executor.jobs == 2
    spans = [
        span for _, span in executor.run(begun_at, range(6))
    ]  # the first worker is there first
    assert any(max(a[0], b[0]) < min(a[1], b[1]) for a, b in combinations(spans, 2))


def test_a_worker_has_its_threads_and_may_write_to_what_it_is_given(apart):
    assert dict(apart.run(threads_of, [0])) == {0: ("1", "1")}
    given = np.ones(300_000)
    ((_, result),) = apart.run(doubled, [given])
    assert (result == 2).all()
    result += 1  # and so may who asked
    assert (given == 1).all()


def into(results, found):
    """Keeps what came before an error."""
    for position, result in found:
        results[position] = result
    return results


@pytest.mark.filterwarnings("ignore:A worker stopped")
def test_a_killed_worker_is_a_sentence_and_the_next_call_works(apart):
    results: dict[int, int] = {}
    with pytest.raises(WorkerKilledError, match="memory ran out") as caught:
        into(results, apart.run(die, range(3)))
    if caught.value.positions:  # who knows which job it was goes on with the others
        assert caught.value.positions == (1,)
        assert results == {0: 0, 2: 2}
    assert dict(apart.run(square, [3])) == {0: 9}


def test_files_are_read_and_written_wherever_the_worker_is(apart, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    file, folder = Path("given.bin"), Path("out")  # seen from here, not from a worker
    content = bytes(range(256)) * 100
    file.write_bytes(content)
    folder.mkdir()
    names = [f"n{number}" for number in range(6)]
    shards = tmp_path / "shards"
    (shards / "more").mkdir(parents=True)
    for number, name in enumerate(("0.npy", "1.npy", "more/2.npy")):
        (shards / name).write_bytes(b"%d" % number)
    jobs = [Copying(file.absolute(), shards, folder.absolute(), name) for name in names]
    results = dict(apart.run(copy, jobs))
    for position, name in enumerate(names):
        assert (folder / f"{name}.fit").read_bytes() == content
        assert results[position] == folder.absolute() / f"{name}.model"
        assert (results[position] / "below" / "part").read_bytes() == content[::-1]
        assert (results[position] / "shards").read_bytes() == b"012"
    assert {path.suffix for path in folder.iterdir()} == {".fit", ".model"}
