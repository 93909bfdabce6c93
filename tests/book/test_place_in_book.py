"""A page says where it stands in the book and which edition it is; chapters are named by number."""

import re
from datetime import date

import pytest
import yaml
from bs4 import BeautifulSoup
from sphinx.errors import ExtensionError

import nnfs
from kit.build import edition

PAGE = """(second)=
As {ref}`first` has shown, so it is. {ref}`first` does it ({ref}`first` too).
{ref}`Own words <first>` stay, and {ref}`a-section` too.

- {ref}`first`

:::{exercise}
:label: ex-one
How?
:::

:::{solution} ex-one
:class: dropdown
So.
:::
"""


@pytest.fixture
def built(small_book):
    small_book.write(PAGE)
    small_book.add("one", "Words.\n\n(a-section)=\n## A section\n\nMore.")
    small_book.add("appendix", "At the end, {ref}`first` again.")
    path = small_book.root / "book" / "one.md"
    path.write_text(path.read_text("utf8").replace("# one", "(first)=\n# The first thing"), "utf8")
    toc = {
        "format": "jb-book",
        "root": "index",
        "defaults": {"numbered": True},
        "parts": [
            {"caption": "Derive < it", "chapters": [{"file": "one"}, {"file": "page"}]},
            {"caption": "Rest", "numbered": False, "chapters": [{"file": "appendix"}]},
        ],
    }
    (small_book.root / "book" / "_toc.yml").write_text(yaml.safe_dump(toc), "utf8")
    result = small_book.build(BOOK_REPOSITORY="https://github.com/a/b/")
    assert result.returncode == 0, result.stdout + result.stderr

    def page(name):
        html = (small_book.root / "book" / "_build" / "html" / f"{name}.html").read_text("utf8")
        return BeautifulSoup(html, "html.parser")

    return page


def test_pages_say_where_they_stand_and_name_chapters_by_number(built):
    words = re.sub(r"\s+", " ", built("page").select_one("h1 + p").get_text())
    assert words == (
        "As chapter 1 has shown, so it is. Chapter 1 does it (chapter 1 too). "
        "Own words stay, and A section too."
    )
    assert built("page").select_one("article li a").get_text() == "The first thing"
    assert "chapter 1 again" in built("appendix").article.get_text().replace("\xa0", " ")
    title = built("page").select_one(".solution > .admonition-title")
    assert " ".join(title.get_text().split()) == "Solution to Exercise 2.1"
    assert not title.select("a")
    assert built("page").select_one(".place-in-book").get_text() == "Chapter 2 of 2 · Derive < it"
    assert not built("appendix").select(".place-in-book, .finished-chapter")
    assert built("one").select_one(".finished-chapter input[type=checkbox]")
    foot = built("one").select_one(".edition:not(.take-away)")
    assert nnfs.__version__ in foot.get_text()
    assert foot.a["href"].startswith("https://github.com/a/b/issues/new?title=Error%20on%20one")


@pytest.mark.parametrize("given", ["github.com/a/b", "javascript:alert(1)", "https:///a", "a b"])
def test_a_repository_without_an_address_is_refused(monkeypatch, given):
    monkeypatch.setenv("BOOK_REPOSITORY", given)
    with pytest.raises(ExtensionError, match="BOOK_REPOSITORY: "):
        edition.repository("")


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("https://github.com/a/b", "https://github.com/a/b/issues/new?title="),
        ("https://gitlab.com/a/b", "https://gitlab.com/a/b/-/issues/new?issue[title]="),
    ],
)
def test_hosts_have_their_own_forms(monkeypatch, url, address):
    monkeypatch.delenv("BOOK_REPOSITORY", raising=False)
    assert edition.repository(f"{url}/") == url
    assert edition.report(url, "derive/a&b").startswith(address)
    assert "&" not in edition.report(url, "derive/a&b")


def test_the_edition_is_the_one_that_is_cited():
    version, day = edition.released()
    assert re.fullmatch(r"\d+\.\d+\.\d+", version)
    assert isinstance(day, date)
