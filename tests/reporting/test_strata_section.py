"""Which planets are found, in results and report."""

import pytest
from made_up_record import make_record, with_ablations

from kepler_keras.record import Record, RecordSettings, read_record
from kepler_keras.reporting.page import page
from kepler_keras.reporting.results import build_results
from kepler_keras.reporting.strata_section import strata_section

# Every tenth star has a planet, twelve in all.
DEPTHS = {row: 100.0 * (row // 10 + 1) for row in range(0, 120, 10)}


@pytest.fixture(scope="module")
def record() -> Record:
    few = dict(list(DEPTHS.items())[:8])
    return make_record(planets={"depth_ppm": DEPTHS, "magnitude": few})


@pytest.fixture(scope="module")
def results(record):
    return build_results(record)


def test_groups_hold_what_the_thresholds_of_the_folds_call(record, results):
    (stratum,) = results.strata  # eight magnitudes are too few
    assert stratum.property == "depth_ppm"
    assert [(g.lowest, g.highest, g.stars) for g in stratum.groups] == [
        (100, 400, 4), (500, 800, 4), (900, 1200, 4),
    ]  # fmt: skip
    for entry in results.entries:
        cells = [
            cell for group in stratum.groups for cell in group.entries if cell.entry == entry.name
        ]
        assert sum(cell.found for cell in cells) == pytest.approx(entry.confusion.tp)
        assert all(cell.recall.low <= cell.recall.mean <= cell.recall.high for cell in cells)


def test_the_page_shows_competitors_in_their_order(record, results):
    text = page(record, results)
    section = text[text.index('<section id="strata">') :]
    section = section[: section.index("</section>")]
    names = [entry.name for entry in results.entries]
    found = strata_section(results, names)
    assert [cell.entry for cell in found.rows[0].cells] == names
    assert found.rows[2].values == "900 to 1,200 ppm"
    assert "Recall in each group (3 groups)" in section
    assert section.count("<svg") == 1


def test_ablations_are_left_out():
    record = with_ablations(planets={"depth_ppm": DEPTHS})
    results = build_results(record)
    found = strata_section(results, ["mlp", "conv1d"])
    assert len(results.strata[0].groups[0].entries) == len(results.entries) > 2
    assert [len(row.cells) for row in found.rows] == [2, 2, 2]


def test_data_that_know_nothing_have_no_section():
    record = make_record()
    results = build_results(record)
    assert results.strata == []
    assert '<section id="strata">' not in page(record, results)


def test_records_keep_the_values_and_old_ones_have_none(record, tmp_path):
    record.write(tmp_path)
    assert read_record(tmp_path).planets == record.planets
    fields = RecordSettings.model_validate_json((tmp_path / "record.json").read_text())
    old = fields.model_dump(mode="json", exclude={"planets"})
    assert RecordSettings.model_validate(old).planets == {}
