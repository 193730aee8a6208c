import numpy as np
import pytest

from kepler_keras.evaluation.null import average_precision_null, null_of_counts


def test_one_positive_is_not_the_prevalence():
    # Among three, the planet stands 1st, 2nd or 3rd: (1 + 1/2 + 1/3) / 3 = 11/18, far from 1/3.
    null = average_precision_null([np.array([0, 1, 0])], draws=20000)
    assert set(null.round(12)) == {1, 0.5, round(1 / 3, 12)}
    assert null.mean() == pytest.approx(11 / 18, abs=0.01)


def test_one_positive_among_n_is_a_harmonic_number():
    labels = np.zeros(50)
    labels[7] = 1
    expected = sum(1 / i for i in range(1, 51)) / 50
    null = average_precision_null([labels], draws=5000)
    assert null.mean() == pytest.approx(expected, abs=0.01)
    assert null.mean() > 4 * labels.mean()


def test_folds_are_averaged():
    fold = np.array([0, 1, 0, 0, 0])
    one, four = (average_precision_null([fold] * n, draws=4000) for n in (1, 4))
    assert one.shape == four.shape == (4000,)
    assert four.mean() == pytest.approx(one.mean(), abs=0.02)
    assert four.std() == pytest.approx(one.std() / 2, rel=0.1)


def test_seed_decides():
    folds = [np.array([0, 1, 0, 1, 0])]
    first, again, other = (average_precision_null(folds, draws=30, seed=s) for s in (1, 1, 2))
    assert (first == again).all()
    assert (first != other).any()


def test_many_positives_come_near_the_prevalence():
    labels = np.arange(2000) % 2
    assert average_precision_null([labels], draws=50).mean() == pytest.approx(0.5, abs=0.01)


def test_null_of_counts_is_the_same_distribution():
    counts = [(40, 1), (30, 4), (3, 3)]
    labels = [(np.arange(n) < k).astype(np.int8) for n, k in counts]
    slow = average_precision_null(labels, draws=4000, seed=1)
    fast = null_of_counts(counts, draws=4000, seed=2)
    assert fast.shape == (4000,)
    assert fast.mean() == pytest.approx(slow.mean(), abs=0.01)
    assert np.quantile(fast, [0.1, 0.9]) == pytest.approx(np.quantile(slow, [0.1, 0.9]), abs=0.02)
    alone = null_of_counts([(4, 1)], draws=4000)
    assert sorted({round(value, 6) for value in alone}) == [0.25, 0.333333, 0.5, 1.0]
