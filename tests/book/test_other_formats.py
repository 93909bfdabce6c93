"""The book in one page, as an EPUB, in LaTeX and as text, from the same small book."""

import re
import subprocess
import sys
import zipfile
from urllib.parse import urldefrag

import pytest
from bs4 import BeautifulSoup

from .conftest import SmallBook, new_book

CELL = "```{{code-cell}} ipython3\n{}\n```\n"
PAGE = (
    "$$\n1 + 1 = 2\n$$ (eq:two_sides)\n\n"
    + CELL.format(
        'from kit.cells import check\ncheck("eq:two_sides", [1 + 1, 2 + 2], [2, 4], terms=0)'
    )
    + CELL.format(":tags: [hide-input]\n\nprint('its code is hidden')")
    # Three columns, which are no whole per cent wide.
    + "\n| a third | b | c |\n|---|---|---|\n| 1 | 2 | 3 |\n"
    + "\n```{exercise} Add\n:label: ex-add\nAdd.\n```\n"
    + "\n```{equation-list}\n```\n\nBy {eq}`eq:two_sides`.\n"
)


@pytest.fixture(scope="module")
def book(tmp_path_factory) -> SmallBook:
    book = new_book(tmp_path_factory.mktemp("formats"))
    book.write(PAGE)
    result = book.build()
    assert result.returncode == 0, result.stderr
    return book


@pytest.mark.exhaustive(share=1 / 3, of="file")
def test_a_label_of_any_spelling_has_live_links(book):
    html = book.site()
    anchors = {
        name: {tag["id"] for tag in BeautifulSoup(text, "html.parser").select("[id]")}
        for name, text in html.items()
        if name.endswith(".html")
    }
    found = set()
    for name in ("page.html", "genindex.html"):
        for link in BeautifulSoup(html[name], "html.parser").select('a[href*="two"]'):
            target, anchor = urldefrag(link["href"])
            assert anchor in anchors[target or name]
            found.add((name, anchor))
    assert ("genindex.html", "equation-eq-two-sides") in found
    assert ("page.html", "check-eq-two-sides") in found


@pytest.mark.exhaustive(share=1 / 3, of="file")
def test_one_page(book):
    before = book.site()
    result = book.build("--builder", "singlehtml")
    assert result.returncode == 0, result.stderr
    page = book.root / "book" / "_build" / "singlehtml" / "index.html"
    assert "its code is hidden" in page.read_text("utf8")
    assert book.site() == before


@pytest.mark.exhaustive(share=1 / 3, of="file")
def test_printing_the_book_leaves_the_site_alone(book):
    before = book.site()
    result = book.build("--builder", "pdfhtml", PLAYWRIGHT_BROWSERS_PATH=str(book.root / "none"))
    assert "The PDF was not made. " in result.stderr
    assert "Traceback" not in result.stdout + result.stderr
    page = book.root / "book" / "_build" / "singlehtml" / "index.html"
    assert "its code is hidden" in page.read_text("utf8")
    assert book.site() == before


def test_the_pdf_is_that_of_the_whole_book(book):
    """Jupyter Book's own command, with a browser that only writes down what it would print.

    It makes the book in one page on the way.
    """
    before = book.site()
    code = """
import sys
from pathlib import Path
import jupyter_book.pdf
from jupyter_book.cli.main import main
def copied(html_file, pdf_file):
    Path(pdf_file).write_bytes(Path(html_file).read_bytes())
jupyter_book.pdf.html_to_pdf = copied
main(["build", "book", "--builder", "pdfhtml"])
"""
    result = subprocess.run(
        [sys.executable, "-c", code],
        cwd=book.root,
        capture_output=True,
        encoding="utf8",
        errors="replace",
        check=False,
    )
    assert result.returncode == 0, result.stderr
    printed = (book.root / "book" / "_build" / "pdf" / "book.pdf").read_text("utf8")
    assert "Its first page." in printed
    assert "its code is hidden" in printed
    assert book.site() == before


@pytest.mark.exhaustive(share=1 / 3, of="file")
@pytest.mark.parametrize("builder", ["pdfhtml", "singlehtml"])
def test_the_site_is_whole_after_the_book_was_made_in_one_page(book, builder):
    before = book.site()
    book.build("--builder", builder, PLAYWRIGHT_BROWSERS_PATH=str(book.root / "none"))
    (book.root / "book" / "index.md").touch()
    result = book.build()
    assert result.returncode == 0, result.stderr
    assert {name for name, content in book.site().items() if content != before[name]} == set()
    assert set(before) == set(book.site())


@pytest.mark.exhaustive(share=1 / 3, of="file")
def test_an_epub_with_the_fonts_of_its_formulas(book):
    result = book.build("--builder", "custom", "--custom-builder", "epub")
    assert result.returncode == 0, result.stderr
    (path,) = (book.root / "book" / "_build" / "epub").glob("*.epub")
    names = zipfile.ZipFile(path).namelist()
    assert any(name.endswith("page.xhtml") for name in names)
    assert any(name.endswith("KaTeX_Main-Regular.woff2") for name in names)


@pytest.mark.exhaustive(share=1 / 3, of="file")
def test_plain_text_has_tables_exercises_and_what_is_checked(book):
    result = book.build("--builder", "custom", "--custom-builder", "text")
    assert result.returncode == 0, result.stderr
    text = (book.root / "book" / "_build" / "text" / "page.txt").read_text("utf8")
    for words in ("Checked as equal", "Add.", "| a third", "its code is hidden"):
        assert words in text


@pytest.mark.exhaustive(share=1 / 3, of="file")
def test_latex_in_which_every_link_has_its_target(book):
    result = book.build("--builder", "latex")
    assert result.returncode == 0, result.stderr
    (path,) = (book.root / "book" / "_build" / "latex").glob("neural*.tex")
    text = path.read_text("utf8")
    linked = set(re.findall(r"\\hyperref\[\\detokenize\{([^}]*)\}", text))
    named = set(re.findall(r"\\label\{\\detokenize\{([^}]*)\}", text))
    assert "page:check-eq-two-sides" in linked
    assert {name for name in linked if "two" in name} <= named | {"page:equation-eq-two-sides"}


def test_a_check_of_links_leaves_the_site_alone(book):
    before = book.site()
    result = book.build("--builder", "linkcheck")
    assert result.returncode == 0, result.stderr
    assert book.site() == before
    assert (book.root / "book" / "_build" / "linkcheck" / "output.txt").exists()
