"""Rows that are many are read a part at a time, and are the same rows."""

import numpy as np
import pytest

from kepler_keras.data import views as views_module
from kepler_keras.data.scaling import fit_scaler
from kepler_keras.data.views import UnreadRows, Views, one_view

CURVES = np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0], [7.0, 8.0]], np.float32)[..., None]
NUMBERS = np.array([[1.0, 5.0], [2.0, np.nan], [3.0, np.nan], [6.0, 7.0]], np.float32)
ROWS = np.array([3, 0, 2])


@pytest.fixture
def little_memory(monkeypatch):
    """No rows are few, and a part is one row of both views."""
    monkeypatch.setattr(views_module, "AT_ONCE", 0)
    monkeypatch.setattr(views_module, "A_PART", 16)


class OnDisk:
    """Stands for an array on disk: it gives rows, notes how many, and is no array itself."""

    def __init__(self, array):
        self._array, self.asked = array, []
        self.shape, self.dtype, self.ndim = array.shape, array.dtype, array.ndim

    def __len__(self):
        return len(self._array)

    def __getitem__(self, rows):
        taken = np.array(self._array[rows])
        self.asked.append(len(taken))
        return taken

    def __array__(self, *given, **named):
        raise AssertionError("all of it was asked for")


def test_few_rows_are_read_at_once():
    curves = OnDisk(CURVES)
    chosen = one_view(curves).at(ROWS)
    assert curves.asked == [3]
    assert chosen.single.tobytes() == CURVES[ROWS].tobytes()
    assert [len(part) for part in chosen.parts()] == [3]


@pytest.mark.usefixtures("little_memory")
def test_many_rows_are_read_where_they_are_asked_for():
    curves = OnDisk(CURVES)
    chosen = Views({"flux": curves, "scalars": NUMBERS}).at(ROWS)
    assert curves.asked == []
    assert isinstance(chosen.arrays["flux"], UnreadRows)
    assert chosen.shapes == {"flux": (2, 1), "scalars": (2,)}
    assert [array.ndim for _, array in chosen.items()] == [3, 2]
    assert len(chosen) == 3
    part = chosen[1:]
    assert curves.asked == [2]
    assert part.arrays["flux"].tobytes() == CURVES[[0, 2]].tobytes()
    assert chosen[np.array([2, 0])].arrays["scalars"].tobytes() == NUMBERS[[2, 3]].tobytes()
    assert chosen.at(np.array([1]))[:].arrays["flux"].tobytes() == CURVES[[0]].tobytes()
    curves.asked.clear()
    assert [one.arrays["flux"].ravel().tolist() for one in chosen.parts()] == [
        [7, 8],
        [1, 2],
        [5, 6],
    ]
    assert curves.asked == [1, 1, 1]


@pytest.mark.usefixtures("little_memory")
def test_unread_rows_are_changed_as_they_are_read():
    curves = OnDisk(CURVES)
    doubled = Views({"flux": curves, "scalars": NUMBERS}).at(ROWS).changed({"flux": np.negative})
    assert curves.asked == []
    assert doubled[:2].arrays["flux"].ravel().tolist() == [-7, -8, -1, -2]
    assert doubled[:2].arrays["scalars"].tobytes() == NUMBERS[[3, 0]].tobytes()


def test_rows_that_were_read_are_changed_at_once():
    changed = one_view(CURVES).changed({"view": np.negative})
    assert changed.single.tobytes() == (-CURVES).tobytes()


@pytest.mark.usefixtures("little_memory")
def test_the_scaler_sees_parts_and_finds_mean_and_scale_of_all():
    """By hand: 7, 8, 1, 2, 5, 6 have mean 29/6; the first feature 6, 1, 3; the second 7, 5."""
    curves = OnDisk(CURVES)
    scaler = fit_scaler(Views({"flux": curves, "scalars": NUMBERS}), ROWS)
    assert curves.asked == [1, 1, 1]
    assert scaler.views["flux"].mean == pytest.approx((29 / 6,))
    assert scaler.views["flux"].scale == pytest.approx((np.sqrt(179 / 6 - (29 / 6) ** 2),))
    assert scaler.views["scalars"].mean == pytest.approx((10 / 3, 6.0))
    assert scaler.views["scalars"].scale == pytest.approx((np.sqrt(46 / 3 - 100 / 9), 1.0))


def test_parts_change_the_scaling_by_rounding_alone(monkeypatch):
    rng = np.random.default_rng(0)
    view = (1e4 + rng.normal(size=(500, 30, 1))).astype(np.float32)  # far from 0, where sums cancel
    whole = fit_scaler(one_view(view), np.arange(500)).views["view"]
    assert whole.mean == (float(view.mean(dtype=np.float64)),)  # few rows: the sums of old
    assert whole.scale == (float(view.std(dtype=np.float64)),)
    monkeypatch.setattr(views_module, "AT_ONCE", 0)
    monkeypatch.setattr(views_module, "A_PART", 7 * 120)
    parts = fit_scaler(one_view(view), np.arange(500)).views["view"]
    assert parts.mean == pytest.approx(whole.mean, rel=1e-14)
    assert parts.scale == pytest.approx(whole.scale, rel=1e-12)


@pytest.mark.usefixtures("little_memory")
def test_a_feature_that_nobody_knows_is_left_alone_in_parts_too():
    unknown = np.full((3, 1), np.nan, np.float32)
    scaler = fit_scaler(Views({"scalars": unknown}), np.arange(3)).views["scalars"]
    assert (scaler.mean, scaler.scale) == ((0.0,), (1.0,))
