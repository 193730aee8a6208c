"""The page docs/handout.md: its code runs as shown, its numbers are the code's."""

import doctest
import os
import re
from pathlib import Path

import numpy as np
import pytest

DOCS = Path(__file__).parents[2] / "docs"
PAGE = (DOCS / "handout.md").read_text(encoding="utf-8")
NAMES = ("sliding", "padding", "pooling", "connections", "receptive_field", "confusion")
PHONE = 46  # characters of a code block that a phone shows without scrolling


@pytest.fixture
def study(monkeypatch):
    """The modules that make the page; docs is no package."""
    monkeypatch.syspath_prepend(DOCS)
    import handout_study

    return handout_study


@pytest.fixture
def transit(study):
    from handout_transit import read

    return read()


def failures(page, **names):
    """How many of a page's shown examples do not come out as shown."""
    blocks = re.findall(r"```python\n(.*?)```", page, flags=re.DOTALL)
    test = doctest.DocTestParser().get_doctest("\n".join(blocks), names, "page", None, None)
    assert len(test.examples) > 40
    return doctest.DocTestRunner().run(test).failed


def test_code_of_the_page_gives_what_it_shows(study):
    assert failures(PAGE) == 0


@pytest.mark.parametrize(
    ("right", "wrong"), [("array([13., 26.])", "array([13., 27.])"), ("\n152\n", "\n150\n")]
)
def test_a_wrong_number_in_the_code_is_seen(study, right, wrong):
    assert right in PAGE
    assert failures(PAGE.replace(right, wrong)) == 1


def test_sentences_and_tables_are_the_studys(study, transit):
    text = " ".join(PAGE.split())
    captions = study.captions(transit)
    assert set(captions) == set(NAMES)
    for sentence in captions.values():
        assert sentence in text
    assert study.field_table() in PAGE
    assert study.slips_table() in PAGE
    depth = -np.median(transit.flux[np.abs(transit.hours) < 5])
    assert f"dims the star by {depth:.2f} % for {study.DURATION:.0f} hours" in text
    assert len(transit.flux) == 128


def test_every_picture_is_there_drawn_anew_and_small(study, transit):
    import draw_handout

    shown = re.findall(r"!\[[^\]]{20,}\]\((\S+)\)", PAGE)
    assert shown == [f"handout_{name}.png" for name in NAMES]
    assert all((DOCS / name).stat().st_size < 100_000 for name in shown)
    for draw in (getattr(draw_handout, name) for name in NAMES[:3]):
        assert draw(transit).axes


def test_code_fits_a_phone():
    blocks = re.findall(r"```python\n(.*?)```", PAGE, flags=re.DOTALL)
    lines = [line for block in blocks for line in block.splitlines()]
    assert max(map(len, lines)) <= PHONE


@pytest.mark.data
def test_the_extract_is_the_stars_own(study):
    if "KEPLER_KERAS_DATA" not in os.environ:
        pytest.skip("KEPLER_KERAS_DATA is not set")
    from handout_transit import EXTRACT, cut

    assert cut(Path(os.environ["KEPLER_KERAS_DATA"])) == EXTRACT.read_text(encoding="utf-8")


def test_the_middle_of_the_extract_is_the_middle_of_the_transit(transit):
    half = np.median(transit.flux[np.abs(transit.hours) < 5]) / 2
    below = transit.hours[transit.flux < half]
    assert abs(below[0] + below[-1]) / 2 < 0.5  # one cadence
    assert np.isfinite(transit.flux).all()
