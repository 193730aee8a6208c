"""The committed example report is one that this version writes."""

import re
from pathlib import Path

from made_up_record import make_record
from test_report import html_of

EXAMPLE = Path(__file__).parents[2] / "reports" / "example"


def section_ids(html: str) -> list[str]:
    return re.findall(r'<section id="([^"]+)"', html)


def test_it_has_the_sections_of_a_report_in_their_order() -> None:
    shown = section_ids((EXAMPLE / "report.html").read_text(encoding="utf-8"))
    made = section_ids(html_of(make_record()))
    assert [one for one in shown if one in made] == made


def test_it_is_smaller_than_a_megabyte() -> None:
    assert (EXAMPLE / "report.html").stat().st_size < 1_000_000
