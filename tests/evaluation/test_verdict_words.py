import pytest

from kepler_keras.evaluation.verdict_words import needed_words, rounded_up


@pytest.mark.parametrize(
    ("stars", "planets", "text"),
    [
        (None, None, "No number of stars would decide"),
        (1234, 12, "about 1,300 tested stars, 12 of them with a planet, would decide it; there"),
        (10**7, 10**5, "more than a million tested stars"),
    ],
)
def test_stars_and_planets_that_would_decide(stars, planets, text):
    sentence = needed_words(stars, planets, n_stars=500, n_planets=5)
    assert text in sentence
    assert stars is None or sentence.endswith("there are 500, 5 with a planet.")


@pytest.mark.parametrize(
    ("value", "text"),
    [(7, "7"), (99, "99"), (101, "110"), (30_001, "31,000"), (990_001, "1,000,000")],
)
def test_rounded_up(value, text):
    assert rounded_up(value) == text
