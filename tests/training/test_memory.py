"""What is free, read from files typed in by hand, and what is refused."""

import numpy as np
import pytest

from kepler_keras.data.views import one_view
from kepler_keras.errors import InputError
from kepler_keras.training.fit import Examples, Task, fit_entry
from kepler_keras.training.memory import check_memory, free_memory

MEMINFO = "MemTotal:       16000 kB\nMemFree:         100 kB\nMemAvailable:    9000 kB\n"
STATUS = "Name:\tpython\nVmSize:\t   3000 kB\nVmData:\t    500 kB\n"
LIMITS = (
    "Limit                     Soft Limit           Hard Limit           Units     \n"
    "Max data size             {data}            unlimited            bytes     \n"
    "Max address space         {space}            unlimited            bytes     \n"
)


@pytest.fixture
def system(tmp_path):
    """A machine with 9000 kB free, on which other files are written over."""

    def write(files):
        for name, text in {"proc/meminfo": MEMINFO, "proc/self/status": STATUS, **files}.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        return tmp_path

    return write


def test_without_limits_it_is_what_the_machine_has(system):
    unlimited = LIMITS.format(data="unlimited", space="unlimited")
    files = {"proc/self/limits": unlimited, "proc/self/cgroup": "0::/\n"}
    assert free_memory(system(files)) == 9000 * 1024


def test_a_system_that_does_not_tell_refuses_nothing(tmp_path):
    assert free_memory(tmp_path) is None


@pytest.mark.parametrize(
    ("data", "space", "free"),
    [
        ("1000000", "unlimited", 1_000_000 - 500 * 1024),
        ("unlimited", "4000000", 4_000_000 - 3000 * 1024),
        ("100", "unlimited", 100 - 500 * 1024),
    ],
)
def test_limits_of_the_process_count(system, data, space, free):
    assert free_memory(system({"proc/self/limits": LIMITS.format(data=data, space=space)})) == free


def test_the_first_kind_of_control_group_counts_and_pages_of_files_are_free(system):
    group = "sys/fs/cgroup/memory/a/b"
    files = {
        "proc/self/cgroup": "5:cpu:/x\n4:memory:/a/b\n0::/\n",
        f"{group}/memory.limit_in_bytes": "5000\n",
        f"{group}/memory.usage_in_bytes": "4500\n",
        f"{group}/memory.stat": "cache 900\ntotal_active_file 100\ntotal_inactive_file 700\n",
        "sys/fs/cgroup/memory/memory.limit_in_bytes": "9223372036854771712\n",
        "sys/fs/cgroup/memory/memory.usage_in_bytes": "70000\n",
    }
    assert free_memory(system(files)) == 5000 - 4500 + 800


def test_the_second_kind_counts_as_do_the_groups_around_it(system):
    files = {
        "proc/self/cgroup": "0::/outer/inner\n",
        "sys/fs/cgroup/outer/inner/memory.max": "max\n",
        "sys/fs/cgroup/outer/inner/memory.current": "10\n",
        "sys/fs/cgroup/outer/memory.max": "6000\n",
        "sys/fs/cgroup/outer/memory.current": "1000\n",
        "sys/fs/cgroup/outer/memory.stat": "anon 5\nactive_file 20\ninactive_file 30\n",
    }
    assert free_memory(system(files)) == 6000 - 1000 + 50


def test_a_container_shows_its_own_group_as_the_outermost(system):
    files = {
        "proc/self/cgroup": "0::/somewhere/outside\n",
        "sys/fs/cgroup/memory.max": "3000\n",
        "sys/fs/cgroup/memory.current": "1000\n",
    }
    assert free_memory(system(files)) == 2000


def test_what_needs_more_than_there_is_is_refused():
    check_memory(1000.0, what="a mouse", advice="eat")
    with pytest.raises(InputError) as caught:
        check_memory(4e15, what="an elephant comes in", advice="take a mouse")
    start, _, rest = str(caught.value).partition(", and ")
    assert start == "an elephant comes in at once, which needs 4000000.00 GB of memory"
    assert rest.endswith(" GB are free; take a mouse")


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({}, "entry 'logistic_regression': model 'logistic_regression' takes its 40 rows at once"),
        (
            {"imbalance": {"name": "smote", "force": True}},
            "entry 'logistic_regression': imbalance 'smote' takes all 40 training rows at once",
        ),
    ],
)
def test_curves_too_long_for_any_machine_are_refused_before_they_are_read(entry, settings, words):
    """One number shown as 60 curves of 10**13 cadences."""
    endless = np.broadcast_to(np.float32(0), (60, 10**13, 1))
    labels = (np.arange(60) % 3 == 0).astype(np.int8)
    rows = np.arange(60)
    one = entry("logistic_regression", training={"scaling": "none"}, **settings)
    task = Task(one, Examples(one_view(endless, "flux"), labels, 0.02), rows[:40], rows[40:], 0)
    with pytest.raises(InputError) as caught:
        fit_entry(task)
    assert str(caught.value).startswith(words)
