"""The page docs/anatomy.md: its figures are those of the cards."""

import re
import sys
from pathlib import Path

import pytest

DOCS = Path(__file__).parents[1] / "docs"
PAGE = (DOCS / "anatomy.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def drawing():
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(DOCS))
        import draw_anatomy

        yield draw_anatomy
        sys.modules.pop("draw_anatomy", None)


def test_tables_are_those_that_the_code_prints(drawing):
    assert drawing.field_table() in PAGE
    assert drawing.shift_table() in PAGE


def parameters(layers, prefix):
    return sum(one.parameters for one in layers if one.name.startswith(prefix))


def test_parts_add_up(drawing):
    card = drawing.card().card
    (text,) = re.findall(r"\| Part \| Parameters \|\n\|.*\n((?:\|.*\n)+)", PAGE)
    rows = [int(row.replace(",", "")) for row in re.findall(r"([\d,]+) \|$", text, re.MULTILINE)]
    columns = [parameters(card.layers, view) for view in drawing.VIEWS]
    first = parameters(card.layers, "dense_1")
    dense = [*columns, first, card.dense_parameters - first]
    assert rows == [*dense, sum(dense)]
    assert rows[-1] == card.parameters


def test_figures_in_the_text(drawing):
    card = drawing.card().card
    shared = [
        one for one in card.layers if one.connections and one.connections.kind == "sparse, shared"
    ]
    for number in (
        card.multiply_adds,
        sum(one.multiply_adds for one in shared),
        sum(one.connections.weights for one in shared),
    ):
        assert f"{number:,}" in " ".join(PAGE.split())
    assert f"So {100 * card.dense_share:.1f} % of the parameters are dense" in PAGE
    assert f"The transit is {drawing.card().width('global_view'):.0f} of the 2001 bins" in PAGE
    (local,) = card.last_places("local_view").sees["local_view"]
    durations = drawing.card().scales["local_view"].times(local.size).durations
    assert f"= {local.size} of 201\nbins, {durations:.2f} durations" in PAGE


def test_equations_of_the_page_hold():
    assert 1 + 12 * (1 + 2 + 4 + 8 + 16) == 373
    assert 1 + (4 + 4 + 6) * (1 + 2) == 43
    assert 59 * 256 + 46 * 32 == 16_576


def test_a_slip_in_a_table_is_seen(drawing):
    assert drawing.field_table() not in PAGE.replace("| 181 |", "| 183 |")


def test_pictures_are_drawn(drawing, tmp_path, capsys):
    drawing.main(folder=tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == set(
        re.findall(r"\((anatomy_\w+\.png)\)", PAGE)
    )
    assert capsys.readouterr().out.count("|---|") >= 2
