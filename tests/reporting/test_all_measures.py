"""Every measure of every entry stands in the report, with its reason where it has no interval."""

import pytest
from made_up_record import make_record

from kepler_keras.reporting.page import page
from kepler_keras.reporting.results import build_results
from kepler_keras.reporting.wording import METRIC_NAMES, capitalize_first


@pytest.fixture(scope="module")
def html() -> str:
    record = make_record()
    return page(record, build_results(record))


def test_every_entry_has_a_table_of_all_measures(html) -> None:
    tables = html.split("<summary>All measures of ")[1:]
    assert len(tables) == len(build_results(make_record()).entries)
    for text in tables:
        table = text[: text.index("</details>")]
        places = [table.index(f">{capitalize_first(name)}<") for name in METRIC_NAMES.values()]
        assert places == sorted(places)


def test_a_measure_without_interval_says_why(html) -> None:
    assert '<span class="interval">not estimable</span>' in html
    assert "Not estimable: a test fold has" in html


def test_accuracy_stands_beside_that_of_always_no(html) -> None:
    first = build_results(make_record()).entries[0]
    assert f"Calling no row a planet has {first.always_no:.3f}." in html
    assert f"Of {first.planet_stars} stars with a planet" in html
