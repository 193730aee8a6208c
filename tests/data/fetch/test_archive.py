"""The archives' own layouts, and the commands that ask them."""

import os
import sys
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest
from archive_server import Fault
from astropy.io import fits

from kepler_keras import cli
from kepler_keras.data.fetch import archive
from kepler_keras.data.fetch.archive import TABLES, fetch_star, fetch_tables
from kepler_keras.data.fetch.checks import DamagedError, check_light_curve, check_table
from kepler_keras.errors import InputError

STAR = 6541920
PLACE = "/lightcurves/0065/006541920/"
STAMPS = ("2009131105131", "2009166043257", "2010009091648")  # quarters 0, 1 and 4
TABLE_PATHS = {
    table.name: f"/TAP/sync?query=select+%2A+from+{table.name}&format=csv" for table in TABLES
}


def light_curve(path: Path, kepid: int = STAR, *, n: int = 500) -> bytes:
    flux = np.random.default_rng(kepid).normal(1e4, 5, n).astype(np.float32)
    primary = fits.PrimaryHDU()
    primary.header["KEPLERID"] = kepid
    columns = [
        fits.Column("TIME", "D", array=np.arange(n) / 48.0),
        fits.Column("PDCSAP_FLUX", "E", array=flux),
    ]
    table = fits.BinTableHDU.from_columns(columns, name="LIGHTCURVE")
    fits.HDUList([primary, table]).writeto(path, checksum=True)
    return path.read_bytes()


def real(name: str) -> Path:
    folder = os.environ.get("KEPLER_KERAS_DATA")
    if not folder:
        pytest.skip("KEPLER_KERAS_DATA points to no real data")
    return Path(folder) / name


def table_text(table: archive.Table, n_rows: int) -> bytes:
    rows = [",".join(table.columns), *[",".join("1" for _ in table.columns)] * n_rows]
    return "\n".join(rows).encode() + b"\n"


@pytest.fixture
def tables(server) -> dict[str, bytes]:
    made = {table.file: table_text(table, table.least_rows) for table in TABLES}
    for table in TABLES:
        server.files[TABLE_PATHS[table.name]] = made[table.file]
    return made


@pytest.fixture
def curves(server, tmp_path) -> dict[str, bytes]:
    names = [f"kplr{STAR:09d}-{stamp}_llc.fits" for stamp in STAMPS]
    made = {name: light_curve(tmp_path / name) for name in names}
    others = [f"kplr{STAR:09d}-2009322144938_slc.fits", f"kplr{STAR:09d}_lc_Q111.tar"]
    links = "".join(f'<li><a href="{name}">{name}</a>' for name in [*names, *others])
    server.files[PLACE] = f'<html><a href="/lightcurves/0065/">up</a>{links}</html>'.encode()
    server.files |= {PLACE + name: body for name, body in made.items()}
    return made


def star(server, folder, **options):
    return fetch_star(STAR, folder, address=f"{server.address}/lightcurves", **options)


def test_both_tables_come(server, tables, tmp_path):
    files = fetch_tables(tmp_path / "out", address=f"{server.address}/TAP/sync")
    assert {file.name: file.read_bytes() for file in files} == tables
    queries = [parse_qs(urlsplit(path).query) for path, _ in server.asked]
    assert [query["query"] for query in queries] == [
        ["select * from cumulative"],
        ["select * from q1_q17_dr24_tce"],
    ]


def test_what_is_there_is_not_asked_for_again(server, tables, tmp_path):
    address = f"{server.address}/TAP/sync"
    (first, _) = fetch_tables(tmp_path, address=address)
    server.asked.clear()
    fetch_tables(tmp_path, address=address)
    assert server.asked == []
    first.write_bytes(first.read_bytes()[:100])
    fetch_tables(tmp_path, address=address)
    assert len(server.asked) == 1
    assert first.read_bytes() == tables[first.name]
    fetch_tables(tmp_path, address=address, again=True)
    assert len(server.asked) == 3


