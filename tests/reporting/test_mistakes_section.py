"""The gallery of mistakes: who is shown, what is said, what is drawn."""

import re

import pandas as pd
import pytest
from made_up_mistakes import seen, star, with_mistakes
from made_up_record import entry, experiment, make_record, with_ablations

from kepler_keras.reporting.mistake_words import Call, facts, title
from kepler_keras.reporting.mistakes_section import mistakes_section
from kepler_keras.reporting.page import page
from kepler_keras.reporting.results import build_results

INJECTION = '<script>alert("x")</script>'


def section_of(record):
    return mistakes_section(record, build_results(record))


def html_of(record):
    return page(record, build_results(record))


def given(*rows):
    """A record of one fold whose rows are (entry, row, label, validation score, test score)."""
    names = tuple(dict.fromkeys(row[0] for row in rows))
    setup = experiment(
        protocol={"split": "given"},
        entries=[entry(name, "mlp") for name in names],
        baseline=names[0],
    )
    table = pd.DataFrame(
        [
            (name, 0, 0, row, f"s{row}", split, label, score)
            for name, row, label, validation, test in rows
            for split, score in (("validation", validation), ("test", test))
        ],
        columns=["entry", "repeat", "fold", "example_id", "star", "split", "label", "score"],
    )
    record = make_record(setup)
    return with_mistakes(record.model_copy(update={"predictions": table}), each=1)


# The threshold of each is 0.8, its only validation planet's score. Row 0 has no planet, row 1 has.
SMALL = given(
    ("a", 0, 0, 0.1, 0.9), ("a", 1, 1, 0.8, 0.3), ("a", 2, 1, 0.9, 0.85),
    ("b", 0, 0, 0.1, 0.95), ("b", 1, 1, 0.8, 0.2), ("b", 2, 1, 0.9, 0.99),
    ("c", 0, 0, 0.1, 0.85), ("c", 1, 1, 0.8, 0.81), ("c", 2, 1, 0.9, 0.9),
)  # fmt: skip


def test_scores_ranks_and_others_who_were_wrong_are_counted():
    shown = section_of(SMALL)
    # By average precision: 5/6, 5/6 and 7/12; of equals the first.
    assert [one.entry for one in shown.entries] == ["b", "c", "a"]
    (alarm,), (missed,) = shown.entries[0].others, shown.entries[0].planets
    assert alarm.title == "False alarm: s0"
    assert alarm.facts[0] == (
        "Score 0.95, not below the fold’s threshold of 0.8; ranked above 1 of 2 planets of its "
        "test part."
    )
    assert alarm.facts[1] == "Also wrong: all 2 other entries."
    assert missed.title == "Missed planet: s1"
    assert missed.facts[1] == "Also wrong: a (1 of 2 other entries)."
    right = shown.entries[1].planets[0]
    assert right.title == "Found, but among the lowest of the planets: s1"


def test_stars_that_most_entries_got_wrong_are_named_with_their_number():
    shown = section_of(SMALL)
    assert shown.judges == ("a", "b", "c")
    assert (shown.alarms.number, shown.alarms.of, shown.alarms.stars) == (1, 1, (("s0", 3),))
    assert (shown.missed.number, shown.missed.of, shown.missed.stars) == (1, 2, (("s1", 2),))


def test_of_two_entries_nobody_is_the_majority():
    two = SMALL.model_copy(
        update={
            "experiment": experiment(
                protocol={"split": "given"},
                entries=[entry("a", "mlp"), entry("b", "mlp")],
                baseline="a",
            ),
            "predictions": SMALL.predictions[SMALL.predictions["entry"] != "c"],
            "mistakes": [one for one in SMALL.mistakes if one.entry != "c"],
        }
    )
    assert section_of(two).alarms is None


def test_records_of_before_have_no_such_section():
    assert section_of(make_record()) is None


def test_neither_ablations_nor_controls_nor_constants_are_shown():
    shown = section_of(with_mistakes(make_record(), each=1))
    assert [one.entry for one in shown.entries] == ["conv1d", "mlp"]
    assert shown.judges == ("mlp", "conv1d")
    ablated = section_of(with_mistakes(with_ablations(), each=1))
    assert {one.entry for one in ablated.entries} == {"mlp", "conv1d"}


