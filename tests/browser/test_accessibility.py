"""axe-core finds nothing to object to, on any page, nor on one whose cells have been run."""

import functools
import importlib.util
import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.book.pages import all_pages
from tests.browser.serving import answer_for_the_cdn, pyodide_folder, serve

VIEWS = [(390, "light"), (1280, "dark")]


def window(browser, view):
    width, scheme = view
    return browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)


@pytest.fixture(scope="module")
def looked_at(site, browser):
    """Return a function that gives what axe finds in all views of a page, which it sees at once."""
    contexts = {view: window(browser, view) for view in VIEWS}

    @functools.cache
    def look(name):
        pages = {view: context.new_page() for view, context in contexts.items()}
        for page in pages.values():
            page.goto((site / f"{name}.html").as_uri(), wait_until="load")
            begin(page)
        found = {view: end(page) for view, page in pages.items()}
        for page in pages.values():
            page.close()
        return found

    yield look
    for context in contexts.values():
        context.close()


def begin(page):
    package = importlib.util.find_spec("axe_playwright_python")
    page.evaluate((Path(package.origin).parent / "axe.min.js").read_text("utf8"))
    # What passed would be written out as well, which takes longer than to look at it.
    only = '{resultTypes: ["violations"], selectors: false}'
    page.evaluate(f"() => {{ window.axeResults = axe.run({only}); }}")


def end(page):
    found = page.evaluate("axeResults.then((results) => results.violations)")
    return [f"{v['id']}: {node['html']}" for v in found for node in v["nodes"]]


def violations(page):
    begin(page)
    return end(page)


each_view = pytest.mark.parametrize("view", VIEWS, ids=lambda view: f"{view[0]}-{view[1]}")


@each_view
@pytest.mark.parametrize("name", [page.docname for page in all_pages()])
def test_a_page_is_accessible(looked_at, view, name):
    assert looked_at(name)[view] == []


@each_view
def test_a_page_on_which_cells_were_run_and_edited_is_accessible(site, browser, view):
    context = window(browser, view)
    answer_for_the_cdn(context, pyodide_folder())
    with serve(site) as address:
        page = context.new_page()
        page.goto(f"{address}/derive/gallery.html", wait_until="load")
        for text, code in [
            ("first_lines", None),
            ("claim(", "print('x' * 200)\nnp.ones(3)\n1 / 0"),
        ]:
            box = page.locator(".cell", has=page.locator(".cell_input", has_text=text)).first
            if code:
                box.get_by_role("button", name=re.compile("^Edit")).click()
                page.keyboard.press("Control+a")
                page.keyboard.insert_text(code)
            box.get_by_role("button", name=re.compile("^Run")).click()
            status = box.locator(".live-status")
            expect(status).to_have_attribute(
                "data-state", re.compile("done|failed"), timeout=90_000
            )
        assert violations(page) == []
        widths = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
        assert widths[0] <= widths[1]
    context.close()
