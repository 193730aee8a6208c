"""Three kills of a comparison; `benchmarks/chaos.py` deals out as many as are wanted."""

import pytest

from benchmarks.chaos import storm_of


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_three_kills_cost_nothing(tmp_path):
    storm = storm_of(3, tmp_path)
    assert storm.n_kills == 3
    assert storm.clean, storm
