import re

import matplotlib
from markupsafe import Markup
from matplotlib.figure import Figure

from kepler_keras.reporting.svg import SERIES, figure_style, inline_svg


def picture(key: str = "one", label: str = "A line") -> Markup:
    with figure_style():
        figure = Figure(figsize=(3, 2))
        axes = figure.subplots()
        axes.plot([0, 1], [0, 1], label="line & <line>")
        axes.fill_between([0, 1], [0, 1])
        axes.legend()
        return inline_svg(figure, key=key, label=label)


def ids(svg: str) -> set[str]:
    return set(re.findall(r'\bid="([^"]+)"', svg))


def test_no_prolog_address_style_sheet_or_size_of_its_own() -> None:
    svg = picture()
    assert svg.startswith("<svg ")
    assert svg.rstrip().endswith("</svg>")
    for foreign in ("<?xml", "DOCTYPE", "http", "xlink", "<style", "<metadata"):
        assert foreign not in svg, foreign
    head = svg[: svg.index(">")]
    assert "width=" not in head
    assert "viewBox=" in head


def test_ids_of_two_figures_never_meet_and_every_reference_has_its_id() -> None:
    one, two = picture("one"), picture("two")
    assert ids(one)
    assert not ids(one) & ids(two)
    for svg in (one, two):
        references = set(re.findall(r'href="#([^"]+)"|url\(#([^)]+)\)', svg))
        assert {name for pair in references for name in pair if name} == ids(svg)


def test_colours_come_from_the_page() -> None:
    svg = picture()
    assert f"var(--series-1, {SERIES[0]})" in svg
    assert "var(--ink, " in svg
    assert "#000000" not in svg
    bare = re.sub(r"var\(--[a-z0-9-]+, #[0-9a-f]{6}\)", "", svg)
    assert not re.search(r"#[0-9a-f]{6}\b", bare)


def test_text_stays_text_in_the_pages_font_and_is_escaped() -> None:
    svg = picture()
    assert "line &amp; &lt;line&gt;" in svg
    assert "DejaVu" not in svg
    assert re.search(r"<text [^>]*font-size: [0-9.]+px", svg)
    assert "font-family" not in svg
    assert not re.search(r"font: ", svg)


def test_groups_that_say_nothing_go_and_others_stay_whole() -> None:
    svg = picture()
    assert "<g>" not in svg
    assert len(re.findall("<g ", svg)) == svg.count("</g>")


def test_coordinates_have_one_digit_behind_the_dot() -> None:
    places = re.findall(r' (?:d|x|y)="([^"]*)"', picture())
    assert places
    assert not [place for place in places if re.search(r"\.\d\d", place)]


def test_the_label_is_escaped() -> None:
    svg = picture(label='"><script>x</script>')
    assert "<script" not in svg
    assert 'role="img"' in svg


def test_the_same_figure_gives_the_same_text_whatever_the_user_prefers() -> None:
    first = picture()
    with matplotlib.rc_context({"font.size": 30, "svg.fonttype": "path", "axes.grid": False}):
        assert picture() == first


def test_settings_of_the_user_are_left_alone() -> None:
    before = dict(matplotlib.rcParams)
    picture()
    assert dict(matplotlib.rcParams) == before
