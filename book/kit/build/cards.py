"""Sphinx extension: a card for each page, which is seen where its address is passed on.

A card is a PNG of `CARD_SIZE` with the page's place in the book, its title and the first of its
figures that is a drawing. It keeps a digest of what it was made of, so that only a card of which
something has changed is drawn again. Where the site's address is not known nobody finds a card, and
none is made.
"""

import hashlib
import io
import re
import shutil
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import matplotlib as mpl
from matplotlib.font_manager import FontProperties
from matplotlib.textpath import TextPath
from PIL import Image, PngImagePlugin
from sphinx.application import Sphinx

from kit.build.address import CARD_SIZE, CARDS, in_order, title_of
from kit.build.drawing import Sheet
from kit.build.place_in_book import numbers, parts
from kit.folders import bytes_of

FIGURE = re.compile(r'<figure\b[^>]*>\s*(?:<a\b[^>]*>)?<img\b[^>]*\bsrc="([^"]*\.svg)"')
SIZE = re.compile(r'viewBox="0 0 ([\d.]+) ([\d.]+)"')
INK, QUIET, ACCENT = "#1d1d1f", "#5b5a57", "#4b42a8"
EDGE, FOOT = 64, 56
WIDEST = 0.62
"""A drawing that is higher than this part of its width stands beside the title, not below."""

COLORS = 128
MADE_OF = "made-of"
CODE = [bytes_of(Path(__file__).with_name(name)) for name in ("cards.py", "drawing.py")]


class Card(NamedTuple):
    """What is told of a page.

    Attributes
    ----------
    book, place, title : str
        Names of the book and of the page, and where the page stands, such as "Chapter 2 of 20".
    drawing : str
        An SVG of Matplotlib's, or nothing.
    """

    book: str
    place: str
    title: str
    drawing: str

    def digest(self) -> str:
        """Return what a card made of the same has too."""
        made_of = [*CODE, mpl.__version__.encode(), *(part.encode() for part in self)]
        return hashlib.sha256(b"\0".join(made_of)).hexdigest()


@cache
def _font(style: str) -> FontProperties:
    return FontProperties(fname=str(Path(mpl.get_data_path(), "fonts", "ttf", f"{style}.ttf")))


def width_of(text: str, size: float, style: str) -> float:
    """Return the width of a line in pixels."""
    outline = TextPath((0, 0), text.replace("$", r"\$"), size=size, prop=_font(style))
    return float(outline.vertices[:, 0].max()) if len(outline.vertices) else 0.0


def lines_of(text: str, size: float, style: str, width: float) -> list[str]:
    """Break a text into lines that are no wider than `width`; a word stays whole."""
    lines: list[str] = []
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and width_of(longer, size, style) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def picture(card: Card) -> bytes:
    """Return a card as PNG."""
    width, height = CARD_SIZE
    sheet = Sheet(width, height)
    sheet.box(0, 0, 12, height, ACCENT)
    drawn = SIZE.search(card.drawing)
    beside = drawn is not None and float(drawn[2]) > WIDEST * float(drawn[1])
    room = (width // 2 if beside else width) - 2 * EDGE
    size = 60 if drawn else 84
    lines = lines_of(card.title, size, "STIXGeneralBol", room)
    if drawn and not beside and len(lines) > 2:
        size = 46
        lines = lines_of(card.title, size, "STIXGeneralBol", room)
    top = EDGE + 24 if drawn and not beside else (height - FOOT - 1.15 * size * len(lines)) / 2 - 40
    sheet.words(EDGE, top, card.place, 30, _font("STIXGeneral"), QUIET)
    base = top + 0.35 * size
    for line in lines:
        base += 1.0 * size if line is lines[0] else 1.1 * size
        sheet.words(EDGE, base, line, size, _font("STIXGeneralBol"), INK)
    foot = height - EDGE / 2 - 8
    sheet.words(EDGE, foot, card.book, 30, _font("STIXGeneral"), ACCENT)
    if beside:
        sheet.drawing(card.drawing, width // 2, EDGE / 2, width // 2 - EDGE / 2, height - EDGE)
    elif drawn:
        below = base + 0.6 * size
        sheet.drawing(card.drawing, EDGE, below, width - 2 * EDGE, foot - 52 - below)
    few = Image.fromarray(sheet.pixels()).quantize(COLORS, Image.Quantize.FASTOCTREE)
    told = PngImagePlugin.PngInfo()
    told.add_text(MADE_OF, card.digest())
    written = io.BytesIO()
    few.save(written, "PNG", pnginfo=told)
    return written.getvalue()


def is_of(path: Path, digest: str) -> bool:
    """Whether a file is the card of that digest."""
    if not path.is_file():
        return False
    with Image.open(path) as image:
        return image.info.get(MADE_OF) == digest


def first_drawing(page: Path) -> str:
    """Return the text of the first drawing among a page's figures, or nothing."""
    found = FIGURE.search(page.read_text("utf8"))
    path = page.parent / found[1] if found else None
    return path.read_text("utf8") if path and path.is_file() else ""


def write(app: Sphinx, exception: Exception | None) -> None:
    """Write the cards that are new or of which something has changed."""
    if exception is not None or app.builder.name != "html":
        return
    env, site = app.env, Path(app.outdir)
    if not app.config.html_baseurl:
        shutil.rmtree(site / CARDS, ignore_errors=True)
        return
    number, part = numbers(env), parts(env)
    for page in in_order(env):
        place = part.get(page, "")
        if page in number:
            place = " · ".join(
                [f"Chapter {number[page]} of {len(number)}", *([place] if place else [])]
            )
        drawing = first_drawing(site / f"{page}.html")
        book = "" if page == env.config.root_doc else app.config.html_title
        card = Card(book, place, title_of(env, page), drawing)
        path = site / CARDS / f"{page}.png"
        if not is_of(path, card.digest()):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(picture(card))


def setup(app: Sphinx) -> dict[str, Any]:
    """Register with Sphinx."""
    # When drawings are as they will be, and before the site takes its place.
    app.connect("build-finished", write, priority=860)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
