"""A reader whose browser runs no scripts sees the same book, light or dark as the system is."""

import pytest

from tests.book.pages import all_pages
from tests.browser.legibility import faint

VIEWS = [(390, "light"), (390, "dark"), (1280, "light"), (1280, "dark")]


@pytest.fixture(params=VIEWS, ids=lambda view: f"{view[0]}-{view[1]}")
def view(request):
    return request.param


@pytest.fixture
def page(new_page, view):
    width, scheme = view
    viewport = {"width": width, "height": 900}
    return new_page(viewport=viewport, color_scheme=scheme, java_script_enabled=False)


@pytest.mark.parametrize("name", [page.docname for page in all_pages()])
def test_all_text_is_legible_in_the_systems_scheme(site, view, page, name):
    page.goto((site / f"{name}.html").as_uri(), wait_until="load")
    assert faint(page) == []
    ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
    sideways = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert (min(map(int, ground[4:-1].split(","))) > 127) == (view[1] == "light")
    assert sideways <= 0


def test_code_has_colours_formulas_are_drawn_and_folded_parts_open(site, page):
    page.goto((site / "derive" / "softmax.html").as_uri(), wait_until="load")
    colours = page.evaluate(
        "new Set([...document.querySelectorAll('article pre span')]"
        ".map((part) => getComputedStyle(part).color)).size"
    )
    assert colours >= 4
    assert page.locator("article .katex-html").first.is_visible()
    folded = page.locator("article details").first
    folded.locator("summary").click()
    assert folded.locator("pre, p:not(summary p)").first.is_visible()


def test_there_is_no_button_that_does_nothing_and_a_link_to_the_chapters(site, page):
    page.goto((site / "see" / "one-page.html").as_uri(), wait_until="load")
    header = page.locator(".bd-header-article")
    assert [button for button in header.locator("button").all() if button.is_visible()] == []
    header.get_by_role("link", name="Contents").click()
    assert page.url.endswith("/index.html")
    assert page.locator('article a[href^="see/one-page.html"]').first.is_visible()


def test_the_logo_is_there_once_in_both_schemes(site, view, page, new_page):
    for tab in (page, new_page(color_scheme=view[1])):
        tab.goto((site / "index.html").as_uri(), wait_until="load")
        logos = tab.locator(".bd-sidebar-primary .logo__image")
        shown = logos.evaluate_all(
            "(all) => all.map((logo) => getComputedStyle(logo).display !== 'none')"
        )
        assert sorted(shown) == [False, True]


def test_the_list_of_equations_is_whole_and_has_contents(site, page):
    page.goto((site / "appendices" / "equations.html").as_uri(), wait_until="load")
    assert page.locator(".equation-filter").is_hidden()
    entries = page.locator(".equation-entry")
    assert entries.evaluate_all("(all) => all.every((entry) => entry.checkVisibility())")
    for link in page.locator(".equation-list-contents a").all()[:3]:
        title = page.locator(f"{link.get_attribute('href')} > h2")
        assert title.inner_text().removesuffix("#") == link.inner_text()
