"""A headless Chromium: Debian's, driven by Playwright, and the site as it serves pages to it."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, Request, sync_playwright

from tests.browser.installed import chromium_program
from tests.browser.serving import answer_for_the_cdn, pyodide_folder, serve
from tests.browser.windows import Chromium, Windows

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
# No other host is found; that costs nothing, while a driver that looks at every request does.
FLAGS += ["--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"]
HERE = ("http://127.0.0.1", "blob:", "data:")


@pytest.fixture(scope="session")
def browser() -> Iterator[Chromium]:
    chromium = chromium_program()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield Chromium(browser)
        browser.close()


@pytest.fixture(scope="session")
def address(site: Path) -> Iterator[str]:
    with serve(site) as address:
        yield address


@pytest.fixture(scope="module")
def windows(browser: Chromium) -> Iterator[Windows]:
    windows = Windows(browser)
    yield windows
    windows.close()


@pytest.fixture
def new_page(windows: Windows) -> Iterator[Callable[..., Page]]:
    """Open an empty page with settings of `Browser.new_context`; it is closed after the test."""
    yield windows.new_page
    windows.clear()


@pytest.fixture
def context(browser: Chromium) -> Iterator[BrowserContext]:
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    context.set_default_timeout(60_000)
    yield context
    context.close()


@pytest.fixture(scope="session")
def address_with_python(site: Path) -> Iterator[str]:
    """Return where the site is served as one that carries Pyodide."""
    with serve(site, pyodide=pyodide_folder()) as address:
        yield address


@pytest.fixture
def open_page(
    request: pytest.FixtureRequest, new_page: Callable[..., Page], address_with_python: str
) -> Callable[[str], Page]:
    """Open a page of the site, which carries Pyodide: that starts sooner than a public address.

    A page has the lists ``asked``, of what it wanted from other hosts, and ``complaints``, of
    errors in its scripts. Where a test changes the context, the context is its own.
    """
    if "context" in request.fixturenames:
        new_page = request.getfixturevalue("context").new_page
    asked: list[str] = []

    def look(request: Request) -> None:
        if not request.url.startswith(HERE):
            asked.append(request.url)

    def open_page(name: str) -> Page:
        page = new_page()
        page.on("request", look)
        return opened(page, f"{address_with_python}/{name}.html", asked)

    return open_page


@pytest.fixture
def open_page_of_the_cdn(context: BrowserContext, address: str) -> Callable[[str], Page]:
    """Open a page as `open_page` does, with the public address of Pyodide on this disk."""
    asked = answer_for_the_cdn(context, pyodide_folder())
    return lambda name: opened(context.new_page(), f"{address}/{name}.html", asked)


def opened(page: Page, address: str, asked: list[str]) -> Page:
    page.asked, page.complaints = asked, []  # type: ignore[attr-defined]
    page.on("pageerror", lambda error: page.complaints.append(str(error)))  # type: ignore[attr-defined]
    page.goto(address, wait_until="load")
    return page


@pytest.fixture(scope="module")
def pages_with_python(
    browser: Chromium, address_with_python: str
) -> Iterator[Callable[[str], Page]]:
    """Open a page once for all tests of a file: starting Python takes longer than most of them."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    context.set_default_timeout(60_000)
    pages: dict[str, Page] = {}

    def open_page(name: str) -> Page:
        if name not in pages:
            pages[name] = opened(context.new_page(), f"{address_with_python}/{name}.html", [])
        return pages[name]

    yield open_page
    context.close()


@pytest.fixture
def shared_page(pages_with_python: Callable[[str], Page]) -> Callable[[str], Page]:
    """Open a page of which only Python is as an earlier test of the file has left it."""

    def open_page(name: str) -> Page:
        page = pages_with_python(name)
        page.bring_to_front()
        page.evaluate(AS_BUILT)
        return page

    return open_page


AS_BUILT = """() => {
  for (const { reset, status } of liveCells.cells) {
    // The second one forgets what Undo would bring back.
    reset?.click();
    reset?.click();
    if (status) { status.textContent = ""; delete status.dataset.state; }
  }
  document.activeElement.blur();
  localStorage.clear();
}"""
