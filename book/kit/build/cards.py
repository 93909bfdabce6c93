"""Sphinx extension: a card for each page, which is seen where its address is passed on.

A card is a PNG of 1200 times 630 pixels with the page's place in the book, its title and the first
of its figures that is a drawing. It keeps a digest of what it was made of, so that only a card of
which something has changed is drawn again. Where the site's address is not known nobody finds a
card, and none is made.
"""

import hashlib
import io
import re
import shutil
from importlib.metadata import version
from pathlib import Path
from typing import Any, NamedTuple

from PIL import Image, PngImagePlugin
from sphinx.application import Sphinx

from kit.build.address import CARDS, in_order, title_of
from kit.build.place_in_book import numbers, parts
from kit.folders import bytes_of

FIGURE = re.compile(r'<figure\b[^>]*>\s*(?:<a\b[^>]*>)?<img\b[^>]*\bsrc="([^"]*\.svg)"')
MADE_OF = "made-of"
MAKERS = [Path(__file__).with_name(f"{name}.py") for name in ("cards", "card_picture", "drawing")]
CODE = [bytes_of(path) for path in MAKERS]


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
        made_of = [*CODE, version("matplotlib").encode(), *(part.encode() for part in self)]
        return hashlib.sha256(b"\0".join(made_of)).hexdigest()


def png(card: Card) -> bytes:
    """Return a card as PNG, with its digest in it."""
    # Matplotlib, which this loads, is not needed where no card has changed.
    from kit.build.card_picture import picture

    told = PngImagePlugin.PngInfo()
    told.add_text(MADE_OF, card.digest())
    written = io.BytesIO()
    picture(*card).save(written, "PNG", pnginfo=told)
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
    gone = set((site / CARDS).rglob("*.png"))
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
        gone.discard(path)
        if not is_of(path, card.digest()):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(png(card))
    for path in gone:
        path.unlink()


def setup(app: Sphinx) -> dict[str, Any]:
    """Register with Sphinx."""
    # When drawings are as they will be, and before the site takes its place.
    app.connect("build-finished", write, priority=860)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
