import pytest
from made_up_record import experiment

from kepler_keras.reporting import wording


@pytest.mark.parametrize(
    ("value", "options", "text"),
    [
        (0.8416, {}, "0.842"),
        (0.5, {"sign": True}, "+0.500"),
        (-0.5, {"sign": True, "digits": 2}, "−0.50"),
        (None, {}, "undefined"),
    ],
)
def test_decimal(value, options, text) -> None:
    assert wording.decimal(value, **options) == text


def test_interval() -> None:
    assert wording.interval(0.1, 0.25, digits=2) == "[0.10, 0.25]"
    assert wording.interval(-0.1, 0.25, digits=2, sign=True) == "[−0.10, +0.25]"
    assert wording.interval(None, 0.25) == "undefined"


def test_rates_come_with_counts() -> None:
    assert wording.rate(0.8, 4, 5) == "0.80 (4/5)"
    assert wording.rate(0.75, 4.5, 6) == "0.75 (4.5/6)"
    assert wording.rate(None, 0, 0) == "undefined (0/0)"


@pytest.mark.parametrize(("value", "text"), [(12345, "12,345"), (2.5, "2.5"), (None, "–")])
def test_count(value, text) -> None:
    assert wording.count(value) == text


@pytest.mark.parametrize(("value", "text"), [(0.0004, "< 0.001"), (0.0312, "0.031")])
def test_p_value(value, text) -> None:
    assert wording.p_value(value) == text


@pytest.mark.parametrize(
    ("value", "text"), [(0.0421, "0.042"), (8.13, "8.1"), (9.98, "10"), (1312.4, "1,312")]
)
def test_seconds(value, text) -> None:
    assert wording.seconds(value) == text


def test_share_of_an_empty_row() -> None:
    assert wording.share(1, 4) == "0.250"
    assert wording.share(0, 0) == "0"


def test_the_protocol_in_words() -> None:
    folds = wording.protocol_sentence(experiment(protocol={"folds": 5, "repeats": 2, "seed": 9}))
    assert "5 folds, 2 times over (seed 9)" in folds
    given = wording.protocol_sentence(experiment(protocol={"split": "given"}))
    assert "folds" not in given
    assert "holds for these fitted models" in given
    assert "prevalence" not in folds + given


@pytest.mark.parametrize("split", ["kfold", "given"])
def test_the_protocol_says_what_a_prevalence_did(split) -> None:
    text = wording.protocol_sentence(experiment(protocol={"split": split, "prevalence": 0.02}))
    assert "at a prevalence of 0.02: training and validation rows were thinned" in text
    assert "Test rows are whole, and weighted so that planets have that share" in text


def test_names_break_behind_underscores_and_dots_and_are_escaped() -> None:
    assert wording.breakable("conv1d.a_b<") == "conv1d.<wbr>a_<wbr>b&lt;"
