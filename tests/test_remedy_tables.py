"""The tables of what remedies bought: those of the committed figures, on both pages."""

from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import pandas as pd
import pytest

DOCS = Path(__file__).parents[1] / "docs"
PAGE_OF = {
    "imbalance": "imbalance.md",
    "imbalance_simulated": "imbalance.md",
    "augmentation": "augmentations.md",
    "augmentation_simulated": "augmentations.md",
    "remedies": "imbalance.md",
}


@pytest.fixture
def drawing():
    """The module that makes the tables; docs is no package."""
    spec = spec_from_file_location("draw_remedies", DOCS / "draw_remedies.py")
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def figures():
    return pd.read_csv(DOCS / "remedies.csv")


def test_tables_of_the_pages_are_those_of_the_figures(drawing):
    tables = drawing.markdown_tables(figures())
    assert {experiment for experiment, _ in tables} == set(PAGE_OF)
    for (experiment, _), table in tables.items():
        assert table in (DOCS / PAGE_OF[experiment]).read_text(encoding="utf-8")


def test_a_figure_that_moved_is_seen(drawing):
    moved = figures().assign(mean=lambda table: table["mean"] + 0.01)
    for (experiment, _), table in drawing.markdown_tables(moved).items():
        assert table not in (DOCS / PAGE_OF[experiment]).read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("stars", "words"),
    [(float("nan"), ""), (412.0, "410"), (26_104.0, "26,000"), (2.3e6, "over a million")],
)
def test_numbers_of_stars_are_rounded_to_two_digits(drawing, stars, words):
    assert drawing.stars_words(stars) == words
