import numpy as np
import pytest
from matplotlib.figure import Figure
from scipy import stats

from kepler_keras.errors import InputError
from kepler_keras.evaluation.critical_difference import (
    CriticalDifferenceDisplay,
    critical_difference,
)


def many(n=12, gaps=(0.0, 0.2, 0.202), seed=0):
    """Each data set has its own level; entries differ by the gaps and a little noise."""
    rng = np.random.default_rng(seed)
    return rng.uniform(0, 0.5, (n, 1)) + np.array(gaps) + rng.normal(0, 0.02, (n, len(gaps)))


def test_ranks_by_hand():
    values = np.array([[0.9, 0.5, 0.7], [0.8, 0.6, 0.6], [0.7, 0.9, 0.1]])
    found = critical_difference(["a", "b", "c"], values)
    # Ranks 1 3 2, 1 2.5 2.5, 2 1 3.
    assert found.names == ("a", "b", "c")
    assert found.ranks == pytest.approx((4 / 3, 6.5 / 3, 7.5 / 3))
    assert found.n_data_sets == 3
    # Friedman by hand with ties: 12 x 3 / (3 x 4) (sum of squared distances from 2), over
    # 1 - 6 / (3 (27 - 3)) for the one pair of ties.
    distance = sum((rank - 2) ** 2 for rank in found.ranks)
    expected = 3 * distance / (1 - 6 / 72)
    assert found.friedman_p == pytest.approx(stats.chi2.sf(expected, 2))
    assert found.cliques == ((0, 2),)
    assert found.smallest_p == 0.25


def test_pairs_are_wilcoxons_with_holms_correction():
    values = many()
    found = critical_difference(["low", "middle", "high"], values)
    assert found.names == ("high", "middle", "low")
    raw = [stats.wilcoxon(values[:, a] - values[:, b]).pvalue for a, b in ((2, 0), (1, 0), (2, 1))]
    assert found.p_values[0, 2] == pytest.approx(3 * min(raw[:2]))
    assert found.p_values[0, 1] == pytest.approx(raw[2])
    assert found.cliques == ((0, 1),)
    assert pytest.approx(found.p_values) == found.p_values.T


def test_where_friedman_finds_nothing_no_pair_differs():
    found = critical_difference(["a", "b", "c"], np.random.default_rng(1).random((6, 3)))
    assert found.friedman_p > 0.05
    assert found.cliques == ((0, 2),)
    found = critical_difference(["a", "b", "c"], np.full((4, 3), 0.5))
    assert (found.friedman_p, found.ranks) == (1, (2, 2, 2))


def test_overlapping_groups():
    """The middle one cannot be told from either neighbour, and they can from each other."""
    values = many(n=12, gaps=(0.0, 0.02, 0.04), seed=2)
    values[:, 2] += 0.01
    found = critical_difference(["a", "b", "c"], values)
    apart = found.p_values < 0.05
    assert apart[0, 2]
    groups = [(i, j) for i, j in ((0, 1), (1, 2)) if not apart[i, j]]
    assert list(found.cliques) == groups


@pytest.mark.parametrize(
    ("shape", "words"),
    [((2, 4), "3 data sets or more, got 2"), ((5, 2), "3 entries or more, got 2")],
)
def test_too_few_are_refused(shape, words):
    with pytest.raises(InputError, match=words):
        critical_difference([f"e{i}" for i in range(shape[1])], np.ones(shape))


def test_the_display_names_every_entry_once():
    found = critical_difference(["low", "middle", "high"], many())
    display = CriticalDifferenceDisplay(found)
    assert display.frame()["entry"].tolist() == ["high", "middle", "low"]
    axes = Figure(figsize=(6, display.height)).subplots()
    display.plot(axes)
    texts = [text.get_text().strip() for text in axes.texts]
    assert [sum(name in text for text in texts) for name in found.names] == [1, 1, 1]
    (bar,) = [line for line in axes.lines if line.get_linewidth() == 4]
    assert bar.get_xdata() == pytest.approx([found.ranks[0] - 0.05, found.ranks[1] + 0.05])
