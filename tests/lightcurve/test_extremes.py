import numpy as np

from kepler_keras.lightcurve.extremes import extremes, runs


def test_lowest_and_highest_of_each_run_in_their_order():
    values = np.array([0.0, 5.0, -1.0, 2.0, 7.0, 7.5, -9.0, 0.0])
    assert extremes(values, columns=2).tolist() == [5, -1, 7.5, -9]


def test_a_run_of_one_level_gives_it_twice_and_a_gap_twice_none():
    values = np.array([3.0, 3.0, 3.0, np.nan, np.nan, np.nan, np.nan, 4.0, np.nan])
    kept = extremes(values, columns=3)
    assert kept[:2].tolist() == [3, 3]
    assert np.isnan(kept[2:4]).all()
    assert kept[4:].tolist() == [4, 4]


def test_a_dip_of_one_cadence_survives():
    flux = np.zeros(3197, np.float32)
    flux[1234] = -1
    kept = extremes(flux, columns=100)
    assert (kept.shape, np.flatnonzero(kept == -1).tolist()) == (
        (200,),
        [2 * (1234 * 100 // 3197) + 1],
    )


def test_short_curves_come_back_as_a_copy():
    values = np.array([1.0, np.nan, 2.0])
    kept = extremes(values, columns=2)
    kept[0] = 9
    assert values[0] == 1


def test_runs_cover_everything_once():
    ends = [(one.start, one.stop) for one in runs(10, 4)]
    assert ends == [(0, 2), (2, 5), (5, 8), (8, 10)]
    assert len(runs(3, 100)) == 3
