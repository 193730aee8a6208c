"""The simulated source: what a learner gets, and every option that cannot be."""

import numpy as np
import pytest

from kepler_keras.data.sources.simulated import load
from kepler_keras.errors import InputError


def test_it_gives_labelled_curves_of_named_stars():
    curves = load(n_stars=60, seed=5, prevalence=0.1)
    assert curves.flux.shape == (60, 3197)
    assert curves.labels.sum() == 6
    assert curves.labels.dtype == np.int8
    assert curves.stars[0] == "sim-00000"
    assert curves.stars[59] == "sim-00059"
    assert curves.cadence == pytest.approx(29.4244 / 1440)
    assert not curves.folded


def test_the_truth_is_withheld():
    assert load(n_stars=20).ephemerides is None


def test_equal_options_give_equal_data():
    first = load(n_stars=20, seed=1).fingerprint
    assert load(n_stars=20, seed=1).fingerprint == first
    assert load(n_stars=20, seed=2).fingerprint != first
    assert load(n_stars=20, seed=1, depth_range=[300, 700]).fingerprint != first


def test_the_notes_count_what_was_simulated():
    notes = " ".join(load(n_stars=100, seed=3, prevalence=0.05, eclipsing_binary_share=0.1).notes)
    for part in (
        "seed 3",
        "100 stars over 65.3 d",
        "5 planet hosts",
        "250 to 800 ppm",
        "10 eclipsing binaries",
        "85 quiet stars",
        "withheld",
    ):
        assert part in notes


def test_a_path_is_refused():
    with pytest.raises(InputError, match=r"reads no file, path must be left out, got curves\.csv"):
        load("curves.csv")


@pytest.mark.parametrize(
    ("options", "rule"),
    [
        ({"n_stars": 9}, "n_stars must be 10 or more"),
        ({"n_stars": "many"}, "n_stars must be a whole number from 0 on, got 'many'"),
        ({"n_stars": True}, "n_stars must be a whole number"),
        ({"seed": -1}, "seed must be a whole number"),
        ({"seed": 1.5}, "seed must be a whole number"),
        ({"n_cadences": 20}, "n_cadences must be a whole number from 100 on, got 20"),
        ({"prevalence": 1.5}, r"prevalence must be in \(0, 1\), got 1.5"),
        ({"prevalence": "rare"}, "prevalence must be a number, got 'rare'"),
        ({"depth_range": [600, 200]}, "depth_range must rise from above 0, got 600.0 to 200.0"),
        ({"depth_range": 300}, "depth_range must be a pair, smallest and largest, got 300"),
        ({"depth_range": "ab"}, "depth_range must be a pair"),
        ({"depth_range": [1, 2, 3]}, "depth_range must be a pair"),
        ({"period_range": [1, 100]}, "room for 2 transits"),
        ({"noise_range": [0, 100]}, "noise_range must rise"),
    ],
)
def test_impossible_options_are_refused(options, rule):
    with pytest.raises(InputError, match=rule):
        load(**{"n_stars": 20, **options})
