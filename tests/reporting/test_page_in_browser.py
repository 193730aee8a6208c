"""What the page's script does, and what axe-core says of the page."""

import shutil
import subprocess
from pathlib import Path

import pytest
from browsers import CHROMIUM, MISSING
from made_up_record import entry, experiment, with_ablations
from playwright.sync_api import Browser, Page

from kepler_keras.reporting.report import write_report

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
FOUND = """async (rules) => {
    const result = await axe.run(document, {runOnly: rules});
    return result.violations.map(one => [one.id, one.help, one.nodes.length, one.nodes[0].html]);
}"""
FIRST_COLUMN = """() => [...document.querySelectorAll('#results .sortable tbody th')]
    .slice(0, 3).map(cell => cell.firstChild.textContent)"""
FIELD = "document.querySelector('.explorer [data-field={}]').textContent"

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason=MISSING)


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    setup = experiment(
        entries=[entry("mlp", "mlp"), entry("conv1d", "conv1d"), entry("none", "prevalence")],
        protocol={"folds": 3, "repeats": 2},
        remedies=[{"imbalance": "class_weights", "entries": ["mlp"]}],
    )
    return write_report(with_ablations(setup, quick=True), tmp_path_factory.mktemp("report"))


@pytest.fixture(scope="module")
def axe(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The source of axe-core, which npm fetches in the version of `axe/package.json`."""
    npm = shutil.which("npm")
    if npm is None:
        pytest.skip("npm is not here, so that axe-core cannot be fetched")
    folder = tmp_path_factory.mktemp("axe")
    shutil.copy(Path(__file__).parent / "axe" / "package.json", folder)
    command = [npm, "install", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=120)
    if done.returncode != 0:
        pytest.skip(f"npm could not fetch axe-core: {done.stderr.strip()[-200:]}")
    return (folder / "node_modules/axe-core/axe.min.js").read_text(encoding="utf-8")


def opened(browser: Browser, report: Path, **settings: object) -> Page:
    page = browser.new_page(**settings)  # type: ignore[arg-type]
    page.goto(report.as_uri())
    return page


@pytest.mark.parametrize(
    ("width", "scheme", "media"),
    [
        (390, "light", "screen"),
        (1280, "dark", "screen"),
        (1280, "light", "screen"),
        (794, "light", "print"),
    ],
)
def test_axe_finds_nothing(
    browser: Browser, report: Path, axe: str, width: int, scheme: str, media: str
) -> None:
    page = opened(browser, report, viewport={"width": width, "height": 900}, color_scheme=scheme)
    page.emulate_media(media=media)
    page.evaluate("document.querySelectorAll('details').forEach(part => part.open = true)")
    page.evaluate(axe)
    assert page.evaluate(FOUND, RULES) == []
    page.close()


def test_axe_would_find_a_faint_text_and_a_nameless_picture(
    browser: Browser, report: Path, axe: str
) -> None:
    page = opened(browser, report)
    page.evaluate("document.querySelector('.question').style.color = '#ddd'")
    page.evaluate("document.querySelector('svg.figure').removeAttribute('aria-label')")
    page.evaluate(axe)
    assert {one[0] for one in page.evaluate(FOUND, RULES)} == {"color-contrast", "svg-img-alt"}
    page.close()


def test_a_click_sorts_and_a_second_one_turns_round(browser: Browser, report: Path) -> None:
    page = opened(browser, report)
    head = page.locator("#results .sortable thead th").nth(1)
    head.get_by_role("button").click()
    assert page.evaluate(FIRST_COLUMN) == ["conv1d", "none", "mlp"]
    assert head.get_attribute("aria-sort") == "descending"
    head.get_by_role("button").press("Enter")
    assert page.evaluate(FIRST_COLUMN) == ["mlp", "none", "conv1d"]
    assert head.get_attribute("aria-sort") == "ascending"
    page.close()


def test_the_lowest_threshold_calls_everything_a_planet(browser: Browser, report: Path) -> None:
    page = opened(browser, report)
    before = page.evaluate(FIELD.format("alarms"))
    page.get_by_label("Entry", exact=True).select_option("conv1d")
    slider = page.get_by_label("Threshold", exact=True)
    slider.press("Home")
    assert page.evaluate(FIELD.format("found")) == "12 of 12"
    assert page.evaluate(FIELD.format("alarms")) == "108" != before
    assert page.evaluate(FIELD.format("precision")) == "0.100"
    assert "108 false alarms" in str(slider.get_attribute("aria-valuetext"))
    slider.press("End")
    assert page.evaluate(FIELD.format("alarms")) != "108"
    page.close()


def test_a_link_opens_what_is_folded_away(browser: Browser, report: Path) -> None:
    page = opened(browser, report)
    page.evaluate("document.querySelector('#curves details figure').id = 'roc'")
    page.evaluate("location.hash = 'roc'")
    page.wait_for_function("document.querySelector('#curves details').open")
    page.close()


def test_without_its_script_the_page_says_the_same(browser: Browser, report: Path) -> None:
    page = opened(browser, report, java_script_enabled=False)
    assert not page.locator(".explorer").is_visible()
    assert page.locator("#results .sortable").first.is_visible()
    page.close()
