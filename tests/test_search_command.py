"""`kepler-keras search` as a user runs it: table, pictures, every mistake in one sentence."""

import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from main_job import environment
from matplotlib.image import imread

from kepler_keras import cli

COLUMNS = 400
CADENCE = 0.02
EXPERIMENT = """
name: x
question: which?
data: {source: kaggle_csv, path: data.csv, options: {cadence: 0.02}}
search: {min_period: 0.8, max_period: 2.5, durations: [0.1]}
entries:
  - {name: only, model: mlp, view: flux}
baseline: only
"""
FAST = ("--option", "cadence=0.02", "--min-period", "0.8", "--durations", "0.1")


def write_csv(path: Path) -> None:
    """Five curves of noise; 1 and 3 are of one star and dip by 30 each 1.3 d, first at 0.5 d."""
    flux = np.random.default_rng(0).normal(size=(5, COLUMNS))
    orbit = (np.arange(COLUMNS) * CADENCE - 0.5 + 0.65) % 1.3 - 0.65
    flux[::2, np.abs(orbit) < 0.051] -= 30
    header = "LABEL," + ",".join(f"FLUX.{column + 1}" for column in range(COLUMNS))
    rows = [f"{2 - row % 2}," + ",".join(f"{x:.3f}" for x in flux[row]) for row in range(5)]
    path.write_text("\n".join([header, *rows]) + "\n")


