"""Records of earlier layouts can still be read."""

import json

import pytest
from made_up_record import make_record

from kepler_keras.errors import InputError
from kepler_keras.record import read_record
from kepler_keras.reporting.results import build_results, results_json


def test_a_record_from_before_entries_saw_several_views_is_read(tmp_path) -> None:
    record = make_record()
    record.write(tmp_path)
    file = tmp_path / "record.json"
    old = json.loads(file.read_text())
    for new in ("left_out", "faults", "mistakes", "shown"):
        del old[new]
    for fit in old["fits"]:
        for new in ("cpu_seconds", "score_kind", "members"):
            del fit[new]
    for entry in old["experiment"]["entries"]:
        (entry["view"],) = entry.pop("views")
        for new in ("ensemble", "optional"):
            del entry[new]
    old["view_shapes"] = {name: [3197, 1] for name in old["view_shapes"]}
    file.write_text(json.dumps(old))
    back = read_record(tmp_path)
    assert back.view_shapes["mlp"] == {"view": [3197, 1]}
    assert results_json(build_results(back)) == results_json(build_results(record))


@pytest.mark.parametrize("content", [b"\xff\xfe{}", b"{", b"[" * 9000])
def test_a_record_that_is_no_text_of_ours_is_refused(content, tmp_path) -> None:
    make_record().write(tmp_path)
    (tmp_path / "record.json").write_bytes(content)
    with pytest.raises(InputError, match="not a record of a comparison"):
        read_record(tmp_path)
