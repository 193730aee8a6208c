"""Several processes come to the same end as one."""

import os
from functools import partial

import pytest
from made_up_predictions import random_table

from kepler_keras.evaluation import processes
from kepler_keras.evaluation.comparison import compare
from kepler_keras.evaluation.processes import by_entry, started
from kepler_keras.evaluation.summary import summarise

ROWS = random_table({"a": 1.5, "b": 0.5, "c": 1.0})


@pytest.fixture
def large(monkeypatch):
    """Makes every table a large one, on a machine with two cores."""
    monkeypatch.setattr(processes, "MANY_ROWS", 1)
    monkeypatch.setattr(processes, "WORKERS", 2)


def workers(rows):
    return {str(name): os.getpid() for name in rows["entry"].unique()}


def evaluated():
    summaries = summarise(ROWS, draws=20)
    found = compare(
        ROWS, summaries, primary_metric="average_precision", margin=0.02, baseline="a", draws=20
    )
    return repr((summaries, found))  # NaN does not equal itself


def test_measures_and_comparisons_do_not_depend_on_who_works_them_out(request):
    alone = evaluated()
    request.getfixturevalue("large")
    assert evaluated() == alone


def test_entries_of_a_large_table_are_shared_out_and_keep_their_order(large):
    found = by_entry(workers, ROWS)
    assert list(found) == ["a", "b", "c"]
    assert os.getpid() not in found.values()


def test_a_small_table_starts_no_process():
    assert set(by_entry(workers, ROWS).values()) == {os.getpid()}


@pytest.mark.parametrize("apart", [True, False])
def test_what_was_started_gives_its_result_and_its_error(apart):
    assert started(partial(divmod, 7, 2), apart=apart)() == (3, 1)
    with pytest.raises(ZeroDivisionError):
        started(partial(divmod, 7, 0), apart=apart)()
