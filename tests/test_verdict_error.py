"""The benchmark of verdicts on few data sets, its measures, its page and its committed figures."""

from pathlib import Path

import numpy as np
import pytest

from kepler_keras.evaluation import metrics
from kepler_keras.evaluation.thresholds import best_f1_threshold

ROOT = Path(__file__).parents[1]
FIGURES = ROOT / "docs" / "statistics_verdicts.csv"
NAMES = ("separate features", "shared features", "tied scores", "easy planets")


@pytest.fixture(autouse=True)
def _benchmarks(monkeypatch):
    monkeypatch.syspath_prepend(ROOT / "benchmarks")


@pytest.mark.parametrize("name", NAMES)
def test_two_equally_good_procedures_are_rarely_told_apart(name):
    """The error of the verdict is small; that of the plain t-test over repeats is not."""
    from verdict_error import measure
    from verdict_populations import POPULATIONS

    _, found = measure(
        POPULATIONS[name], 5, 0.0, 0.0, data_sets=100, bootstrapped=0, draws=0,
        rng=np.random.default_rng(3),
    )  # fmt: skip
    assert found.verdict <= 0.07
    assert found.plain_t > 0.15 or name == "easy planets"  # hardly any of five is missed


def test_the_rules_by_hand():
    from verdict_rules import judged

    rules = judged([0.01, 0.02, 0.03, 0.04, 0.05], 5)
    assert rules == {"verdict": 1, "equivalent": 0, "uncapped": 1, "plain_t": 1}
    rules = judged([0.01, 0.02, 0.03, 0.04, 0.05] * 3, 2)  # one degree of freedom
    assert rules == {"verdict": 0, "equivalent": 0, "uncapped": 1, "plain_t": 1}


@pytest.mark.parametrize("digits", [1, 6])  # with one digit there are many ties
def test_it_measures_as_the_package_does(digits):
    from verdict_populations import average_precision, best_threshold

    rng = np.random.default_rng(1)
    planets, others = (rng.normal(mean, 1, n).round(digits) for mean, n in ((1, 30), (0, 300)))
    labels, scores = np.repeat([1, 0], [30, 300]), np.concatenate([planets, others])
    expected = metrics.average_precision(labels, scores)
    assert average_precision(planets, others) == pytest.approx(expected)
    assert best_threshold(planets, others) == best_f1_threshold(labels, scores)


def test_learners_never_see_their_test_rows():
    """Test scores stay as they are when more rows are tested."""
    from verdict_populations import POPULATIONS, Scored

    assert set(POPULATIONS) == set(NAMES)
    for population in POPULATIONS.values():
        rng = np.random.default_rng(0)
        planets = [rng.normal(1, 1, (4, 4)).astype(np.float32) for _ in range(5)]
        others = [rng.normal(0, 1, (40, 4)).astype(np.float32) for _ in range(5)]
        before = population.learner(planets, others)[0]
        changed = [np.concatenate([planets[0], planets[0] + 9]), *planets[1:]]
        after = population.learner(changed, others)[0]
        assert isinstance(after, Scored)
        assert np.array_equal(before.test[0], after.test[0][:4])
        assert np.array_equal(before.test[1], after.test[1])


@pytest.fixture
def rows():
    from verdict_tables import read

    return read(FIGURES)


def test_the_page_shows_the_committed_figures(rows):
    from verdict_tables import error_table, power_table

    page = (ROOT / "docs" / "statistics.md").read_text()
    for table in (error_table(rows), power_table(rows)):
        assert "\n".join(table) in page


def test_the_committed_verdicts_err_rarely(rows):
    null = [row for row in rows if float(row["asked"]) == 0]
    assert {(row["planets"], row["repeats"]) for row in null} == {
        (planets, repeats) for planets in ("5", "37", "500") for repeats in ("1", "3")
    }
    for row in null:
        assert int(row["data_sets"]) >= 1000
        assert float(row["verdict"]) <= 0.07


def test_the_rules_that_do_not_decide_err_often(rows):
    null = [row for row in rows if float(row["asked"]) == 0]
    assert max(float(row["plain_t"]) for row in null if row["repeats"] == "3") > 0.2
    assert max(float(row["mcnemar"]) for row in null) > 0.2