@pytest.fixture
def folder(tmp_path, monkeypatch):
    for name in ("MLFLOW_RUN_ID", "MLFLOW_TRACKING_URI"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    write_csv(tmp_path / "data.csv")
    labels = "\n".join(
        f"{star},{2 - row % 2}" for row, star in enumerate(["71", "72", "71", "73", "74"])
    )
    (tmp_path / "rows.csv").write_text(f"kepid,label\n{labels}\n")
    (tmp_path / "x.yaml").write_text(EXPERIMENT)
    return tmp_path


def run(monkeypatch, *words: str) -> int | str | None:
    monkeypatch.setattr(sys, "argv", ["kepler-keras", "search", *words])
    with pytest.raises(SystemExit) as stopped:
        cli.main()
    return stopped.value.code


def test_a_file_gives_a_table_and_pictures(folder, monkeypatch, capsys):
    words = ("--signals", "2", "--out", "t.csv", "--plot", "71", "--plot", "72", "--jobs", "2")
    assert run(monkeypatch, "data.csv", *FAST, *words) == 0
    table = pd.read_csv("t.csv")
    assert table["star"].drop_duplicates().tolist() == ["71:row-1", "72", "71:row-3", "73", "74"]
    dips = table[(table["rank"] == 1) & table["star"].isin(["71:row-1", "71:row-3", "74"])]
    np.testing.assert_allclose(dips["period"], 1.3, atol=0.005)
    np.testing.assert_allclose(dips["t0"], 0.5, atol=0.03)
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith(f"t.csv: {len(table)} signals in 5 curves, ")
    assert "stars with several curves: each is named <star>:row-<row of the data>" in lines
    assert lines[-3:] == [f"picture: {name}.png" for name in ("71_row-1", "71_row-3", "72")]
    for name in ("71_row-1.png", "72.png"):
        pixels = imread(folder / name)
        assert pixels.shape[1] == 1650
        assert pixels[..., :3].std() > 0.05  # there is something in it


def test_an_experiment_file_gives_the_same_table_as_its_data(folder, monkeypatch, capsys):
    assert run(monkeypatch, "x.yaml", "--out", "a.csv") == 0
    assert run(monkeypatch, "x.yaml", "--out", "b.csv", "--jobs", "2") == 0
    assert (folder / "a.csv").read_bytes() == (folder / "b.csv").read_bytes()
    assert pd.read_csv("a.csv")["star"].tolist() == ["71:row-1", "72", "71:row-3", "73", "74"]


def test_a_curve_without_a_signal_has_no_row_and_is_counted(folder, monkeypatch, capsys):
    lines = (folder / "data.csv").read_text().splitlines()
    lines[2] = "1" + "," * COLUMNS
    (folder / "data.csv").write_text("\n".join(lines) + "\n")
    assert run(monkeypatch, "data.csv", *FAST) == 0
    assert len(pd.read_csv("candidates.csv")) == 4
    assert "no signal, and so no row: 1 curves" in capsys.readouterr().out.splitlines()


def test_a_source_made_up_on_the_spot_can_be_searched(folder, monkeypatch, capsys):
    text = EXPERIMENT.replace("source: kaggle_csv, path: data.csv", "source: simulated").replace(
        "{cadence: 0.02}", "{n_stars: 10, n_cadences: 900}"
    )
    (folder / "s.yaml").write_text(text)
    assert run(monkeypatch, "s.yaml") == 0
    assert pd.read_csv("candidates.csv")["star"][0] == "sim-00000"


def write_folded(folder: Path) -> None:
    curves = np.random.default_rng(0).normal(size=(4, 51)).astype(np.float32)
    np.savez(folder / "f.npz", X=curves, y=np.arange(4) % 2, kepid=np.arange(4))


KOI = (
    "kepid,kepoi_name,koi_period,koi_time0bk,koi_duration,koi_disposition\n"
    "1,K1.01,3.5,131.5,4,CONFIRMED\n"
)

BAD = {
    "no_file": (["absent.csv"], ["absent.csv: there is no such file or folder"]),
    "no_experiment": (["absent.yaml"], ["absent.yaml: cannot read the experiment file"]),
    "prose": (["prose.txt"], ["prose.txt: is of no layout"]),
    "folded": (["f.npz"], ["f.npz: the curves are folded on a period already", "flux over time"]),
    "table": (["koi.csv"], ["koi.csv: is a table of signals, which holds no light curves"]),
    "no_out_folder": (["data.csv", "--out", "no/t.csv"], ["--out: the folder no does not exist"]),
    "no_plots_folder": (
        ["data.csv", "--plot", "71", "--plots", "no"],
        ["--plots: the folder no does not exist"],
    ),
    "plots_alone": (["data.csv", "--plots", "."], ["--plots: . is for the pictures of --plot"]),
    "out_is_folder": (["data.csv", "--out", "."], ["--out: must name a file, but . is a folder"]),
    "out_is_input": (["data.csv", "--out", "data.csv"], ["--out: data.csv is what is searched"]),
    "out_is_data": (["x.yaml", "--out", "data.csv"], ["--out: data.csv is what is searched"]),
    "unknown_star": (["data.csv", "--plot", "711"], ["no star '711'; did you mean '71'?"]),
    "text_as_days": (["data.csv", "--durations", "0.1,long"], ["--durations: must be days above"]),
    "no_days": (["data.csv", "--durations", "0"], ["--durations: must be days above 0", "'0'"]),
    "option_alone": (["data.csv", "--option", "cadence"], ["--option needs key=value"]),
    "option_not_yaml": (["data.csv", "--option", "cadence=[1"], ["--option cadence: not valid Y"]),
    "unknown_option": (["data.csv", "--option", "cadense=1"], ["did you mean 'cadence'?"]),
    "unknown_source": (["data.csv", "--source", "kaggle_cvs"], ["did you mean 'kaggle_csv'?"]),
    "source_twice": (["x.yaml", "--source", "simulated"], ["x.yaml is an experiment file"]),
    "periods": (["data.csv", *FAST, "--max-period", "0.7"], ["period", "0.7"]),
    "endless": (["data.csv", *FAST, "--max-period", "inf"], ["max_period must be at most 8.0 d"]),
    "durations": (["data.csv", *FAST, "--durations", "5"], ["durations must be shorter than"]),
    "too_short": (
        ["data.csv", "--option", "cadence=0.002", "--min-period", "0.1", "--durations", "0.1"],
        ["search.window: window must hold 3 to 400 cadences", "left out, it is 1 d"],
    ),
}


@pytest.mark.parametrize("case", BAD)
def test_a_mistake_ends_in_one_sentence_and_nothing_is_written(case, folder, monkeypatch, capsys):
    words, expected = BAD[case]
    write_folded(folder)
    (folder / "koi.csv").write_text(KOI)
    (folder / "prose.txt").write_text("Dear reader,\nthis is no data.\n")
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert run(monkeypatch, *words) == 2
    captured = capsys.readouterr()
    (sentence,) = [line for line in captured.err.splitlines() if line.startswith("Error: ")]
    for part in expected:
        assert part in sentence
    assert captured.out == ""
    assert "searching" not in captured.err
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


@pytest.mark.skipif(
    not Path("/proc/self").is_dir(), reason="only Linux has /proc, which takes no files"
)
def test_a_folder_that_takes_no_files_is_refused_before_the_search(folder, monkeypatch, capsys):
    assert run(monkeypatch, "data.csv", *FAST, "--out", "/proc/t.csv") == 2
    written = capsys.readouterr().err
    assert "--out: no file can be made in /proc" in written
    assert "searching" not in written


def test_curves_of_one_class_can_be_searched(folder, monkeypatch, capsys):
    lines = (folder / "data.csv").read_text().splitlines()
    lines[1:] = [f"1{line[1:]}" for line in lines[1:]]
    (folder / "data.csv").write_text("\n".join(lines) + "\n")
    (folder / "rows.csv").unlink()
    assert run(monkeypatch, "data.csv", *FAST) == 0
    assert len(pd.read_csv("candidates.csv")) == 5


ENDLESS = 300_000  # signals: half an hour, could it not be stopped
PATIENCE = 300.0  # seconds; the first search on a machine is compiled


def test_ctrl_c_ends_a_long_search_in_one_line(folder):
    flux = np.random.default_rng(0).normal(size=4000)
    header = ",".join(["LABEL", *(f"FLUX.{column + 1}" for column in range(4000))])
    (folder / "long.csv").write_text(f"{header}\n0,{','.join(f'{x:.3f}' for x in flux)}\n")
    words = ["kepler-keras", "search", "long.csv", *FAST, "--signals", str(ENDLESS)]
    words += ["--option", "star_ids=false"]
    code = (
        "import signal, sys\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"  # a shell may have it ignored
        f"sys.argv = {words!r}\nfrom kepler_keras import cli\ncli.main()\n"
    )
    before = sorted(path.name for path in folder.iterdir())
    with (folder.parent / f"{folder.name}.log").open("w+") as log:
        process = subprocess.Popen(
            [sys.executable, "-c", code], cwd=folder, env=environment(), stdout=log, stderr=log
        )
        try:
            begun = time.monotonic()
            while "searching, curve: 1\n" not in Path(log.name).read_text():
                assert process.poll() is None, Path(log.name).read_text()
                assert time.monotonic() - begun < PATIENCE
                time.sleep(0.05)
            process.send_signal(signal.SIGINT)
            assert process.wait(PATIENCE) == 130
        finally:
            process.kill()
            process.wait()
    lines = Path(log.name).read_text().splitlines()
    assert lines == ["searching, curve: 1", "interrupted: nothing was written"]
    assert sorted(path.name for path in folder.iterdir()) == before


HEAVY = ("tensorflow", "keras", "mlflow", "sklearn", "matplotlib", "jinja2", "loky")


def test_a_search_imports_nothing_heavy(folder):
    words = ["kepler-keras", "search", "data.csv", *FAST]
    code = (
        f"import sys\nsys.argv = {words!r}\nfrom kepler_keras import cli\n"
        "try:\n    cli.main()\nexcept SystemExit as stopped:\n    assert stopped.code == 0\n"
        f"print('imported:', [name for name in {HEAVY!r} if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=folder, env=environment(), capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "imported: []"
    assert "searching, curve 5/5" in done.stderr
