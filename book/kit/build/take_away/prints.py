"""PDFs of a built site, printed by Chromium: the book, each chapter, and the companion paper.

They are tagged, have an outline, page numbers and running heads; numbers of equations, figures and
chapters are those of the site. Evidence and controls are left out; what else is folded is open.
"""

import asyncio
import importlib.util
import json
import os
import re
import shutil
import threading
from collections.abc import Coroutine, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from html import escape, unescape
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any, TypeVar

from kit.build.take_away.articles import ARTICLE, NOT_TO_READ, Part, without_drawn_formulas

HERE = Path(__file__).parent
STYLES = re.compile(r'<link\b[^>]*rel="stylesheet"[^>]*>')
ADDRESS = re.compile(r'href="([^"]*)"')
HEADING = re.compile(r"<h1>(.*?)<a class=\"headerlink\"", re.DOTALL)
NOTE = re.compile(r"<annotation\b.*?</annotation>", re.DOTALL)
TAG = re.compile(r"<[^>]*>")
WITHIN = "book:"
"""Addresses that begin so lead to another page of the book, as in ``book:see/slopes.html#a``."""
SCRATCH = ".printing.html"
LIMIT = 300.0
"""Seconds that a document may take: some forty times what a chapter takes."""
MARGINS = "20mm 18mm"
START_LIMIT = 60.0
AS_IT_IS: dict[str, Any] = {"tagged": True, "prefer_css_page_size": True, "print_background": True}
STARTED = "which requirements-test.txt installs: pip install -r requirements-test.txt"
Result = TypeVar("Result")
ON_PAPER_TOO = {"label", "output", ".play-controls", ".play-says"}
"""What a plaything is drawn for, and what it says of that; the rest of them is not shown."""
OF_THE_BOOK = ", ".join(
    [*(one for one in NOT_TO_READ.split(", ") if one not in ON_PAPER_TOO), ".digit-cursor"]
)
NOT_IN_PAPER = (
    ".not-in-paper, .exercise, .solution, .sd-dropdown, .sidebar, "
    ".cell[class*='tag_']:not(.tag_figure), "
    ".tag_figure .cell_input, section section:has(> .marked-exercise), "
    + ", ".join(
        f"section#{name}"
        for name in (
            "exercises",
            "further-reading",
            "write-it-yourself",
            "what-we-found",
            # What is tried on the digits, and what is seen in numbers before it is derived.
            "the-price-of-asking-twelve-times",
            "what-matrices-will-do-for-us",
            "do-not-trust-the-shapes",
            "cut-the-real-network",
            "along-which-axis",
            "back-to-the-digits",
            "a-digit-that-divides-the-network",
            "train-a-model-that-is-only-a-layer",
            "break-the-promise",
            "what-the-lemma-leaves-out",
            "train-the-lamp",
            "what-is-relu-worth",
            "trained-differently-it-wins",
            "why-not-just-take-the-largest",
            "why-a-stable-softmax-does-not-save-it",
        )
    )
)


class PrintError(RuntimeError):
    """A document could not be printed; the words say which and why, in one line."""