VOTABLE = b"<?xml version='1.0'?><VOTABLE><INFO name='QUERY_STATUS'>ORA-00942: no table</INFO>"


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (VOTABLE, "a CSV table was due, a page came that begins 'ORA-00942: no table'"),
        (b"\xef\xbb\xbf <!DOCTYPE html><title>Oops</title>", "page came that begins 'Oops'"),
        (b"", "column 'kepid' is missing"),
        (b"kepid,koi_period\n1,2\n", "column 'koi_disposition' is missing"),
        (table_text(TABLES[0], 9), "has 9 rows, at least 9500 are due"),
        (table_text(TABLES[0], 9500)[:-4], "row 9500 of the table that came has 4 cells where"),
        (table_text(TABLES[0], 9500) + b"\xff\xfe", "is no CSV table"),
    ],
)
def test_what_is_no_table_is_refused(body, words, server, tmp_path):
    server.faults.extend([Fault(body=body)] * 2)
    with pytest.raises(InputError, match=words) as caught:
        fetch_tables(tmp_path, address=f"{server.address}/TAP/sync")
    assert "\n" not in str(caught.value)
    assert list(tmp_path.iterdir()) == []


def test_comment_lines_are_no_rows(tmp_path):
    path = tmp_path / "table.csv"
    path.write_text('# made by hand, 1,2\n#\na,b\n1,"two, or more"\n')
    check_table(path, columns=("a", "b"), least_rows=1)
    with pytest.raises(DamagedError, match="1 rows, at least 2"):
        check_table(path, columns=("a", "b"), least_rows=2)


def test_the_long_cadence_files_of_a_star_come(server, curves, tmp_path):
    server.faults.extend([Fault(), Fault(stop=3000), Fault(status=503)])
    files = star(server, tmp_path / "out")
    assert {file.name: file.read_bytes() for file in files} == curves
    assert len(list((tmp_path / "out").iterdir())) == 3


def test_quarters_are_chosen_by_the_time_in_the_name(server, curves, tmp_path):
    (file,) = star(server, tmp_path / "out", quarters={4})
    assert file.name == "kplr006541920-2010009091648_llc.fits"
    with pytest.raises(
        InputError, match=r"of KIC 6541920 in quarter 9, there are quarters 0, 1, 4"
    ):
        star(server, tmp_path / "out", quarters={4, 9})


def test_a_star_that_the_archive_does_not_have(server, tmp_path):
    with pytest.raises(InputError, match=r"0065/006541920/: .* no light curves of KIC 6541920$"):
        star(server, tmp_path)
    server.files[PLACE] = b"<html>Only short cadence: kplr006541920-2009322144938_slc.fits</html>"
    with pytest.raises(InputError, match="lists no long-cadence light curve of KIC 6541920"):
        star(server, tmp_path)
    server.files[PLACE] = b" " * (archive.LONGEST_LISTING + 1)
    with pytest.raises(InputError, match="a list of files was due"):
        star(server, tmp_path)


@pytest.mark.parametrize("kepid", [0, -5, 10**9])
def test_a_number_that_is_no_kepid(kepid, tmp_path):
    with pytest.raises(InputError, match=f"up to 9 digits, got {kepid}"):
        fetch_star(kepid, tmp_path)


def test_a_damaged_light_curve_is_refused(tmp_path):
    body = light_curve(tmp_path / "good.fits")
    path = tmp_path / "bad.fits"
    flipped = bytearray(body)
    flipped[-2000] ^= 1
    cases = {
        "the checksum of LIGHTCURVE in the FITS file that came is wrong": bytes(flipped),
        "is no multiple of 2880|are no multiple of 2880": body[:-1],
        "is no whole light curve|is no whole FITS": body[:2880],
        "a FITS file was due, a page came": b"<html>" + b" " * 2874,
        "no whole FITS file: 0 bytes": b"",
        "no whole light curve: ": b"\0" * 2880,
    }
    for words, damaged in cases.items():
        path.write_bytes(damaged)
        with pytest.raises(DamagedError, match=words):
            check_light_curve(path, kepid=STAR)
    with pytest.raises(DamagedError, match="of KIC 7 was due, got one of KIC 6541920"):
        check_light_curve(tmp_path / "good.fits", kepid=7)
    check_light_curve(tmp_path / "good.fits", kepid=STAR)


