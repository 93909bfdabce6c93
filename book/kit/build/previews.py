"""Sphinx extension: what a link within the book leads to, for pages that show it before one goes.

When all pages are written, each place that a link in a text leads to is cut out of its page: an
equation with its number, a figure with its caption, a term, a citation, the head and the first
paragraph of a section. What is cut out of one page stands in one file, ``previews/PAGE.js``, as
JSON in a call, since scripts, unlike JSON, also load where the site was opened as files. The script
``_static/previews.js`` asks for a file when a reader stays on a link.
"""

import hashlib
import json
import posixpath
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, NamedTuple

from sphinx.application import Sphinx

from kit import compat

FOLDER = "previews"
ROOT = "%ROOT%/"
"""Stands before an address in a preview; the script puts there the way to the site's top."""

LINK = re.compile(r'<a class="[^"]*\binternal\b[^"]*" href="([^"]*)"')
ADDRESS = re.compile(r'\b(src|srcset|href)="([^"]*)"')
OUTSIDE = re.compile(r"[a-z][a-z\d+.-]*:|//")
# Marks that lead to where one is, names of places, what a keyboard reaches, and links.
NOT_SHOWN = re.compile(
    r'<a class="headerlink".*?</a>|<script.*?</script>|</?a\b[^>]*>|<button.*?</button>'
    r'|\s(?:id|tabindex|role|aria-label|aria-labelledby|loading)="[^"]*"',
    re.DOTALL,
)
HEADING = re.compile(r"<h[1-6].*?</h[1-6]>", re.DOTALL)
PARAGRAPH = re.compile(r"<p>.*?</p>", re.DOTALL)
FORMULA = '<div class="math'
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"}
MEMORY = "previews.json"
"""What was cut out of the pages, beside Sphinx's own memory of them."""
CODE = Path(__file__).read_text("utf8")
Made = dict[str, dict[str, str]]
MOST = 20_000
"""Characters of a preview. What is longer shows its first paragraph."""


class Part(NamedTuple):
    """An element with a name: where it lies in its page, what it is, and what it lies in."""

    tag: str
    start: int
    end: int
    parent: tuple[int, int]


class Parts(HTMLParser):
    """The elements of an article that have an ``id``, by it.

    Parameters
    ----------
    text : str
        A page of the site.
    """

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=False)
        self.found: dict[str, Part] = {}
        self._open: list[tuple[str, int]] = []
        self._ends: dict[int, int] = {}
        self._waiting: list[tuple[str, str, int, int]] = []
        self._lines = [0]
        for line in text.split("\n"):
            self._lines.append(self._lines[-1] + len(line) + 1)
        self.feed(text)
        self.close()
        for name, tag, start, above in self._waiting:
            if start in self._ends:
                parent = (above, self._ends.get(above, above))
                self.found.setdefault(name, Part(tag, start, self._ends[start], parent))

    def _place(self) -> int:
        line, column = self.getpos()
        return self._lines[line - 1] + column

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Remember where an element begins."""
        start = self._place()
        if name := dict(attrs).get("id"):
            above = self._open[-1][1] if self._open else start
            self._waiting.append((name, tag, start, above))
        if tag in VOID:
            self._ends[start] = start + len(self.get_starttag_text() or "")
        else:
            self._open.append((tag, start))

    def handle_endtag(self, tag: str) -> None:
        """Remember where it ends. What was left open within it ends there too."""
        names = [name for name, _ in self._open]
        if tag not in names:
            return
        while True:
            name, start = self._open.pop()
            self._ends[start] = self._place() + (len(tag) + 3 if name == tag else 0)
            if name == tag:
                return


def article(text: str) -> str:
    """Return what stands in a page's article, or nothing where it has none."""
    start, end = text.find(compat.ARTICLE), text.rfind("</article>")
    return text[start : end + len("</article>")] if 0 <= start < end else ""


def target(link: str, page: str) -> tuple[str, str] | None:
    """Return page and place that a link of a page leads to; None if it leaves the book."""
    path, _, place = link.partition("#")
    if OUTSIDE.match(link) or (path and not path.endswith(".html")):
        return None
    where = posixpath.normpath(posixpath.join(posixpath.dirname(page), path)) if path else page
    return where.removesuffix(".html"), place


