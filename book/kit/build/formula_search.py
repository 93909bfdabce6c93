"""Sphinx extension: the search finds equations by their symbols and words, as a reader types them.

Sphinx takes the TeX of a formula for words. Here each equation with a number is kept for the search
page as a row of symbols: ``dZ_2 = A_2 - Y`` as "dZ2 = A2 - Y", which ``search/results.js`` compares
with what is asked for. Greek letters and signs go by their names in TeX.
"""

import json
import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any, NamedTuple

from sphinx.application import Sphinx

from kit.build.address import in_order

FILE = "search/formulas.js"
EQUATION = re.compile(
    r'<div class="math[^"]*" id="(equation-[^"]+)"[^>]*>\s*<span class="eqno">.*?'
    r'<annotation encoding="application/x-tex">(.*?)</annotation>',
    re.DOTALL,
)
WORD = re.compile(r"[A-Za-z]+|\d+(?:\.\d+)?")
PIECE = re.compile(r"\\[A-Za-z]+|\\.|[A-Za-z]|\d+(?:\.\d+)?|\S", re.DOTALL)
NAMED = {"operatorname", "mathrm", "mathsf"}
IN_WORDS = {"text", "textbf", "textit"}
WRAPPED = {"mathbf", "mathbb", "mathcal", "boldsymbol", "hat", "bar", "tilde", "widehat", "vec"}
WRAPPED |= {"overline", "underline"}
SKIPPED = {"left", "right", "quad", "qquad", "displaystyle", "cdot", "dots", "cdots", "ldots"}
SKIPPED |= {"frac", "tfrac", "dfrac", "sqrt", "big", "Big", "bigl", "bigr", "Bigl", "Bigr", "bigg"}
SKIPPED |= {"biggl", "biggr", "limits", "nolimits", "mid", "middle", "tag", "notag", "hphantom"}
SKIPPED |= {"langle", "rangle", "lVert", "rVert", "Vert", "lvert", "rvert", "vert", "colon"}
# What stands below these is no part of their name.
OVER = {"sum", "prod", "int", "max", "min", "lim", "sup", "inf", "argmax", "argmin"}
ARGUMENT = {"begin", "end", "hspace", "vspace", "phantom", "color", "label"}
# Of a quotient only what stands above and below: 1/m is written in two ways.
SIGNS = set("=+-<>|*!")
TRANSPOSED = {"T", "top", "intercal", "mathsf T"}
TURNED = "ᵀ"


class _Reader:
    """The pieces of a formula's TeX, one after the other."""

    def __init__(self, tex: str) -> None:
        self._places = [found.span() for found in PIECE.finditer(tex)]
        self._tex = tex
        self._next = 0

    def peek(self) -> str:
        if self._next == len(self._places):
            return ""
        start, end = self._places[self._next]
        return self._tex[start:end]

    def take(self) -> str:
        piece = self.peek()
        self._next += bool(piece)
        return piece

    def group(self) -> str:
        """Return what an argument holds, without its braces."""
        first = self._next
        if self.take() != "{":
            return self._between(first, self._next)
        depth = 1
        while piece := self.take():
            depth += (piece == "{") - (piece == "}")
            if not depth:
                return self._between(first + 1, self._next - 1)
        return self._between(first + 1, self._next)

    def _between(self, first: int, last: int) -> str:
        if first >= last:
            return ""
        return self._tex[self._places[first][0] : self._places[last - 1][1]]


def symbols(tex: str) -> list[str]:
    """Return the symbols of a formula, letters together with their indices.

    Parameters
    ----------
    tex : str
    """
    return _joined(_symbols(_Reader(tex)))


def _symbols(reader: _Reader) -> Iterator[str]:
    while piece := reader.take():
        name = piece[1:] if piece.startswith("\\") else ""
        if piece == "_":
            continue
        if piece == "^":
            yield from _above(reader.group())
        elif name in ARGUMENT:
            reader.group()
        elif name == "sym":
            called = reader.group()
            reader.group()
            yield called.replace("_", "")
        elif name == "dot":
            letter = _inside(reader.group())
            yield f"{letter}{_below(reader)}dot"
        elif name in IN_WORDS:
            *words, last = WORD.findall(reader.group()) or [""]
            yield from words
            yield f"{last}{_below(reader)}"
        elif name in NAMED or name in WRAPPED:
            word = _inside(reader.group())
            yield f"{word}{_below(reader)}"
        elif name == "nabla":
            below = _below(reader)
            yield "nabla"
            if below:
                yield f"d{below}"
        elif name and not name.isalpha():
            continue
        elif name in OVER:
            yield name
            if reader.peek() == "_":
                reader.take()
                yield from symbols(reader.group())
        elif name:
            if name not in SKIPPED:
                yield f"{name}{_below(reader)}"
        elif piece[0].isalpha():
            yield f"{piece}{_below(reader)}"
        elif piece[0].isdigit() or piece in SIGNS:
            yield piece


def _above(group: str) -> Iterator[str]:
    if " ".join(WORD.findall(group)) in TRANSPOSED:
        yield TURNED
    else:
        yield from symbols(group)


def _inside(group: str) -> str:
    return "".join(symbols(group)) or "".join(WORD.findall(group))


def _below(reader: _Reader) -> str:
    if reader.peek() != "_":
        return ""
    reader.take()
    return _inside(reader.group())


def _joined(found: Iterator[str]) -> list[str]:
    """Put the d of a gradient to what it is of."""
    result: list[str] = []
    for symbol in found:
        if result and result[-1] == "d" and symbol[0].isupper():
            result[-1] = f"d{symbol}"
        elif symbol:
            result.append(symbol)
    return result


class Equation(NamedTuple):
    """An equation with a number.

    Attributes
    ----------
    page, place : str
        Name of its page, and its ``id`` there.
    symbols : str
        With blanks between.
    """

    page: str
    place: str
    symbols: str


def equations(page: str, html: str) -> list[Equation]:
    """Return the numbered equations of a page."""
    return [
        Equation(page, place, " ".join(symbols(unescape(tex))))
        for place, tex in EQUATION.findall(html)
    ]


def write(app: Sphinx, exception: Exception | None) -> None:
    """Write what the search page knows of the equations."""
    if exception is not None or app.builder.name != "html":
        return
    site = Path(app.outdir)
    found = [
        equation
        for page in in_order(app.env)
        for equation in equations(page, (site / f"{page}.html").read_text("utf8"))
    ]
    path = site / FILE
    path.parent.mkdir(exist_ok=True)
    data = json.dumps(found, ensure_ascii=False, separators=(",", ":"))
    path.write_text(f"Search.formulas = {data};\n", "utf8")


def setup(app: Sphinx) -> dict[str, Any]:
    """Register with Sphinx."""
    app.connect("build-finished", write, priority=700)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