def run(monkeypatch, *words: str) -> int | str | None:
    monkeypatch.setattr(sys, "argv", ["kepler-keras", "data", *words])
    with pytest.raises(SystemExit) as stopped:
        cli.main()
    return stopped.value.code


def test_the_command_for_tables_takes_its_mirror_from_the_environment(
    server, tables, tmp_path, monkeypatch, capsys
):
    monkeypatch.setenv("KEPLER_KERAS_TABLES_ADDRESS", f"{server.address}/TAP/sync")
    monkeypatch.setenv("KEPLER_KERAS_DATA", str(tmp_path))
    assert run(monkeypatch, "fetch", "koi") == 0
    paths = capsys.readouterr().out.splitlines()
    assert paths == [str(tmp_path / "koi_tables" / table.file) for table in TABLES]
    assert all(Path(path).is_file() for path in paths)


def test_the_command_for_a_star(server, curves, tmp_path, monkeypatch, capsys):
    address = f"{server.address}/lightcurves/"
    words = ["fetch", "star", str(STAR), "--out", str(tmp_path / "out"), "--address", address]
    assert run(monkeypatch, *words, "--quarters", "0-1") == 0
    captured = capsys.readouterr()
    assert len(captured.out.splitlines()) == 2
    assert f"light curves of KIC {STAR} 2/2  took" in captured.err
    assert run(monkeypatch, *words, "--quarters", "1-x") == 2
    assert "--quarters: must be numbers from 0 to 17, as 1,3-5" in capsys.readouterr().err


def test_the_command_says_in_one_sentence_what_failed(server, tmp_path, monkeypatch, capsys, waits):
    server.faults.extend([Fault(status=503)] * 5)
    address = f"{server.address}/TAP/sync"
    assert run(monkeypatch, "fetch", "koi", "--out", str(tmp_path), "--address", address) == 2
    error = capsys.readouterr().err
    assert error.splitlines()[-1].startswith(f"Error: {address}?query=")
    assert "Traceback" not in error
    assert list(tmp_path.iterdir()) == []


@pytest.mark.data
def test_the_real_tables_come_through_a_bad_line(server, tmp_path, waits):
    bodies = {table.file: real(f"koi_tables/{table.file}").read_bytes() for table in TABLES}
    for table in TABLES:
        server.files[TABLE_PATHS[table.name]] = bodies[table.file]
    server.faults.extend([Fault(stop=1_000_000), Fault(status=503, retry_after="5"), Fault()])
    server.faults.append(Fault(body=b"<html>busy</html>"))
    files = fetch_tables(tmp_path, address=f"{server.address}/TAP/sync")
    assert {file.name: file.read_bytes() for file in files} == bodies
    assert waits == [1.0, 5.0]
    assert server.ranges()[1:3] == ["bytes=999424-"] * 2


@pytest.mark.data
def test_all_quarters_of_a_real_star_come_through_a_bad_line(server, tmp_path, waits):
    found = sorted(real("kepler_fits").glob("kplr008374877-*_llc.fits"))
    assert len(found) == 18
    place = "/lightcurves/0083/008374877/"
    server.files[place] = "".join(f'<a href="{file.name}">' for file in found).encode()
    server.files |= {place + file.name: file.read_bytes() for file in found}
    server.faults.extend([Fault(), Fault(stop=200_000), Fault(), Fault(stop=10), Fault(status=502)])
    files = fetch_star(8374877, tmp_path, address=f"{server.address}/lightcurves")
    assert [file.read_bytes() for file in files] == [file.read_bytes() for file in found]
    assert {archive.QUARTERS[file.name[14:27]] for file in files} == set(range(18))


@pytest.mark.data
def test_real_light_curves_pass_and_their_names_tell_the_quarter():
    lines = real("kepler_fits/index.csv").read_text().splitlines()[1:]
    checked = 0
    for line in lines:
        name, kepid, quarter, _ = line.split(",")
        if name.endswith("_llc.fits"):
            check_light_curve(real("kepler_fits") / name, kepid=int(kepid))
            assert archive.QUARTERS[name[14:27]] == int(quarter)
            checked += 1
    assert checked > 150
