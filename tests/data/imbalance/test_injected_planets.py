"""Planets put into quiet rows of the flux view."""

import numpy as np
import pytest

from kepler_keras.data.imbalance.registry import find_strategy
from kepler_keras.data.view_kind import ViewKind
from kepler_keras.errors import InputError
from kepler_keras.experiment import Choice
from kepler_keras.lightcurve.flux_view import flux_view

CADENCE = 0.1
SPAN = 60  # days
LABELS = (np.arange(500) % 50 == 7).astype(np.int8)  # 10 planets, 490 others


def remedy(view_options=None, **options):
    kind = ViewKind("flux", folded=False, options=view_options or {}, cadence=CADENCE)
    return find_strategy(Choice(name="injected_planets", options=options), kind)


def views(labels, *, seed=0, **options):
    """White noise with a gap from column 100 to 129."""
    flux = np.random.default_rng(seed).normal(size=(len(labels), round(SPAN / CADENCE)))
    flux[:, 100:130] = np.nan
    return flux_view(flux.astype(np.float32), cadence=CADENCE, **options)


def test_ten_planets_and_490_others_become_98_and_490():
    view = views(LABELS)
    made = remedy().resample(view, LABELS, 1)
    assert made.indices.tolist() == list(range(500))  # the base rows stay as they were
    assert made.synthetic.shape == (88, 600, 1)
    assert made.synthetic_labels.tolist() == [1] * 88


@pytest.mark.parametrize(
    "options", [{}, {"mask": True}, {"gaps": "linear", "mask": True}, {"low": -3.0, "high": 2.5}]
)
def test_a_synthetic_row_is_a_quiet_row_with_dips(options):
    """Each is one base row, dimmed here and there and never brightened."""
    view = views(LABELS, **options)
    settings = {"ratio": 0.03, "depth_range": [20, 40], "period_range": [5, 9]}
    made = remedy(options, **settings).resample(view, LABELS, 1)
    assert len(made.synthetic) == 5  # 15 planets to 490 others
    for row in made.synthetic:
        apart = np.abs(np.median(view[..., 0] - row[:, 0], axis=1))
        distance = np.abs(view[..., 0] - row[:, 0]).mean(axis=1)
        base = int(np.argmin(distance))
        assert LABELS[base] == 0
        assert apart[base] < 0.3
        change = row[:, 0] - view[base, :, 0]
        dips = change < -1
        assert 2 <= dips.sum() < 100
        assert change[~dips].max() < 0.5  # the scatter is measured anew, with the dips in it
        if "low" in options:
            assert row[:, 0].min() == options["low"]


@pytest.mark.parametrize("mask", [False, True])
def test_gaps_stay_gaps(mask):
    options = {"mask": mask}
    view = views(LABELS, **options)
    made = remedy(options, depth_range=[20, 40]).resample(view, LABELS, 1)
    assert (made.synthetic[:, 100:130, 0] == 0).all()
    if mask:
        assert (made.synthetic[:, 100:130, 1] == 0).all()
        assert (made.synthetic[:, 130:, 1] == 1).all()


def test_depths_are_in_scatters_and_periods_in_days():
    labels = (np.arange(40) < 1).astype(np.int8)
    noise = np.random.default_rng(1).normal(size=(40, 6000)) * 0.05
    view = flux_view(noise.astype(np.float32), cadence=CADENCE, low=-100)
    chosen = {"depth_range": [40, 40], "period_range": [50, 50], "ratio": 0.1}
    made = remedy({"low": -100}, **chosen).resample(view, labels, 1)
    assert len(made.synthetic) == 3
    for row in made.synthetic[..., 0]:
        deep = np.flatnonzero(row < -20)
        starts = deep[np.diff(deep, prepend=-100) > 10]
        assert len(starts) in (11, 12, 13)  # 600 d
        assert np.abs(np.diff(starts) - 500).max() <= 1
        assert row.min() == pytest.approx(-41, abs=4)


def test_each_base_row_is_used_once_whatever_else_is_there():
    """Streams belong to rows: another seed of the order would not change what a row gets."""
    view = views(LABELS)
    first, again, other = (remedy().resample(view, LABELS, seed).synthetic for seed in (1, 1, 2))
    assert first.tobytes() == again.tobytes()
    assert first.tobytes() != other.tobytes()
    assert len({row.tobytes() for row in first}) == 88


def test_rows_without_room_are_passed_over():
    view = views(LABELS)
    dead = np.flatnonzero(LABELS == 0)[:400]
    view[dead] = 0.0  # nothing was measured
    made = remedy(ratio=0.1).resample(view, LABELS, 1)
    assert len(made.synthetic) == 39
    assert (made.synthetic.std(axis=1) > 0.5).all()
    sentence = (
        "^injected_planets: 480 planets are to be made, but of 490 quiet rows only 90 have scatter "
        "and room for 2 transits; lower ratio or min_transits$"
    )
    with pytest.raises(InputError, match=sentence):
        remedy(ratio=1.0).resample(view, LABELS, 1)


def test_as_many_planets_as_asked_for_are_left_alone():
    labels = np.array([1, 0, 0, 0, 0], np.int8)
    made = remedy(ratio=0.25).resample(views(labels), labels, 1)
    assert made.synthetic.shape == (0, 600, 1)
    assert made.indices.tolist() == [0, 1, 2, 3, 4]


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"ratio": 0.01}, "10 planets and 490 others already, which is above ratio = 0.01"),
        ({"depth_range": [0, 4]}, "depth_range must rise from above 0 to 50 scatters or less, got"),
        ({"depth_range": [4, 51]}, "depth_range must rise .* got 4 to 51"),
        ({"period_range": [9, 3]}, "period_range must rise from above 0, got 9 to 3"),
        ({"period_range": [0.1, 3]}, "period_range must start at 0.5 d or later, got 0.1 d"),
    ],
)
def test_ranges_are_refused_from_labels_alone(options, sentence):
    with pytest.raises(InputError, match=f"^injected_planets: .*{sentence}"):
        remedy(**options).check(LABELS)


def test_periods_longer_than_the_curves_are_refused():
    with pytest.raises(InputError, match=r"^injected_planets: period_range must leave room for 4"):
        remedy(period_range=[5, 30], min_transits=4).resample(views(LABELS), LABELS, 1)


@pytest.mark.parametrize("options", [{"depth_range": [3]}, {"period_range": [1, float("inf")]}])
def test_wrong_pairs_are_refused(options):
    (option,) = options
    with pytest.raises(InputError, match=f"imbalance 'injected_planets': {option}: .*, got"):
        remedy(**options)


@pytest.mark.parametrize("force", [False, True])
def test_folded_views_are_refused_even_by_force(force):
    kind = ViewKind("global_view", folded=True)
    with pytest.raises(InputError, match="'global_view': it needs the view 'flux'; the transits"):
        find_strategy(Choice(name="injected_planets", options={"force": force}), kind)