def preview(text: str, parts: dict[str, Part], place: str, page: str) -> str | None:
    """Return what a reader sees of a place in an article; None if there is nothing to see.

    Parameters
    ----------
    text : str
        The article.
    parts : dict
        Its elements, as `Parts` finds them.
    place : str
        The ``id`` of one, or nothing for the page itself.
    page : str
        Name of the page, from which addresses are relative.
    """
    if not place:
        return _clean(_head(text), page)
    if (part := parts.get(place)) is None:
        return None
    content = text[part.start : part.end]
    if part.tag == "span" and "<" not in content.split(">", 1)[1].removesuffix("</span>"):
        content = text[slice(*part.parent)]
        part = part._replace(tag="section")
    if part.tag == "dt":
        after = text[part.end : part.end + MOST]
        words = PARAGRAPH.search(after.partition("</dd>")[0])
        content = f"<p><strong>{_inner(content)}</strong></p>{words[0] if words else ''}"
    elif part.tag == "section" or (len(content) > MOST and not content.startswith(FORMULA)):
        content = _head(content)
    return _clean(content, page)


def _inner(element: str) -> str:
    return element.partition(">")[2].rpartition("</")[0]


def _head(section: str) -> str:
    """Return a section's heading and its first paragraph."""
    heading = HEADING.search(section)
    words = PARAGRAPH.search(section, heading.end() if heading else 0)
    title = f"<p><strong>{_inner(heading[0])}</strong></p>" if heading else ""
    return title + (words[0] if words else "")


def _clean(content: str, page: str) -> str | None:
    def from_the_top(found: re.Match[str]) -> str:
        address = found[2]
        if OUTSIDE.match(address) or address.startswith(("#", "data:")):
            return found[0]
        path = posixpath.normpath(posixpath.join(posixpath.dirname(page), address))
        return f'{found[1]}="{ROOT}{path}"'

    shown = ADDRESS.sub(from_the_top, NOT_SHOWN.sub("", content)).strip()
    return shown or None


def previews(pages: dict[str, str], made: Made | None = None) -> dict[str, dict[str, str]]:
    """Return what is shown of each place that a link leads to, by page and place.

    Parameters
    ----------
    pages : dict
        Articles of a site by the pages' names.
    made : dict, optional
        What earlier builds have cut out, by a digest of all that it was made of. It is changed
        to what this one needs.
    """
    wanted: dict[str, set[str]] = {}
    for page, text in pages.items():
        for link in LINK.findall(text):
            if (found := target(link, page)) and found[0] in pages:
                wanted.setdefault(found[0], set()).add(found[1])
    before = dict(made or {})
    made = {} if made is None else made
    made.clear()
    result: dict[str, dict[str, str]] = {}
    for page, places in sorted(wanted.items()):
        digest = _digest(page, pages[page], *sorted(places))
        if digest not in before:
            parts = Parts(pages[page]).found
            shown = {place: preview(pages[page], parts, place, page) for place in sorted(places)}
            before[digest] = {place: text for place, text in shown.items() if text}
        made[digest] = result[page] = before[digest]
    return result


def _digest(*texts: str) -> str:
    return hashlib.sha256(json.dumps([CODE, *texts]).encode()).hexdigest()


def write(app: Sphinx, exception: Exception | None) -> None:
    """Write the previews of a site."""
    if exception is not None or app.builder.name != "html":
        return
    site = Path(app.outdir)
    texts = {name: site / f"{name}.html" for name in app.env.found_docs}
    pages = {
        name: article(path.read_text(encoding="utf8"))
        for name, path in texts.items()
        if path.exists()
    }
    memory = Path(app.doctreedir, MEMORY)
    made: Made = json.loads(memory.read_text("utf8")) if memory.exists() else {}
    for page, places in previews(pages, made).items():
        path = site / FOLDER / f"{page}.js"
        path.parent.mkdir(parents=True, exist_ok=True)
        data = json.dumps(places, ensure_ascii=False).replace("</", "<\\/")
        path.write_text(f"bookPreviews.deliver({json.dumps(page)}, {data});\n", encoding="utf8")
    memory.write_text(json.dumps(made), "utf8")


def setup(app: Sphinx) -> dict[str, Any]:
    """Register with Sphinx."""
    app.connect("build-finished", write, priority=700)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
