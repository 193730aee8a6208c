"""A Ray cluster of two nodes without a common disk keeps what every executor keeps."""

import sys

import pytest
from main_job import ROOT
from ray_nodes import ADDRESS, needs_nodes, nodes

pytestmark = [pytest.mark.journey, pytest.mark.timeout(900), needs_nodes]


@pytest.fixture(scope="module")
def cluster():
    with nodes() as made:
        yield made


def run_here(cluster, words, **changes):
    """What a few lines say that run on the first node."""
    process = cluster.start(sys.executable, "-c", words, **changes)
    said, _ = process.communicate()
    assert process.returncode == 0, said
    return said


def test_it_keeps_the_contract(cluster):
    contract = str(ROOT / "tests" / "executors" / "test_executor_contract.py")
    settings = [
        "--rootdir",
        str(ROOT),
        "-c",
        str(ROOT / "pyproject.toml"),
        "-p",
        "no:cacheprovider",
    ]
    command = [sys.executable, "-m", "pytest", "-q", "-k", "cluster", contract, *settings]
    process = cluster.start(*command, KEPLER_KERAS_TEST_CLUSTER=ADDRESS)
    said, _ = process.communicate()
    assert process.returncode == 0, said
    assert " passed" in said


PLACES = """
from pathlib import Path
from executor_jobs import Copying, where
from kepler_keras.executors.ray_cluster import RayCluster
file, folder = Path("views.npy").absolute(), Path("out").absolute()
file.write_bytes(b"1" * 40_000_000)
shards = Path("shards").absolute()
folder.mkdir(exist_ok=True)
shards.mkdir(exist_ok=True)
cluster = RayCluster(1, 0, "%s")
seen = set()
for _ in range(2):
    seen |= {found for _, found in cluster.run(where, [Copying(file, shards, folder, "n")] * 6)}
home = {found for found in seen if found[0] == str(file)}
assert len(home) == 1, seen
assert len(seen) == 2, seen
print("once a node")
"""


def test_a_file_comes_to_a_node_once_and_is_never_copied_at_home(cluster):
    assert "once a node" in run_here(cluster, PLACES % ADDRESS)


DIFFERS = """
from executor_jobs import process_id
from kepler_keras.errors import InputError
from kepler_keras.executors.ray_cluster import RayCluster
from executor_jobs import drawn
try:
    list(RayCluster(1, 0, "%s", {"process": process_id}).run(drawn, range(2)))
except InputError as error:
    print(error)
"""


def test_a_node_that_differs_is_refused(cluster):
    said = run_here(cluster, DIFFERS % ADDRESS)
    assert "has another process than the machine that asks, and results would differ" in said


def test_a_node_without_the_code_of_a_job_is_a_sentence(cluster):
    """As one with an older version: it cannot even unpack what it gets."""
    folder = cluster.disk / "only_here"
    folder.mkdir()
    (folder / "mine.py").write_text("def work(job):\n    return job\n")
    words = DIFFERS.replace('{"process": process_id}', "{}").replace("drawn", "work")
    words = words.replace("from executor_jobs import work", "from mine import work")
    places = ":".join(map(str, (ROOT, ROOT / "tests", folder)))
    said = run_here(cluster, words % ADDRESS, PYTHONPATH=places)
    assert "--executor ray: a node cannot take a job; each needs the same version" in said
    assert "Traceback" not in said


NOT_THERE = """
from kepler_keras.errors import InputError
from kepler_keras.executors.ray_cluster import RayCluster
from executor_jobs import drawn
try:
    list(RayCluster({threads}, 0, "{address}").run(drawn, range(2)))
except InputError as error:
    print(error)
"""


@pytest.mark.parametrize(
    ("threads", "address", "sentence"),
    [
        (
            1,
            "127.0.0.1:6380",
            "no Ray cluster can be joined at --address 127.0.0.1:6380 from a node",
        ),
        (2, ADDRESS, "jobs of 2 threads need a node with as many processors"),
    ],
)
def test_a_cluster_that_cannot_be_used_is_a_sentence(cluster, threads, address, sentence):
    words = NOT_THERE.format(threads=threads, address=address)
    assert sentence in run_here(cluster, words)


def test_a_wrong_token_is_a_sentence(cluster):
    words = NOT_THERE.format(threads=1, address=ADDRESS)
    said = run_here(cluster, words, RAY_AUTH_TOKEN="0" * 32)
    assert f"no Ray cluster can be joined at --address {ADDRESS} from a node of it" in said
