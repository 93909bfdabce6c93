"""What the built site must be: complete, self-contained, with words for every picture."""

import re
from pathlib import Path
from urllib.parse import urlparse

import pytest
from bs4 import BeautifulSoup, Tag

from tests.book.pages import LONGEST_ALT, all_pages
from tests.book.visible_cells import LONGEST, MOST

NAMES = [page.docname for page in all_pages()]
every_page = pytest.mark.parametrize("name", NAMES)


def soup(site: Path, name: str) -> BeautifulSoup:
    return BeautifulSoup((site / f"{name}.html").read_text("utf8"), "html.parser")


@every_page
def test_every_picture_says_what_is_seen(site, name):
    for image in soup(site, name).select("article img"):
        words = image["alt"]
        assert 60 < len(words) <= LONGEST_ALT
        assert not re.search(r"\.(png|svg|jpe?g)\b|_build", words)


@every_page
def test_nothing_comes_from_another_host(site, name):
    page = soup(site, name)
    sources = [tag["src"] for tag in page.select("[src]")]
    sources += [tag["href"] for tag in page.select("link[href]:not([rel=canonical])")]
    assert [source for source in sources if urlparse(source).netloc] == []


@every_page
def test_every_local_address_leads_somewhere(site, name):
    page = soup(site, name)
    here = site / f"{name}.html"
    for tag in page.select("[src], [href]"):
        address = urlparse(tag.get("src") or tag.get("href"))
        if address.scheme or address.netloc or not address.path:
            continue
        assert (here.parent / address.path).resolve().exists(), address.path


@every_page
def test_links_within_a_page_have_their_target(site, name):
    page = soup(site, name)
    ids = {tag["id"] for tag in page.select("[id]")}
    for link in page.select('article a[href^="#"]'):
        assert link["href"] == "#" or link["href"][1:] in ids


@every_page
def test_formulas_are_rendered_with_words_for_screen_readers(site, name):
    page = soup(site, name)
    assert not page.select('script[src*="athjax"], script[src*="athJax"]')
    formulas = page.select("article .math")
    assert all(formula.select("math annotation") for formula in formulas)
    assert (len(formulas) > 0) or not re.search(
        r"\$\S", next(p.body for p in all_pages() if p.docname == name)
    )


@every_page
def test_labelled_equations_and_figures_carry_numbers(site, name):
    page, source = soup(site, name), next(p for p in all_pages() if p.docname == name)
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


@every_page
def test_a_visible_cell_is_read_at_a_glance(site, name):
    lengths = {
        part.get_text(): sum(bool(line.strip()) for line in part.get_text().splitlines())
        for part in open_code(soup(site, name))
    }
    assert {code: lines for code, lines in lengths.items() if lines > LONGEST} == {}


@every_page
def test_a_page_has_few_visible_cells(site, name):
    code = open_code(soup(site, name))
    assert len([part for part in code if not part.find_parent(class_="solution")]) <= MOST


@every_page
def test_no_page_shows_a_failure(site, name):
    page = soup(site, name)
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


def test_the_site_looks_finished(site):
    page = soup(site, "index")
    assert "Neural Networks from Scratch" in page.title.get_text()
    assert page.select('link[rel="icon"]')
    assert page.select(".navbar-brand img.logo__image")
    assert page.select(".theme-switch-button")
    assert page.html["lang"] == "en"
    assert page.select_one('meta[name="description"]')["content"]
    contents = [link.get_text() for link in page.select(".bd-links a")]
    assert any("See a network on one page" in title for title in contents)


def test_the_landing_page_shows_a_result_of_this_build(site):
    text = soup(site, "index").select_one("article").get_text()
    assert re.search(r"reads\s+\d\d\s%", text)
    assert soup(site, "index").select("article figure img")