class NoBrowserError(PrintError):
    """There is no Chromium, or nothing to speak with it."""


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
        A class for its style: ``book``, ``front`` for what comes before its chapters, or ``paper``,
        which has one running head.
    only : dict
        Of some pages, a selector of all that is printed.
    between : dict
        HTML that goes before some of the pages.
    book : sequence of str
        Pages that links may lead to besides its own.
    sources : str
        The page with the entries that may be cited: it is printed as a PDF of its own too, at the
        end of which stand those that it cites.
    """

    title: str
    pages: Sequence[str]
    front: str = ""
    left_out: str = ""
    kind: str = "book"
    only: dict[str, str] = field(default_factory=dict)
    between: dict[str, str] = field(default_factory=dict)
    book: Sequence[str] = ()
    sources: str = ""


@dataclass
class Title:
    """A heading: its level, from 1, its words, and the name of its place."""

    level: int
    title: str
    place: str


@dataclass
class Piece:
    """What was printed at once.

    Attributes
    ----------
    pdf : bytes
    titles : list of Title
        Its headings.
    before : int
        How many pages the book has before it.
    own : bytes
        The same as a document of its own, with what it cites at its end, or nothing.
    cited : list of Title
        The headings that this has besides.
    """

    pdf: bytes
    titles: list[Title]
    before: int = 0
    own: bytes = b""
    cited: list[Title] = field(default_factory=list)


def place_of(page: str, place: str = "") -> str:
    """Return the name that a place on a page of the site has in a PDF.

    Examples
    --------
    >>> place_of("derive/relu", "eq-relu")
    'derive-relu--eq-relu'
    """
    return f"{page.replace('/', '-')}--{place}"


def heading(site: Path, page: str) -> str:
    """Return the title of a page, with the number of a chapter."""
    text = ARTICLE.search((site / f"{page}.html").read_text(encoding="utf8"))
    found = HEADING.search(NOTE.sub("", without_drawn_formulas(text[1]))) if text else None
    return " ".join(unescape(TAG.sub("", found[1])).split()) if found else page


def contents(site: Path, parts: list[Part], numbers: Mapping[str, int]) -> str:
    """Return a list of all pages, part by part, with links to them.

    Parameters
    ----------
    site : Path
    parts : list of Part
    numbers : mapping
        The number of the sheet that a page begins on, by its name.
    """
    lines = []
    for part in parts:
        entries = "".join(
            f'<li><a href="{WITHIN}{page}.html">{escape(heading(site, page))}</a> '
            f"<span>{numbers[page]}</span></li>"
            for page in part.pages
        )
        lines.append(f"<p><strong>{escape(part.caption)}</strong></p><ul>{entries}</ul>")
    return (
        '<div class="printed-part printed-contents" id="contents--"><h1>Contents</h1>'
        f"{''.join(lines)}</div>"
    )


def html(site: Path, document: Document, before: int = 0) -> str:
    """Return the document as one page, to lie where its first page lies in the site.

    Parameters
    ----------
    site : Path
    document : Document
    before : int
        The number of the sheet before it.
    """
    name = document.pages[0] if document.pages else "index"
    first = (site / f"{name}.html").read_text(encoding="utf8")
    up = "../" * name.count("/")
    styles = []
    for link in dict.fromkeys(STYLES.findall(first)):
        found = ADDRESS.search(link)
        if found and "print" not in link.partition("media=")[2][:8]:
            styles.append(f'<link rel="stylesheet" href="{up}{found[1].removeprefix(up)}">')
    paper = document.kind == "paper"
    pages, rules = (
        [],
        [_running("", document.title if paper else "", "", "16mm 14mm" if paper else MARGINS)],
    )
    for number, page in enumerate(document.pages):
        pages.append(document.between.get(page, ""))
        text = (site / f"{page}.html").read_text(encoding="utf8")
        found = ARTICLE.search(text)
        body = found[1] if found else ""
        kind = "auto" if paper else f"of-{number}"
        pages.append(
            f'<div class="printed-part" data-page="{page}" style="page: {kind}">{body}</div>'
        )
        if not paper:
            rules.append(_running(kind, document.title, heading(site, page)))
    if document.sources:
        text = (site / f"{document.sources}.html").read_text(encoding="utf8")
        found = ARTICLE.search(text)
        pages.append(
            f'<div class="printed-part printed-sources" data-page="{document.sources}" '
            f'style="page: sources" hidden>{found[1] if found else ""}</div>'
        )
        rules += [
            _running("sources", document.title, heading(site, name)),
            "@page sources { @bottom-center { content: none; } }",
        ]
    style = (HERE / "printed.css").read_text(encoding="utf8")
    return (
        f'<!DOCTYPE html><html lang="en" data-theme="light" data-mode="light" '
        f'class="{document.kind}" style="counter-reset: page {before}"><head>'
        f'<meta charset="utf-8"><title>{escape(document.title)}</title>'
        f"{''.join(styles)}<style>{style}{''.join(rules)}</style></head><body>"
        '<main class="bd-main"><div class="bd-content"><div class="bd-article-container">'
        f'<article class="bd-article {document.kind}-text">{document.front}{"".join(pages)}'
        "</article></div></div></main></body></html>"
    )


def _running(name: str, left: str, right: str, margins: str = MARGINS) -> str:
    def words(text: str) -> str:
        return json.dumps(text, ensure_ascii=False)

    small = "font: 8.5pt 'Book Serif', serif; color: #444;"
    return (
        f"@page {name} {{ size: A4; margin: {margins};"
        f" @top-left {{ content: {words(left)}; {small} }}"
        f" @top-right {{ content: {words(right)}; {small} }}"
        f" @bottom-center {{ content: counter(page); {small} }} }}"
    )


class Printer:
    """Chromium, which prints one document after another.

    It is spoken to from a thread of its own, so that what hangs is given up, and so that a program
    that has a loop of events may print too.

    Raises
    ------
    NoBrowserError
        With what to install.
    """

    def __init__(self, limit: float | None = None) -> None:
        self.limit = LIMIT if limit is None else limit
        path = os.environ.get("CHROMIUM") or shutil.which("chromium")
        path = path or shutil.which("google-chrome")
        try:
            from playwright.async_api import async_playwright
        except ImportError:
            raise NoBrowserError(f"PDFs are printed by Chromium, {STARTED}") from None
        if importlib.util.find_spec("pikepdf") is None:
            raise NoBrowserError(f"PDFs are put together by pikepdf, {STARTED}")
        if not path:
            raise NoBrowserError(
                "PDFs are printed by Chromium, which is not installed: apt install chromium, or "
                "name the program by the environment variable CHROMIUM"
            )
        self._program = path
        self._start = async_playwright

    def __enter__(self) -> "Printer":
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        try:
            self._wait(self._open(), START_LIMIT, "Chromium has not started")
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(PrintError):
            self._wait(self._close(), START_LIMIT, "")
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(START_LIMIT)
        if not self._thread.is_alive():
            self._loop.close()

    def _wait(self, doing: Coroutine[Any, Any, Result], limit: float, what: str) -> Result:
        waiting = asyncio.run_coroutine_threadsafe(asyncio.wait_for(doing, limit), self._loop)
        try:
            # A little more, for what does not end even when it is told to.
            return waiting.result(limit + 5)
        except TimeoutError:
            raise PrintError(f"{what} within {limit:.0f} s") from None
        except Exception as error:
            raise PrintError(f"{what}: {str(error).strip().partition(chr(10))[0]}") from error

    async def _open(self) -> None:
        self._playwright = await self._start().start()
        self._browser = await self._playwright.chromium.launch(
            executable_path=self._program, args=["--no-sandbox", "--disable-gpu"]
        )

    async def _close(self) -> None:
        if hasattr(self, "_browser"):
            await self._browser.close()
        if hasattr(self, "_playwright"):
            await self._playwright.stop()

    def print(self, site: Path, document: Document, url: str = "", before: int = 0) -> Piece:
        """Print a document.

        Parameters
        ----------
        site : Path
        document : Document
        url : str
            The site's address, for links that leave the book.
        before : int
            How many pages the book has before it.

        Raises
        ------
        PrintError
            If it takes longer than the limit, or Chromium fails.
        """
        name = document.pages[0] if document.pages else "contents"
        folder = (site / (document.pages[0] if document.pages else "index")).parent
        with NamedTemporaryFile(dir=folder, suffix=SCRATCH, delete=False) as file:
            file.write(html(site, document, before).encode())
        scratch = Path(file.name)
        settings = {
            "pages": list(document.pages),
            "book": list(document.book),
            "site": f"{site.resolve().as_uri()}/",
            "url": url,
            "left_out": ", ".join(filter(None, [OF_THE_BOOK, document.left_out])),
            "only": document.only,
            "cited_only": document.kind == "paper",
            "columns": document.kind == "paper",
            "sources": document.sources,
        }
        what = f"{name} was not printed"
        try:
            printing = self._print(scratch.resolve().as_uri(), settings)
            pdf, titles, own, cited = self._wait(printing, self.limit, what)
        finally:
            scratch.unlink(missing_ok=True)
        titled, besides = ([Title(**title) for title in some] for some in (titles, cited))
        return Piece(pdf, titled, before, own, besides)

    async def _print(
        self, address: str, settings: dict[str, Any]
    ) -> tuple[bytes, list[dict[str, Any]], bytes, list[dict[str, Any]]]:
        page = await self._browser.new_page(color_scheme="light")
        page.set_default_timeout(0)  # there is one limit for all of it
        try:
            await page.goto(address, wait_until="load")
            await page.emulate_media(media="print")
            titles = await page.evaluate(_script("printed.js"), settings)
            await page.evaluate(
                "Promise.all([document.fonts.ready, "
                "...[...document.images].map((image) => image.decode().catch(() => 0))])"
            )
            pdf = await page.pdf(**AS_IT_IS)
            own, cited = b"", []
            if settings["sources"]:
                cited = await page.evaluate(_script("own.js"), settings)
                own = await page.pdf(**AS_IT_IS)
        finally:
            await page.close()
        return pdf, titles, own, cited


def _script(name: str) -> str:
    """Return a script of this folder as a function of its settings, without its first comment."""
    script = (HERE / name).read_text(encoding="utf8").partition("*/")[2].strip()
    return f"(settings) => ({script})(settings)"
