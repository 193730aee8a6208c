"""The page docs/models.md: its entries can be fitted, its builder keeps the contract."""

import re
from pathlib import Path

import pytest
import yaml

from kepler_keras.checking import BuildJob, check_build, check_entries
from kepler_keras.errors import InputError
from kepler_keras.experiment import Experiment
from kepler_keras.models.listing import list_models
from kepler_keras.models.registry import find_builder

PAGE = (Path(__file__).parents[1] / "docs" / "models.md").read_text(encoding="utf-8")
SHOWN, OWN = re.findall(r"```yaml\n(.*?)```", PAGE, flags=re.DOTALL)
(BUILDER,) = re.findall(r"```python\n(.*?)```", PAGE, flags=re.DOTALL)
READY = ("global_view", "local_view", "scalars")  # what came with the data, as TESS's triage has it


def experiment_of(text, *, source="astronet_tfrecord"):
    """The experiment of a block that lists entries, with or without their key."""
    read = yaml.safe_load(text)
    entries = read["entries"] if isinstance(read, dict) else read
    fields = {"name": "page", "question": "?", "data": {"source": source}}
    baseline = entries[0]["name"]
    return Experiment.model_validate({**fields, "entries": entries, "baseline": baseline})


def checked(text, *, cadence):
    """Names of the entries that are left out, once all names and options have been looked up."""
    experiment = experiment_of(text)
    left_out = check_entries(experiment, cadence=cadence, ready_views=READY)
    for entry in experiment.entries:
        find_builder(entry.model)
    return [one.entry for one in left_out]


def test_shown_entries_are_an_experiments_and_all_that_they_name_exists():
    assert checked(SHOWN, cadence=0.02) == []
    assert checked(SHOWN, cadence=None) == ["with_secondary"]  # optional, as the page says


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("preset: yu2019", "preset: yu2091"),
        ("model: exonet_xs", "model: exonet"),
        ("secondary_view]", "secondary]"),
        ("[time_reversal]", "[time_reversed]"),
        ("schedule: cosine", "schedul: cosine"),
        ("members: 10", "members: 1"),
    ],
)
def test_a_slip_in_a_shown_entry_is_seen(right, wrong):
    assert right in SHOWN
    with pytest.raises((InputError, ValueError)):
        checked(SHOWN.replace(right, wrong), cadence=0.02)


def built(tmp_path, monkeypatch, *, builder=BUILDER):
    """What building the page's own model says; None where all is well."""
    (entry,) = experiment_of(OWN).entries
    monkeypatch.chdir(tmp_path)  # the page names the file alone
    Path(entry.model.options["file"]).write_text(builder, encoding="utf-8")
    return check_build(BuildJob(entry, {entry.view_names[0]: (201, 1)}))


def test_the_builder_shown_is_built_from_the_entry_beside_it(tmp_path, monkeypatch):
    assert built(tmp_path, monkeypatch) is None
    assert checked(OWN, cadence=0.02) == []


def test_a_builder_without_the_option_of_the_entry_is_seen(tmp_path, monkeypatch):
    assert "units" in built(tmp_path, monkeypatch, builder=BUILDER.replace("units", "width"))


def rows_of(part):
    """The names in the first two columns of a part's table, a pair a row."""
    rows = re.findall(r"^\| (`.*?) \| (.*?) \|", part, flags=re.MULTILINE)
    return [[re.findall(r"`(\w+)`", cell) for cell in row] for row in rows]


def test_lists_of_the_page_name_every_model_and_every_preset():
    lists, _ = PAGE.split("## Several views")
    networks, peers = map(rows_of, lists.split("## Peers"))
    named = [name for names, _ in (*networks, *peers) for name in names]
    presets = {model.name: list(model.presets) for model in list_models()}
    assert sorted(named) == sorted(presets)
    assert {name: shown for (name,), shown in networks} == {
        name: presets[name] for (name,), _ in networks
    }
