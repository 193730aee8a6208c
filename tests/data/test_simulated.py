"""The simulated source: what a learner gets, and every option that cannot be."""

import hashlib

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


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (
            {"n_stars": 30, "seed": 0, "n_cadences": 800},
            "37185fb3bf9b9837811a6f25a497f493378a412a2ddb1090f9e6530653382479",
        ),
        (
            {"n_stars": 12, "seed": 7},
            "1134550f925ec32b3e9612b87861a3675a9727f6ab79c2ed5dff20439487d198",
        ),
    ],
)
def test_the_default_population_keeps_its_bytes(options, expected):
    curves = load(**options)
    digest = hashlib.sha256(repr(curves.flux.shape).encode())
    digest.update(curves.flux.tobytes())
    digest.update(curves.labels.tobytes())
    digest.update("\0".join(curves.stars.tolist()).encode())
    assert digest.hexdigest() == expected


def test_the_truth_stands_beside_the_curves():
    curves = load(n_stars=40, seed=2, prevalence=0.2)
    truth = curves.truth
    np.testing.assert_array_equal(truth["kind"] == "planet", curves.labels == 1)
    planets = curves.labels == 1
    assert np.isfinite(truth["period"][planets]).all()
    assert (truth["depth_ppm"][planets] >= 250).all()
    assert np.isnan(truth["period"][truth["kind"] == "quiet"]).all()
    assert curves.rows(np.array([3, 1])).truth["white_noise_ppm"].tolist() == [
        truth["white_noise_ppm"][3],
        truth["white_noise_ppm"][1],
    ]


@pytest.mark.parametrize("realism", ["kepler", "k2"])
def test_realism_is_another_population_with_gaps(realism):
    curves = load(n_stars=20, seed=1, realism=realism)
    assert np.isnan(curves.flux).any()
    assert f"Realism {realism}" in curves.notes[-1]
    assert "that stand alone" in curves.notes[1]
    assert curves.fingerprint != load(n_stars=20, seed=1).fingerprint
    assert curves.fingerprint == load(n_stars=20, seed=1, realism=realism).fingerprint
    assert np.isfinite(load(n_stars=20, seed=1, realism=realism, gaps=False).flux).all()


def test_the_noise_of_a_preset_gives_way_to_the_option():
    noise = load(n_stars=20, realism="kepler", noise_range=[50, 60]).truth["white_noise_ppm"]
    assert ((noise >= 50) & (noise <= 60)).all()
    assert load(n_stars=20, realism="kepler").truth["white_noise_ppm"].max() > 300


def test_transits_are_where_the_truth_says():
    quiet = {"n_stars": 10, "prevalence": 0.9, "eclipsing_binary_share": 0, "seed": 3}
    quiet |= {"noise_range": [0.001, 0.001], "depth_range": [8000, 8000], "period_range": [2, 9]}
    curves = load(**quiet)
    time = np.arange(3197) * curves.cadence
    for row in np.flatnonzero(curves.labels):
        true = {name: curves.truth[name][row] for name in ("period", "t0", "duration")}
        orbit = (time - true["t0"] + true["period"] / 2) % true["period"] - true["period"] / 2
        deep = curves.flux[row] < -4000
        assert deep.any()
        assert np.abs(orbit[deep]).max() < true["duration"] / 2 + curves.cadence / 2


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
        ({"noise_range": [100, float("nan")]}, "noise_range must be a number, got nan"),
        ({"noise_range": [100, float("inf")]}, "noise_range must be a number, got inf"),
        ({"prevalence": float("nan")}, "prevalence must be a number, got nan"),
        ({"depth_range": [100, 20_000]}, "depth_range must end at 10000 ppm or below"),
        ({"depth_range": []}, "depth_range must be a pair"),
        ({"period_range": [0.1, 5]}, "period_range must start at 0.5 d or later"),
        ({"max_impact": 0.9}, r"max_impact must be in \[0, 0.8\], got 0.9"),
        ({"min_transits": 0}, "min_transits must be 1 or more, got 0"),
        ({"eclipsing_binary_share": 0.99}, "leave room for the hosts"),
        ({"realism": "keppler"}, "no realism 'keppler'; did you mean 'kepler'"),
        ({"realism": "tess"}, "no realism 'tess'; known are k2, kepler, plain"),
        ({"realism": "k2", "noise_range": [5, 1]}, "noise_range must rise"),
        ({"realism": "k2", "gaps": "no"}, "gaps must be true or false, got 'no'"),
    ],
)
def test_impossible_options_are_refused(options, rule):
    with pytest.raises(InputError, match=rule):
        load(**{"n_stars": 20, **options})
