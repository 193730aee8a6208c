"""Curves that are several times larger than the memory of a process go all the way to views."""

import subprocess
import sys
from pathlib import Path

import pytest

N_CADENCES, LIMIT = 20_000, 120 << 20

# Run in a process of its own. What it may take beyond its imports is a seventh of the flux.
SCRIPT = f"""
import resource
import sys
from pathlib import Path

import numpy as np
from in_process import Here

from kepler_keras.data import flux_rows
from kepler_keras.data.light_curves import LightCurves
from kepler_keras.experiment import Experiment
from kepler_keras.lightcurve.ephemeris import Ephemerides
from kepler_keras import preparation

N, N_CADENCES, LIMIT = 10_500, {N_CADENCES}, {LIMIT}
flux_rows.LARGEST_IN_MEMORY = 16 << 20


def status(name):
    lines = Path("/proc/self/status").read_text().splitlines()
    return 1024 * int(next(line for line in lines if line.startswith(name)).split()[1])


def curves():
    rows, rng = flux_rows.FluxRows(N, N_CADENCES), np.random.default_rng(0)
    noise = rng.normal(0, 100, 2 * N_CADENCES).astype(np.float32)
    for row in range(N):  # every star another stretch of one noise
        rows.add(noise[row : row + N_CADENCES][None])
    flux, digest = rows.flux()
    labels, stars = (np.arange(N) % 10 == 0).astype(np.int8), np.arange(N).astype(str)
    ones = np.ones(N)
    ephemerides = Ephemerides(ones * 9.7, ones * 0.3, ones * 0.3)
    return LightCurves(
        "made", flux, labels, stars, 0.02, ephemerides=ephemerides, level=1e6, digest=digest
    )


experiment = Experiment.model_validate(
    dict(
        name="made",
        question="?",
        data=dict(source="made"),
        conditioning=dict(detrend="none"),
        entries=[dict(name="a", model="mlp", view="global_view")],
        baseline="a",
    )
)
resource.setrlimit(resource.RLIMIT_DATA, (status("VmData") + LIMIT, resource.RLIM_INFINITY))
preparation.load_source = lambda *_: curves()
views = preparation.PreparedViews(
    experiment, quick=False, folder=Path(sys.argv[1]), executor=Here()
)
views.make(experiment.entries)
made = views.view_files(experiment.entries[0]).open().views.single
assert views.curves.flux.nbytes > 6 * LIMIT, views.curves.flux.nbytes
assert made.shape[0] == N and len(made.files) > 50
try:
    np.array(views.curves.flux)
except MemoryError:
    print("all at once does not fit,", len(made), "views do")
"""


@pytest.mark.skipif(sys.platform != "linux", reason="RLIMIT_DATA counts maps on Linux only")
def test_views_of_flux_that_does_not_fit(tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(tmp_path / "kept")],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
        env={
            "PYTHONPATH": ":".join(
                map(str, (Path(__file__).parents[1], Path(__file__).parents[2]))
            ),
            "PATH": "",
            "KEPLER_KERAS_CACHE": str(tmp_path / "cache"),
            "OPENBLAS_NUM_THREADS": "1",
        },
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout == "all at once does not fit, 10500 views do\n"
