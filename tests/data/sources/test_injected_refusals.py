import numpy as np
import pytest
from planted_curves import base, load

from kepler_keras.data.sources import load_source
from kepler_keras.errors import InputError

BAD_OPTIONS = {
    "itself": ({"base_source": "injected"}, "injected curves cannot be injected into"),
    "no planets": ({"planet_copies": 0}, "planet_copies: must be 1 or more, got 0"),
    "negative binaries": ({"binary_copies": -1}, "binary_copies: must be 0 or more, got -1"),
    "planets only": ({"binary_copies": 0, "untouched": False}, "otherwise every row holds a"),
    "no rows": ({"n_rows": 0}, "n_rows: must be 1 or more, got 0"),
    "no share": ({"planet_share": 0.0}, r"planet_share: must be in \(0, 1\], got 0.0"),
    "nan share": ({"planet_share": float("nan")}, r"planet_share: must be in \(0, 1\], got nan"),
    "negative seed": ({"seed": -1}, "seed: must be 0 or more, got -1"),
    "variability": ({"max_variability": 0}, "max_variability: must be above 0 or left out, got 0"),
    "nan variability": ({"max_variability": float("nan")}, "max_variability: must be above 0"),
    "reversed depths": ({"depth_range": (6, 1)}, "depth_range: must rise from above 0 to 50"),
    "no depth": ({"depth_range": (0, 1)}, "depth_range: must rise from above 0"),
    "too deep": ({"depth_range": (1, 51)}, r"to 50 \(scatter\) or less, got 1 to 51"),
    "too deep in ppm": (
        {"depth_unit": "ppm", "depth_range": (1, 20_000)},
        r"to 10000 \(ppm\) or less, got 1 to 20000",
    ),
    "deep binaries": ({"binary_depth_range": (1, 99)}, "binary_depth_range: must rise from"),
    "infinite depth": ({"depth_range": (1, float("inf"))}, "depth_range: must be a pair"),
    "three depths": ({"depth_range": (1, 2, 3)}, r"must be a pair, .*got \[1, 2, 3\]"),
    "no period": ({"period_range": ()}, "period_range: must be a pair"),
    "nan period": ({"period_range": (1, float("nan"))}, "period_range: must be a pair"),
    "long period": ({"period_range": (1, 40)}, "room for 2 transits in 12.2 d"),
    "short period": ({"period_range": (0.1, 3)}, "start at 0.5 d or later"),
    "impact": ({"max_impact": 1.0}, r"max_impact must be in \[0, 0.8\]"),
    "transits": ({"min_transits": 0}, "min_transits must be 1 or more"),
    "ppm of centred flux": (
        {"depth_unit": "ppm"},
        r"kaggle_csv: row \d \(star \w\): depth_unit ppm needs flux with a level",
    ),
}


@pytest.mark.parametrize("name", BAD_OPTIONS)
def test_impossible_options_end_in_one_sentence(plant, name):
    options, words = BAD_OPTIONS[name]
    plant(base())
    with pytest.raises(InputError, match=words) as caught:
        load(**options)
    assert "\n" not in str(caught.value)


def all_nan(curves):
    curves.flux[:] = np.nan


def constant(curves):
    curves.flux[:] = 3.0


def empty(curves):
    curves.flux[:, 50:] = np.nan


def swinging(curves):
    curves.flux[:] += 1000 * np.sin(np.arange(curves.flux.shape[1]) / 4)


@pytest.mark.parametrize("damage", [all_nan, constant, empty, swinging])
def test_a_base_without_a_usable_row_is_refused(plant, damage):
    curves = base()
    damage(curves)
    plant(curves)
    with pytest.raises(InputError, match="of 6 rows 5 are quiet and none of these is usable"):
        load()


def test_a_base_without_quiet_rows_is_refused(plant):
    plant(base(labels=np.ones(6, np.int8)))
    with pytest.raises(InputError, match="of 6 rows 0 are quiet"):
        load()


def test_a_base_that_is_mostly_gap_is_refused_with_its_row(plant):
    curves = base(n_cadences=1200)
    curves.flux[:, 110:] = np.nan
    plant(curves)
    with pytest.raises(InputError, match=r"row \d \(star \w\): no orbit with 5 transits"):
        load(min_transits=5)


def test_folded_curves_are_refused(plant):
    plant(base(cadence=None, folded=True))
    with pytest.raises(InputError, match="the curves come folded"):
        load()


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"base_source": "kaggle"}, "unknown source 'kaggle'; did you mean 'kaggle_csv'"),
        ({"base_options": {"cadense": 1}}, "kaggle_csv has no option 'cadense'"),
        ({"base_options": {"cadence": "fast"}}, r"options\.cadence: .*, got 'fast'"),
        ({"depth_unit": "percent"}, r"options\.depth_unit: .*, got 'percent'"),
        ({"planet_copies": 1.5}, r"options\.planet_copies: .*, got 1\.5"),
        ({"depth_range": "deep"}, r"options\.depth_range"),
        ({"untouched": "perhaps"}, r"options\.untouched"),
        ({}, "there is no such file"),
    ],
)
def test_what_the_base_refuses_is_refused(tmp_path, options, words):
    with pytest.raises(InputError, match=words):
        load_source("injected", str(tmp_path / "missing.csv"), options)