def test_an_ensemble_says_who_was_looked_into():
    setup = experiment(
        entries=[entry("mlp", "mlp"), entry("conv1d", "conv1d", ensemble={"members": 2})]
    )
    shown = section_of(with_mistakes(make_record(setup), each=1))
    assert {one.entry: one.ensemble for one in shown.entries} == {"conv1d": True, "mlp": False}


def test_every_picture_says_what_it_shows_and_ids_are_unique():
    views = ("flux", "folded_image", "search_features")
    html = html_of(with_mistakes(make_record(), views=views))
    part = html[html.index('<section id="mistakes">') :]
    part = part[: part.index("</section>")]
    assert len(part) / 2 < 600_000 / 3  # an entry, of three
    labels = re.findall(r'<svg [^>]*aria-label="([^"]*)"', part)
    assert len(labels) == part.count("<svg ") == 2 * 6 * (2 + 2)  # the third view is named
    assert part.count("Of less weight and not drawn: search_features") == 12
    assert "Raw light curve of star0001, 65 days, 7 transits marked" in labels
    assert "Light curve of star0001, folded at 10 days" in labels
    said = "What the model saw of star0001, folded_image: the stretch about phase 0 spoke loudest"
    assert f"{said}, for a planet (+2.5)" in labels
    ids = re.findall(r'\sid="([^"]+)"', html)
    assert len(ids) == len(set(ids))


def test_views_of_the_most_weight_are_drawn():
    record = with_mistakes(make_record(), each=1)
    views = [seen("flux", loud=0.1), seen("local_view"), seen("search_features", loud=9.0)]
    louder = [one.model_copy(update={"views": views}) for one in record.mistakes]
    shown = section_of(record.model_copy(update={"mistakes": louder})).entries[0].others[0]
    assert [name for name, _ in shown.views] == ["local_view", "search_features"]
    assert "snr = 7.5" in shown.views[1][1]
    assert "depth = unknown" in shown.views[1][1]
    assert shown.not_drawn == ("flux",)


def test_a_curve_that_came_folded_has_no_raw_one_and_markup_is_text():
    record = with_mistakes(make_record(), each=1)
    folded = {row: star(INJECTION, folded=True) for row in record.shown}
    record = record.model_copy(update={"shown": folded})
    shown = section_of(record).entries[0].others[0]
    assert shown.raw is None
    assert "folded as it came" in shown.folded
    html = html_of(record)
    assert "folded, as it came" in html
    assert "<script>alert" not in html


CALL = Call(label=1, wrong=True, score=0.2, threshold=0.5, misplaced=0.25, n_others=8)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (CALL, "Missed planet: s"),
        (Call(1, False, 0.6, 0.5, 0.1, 8), "Found, but among the lowest of the planets: s"),
        (Call(0, True, 0.6, 0.5, 0.1, 8), "False alarm: s"),
        (
            Call(0, False, 0.4, 0.5, 0.1, 8),
            "Rightly refused, but among the highest of the stars without planets: s",
        ),
    ],
)
def test_a_row_that_was_called_rightly_is_no_mistake(call, words):
    assert title(star("s"), call) == words


def test_a_wrong_period_is_told_by_its_ratio_to_the_known_one():
    known = {"period_days": 5.0, "depth_ppm": 123.4}
    said = facts(star("s", kind="eclipsing_binary"), CALL, known=known, also=[], n_others=2)
    assert said == (
        "Score 0.2, below the fold’s threshold of 0.5; ranked below 2 of 8 stars without a planet "
        "of its test part.",
        "No other entry called it wrongly.",
        "The simulation made it: eclipsing binary.",
        "Known: period 5 d, depth 123 ppm.",
        "Folded at 10 d, found by the search: 2 times the known period.",
    )
    known = {"period_days": 10.05}
    said = facts(star("s"), CALL, known=known, also=[], n_others=0)
    assert said[1:] == ("Known: period 10.05 d.", "Folded at 10 d, found by the search.")
