"""A card for sharing as pixels: where a page stands in the book, its title, one of its drawings.

Matplotlib is loaded with this module, so a build imports it only when it draws a card. Then it
knows where Matplotlib's list of fonts lies.
"""

import re
from functools import cache
from pathlib import Path

import matplotlib as mpl
from matplotlib.font_manager import FontProperties
from matplotlib.textpath import TextPath
from PIL import Image

from kit.build.address import CARD_SIZE
from kit.build.drawing import Sheet

SIZE = re.compile(r'viewBox="0 0 ([\d.]+) ([\d.]+)"')
INK, QUIET, ACCENT = "#1d1d1f", "#5b5a57", "#4b42a8"
EDGE, FOOT = 64, 56
WIDEST = 0.62
"""A drawing that is higher than this part of its width stands beside the title, not below."""

COLORS = 128


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


def picture(book: str, place: str, title: str, drawing: str) -> Image.Image:
    """Return a card, in few colours.

    Parameters
    ----------
    book, place, title, drawing : str
        As those of `kit.build.cards.Card`.
    """
    width, height = CARD_SIZE
    sheet = Sheet(width, height)
    sheet.box(0, 0, 12, height, ACCENT)
    drawn = SIZE.search(drawing)
    beside = drawn is not None and float(drawn[2]) > WIDEST * float(drawn[1])
    room = (width // 2 if beside else width) - 2 * EDGE
    size = 60 if drawn else 84
    lines = lines_of(title, size, "STIXGeneralBol", room)
    if drawn and not beside and len(lines) > 2:
        size = 46
        lines = lines_of(title, size, "STIXGeneralBol", room)
    top = EDGE + 24 if drawn and not beside else (height - FOOT - 1.15 * size * len(lines)) / 2 - 40
    sheet.words(EDGE, top, place, 30, _font("STIXGeneral"), QUIET)
    base = top + 0.35 * size
    for line in lines:
        base += 1.0 * size if line is lines[0] else 1.1 * size
        sheet.words(EDGE, base, line, size, _font("STIXGeneralBol"), INK)
    foot = height - EDGE / 2 - 8
    sheet.words(EDGE, foot, book, 30, _font("STIXGeneral"), ACCENT)
    if beside:
        sheet.drawing(drawing, width // 2, EDGE / 2, width // 2 - EDGE / 2, height - EDGE)
    elif drawn:
        below = base + 0.6 * size
        sheet.drawing(drawing, EDGE, below, width - 2 * EDGE, foot - 52 - below)
    return Image.fromarray(sheet.pixels()).quantize(COLORS, Image.Quantize.FASTOCTREE)
