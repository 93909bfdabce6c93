"""The pages of a built site, in the book's order, without what only a browser can use."""

import posixpath
import re
from dataclasses import dataclass, field
from pathlib import Path

import yaml
from bs4 import BeautifulSoup, Tag

from kit.folders import BOOK

ARTICLE = re.compile(r'<article class="bd-article">(.*?)</article>', re.DOTALL)
DRAWN = '<span class="katex-html"'
SPAN = re.compile(r"<span\b|</span>")
NAME = re.compile(r"[^A-Za-z0-9._-]")

NOT_TO_READ = (
    "script, style, template, noscript, button, input, select, form, canvas, label, output, "
    ".headerlink, .live-controls, .exercise-verdict, .exercise-progress, .reader-module, "
    ":not(.equation-entry) > .equation-note, .fold, .play-guide, "
    ".play-controls, .play-ask, .play-unseen, .play-says, "
    ".draw-a-digit, .watch-it-learn, .equation-filter, .continue-reading, .opening-pad, "
    ".sd-summary-state-marker, .sd-summary-icon, details.play-table, details.above-input, "
    ".place-in-book, .backlinks, .toctree-wrapper, .on-screen, [hidden]"
)
"""Controls with what is said of them, and the evidence: it is a click away on the site."""


@dataclass
class Part:
    """A part of the book: its caption and the names of its pages."""

    caption: str
    pages: list[str] = field(default_factory=list)


def parts(site: Path, contents: Path = BOOK / "_toc.yml") -> list[Part]:
    """Return the parts of the book with those of its pages that the site has.

    Parameters
    ----------
    site : Path
    contents : Path
        The book's ``_toc.yml``.
    """
    toc = yaml.safe_load(contents.read_text(encoding="utf8"))
    listed = toc.get("parts") or [{"caption": "", "chapters": toc.get("chapters", [])}]
    found = [Part("", [toc["root"]])]
    for part in listed:
        found.append(Part(part.get("caption") or "", [one["file"] for one in part["chapters"]]))
    for part in found:
        part.pages = [name for name in part.pages if (site / f"{name}.html").is_file()]
    return [part for part in found if part.pages]


def without_drawn_formulas(html: str) -> str:
    """Return a page with formulas as MathML alone; what KaTeX has drawn is most of its bytes."""
    pieces, start = [], 0
    while (place := html.find(DRAWN, start)) >= 0:
        pieces.append(html[start:place])
        depth, end = 0, place
        for mark in SPAN.finditer(html, place):
            depth += 1 if mark[0] != "</span>" else -1
            if depth == 0:
                end = mark.end()
                break
        start = end
        if end == place:
            break
    return "".join([*pieces, html[start:]])


def safe(name: str) -> str:
    """Return the name of a place as XML allows it."""
    plain = NAME.sub("-", name)
    return plain if re.match(r"[A-Za-z_]", plain) else f"x-{plain}"


def article(site: Path, name: str) -> Tag:
    """Return what there is to read on a page, with formulas as MathML.

    Raises
    ------
    ValueError
        If the page is none of a site of this book.
    """
    found = ARTICLE.search((site / f"{name}.html").read_text(encoding="utf8"))
    if not found:
        raise ValueError(f"{site / name}.html has no article: it is no page of a built book")
    soup = BeautifulSoup(without_drawn_formulas(found[1]), "html.parser")
    for tag in soup.select(NOT_TO_READ):
        tag.decompose()
    for tag in soup.select("div.cell"):
        if not tag.get_text(strip=True) and not tag.select_one("img, svg"):
            tag.decompose()
    return soup


def target(address: str, page: str) -> tuple[str, str]:
    """Return the path within the site that a link on a page leads to, and the place there.

    Examples
    --------
    >>> target("../see/slopes.html#a", "derive/relu")
    ('see/slopes.html', 'a')
    >>> target("#b", "derive/relu")
    ('derive/relu.html', 'b')
    """
    path, _, place = address.partition("#")
    if not path:
        return f"{page}.html", place
    return posixpath.normpath(posixpath.join(posixpath.dirname(page), path)), place
