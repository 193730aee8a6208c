import json

import pytest

from kepler_keras.errors import InputError
from kepler_keras.reporting.across import across_sentences, draw_across, rank_across, read_ranked


def report(folder, number, values, **changes):
    """A folder with a `results.json` that holds no more than what is read of it."""
    metrics = {name: {"average_precision": {"mean": value}} for name, value in values.items()}
    document = {
        "experiment": f"made-up-{number}",
        "primary_metric": "average_precision",
        "quick": False,
        "data": {"fingerprint": f"data{number}"},
        "entries": [{"name": name, "metrics": found} for name, found in metrics.items()],
    }
    path = folder / f"report{number}"
    path.mkdir()
    (path / "results.json").write_text(json.dumps({**document, **changes}))
    return path


def reports(folder, n=3, **changes):
    """In every data set `cnn` is before `mlp` and that before `tree`."""
    values = {"tree": 0.3, "cnn": 0.9, "mlp": 0.5}
    paths = [report(folder, i, {**values, f"own{i}": 0.7}, **changes) for i in range(n)]
    return [read_ranked(path) for path in paths]


def test_entries_that_all_have_are_ranked(tmp_path):
    found = rank_across(reports(tmp_path, 6))
    assert found.names == ("cnn", "mlp", "tree")
    assert found.ranks == (1, 2, 3)
    said = across_sentences(found, "average_precision")
    assert said[0] == (
        "3 entries over 6 data sets by average precision; average rank: "
        "cnn 1.00, mlp 2.00, tree 3.00."
    )
    assert said[1].startswith("They do not all rank alike (Friedman's test, p = 0.00")


def test_three_data_sets_rank_and_decide_no_pair(tmp_path):
    said = across_sentences(rank_across(reports(tmp_path)), "average_precision")
    assert said[-1] == (
        "With 3 data sets the smallest p-value of a pair is 0.250, before it is adjusted for 3 "
        "pairs: no pair can be decided."
    )


def test_an_entry_without_the_measure_is_left_out(tmp_path):
    """Of decision values there is no log loss."""
    path = report(tmp_path, 9, {"tree": 0.3, "cnn": 0.9, "mlp": 0.5})
    document = json.loads((path / "results.json").read_text())
    document["entries"].append({"name": "svm", "metrics": {"roc_auc": {"mean": 0.9}}})
    (path / "results.json").write_text(json.dumps(document))
    found = rank_across([*reports(tmp_path, 3), read_ranked(path)])
    assert set(found.names) == {"cnn", "mlp", "tree"}


def test_an_entry_without_a_value_is_left_out(tmp_path):
    first = reports(tmp_path, 3)
    last = report(tmp_path, 9, {"tree": None, "cnn": 0.9, "mlp": 0.5, "x": 1.0})
    with pytest.raises(
        InputError, match="3 entries or more of the same name with a value in all reports, got c"
    ):
        rank_across([*first, read_ranked(last)])


def test_two_reports_are_too_few(tmp_path):
    with pytest.raises(InputError, match="3 reports or more, each of other data, got 2 of 2"):
        rank_across(reports(tmp_path, 2))


def test_the_same_data_count_once(tmp_path):
    with pytest.raises(InputError, match="got 3 of 1 data sets"):
        rank_across(reports(tmp_path, data={"fingerprint": "same"}))


def test_quick_runs_are_refused(tmp_path):
    with pytest.raises(InputError, match="made-up-0 is a quick run"):
        rank_across(reports(tmp_path, quick=True))


def test_one_measure(tmp_path):
    found = reports(tmp_path)
    other = found[0].model_copy(update={"primary_metric": "roc_auc"})
    with pytest.raises(InputError, match="one measure, got average_precision, roc_auc"):
        rank_across([*found[1:], other])


def test_a_file_that_is_none_of_ours_is_named(tmp_path):
    with pytest.raises(InputError, match="nowhere: cannot be read: No such file"):
        read_ranked(tmp_path / "nowhere")
    (tmp_path / "results.json").write_text("[1]")
    with pytest.raises(InputError, match=r"results.json: must be a results.json of a comparison"):
        read_ranked(tmp_path)


@pytest.mark.parametrize(("name", "begins"), [("a.svg", b"<?xml"), ("new/a.png", b"\x89PNG")])
def test_the_picture_is_written(tmp_path, name, begins):
    found = rank_across(reports(tmp_path, 4))
    draw_across(found, tmp_path / name)
    first = (tmp_path / name).read_bytes()
    assert first.startswith(begins)
    draw_across(found, tmp_path / name)
    assert (tmp_path / name).read_bytes() == first


def test_other_endings_are_refused(tmp_path):
    with pytest.raises(InputError, match=r"must end in \.png or \.svg, got a\.jpg"):
        draw_across(rank_across(reports(tmp_path)), tmp_path / "a.jpg")
