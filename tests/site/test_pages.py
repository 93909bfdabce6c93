"""What the built site must be: complete, self-contained, with words for every picture."""

import re
from pathlib import Path
from urllib.parse import urlparse

import pytest
from bs4 import BeautifulSoup, Tag

from tests.book.pages import LONGEST_ALT, all_pages
from tests.book.visible_cells import LONGEST, MOST

SOURCES = {page.docname: page for page in all_pages()}


def soup(site: Path, name: str) -> BeautifulSoup:
    return BeautifulSoup((site / f"{name}.html").read_text("utf8"), "html.parser")


@pytest.fixture(scope="module", params=SOURCES)
def name(request) -> str:
    return request.param


# Reading a page takes longer than any look at it: the tests of a page share it, and change nothing.
@pytest.fixture(scope="module")
def page(site, name) -> BeautifulSoup:
    return soup(site, name)


@pytest.fixture(scope="module")
def landing(site) -> BeautifulSoup:
    return soup(site, "index")


def test_every_picture_says_what_is_seen(page):
    for image in page.select("article img"):
        words = image["alt"]
        assert 60 < len(words) <= LONGEST_ALT
        assert not re.search(r"\.(png|svg|jpe?g)\b|_build", words)


def test_nothing_comes_from_another_host(page):
    sources = [tag["src"] for tag in page.select("[src]")]
    sources += [tag["href"] for tag in page.select("link[href]:not([rel=canonical])")]
    assert [source for source in sources if urlparse(source).netloc] == []


def test_every_local_address_leads_somewhere(site, name, page):
    here = site / f"{name}.html"
    for tag in page.select("[src], [href]"):
        address = urlparse(tag.get("src") or tag.get("href"))
        if address.scheme or address.netloc or not address.path:
            continue
        assert (here.parent / address.path).resolve().exists(), address.path


def test_links_within_a_page_have_their_target(page):
    ids = {tag["id"] for tag in page.select("[id]")}
    for link in page.select('article a[href^="#"]'):
        assert link["href"] == "#" or link["href"][1:] in ids


def test_formulas_are_rendered_with_words_for_screen_readers(name, page):
    assert not page.select('script[src*="athjax"], script[src*="athJax"]')
    formulas = page.select("article .math")
    assert all(formula.math and formula.math.annotation for formula in formulas)
    assert (len(formulas) > 0) or not re.search(r"\$\S", SOURCES[name].body)


def test_labelled_equations_and_figures_carry_numbers(name, page):
    source = SOURCES[name]
    for label in source.equations:
        equation = page.find(id=f"equation-{label}")
        assert equation.select_one(".eqno").get_text().startswith("(")
    for cell in source.cells:
        figure = cell.options.get("mystnb", {}).get("figure")
        if figure:
            found = page.find("figure", id=figure["name"])
            assert re.match(r"Fig\. \d", found.select_one(".caption-number").get_text())


def open_code(page: BeautifulSoup) -> list[Tag]:
    """Return the code of cells that a reader sees without opening anything."""
    code = page.select("article .cell > .cell_input pre")
    return [part for part in code if part.find_parent("details") is None]


def test_a_visible_cell_is_read_at_a_glance(page):
    lengths = {
        part.get_text(): sum(bool(line.strip()) for line in part.get_text().splitlines())
        for part in open_code(page)
    }
    assert {code: lines for code, lines in lengths.items() if lines > LONGEST} == {}


def test_a_page_has_few_visible_cells(page):
    code = open_code(page)
    assert len([part for part in code if not part.find_parent(class_="solution")]) <= MOST


def test_no_page_shows_a_failure(page):
    text = page.get_text()
    assert "Traceback" not in text
    assert "stderr" not in text
    # Code and what it prints may speak of nan; sentences and tables may not.
    shown = " ".join(place.get_text() for place in page.select("article p, article td"))
    assert not re.search(r"\bnan\b", shown)


def test_the_katex_style_is_the_version_that_rendered(site):
    import sphinxcontrib.katex

    style = (site / "katex" / "katex.min.css").read_text("utf8")
    assert f'content:"{sphinxcontrib.katex.katex_version}"' in style


def test_the_site_looks_finished(landing):
    assert "Neural Networks from Scratch" in landing.title.get_text()
    assert landing.select('link[rel="icon"]')
    assert landing.select(".navbar-brand img.logo__image")
    assert landing.select(".theme-switch-button")
    assert landing.html["lang"] == "en"
    assert landing.select_one('meta[name="description"]')["content"]
    contents = [link.get_text() for link in landing.select(".bd-links a")]
    assert any("See a network on one page" in title for title in contents)


def test_the_landing_page_shows_a_result_of_this_build(landing):
    text = landing.select_one("article").get_text()
    assert re.search(r"reads\s+\d\d\s%", text)
    assert landing.select("article figure img")
