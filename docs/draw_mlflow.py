"""Draws the pictures of `mlflow.md`: MLflow's own pages of a comparison, in headless Chromium.

    python docs/draw_mlflow.py reports/handout

A report's record is logged to a new store, and `kepler-keras ui` shows it. The pages are MLflow's,
so that another version of it may need other clicks.
"""

import contextlib
import io
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import mlflow
import requests
from PIL import Image
from playwright.sync_api import Page, sync_playwright
from requests.adapters import HTTPAdapter
from urllib3.util import Retry

from kepler_keras.publish import log_comparison, write_folder
from kepler_keras.record import read_record
from kepler_keras.tracking import start_comparison

FOLDER = Path(__file__).parent
CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
SIZE = {"width": 1240, "height": 640}
PATIENCE = 60  # seconds for a server and for a page to come
SETTLED = 2_500  # milliseconds that rows and charts move after they have come
COLOURS = 64
HIDDEN = ("Dataset", "Source", "Models")  # columns
SHOWN = ("average_precision", "kepler_keras.rank", "kepler_keras.verdict", "family")
FILTER = "tags.family = 'network' and tags.`kepler_keras.verdict` = 'better'"
ENTRIES = "tags.`kepler_keras.level` = 'entry'"


def main(report: str, *, folder: Path = FOLDER) -> None:
    """Logs the report's record and writes the pictures into `folder`."""
    record = read_record(Path(report))
    folder = folder.resolve()
    with tempfile.TemporaryDirectory() as name, contextlib.chdir(name):
        write_folder(record, Path("report"))
        store = f"sqlite:///{name}/mlflow.db"
        with start_comparison(record.experiment, address=store, environment={}) as tracker:
            log_comparison(record, Path("report"), {}, tracker)
        client = mlflow.MlflowClient(store)
        place = client.get_run(tracker.run_id).info.experiment_id
        (best,) = client.search_runs([place], "tags.`kepler_keras.rank` = '1'")
        with _ui() as address, _page(address) as page:
            shown = _Shown(page, f"{address}/#/experiments/{place}/runs", folder)
            _draw(shown, run_id=tracker.run_id, best=best.info.run_id)


@contextlib.contextmanager
def _ui() -> Iterator[str]:
    """The address of `kepler-keras ui` in the folder that we stand in."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "kepler_keras.cli", "ui", "--port", str(port)]
    ui = subprocess.Popen(command, start_new_session=True)
    try:
        _wait(f"http://127.0.0.1:{port}/health")
        yield f"http://127.0.0.1:{port}"
    finally:
        os.killpg(ui.pid, signal.SIGTERM)
        ui.wait()


def _wait(address: str) -> None:
    """Asks until the server answers."""
    patience = Retry(total=PATIENCE, backoff_factor=0.5, backoff_max=1.0)
    with requests.Session() as session:
        session.mount("http://", HTTPAdapter(max_retries=patience))
        session.get(address, timeout=PATIENCE)


@contextlib.contextmanager
def _page(address: str) -> Iterator[Page]:
    """A page of MLflow that shows training runs and nothing beside them."""
    with sync_playwright() as playwright:
        arguments = ["--no-sandbox", "--disable-gpu", "--no-first-run"]
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=arguments)
        page = browser.new_page(viewport=SIZE)
        page.set_default_timeout(1000 * PATIENCE)
        page.goto(address)
        page.get_by_text("Model training", exact=True).first.click()
        page.get_by_role("button", name="Close", exact=True).first.click()  # the assistant
        yield page
        browser.close()


@dataclass(frozen=True)
class _Shown:
    """A browser on the pages of one experiment.

    Attributes:
        runs: Address of the table of its runs.
        folder: Where pictures go.
    """

    page: Page
    runs: str
    folder: Path

    def open(self, place: str, sign: str) -> None:
        """Opens an address below that of the runs, and waits for a text on it."""
        self.page.goto("about:blank")
        self.page.goto(self.runs + place)
        self.page.get_by_text(sign).first.wait_for()
        self.page.wait_for_timeout(SETTLED)

    def unfold(self, row: int) -> None:
        """Shows the runs below the one in a row of the table; MLflow keeps it so."""
        self.page.locator(f'[row-index="{row}"] button').first.click()
        self.page.wait_for_timeout(SETTLED)

    def choose_columns(self) -> None:
        """Replaces the columns that a new table has."""
        self.page.get_by_text("Columns", exact=True).first.click()
        for name in (*HIDDEN, *SHOWN):
            self.page.get_by_placeholder("Search").last.fill(name)
            self.page.wait_for_timeout(SETTLED // 3)
            self.page.locator("[class*=light-tree]").first.get_by_text(
                name, exact=True
            ).first.click()
        self.page.keyboard.press("Escape")
        self.page.wait_for_timeout(SETTLED)

    def save(self, name: str) -> None:
        """Writes what is seen, in few colours, without the path of the temporary store."""
        for path in self.page.get_by_text("Path:").all():
            path.evaluate("line => line.textContent = 'Path: ' + line.title.split('/').pop()")
        picture = Image.open(io.BytesIO(self.page.screenshot()))
        small = picture.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
        small.save(self.folder / f"mlflow_{name}.png", optimize=True)


def _draw(shown: _Shown, *, run_id: str, best: str) -> None:
    """The pictures, of a comparison's run and of its best entry's."""
    shown.open("", "matching runs")
    shown.choose_columns()
    shown.unfold(0)
    shown.unfold(1)
    shown.save("runs")
    shown.open(f"?searchFilter={quote(FILTER)}", "matching runs")
    shown.save("filter")
    shown.open(f"?compareRunsMode=CHART&searchFilter={quote(ENTRIES)}", "matching runs")
    shown.page.get_by_placeholder("Search metric charts").fill("^average_precision_fold")
    shown.page.wait_for_timeout(SETTLED)
    shown.save("folds")
    shown.open(f"/{best}/artifacts/pr_curve.json", "View as table")
    shown.save("table")
    shown.open(f"/{run_id}/artifacts/report.html", "Path:")
    shown.save("report")
    shown.open(f"/{run_id}", "About this run")
    shown.page.get_by_text("train rows").first.click()
    shown.page.wait_for_timeout(SETTLED)
    shown.save("data")


if __name__ == "__main__":
    main(*sys.argv[1:])
