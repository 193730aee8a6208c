"""Cards in words: on a terminal, and as a section of the report."""

from dataclasses import replace
from html.parser import HTMLParser

import pytest

from kepler_keras.choice import Choice
from kepler_keras.models.anatomy.card import LayerCard, ModelCard
from kepler_keras.models.anatomy.extents import Window, gather, through, whole_view
from kepler_keras.models.anatomy.facts import Connections
from kepler_keras.models.anatomy.scaled_card import scaled_card
from kepler_keras.models.anatomy.shift_error import ShiftError
from kepler_keras.reporting.card_rows import card_rows, short
from kepler_keras.reporting.card_sentences import receptive_fields, totals
from kepler_keras.reporting.card_text import card_text
from kepler_keras.reporting.cards_section import cards_section
from kepler_keras.reporting.page import page_environment

VIEW = whole_view(200)
CONV = through(VIEW, Window(2, 1, 4), 200)


def line(name, kind, sees, **facts):
    blank = dict.fromkeys(
        ("shape", "parameters", "multiply_adds", "kernel", "stride", "dilation", "padding",
         "groups", "connections")
    )  # fmt: skip
    return LayerCard(name, kind, (), **(blank | facts), sees=sees)


LAYERS = (
    line("global_view", "InputLayer", {"global_view": (VIEW,)}, shape=(200, 1), parameters=0,
         multiply_adds=0),
    line("conv", "Conv1D", {"global_view": (CONV,)}, shape=(100, 8), parameters=48,
         multiply_adds=4000, kernel=(5,), stride=(2,), dilation=(3,), padding="same", groups=2,
         connections=Connections(True, True, 4000, 40)),
    line("odd", "Mystery", {"global_view": None}),
    line("logit", "Dense", {"global_view": (gather(VIEW, 200),)}, shape=(1,), parameters=801,
         multiply_adds=800, connections=Connections(False, False, 800, 800)),
)  # fmt: skip
CARD = ModelCard("made_up", {"global_view": (200, 1)}, LAYERS)
SCALED = scaled_card(CARD, [Choice(name="global_view")])
SILENT = scaled_card(CARD, [])


def test_cells():
    _, conv, odd, logit = card_rows(SCALED)
    assert (conv.output, conv.parameters, conv.multiply_adds) == ("100×8", "48", "4k")
    assert conv.window == "5/2 same dilated 3, 2 groups"
    assert conv.connections == "sparse, shared: 4,000 with 40"
    # 5 of 200 bins of 10 d; a transit of 3 h is 2.5 bins.
    assert (conv.sees, conv.phase, conv.hours, conv.durations) == ("5", "0.025", "6", "2")
    assert {odd.output, odd.parameters, odd.multiply_adds, odd.sees, odd.connections} == {"?"}
    assert (logit.sees, logit.phase, logit.connections) == ("all", "", "dense: 800")


def test_totals_say_what_they_are_without():
    assert totals(SCALED) == [
        "At least 849 parameters, 94.3 % of them dense; 4,800 multiply-adds an example.",
        "Not known to the card, and left blank: odd.",
        "Connections: 4,000 sparse and shared with 40 weights, 800 dense.",
    ]


def test_receptive_field_in_one_sentence():
    assert receptive_fields(SCALED) == [
        "global_view: a unit of conv sees 5 of 200 bins: 0.025 of the period, 6 h, 2 durations; "
        "the transit is 2.5 bins wide."
    ]
    assert receptive_fields(SILENT) == ["global_view: a unit of conv sees 5 of 200 steps."]


def test_a_field_wider_than_the_view_says_both():
    wide = line("conv", "Conv1D", {"view": (through(VIEW, Window(1, 200, 400), 200),)})
    card = ModelCard("wide", {"view": (200, 1), "scalars": (3,)}, (wide,))
    assert receptive_fields(scaled_card(card, [])) == [
        "view: a unit of conv sees 200 of 200 steps (it could see 401)."
    ]


def test_a_network_without_places_says_so():
    card = ModelCard("flat", {"view": (200, 1)}, ())
    assert receptive_fields(scaled_card(card, [])) == ["view: no layer has places along it."]


@pytest.mark.parametrize(
    ("number", "text"),
    [(0, "0"), (999, "999"), (1000, "1k"), (126308896, "126M"), (1.14e9, "1.14G")],
)
def test_short_numbers(number, text):
    assert short(number) == text


def test_text_fits_a_hundred_columns_and_names_the_unknown():
    text = card_text(SCALED)
    assert max(map(len, text.splitlines())) <= 100
    assert "odd (Mystery)" in text
    assert text.endswith("Stated for a transit of 3 h every 10 d, a cadence every 29.4244 min.")
    head = text.splitlines()[0].split()
    assert head == ["layer", "output", "parameters", "mult-adds", "window", "sees", "phase",
                    "durations"]  # fmt: skip


def test_without_scales_no_transit_is_stated():
    text = card_text(SILENT)
    assert "Stated for" not in text
    assert "durations" not in text


SHIFTS = (
    ShiftError("conv", "a", True, 2, 0.0, 0.25),
    ShiftError("conv", "b", True, 2, 0.5, None),
)


def rendered(cards):
    return page_environment().get_template("cards.html.j2").render(cards=cards_section(cards))


def test_equal_networks_share_a_card():
    first, second = cards_section({"a": SCALED, "b": SILENT, "c": SCALED})
    assert (first.entries, second.entries) == (("a", "c"), ("b",))
    assert (first.has_phase, second.has_phase) == (True, False)
    assert second.reference is None


def test_the_section_holds_every_layer_and_sentence():
    html = rendered({"a": SCALED, "b": SILENT})
    assert html.count("<details>") == 2
    assert html.count('<div class="scroll"') == 2
    assert "<summary>a</summary>" in html
    for sentence in (*totals(SCALED), *receptive_fields(SCALED)):
        assert f"<li>{sentence}</li>" in html
    assert html.count('<th scope="row">') == 2 * len(LAYERS)
    assert html.count(">Phase</th>") == html.count(">Hours</th>") == 1
    assert html.count("stated for a transit of 3 h every 10 d") == 1


class Cells(HTMLParser):
    def __init__(self):
        super().__init__()
        self.rows = []

    def handle_starttag(self, tag, attrs):
        if tag == "tr":
            self.rows.append(0)
        if tag in ("th", "td"):
            self.rows[-1] += 1


@pytest.mark.parametrize("card", [SCALED, SILENT, replace(SCALED, shifts=SHIFTS)])
def test_every_row_has_a_cell_a_column(card):
    cells = Cells()
    cells.feed(rendered({"a": card}))
    assert len(cells.rows) == 1 + len(LAYERS)
    assert len(set(cells.rows)) == 1


def test_measured_shifts_stand_beside_their_layers():
    measured = replace(SCALED, shifts=SHIFTS)
    row = card_rows(measured)[1]
    assert (row.by_place, row.by_step) == ("0.50", "0.25")  # the largest of the views
    assert "Error when the curve is moved:" in card_text(measured)
    assert "Error when the curve is moved:" not in card_text(SCALED)
    cells = '<td class="number">0.50</td><td class="number">0.25</td>'
    assert cells in rendered({"a": measured})
    assert "Moved by a place" not in rendered({"a": SCALED})


def test_names_are_escaped():
    assert "<b>" not in rendered({"<b>": SCALED})
