"""What the report says of pairs, and of what the data can decide."""

import re

import pytest
from made_up_record import experiment, make_record

from kepler_keras.reporting.page import page
from kepler_keras.reporting.power_section import power_section
from kepler_keras.reporting.results import build_results
from kepler_keras.reporting.wording import percent, verdict_families


@pytest.fixture(scope="module")
def results():
    return build_results(make_record())


@pytest.fixture(scope="module")
def folds(results):
    return text_of(page(make_record(), results))


@pytest.fixture(scope="module")
def given():
    record = make_record(experiment(protocol={"split": "given"}))
    return record, build_results(record)


def text_of(html):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def test_the_rule_is_stated_once_where_verdicts_stand(folds):
    assert "How a verdict is reached. Equivalent, where the whole 95 % interval" in folds
    assert "The families here: 3 pairs with the baseline, 3 pairs of all others." in folds
    assert "none of which decides (6)" in folds


def test_the_file_has_what_stands_beside_a_verdict(results):
    one = results.comparisons[0]
    chances = one.probabilities
    assert chances.better + chances.equivalent + chances.worse == pytest.approx(1)
    assert one.fitted.low < one.fitted.mean < one.fitted.high
    assert one.fitted.mean == pytest.approx(one.difference.mean)
    assert one.adjusted_p_value >= one.p_value
    assert 0 < one.mcnemar.p_value <= 1


def test_one_fold_gives_no_verdict_and_says_why(given):
    record, results = given
    text = text_of(page(record, results))
    assert {one.verdict for one in results.comparisons} == {"not decided"}
    assert results.verdict.endswith("so that nothing is decided.")
    assert "How a verdict is reached" not in text
    assert "Chance that the first is better" not in text
    assert "interval over stars, for these fitted models. The band" in text
    assert "One test set cannot decide which procedure is better" in text


def test_the_power_card_in_words(results):
    section = power_section(results)
    assert section.lead.startswith(
        "120 stars are tested, 12 of them with a planet; a test fold has 40 stars, 4 of them with"
    )
    recall, difference, calls = section.sentences
    assert recall.startswith(
        "Recall: 6 of 12 would be a recall of 0.50, and the 95 % interval would reach from 0.21 to "
        "0.79; 11 of 12"
    )
    assert "80 of 100" in difference
    assert "at least 6 planets" in calls


def test_too_few_planets_never_reach_mcnemars_test(results):
    few = results.power.model_copy(update={"n_planets": 5, "mcnemar_floor": 0.0625,
                                           "mcnemar_planets": None})  # fmt: skip
    section = power_section(results.model_copy(update={"power": few}))
    assert "would give p = 0.062. These planets alone can never bring it" in section.sentences[2]


def test_a_difference_beyond_what_is_possible_is_not_named(results):
    wide = results.power.model_copy(update={"smallest_difference": 1.3})
    section = power_section(results.model_copy(update={"power": wide}))
    assert "No difference that is possible" in section.sentences[1]


@pytest.mark.parametrize(
    ("counts", "words"),
    [
        ({"baseline": 1}, "here: 1 pair with the baseline."),
        (
            {"baseline": 3, "other pairs": 3},
            "here: 3 pairs with the baseline, 3 pairs of all others.",
        ),
        (
            {"other pairs": 2, "questions": 4, "baseline": 3},
            "here: 4 pairs of the experiment's questions, 3 pairs with the baseline, "
            "2 pairs of all others.",
        ),
    ],
)
def test_families_in_words(counts, words):
    assert verdict_families(counts).endswith(words)


@pytest.mark.parametrize(
    ("share", "text"), [(0.0, "< 1 %"), (0.42, "42 %"), (1.0, "> 99 %"), (0.006, "1 %")]
)
def test_nothing_is_called_certain(share, text):
    assert percent(share) == text
