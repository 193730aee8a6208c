"""What one language makes of the text of another."""

import html
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from kepler_keras.reporting.write_up.latex import breakable_tex, tex
from kepler_keras.reporting.write_up.markdown import md, md_code
from kepler_keras.visible import hidden_places, one_line, shortened, visible, without_middle

# All that LaTeX may be told: letters that mean themselves, and commands that print something.
COMMAND = (
    r"\\text(backslash|asciicircum|asciitilde|less|greater|bar)\{\}|\\[{}$&#%_]|\{[][]\}|\{''\}"
    r"|\\`\{\}|\\allowbreak\{\}|\\ldots\{\}|\$-\$|\$\\(pm|times|leq|geq|mu)\$|\$\^\{\\circ\}\$"
    r"|\\(S|ss|ae|AE|oe|OE|o|O|l|L|i)\{\}|\{\\[`'^~=u.\"rHvc]\{(\\[ij]|[A-Za-z])\}\}|\{\}|~"
)
HARMLESS = re.compile(rf"({COMMAND}|[A-Za-z0-9 !()*+,./:;=?@'`-])*")


@given(st.text())
def test_latex_is_told_nothing_but_to_print(text: str) -> None:
    for made in (tex(text), breakable_tex(text)):
        assert HARMLESS.fullmatch(made), made
        assert made.isascii()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (r"\input{x}", r"\textbackslash{}input\{x\}"),
        ("100 % $_#&", r"100 \% \$\_\#\&"),
        ("a^b~c", r"a\textasciicircum{}b\textasciitilde{}c"),
        ("Kovács ï ł ß", r"Kov{\'{a}}cs {\"{\i}} \l{} \ss{}"),
        ("ﬁ 中", r"{[}U+FB01{]} {[}U+4E2D{]}"),
        ("by -0.07 in 1-D", r"by $-$0.07 in 1-D"),
        ("a--b", r"a-{}-b"),
        ("a\x00\n\tb", r"a\textbackslash{}x00 b"),
    ],
)
def test_latex_prints_each_sign(text: str, expected: str) -> None:
    assert tex(text) == expected


def test_long_words_may_break_in_latex_and_short_ones_may_not() -> None:
    assert breakable_tex("conv1d_raw 0.84") == r"conv1d\_raw 0.84"
    long = breakable_tex("a_network_of_" + "z" * 30)
    assert long.count(r"\allowbreak{}") == 5
    assert long.replace(r"\allowbreak{}", "") == r"a\_network\_of\_" + "z" * 30


@given(st.text(alphabet=st.characters(codec="utf-8"), min_size=1))
def test_markdown_shows_what_it_is_given(text: str) -> None:
    page = MarkdownIt("gfm-like", {"linkify": False}).render(f"- {md(text)}")
    item = re.fullmatch(r"<ul>\n<li>(.*)</li>\n</ul>\n", page)
    assert item is not None, page
    assert html.unescape(item[1]).strip() == one_line(text).strip()
    assert "<" not in item[1]


def test_markdown_makes_no_links_of_its_own() -> None:
    assert md("see www.x.org, http://x.org, a@x.org") == r"see www\.x.org, http\://x.org, a\@x.org"


def test_a_block_of_code_ends_where_it_should() -> None:
    text = md_code("a\n```\n  b\x1b")
    assert text == "````\na\n```\n  b\\x1b\n````"


def test_what_nobody_sees_is_written_out() -> None:
    assert visible("a\tb\n\x07\u202e\ud800") == "a\tb\n\\x07\\u202e\\ud800"
    assert one_line(" a\t\n b\r\x0bc ") == "a b c"
    assert shortened("abcdef", 4) == "abc…"
    assert without_middle("abcdefgh", 5) == "ab…gh"
    assert without_middle("abcde", 5) == "abcde"


def test_hidden_places_are_found_in_keys_and_values() -> None:
    document = {"a": [{"b": "x\x00"}, "fine\n"], "k\x1b": 1}
    assert list(hidden_places(document)) == [(("a", 0, "b"), "x\x00"), ((), "k\x1b")]
