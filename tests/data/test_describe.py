"""What the head of a report says of the data, and which curves it shows."""

import numpy as np
import pytest

from kepler_keras.data.describe import data_warnings, gallery_rows
from kepler_keras.data.light_curves import LightCurves


def curves_of(stars, labels, *, cadence=0.5, n_columns=4):
    flux = np.zeros((len(stars), n_columns), np.float32)
    names = np.array(stars, dtype=np.str_)
    folded = cadence is None
    return LightCurves("made", flux, np.array(labels, np.int8), names, cadence, folded=folded)


@pytest.mark.parametrize(("n", "warned"), [(19, True), (20, False)])
def test_few_positive_stars_are_warned_of(n, warned):
    stars = [f"s{number}" for number in range(n)] * 3  # rows do not count, stars do
    sentences = data_warnings(curves_of(stars, [1] * len(stars)))
    assert bool(sentences) == warned
    assert not warned or "only 19 stars with a planet" in sentences[0]


def test_gallery_shows_every_star_once_planets_first():
    curves = curves_of(["a", "a", "b", "c", "c", "d"], [1, 0, 1, 0, 0, 0])
    rows, _ = gallery_rows(curves)
    shown = curves.stars[rows].tolist()
    assert sorted(shown) == ["a", "b", "c", "d"]
    assert set(shown[:2]) == {"a", "b"}
    assert curves.labels[rows].tolist() == [1, 1, 0, 0]


def test_gallery_shows_at_most_so_many_of_each_class():
    curves = curves_of([f"s{number}" for number in range(12)], [0, 1] * 6)
    rows, _ = gallery_rows(curves, each=2)
    assert curves.labels[rows].tolist() == [1, 1, 0, 0]


def test_x_is_days_or_phase():
    stars, labels = ["a", "b"], [0, 1]
    assert gallery_rows(curves_of(stars, labels))[1].tolist() == [0, 0.5, 1, 1.5]
    for n, x in ((4, [-0.5, -0.25, 0, 0.25]), (5, [-0.4, -0.2, 0, 0.2, 0.4])):
        folded = curves_of(stars, labels, cadence=None, n_columns=n)
        assert gallery_rows(folded)[1].tolist() == x
