"""How the site is found where its address is known, and what is left out where it is not."""

import re
from types import SimpleNamespace
from urllib.parse import urljoin
from xml.etree import ElementTree

import pytest
from bs4 import BeautifulSoup
from jinja2 import Environment, FileSystemLoader
from sphinx.errors import ExtensionError

from kit.build import address
from kit.folders import BOOK
from tests.book.pages import all_pages

SITE = "https://example.org/a&b/"
NS = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9"}


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("", ""),
        (" https://example.org ", "https://example.org/"),
        ("https://example.org/book", "https://example.org/book/"),
        ("http://localhost:8000/book//", "http://localhost:8000/book/"),
    ],
)
def test_an_address_ends_with_one_slash(given, expected):
    assert address.checked(given) == expected


@pytest.mark.parametrize(
    "given",
    ["example.org", "ftp://example.org/", "https:///book", "https://a.b/?q", "https://a b/"],
)
def test_what_is_no_address_of_a_site_is_refused(given):
    with pytest.raises(ExtensionError, match=f"BOOK_URL: {re.escape(repr(given))}"):
        address.checked(given)


def test_the_environment_goes_before_the_configuration(monkeypatch):
    config = SimpleNamespace(html_baseurl="https://old.org/")
    monkeypatch.delenv("BOOK_URL", raising=False)
    address.configure(None, config)
    assert config.html_baseurl == "https://old.org/"
    monkeypatch.setenv("BOOK_URL", "https://new.org")
    address.configure(None, config)
    assert config.html_baseurl == "https://new.org/"


def test_the_sitemap_has_each_page_once_by_its_canonical_address():
    found = ElementTree.fromstring(address.sitemap(SITE, ["index", "see/é", "see/two"], "index"))
    assert found.tag == f"{{{NS['s']}}}urlset"
    assert [place.text for place in found.iterfind("s:url/s:loc", NS)] == [
        SITE,
        f"{SITE}see/%C3%A9.html",
        f"{SITE}see/two.html",
    ]


def env(**titles):
    named = {page: SimpleNamespace(astext=lambda t=title: t) for page, title in titles.items()}
    return SimpleNamespace(titles=named, config=SimpleNamespace(root_doc="index"))


def test_a_card_has_what_open_graph_asks_for():
    book = env(index="A book", page='One < two "three"')
    head = BeautifulSoup(
        address.tags(book, "page", SITE, "A book", "Words &amp; more."), "html.parser"
    )
    found = {tag["property"]: tag["content"] for tag in head.select("meta[property]")}
    assert found["og:title"] == 'One < two "three"'
    assert found["og:description"] == "Words & more."
    assert found["og:type"] == "article"
    assert found["og:url"] == f"{SITE}page.html"
    assert found["og:image"] == f"{SITE}cards/page.png"
    assert head.select_one('meta[name="twitter:card"]')["content"] == "summary_large_image"
    assert 'content="website"' in address.tags(book, "index", SITE, "A book", "")


def added(site, page):
    head = '<meta content="Of a &lt; b." name="description" />'
    context = {"metatags": head}
    app = SimpleNamespace(
        builder=SimpleNamespace(format="html"),
        config=SimpleNamespace(html_baseurl=site, root_doc="index", html_title="A book"),
        env=SimpleNamespace(
            found_docs={"index", "page"}, **vars(env(index="A book", page="A page"))
        ),
    )
    address.add(app, page, "page.html", context, None)
    return head, context


def test_a_page_has_its_own_words_in_its_card_and_one_address():
    head, context = added(SITE, "page")
    assert context["metatags"].startswith(head)
    assert '<meta property="og:description" content="Of a &lt; b." />' in context["metatags"]
    assert context["pageurl"] == f"{SITE}page.html"
    assert added(SITE, "index")[1]["pageurl"] == SITE


def test_without_an_address_a_page_has_neither():
    head, context = added("", "page")
    assert context == {"metatags": head}
    assert "noindex" in added("", "search")[1]["metatags"]
    assert "og:" not in added(SITE, "search")[1]["metatags"]


def not_found(top, parts):
    templates = Environment(loader=FileSystemLoader(BOOK / "_templates"))
    words = {"book": "A < book", "top": top, "parts": parts}
    return BeautifulSoup(templates.get_template("not-found.html").render(words), "html.parser")


@pytest.mark.parametrize("asked", ["/b/x.html", "/b/see/x.html", "/b/see/deep/er/x"])
def test_what_is_not_there_leads_on_from_any_depth_without_scripts(asked):
    page = not_found("/b/", [("Part & one", [("see/one", "1. See < it"), ("see/two", "Two")])])
    assert not page.select("script, link, img")
    links = [urljoin(asked, tag["href"]) for tag in page.select("a")]
    assert links == ["/b/", "/b/see/one.html", "/b/see/two.html"]
    form = page.select_one("form")
    assert urljoin(asked, form["action"]) == "/b/search.html"
    assert page.find("label", attrs={"for": form.input["id"]})
    assert form.input["name"] == "q"
    assert page.h2.get_text() == "Part & one"


def test_where_the_top_is_not_known_there_are_no_links_that_could_be_wrong():
    page = not_found("", [])
    assert not page.select("a, form, script, link")
    assert "A < book" in page.get_text()


def test_no_two_pages_have_one_title_or_one_description():
    for of in (
        lambda page: page.header["myst"]["html_meta"]["description"],
        lambda page: re.search(r"^# (.+)$", page.body, re.MULTILINE)[1],
    ):
        found = [of(page) for page in all_pages()]
        assert len(found) > 30
        assert len(set(found)) == len(found)
