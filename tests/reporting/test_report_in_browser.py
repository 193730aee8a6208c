from pathlib import Path

import pytest
from browsers import CHROMIUM, MISSING
from made_up_mistakes import with_mistakes
from made_up_record import entry, experiment, with_ablations
from made_up_zoo import zoo, zoo_record
from playwright.sync_api import Browser

from kepler_keras.reporting.report import write_report

LONG_NAME = "a-network-whose-name-has-as-many-letters-as-the-file-allows-4567"
OVERFLOW = "[document.documentElement.scrollWidth, document.documentElement.clientWidth]"
TEXT_SIZE = """() => Math.min(...[...document.querySelectorAll('svg.figure text')]
    .filter(text => text.getClientRects().length)
    .map(text => [parseFloat(getComputedStyle(text).fontSize), text.getScreenCTM()])
    .map(([size, matrix]) => size * Math.hypot(matrix.a, matrix.b)))"""
COVERED = """() => {
    const texts = [...document.querySelectorAll('#costs svg text')].map(
        text => [text.textContent, text.getBoundingClientRect()]);
    const covered = [];
    for (const [name, a] of texts) for (const [other, b] of texts)
        if (name < other && a.left < b.right && b.left < a.right
            && a.top < b.bottom && b.top < a.bottom) covered.push([name, other]);
    return [texts.length, covered];
}"""
TEXT_COLOUR = """() => getComputedStyle(document.querySelector('svg.figure text')).fill"""

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason=MISSING)


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    setup = experiment(
        question="Which? " + "x" * 200,
        entries=[
            entry("mlp", {"name": "mlp", "units": list(range(40))}),
            entry(LONG_NAME, "conv1d"),
            entry("prevalence", "prevalence"),
        ],
        protocol={"folds": 3, "repeats": 2, "prevalence": 0.02},
        remedies=[
            {"imbalance": "class_weights", "entries": ["mlp"]},
            {"name": "a" * 60, "imbalance": "smote", "entries": ["mlp"]},
        ],
    )
    record = with_ablations(setup, quick=True, command="kepler-keras compare " + "y" * 300)
    record = with_mistakes(record, each=1, views=("flux", "folded_image", "search_features"))
    return write_report(record, tmp_path_factory.mktemp("report"))


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [375, 1280])
def test_no_error_no_request_no_overflow(
    browser: Browser, report: Path, width: int, scheme: str
) -> None:
    messages: list[str] = []
    requests: list[str] = []
    page = browser.new_page(viewport={"width": width, "height": 800}, color_scheme=scheme)
    page.on("console", lambda message: messages.append(message.text))
    page.on("pageerror", lambda error: messages.append(str(error)))
    page.on("request", lambda request: requests.append(request.url))
    page.goto(report.as_uri())
    page.evaluate("document.querySelectorAll('details').forEach(part => part.open = true)")
    scroll, client = page.evaluate(OVERFLOW)
    assert messages == []
    assert [url for url in requests if url != "data:,"] == [report.as_uri()]
    assert scroll <= client == width
    assert page.evaluate(TEXT_SIZE) >= 7.5
    page.close()


def test_figures_follow_the_colour_scheme(browser: Browser, report: Path) -> None:
    fills = []
    for scheme in ("light", "dark"):
        page = browser.new_page(color_scheme=scheme)
        page.goto(report.as_uri())
        fills.append(page.evaluate(TEXT_COLOUR))
        page.close()
    assert fills == ["rgb(92, 99, 109)", "rgb(162, 166, 173)"]


def test_print_shows_what_is_folded_away(browser: Browser, report: Path) -> None:
    page = browser.new_page()
    page.goto(report.as_uri())
    page.emulate_media(media="print")
    height = "document.querySelector('#reproduce details pre').getBoundingClientRect().height"
    assert page.evaluate(height) > 100
    page.close()


@pytest.mark.parametrize("width", [390, 1280])
def test_a_zoo_fits_and_no_name_covers_another(
    browser: Browser, tmp_path: Path, width: int
) -> None:
    more = [entry(name, "conv1d") for name in (LONG_NAME, *(f"resnet_{i}" for i in range(6)))]
    setup = zoo(entries=[*(item.model_dump() for item in zoo().entries), *more])
    page = browser.new_page(viewport={"width": width, "height": 800})
    page.goto(write_report(zoo_record(setup), tmp_path).as_uri())
    scroll, client = page.evaluate(OVERFLOW)
    assert scroll <= client == width
    n_texts, covered = page.evaluate(COVERED)
    assert n_texts > 12
    assert covered == []
    page.close()
