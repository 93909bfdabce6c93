"""PDFs of a built site, printed by Chromium: the book, each chapter, and the companion paper.

They are tagged, have an outline, page numbers and running heads; numbers of equations, figures and
chapters are those of the site. Evidence and controls are left out; what else is folded is open.
"""

import json
import os
import re
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from html import escape, unescape
from pathlib import Path
from typing import Any

from kit.build.take_away.articles import ARTICLE, NOT_TO_READ, Part, without_drawn_formulas

HERE = Path(__file__).parent
STYLES = re.compile(r'<link\b[^>]*rel="stylesheet"[^>]*>')
ADDRESS = re.compile(r'href="([^"]*)"')
HEADING = re.compile(r"<h1>(.*?)<a class=\"headerlink\"", re.DOTALL)
NOTE = re.compile(r"<annotation\b.*?</annotation>", re.DOTALL)
TAG = re.compile(r"<[^>]*>")
SCRATCH = ".printing.html"
OF_THE_BOOK = f"{NOT_TO_READ}, .digit-cursor".replace(" label, output,", "")
NOT_IN_PAPER = (
    ".exercise, .solution, figure.plaything, .sd-dropdown, .sidebar, "
    "section section:has(> .marked-exercise), "
    "section[id^='exercises'], section[id^='further-reading'], .cell:not(.tag_figure), .cell_input"
)


class NoBrowserError(RuntimeError):
    """There is no Chromium, or no Playwright to speak with it."""


@dataclass
class Document:
    """What is printed as one PDF.

    Attributes
    ----------
    title : str
        Of the document, for its first page and its running heads.
    pages : sequence of str
    front : str
        HTML that goes before the pages.
    left_out : str
        A selector of what is not printed beyond `OF_THE_BOOK`.
    kind : str
        A class for its style: ``book`` or ``paper``, which has one running head.
    only : dict
        Of some pages, a selector of all that is printed.
    """

    title: str
    pages: Sequence[str]
    front: str = ""
    left_out: str = ""
    kind: str = "book"
    only: dict[str, str] = field(default_factory=dict)


def heading(site: Path, page: str) -> str:
    """Return the title of a page, with the number of a chapter."""
    text = ARTICLE.search((site / f"{page}.html").read_text(encoding="utf8"))
    found = HEADING.search(NOTE.sub("", without_drawn_formulas(text[1]))) if text else None
    return " ".join(unescape(TAG.sub("", found[1])).split()) if found else page


def contents(site: Path, parts: list[Part]) -> str:
    """Return a list of all pages, part by part, with links to them."""
    lines = []
    for part in parts:
        entries = "".join(
            f'<li><a href="#{page.replace("/", "-")}--">{escape(heading(site, page))}</a></li>'
            for page in part.pages
        )
        lines.append(f"<p><strong>{escape(part.caption)}</strong></p><ul>{entries}</ul>")
    return f'<div class="printed-part printed-contents"><h1>Contents</h1>{"".join(lines)}</div>'


def html(site: Path, document: Document) -> str:
    """Return the document as one page, to lie in a folder of the site."""
    first = (site / f"{document.pages[0]}.html").read_text(encoding="utf8")
    up = "../" * document.pages[0].count("/") or "./"
    styles = []
    for link in dict.fromkeys(STYLES.findall(first)):
        found = ADDRESS.search(link)
        if found and "print" not in link.partition("media=")[2][:8]:
            name = found[1].removeprefix(up)
            styles.append(f'<link rel="stylesheet" href="../{name}">')
    paper = document.kind == "paper"
    pages, rules = [], [_running("", document.title if paper else "", "")]
    for number, page in enumerate(document.pages):
        text = (site / f"{page}.html").read_text(encoding="utf8")
        found = ARTICLE.search(text)
        body = found[1] if found else ""
        name = "auto" if paper else f"of-{number}"
        pages.append(
            f'<div class="printed-part" data-page="{page}" style="page: {name}">{body}</div>'
        )
        if not paper:
            rules.append(_running(name, document.title, heading(site, page)))
    style = (HERE / "printed.css").read_text(encoding="utf8")
    return (
        f'<!DOCTYPE html><html lang="en" data-theme="light" data-mode="light" '
        f'class="{document.kind}"><head><meta charset="utf-8"><title>{escape(document.title)}'
        f"</title>{''.join(styles)}<style>{style}{''.join(rules)}</style></head><body>"
        '<main class="bd-main"><div class="bd-content"><div class="bd-article-container">'
        f'<article class="bd-article {document.kind}-text">{document.front}{"".join(pages)}'
        "</article></div></div></main></body></html>"
    )


def _running(name: str, left: str, right: str) -> str:
    def words(text: str) -> str:
        return json.dumps(text, ensure_ascii=False)

    small = "font: 8.5pt 'Book Serif', serif; color: #444;"
    return (
        f"@page {name} {{ size: A4; margin: 20mm 18mm;"
        f" @top-left {{ content: {words(left)}; {small} }}"
        f" @top-right {{ content: {words(right)}; {small} }}"
        f" @bottom-center {{ content: counter(page); {small} }} }}"
    )


@contextmanager
def chromium() -> Iterator[Any]:
    """Start Chromium and give a page of it.

    Raises
    ------
    NoBrowserError
        With what to install.
    """
    path = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        raise NoBrowserError(
            "PDFs are printed by Chromium, which Playwright starts: "
            "pip install -r requirements-test.txt"
        ) from None
    if not path:
        raise NoBrowserError(
            "PDFs are printed by Chromium, which is not installed: apt install chromium, or name "
            "the program by the environment variable CHROMIUM"
        )
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=path, args=["--no-sandbox", "--disable-gpu"]
        )
        try:
            yield browser.new_page(color_scheme="light")
        finally:
            browser.close()


def write(page: Any, site: Path, document: Document, path: Path, url: str = "") -> None:
    """Print a document.

    Parameters
    ----------
    page : Page
        Of `chromium`.
    site, path : Path
        Where the site is, and where the PDF goes.
    document : Document
    url : str
        The site's address, for links that leave the document.
    """
    scratch = path.with_suffix(SCRATCH)
    scratch.write_text(html(site, document), encoding="utf8")
    try:
        page.goto(scratch.resolve().as_uri(), wait_until="load", timeout=300_000)
        settings = {
            "pages": list(document.pages),
            "site": f"{site.resolve().as_uri()}/",
            "url": url,
            "left_out": ", ".join(filter(None, [OF_THE_BOOK, document.left_out])),
            "only": document.only,
            "cited_only": document.kind == "paper",
        }
        script = (HERE / "printed.js").read_text(encoding="utf8")
        page.evaluate(f"(settings) => ({script.partition('*/')[2].strip()})(settings)", settings)
        page.evaluate(
            "Promise.all([document.fonts.ready, "
            "...[...document.images].map((image) => image.decode().catch(() => 0))])"
        )
        page.emulate_media(media="print")
        page.pdf(
            path=str(path),
            tagged=True,
            outline=True,
            prefer_css_page_size=True,
            print_background=True,
        )
    finally:
        scratch.unlink(missing_ok=True)
