"""Sphinx extension: what opens a fold, and a cell of a table, has its formulas in its name.

A browser leaves MathML out of the name that it makes of an element's content: of "What shape do Z₁
and A₂ have?" a reader who goes from fold to fold would hear "What shape do and have?". So a formula
there has a name of its own, in words. A cell that holds one formula and nothing else is no sentence
with a gap, and is left as it is: its MathML is read there, and the names would be half of what the
table of notation weighs more.
"""

import re
import unicodedata
from functools import lru_cache
from html import escape
from typing import Any
from xml.etree import ElementTree

from sphinx.application import Sphinx

NAMED = re.compile(r"<(summary|td|th)\b[^>]*>.*?</\1>", re.DOTALL)
FORMULA = re.compile(r"<math (?![^>]*aria-label)[^>]*>.*?</math>", re.DOTALL)
LONE = re.compile(
    r"<td[^>]*>\s*(?:<p>)?(?:<span[^>]*>)+(?=<math)(?!.*<math.*<math).*(?:</span>){5}"
    r"(?:</p>)?\s*</td>",
    re.DOTALL,
)
SIGNS = {
    "+": "plus",
    "-": "minus",
    "−": "minus",
    "±": "plus or minus",
    "×": "times",
    "⋅": "times",
    "⊙": "times entry by entry",
    "⊗": "times in a circle",
    "⊕": "plus in a circle",
    "/": "over",
    "=": "equals",
    "≠": "is not",
    "≈": "is about",
    "<": "is less than",
    ">": "is greater than",
    "≤": "is at most",
    "≥": "is at least",
    "∈": "in",
    "→": "to",
    "←": "becomes",
    "∂": "partial",
    "∇": "gradient of",
    "∑": "sum of",
    "∏": "product of",
    "∫": "integral of",
    "√": "root of",
    "∞": "infinity",
    "ℓ": "ell",
    "∗": "star",
    "∣": "|",
    "∥": "‖",
    "\u2061": "",
}
OVER = {"~": "tilde", "˜": "tilde", "˙": "dot", "ˉ": "bar", "¯": "bar", "^": "hat", "→": "vector"}
PRIMES = {"′": "prime", "′′": "double prime", "′′′": "triple prime"}
POWERS = {"2": "squared", "3": "cubed", "T": "transposed", "⊤": "transposed", "star": "star"}
SPACES = re.compile(r"(?<=[(\[⟨])\s+|\s+(?=[)\]⟩,;])")


@lru_cache(None)
def in_words(formula: str) -> str:
    """Return a formula as it can be said.

    Parameters
    ----------
    formula : str
        MathML, an element ``math``.
    """
    words = " ".join(_said(ElementTree.fromstring(formula)).split())
    return SPACES.sub("", words)


def _said(element: ElementTree.Element) -> str:
    kind = element.tag.rpartition("}")[2]
    if kind in ("annotation", "mspace"):
        return ""
    parts = [_said(part) for part in element]
    if kind in ("msub", "munder"):
        return _below(*parts)
    if kind == "msup":
        return _above(*parts)
    if kind in ("msubsup", "munderover"):
        return _above(_below(*parts[:2]), parts[2])
    if kind == "mover":
        return f"{parts[0]} {OVER.get(parts[1].strip(), parts[1])}"
    if kind == "mfrac":
        chosen = element.get("linethickness", "").startswith("0")
        return f"{parts[0]} {'choose' if chosen else 'over'} {parts[1]}"
    if kind == "msqrt":
        return f"root of {' '.join(parts)}"
    if not parts:
        return _sign(element.text or "", kind, element.get("mathvariant", ""))
    return _in_a_row(list(element), parts)


def _in_a_row(elements: list[ElementTree.Element], parts: list[str]) -> str:
    """Return parts one after the other, but for a dot in brackets, where anything may stand."""
    signs = ["".join(element.itertext()) for element in elements]
    for place in range(1, len(parts) - 1):
        if signs[place - 1 : place + 2] == ["(", "⋅", ")"]:
            parts[place] = "dot"
    return " ".join(parts)


def _sign(text: str, kind: str, variant: str) -> str:
    text = text.strip()
    if kind == "mtext":
        return text
    if text in SIGNS:
        return SIGNS[text]
    if text in OVER and kind == "mo":
        return text
    if kind == "mn" and variant == "bold":
        return f"bold {text}"
    return "".join(map(_letter, text))


def _letter(letter: str) -> str:
    """Return the name of a Greek letter, and any other as it is."""
    if not "\u0370" <= letter <= "\u03ff":
        return letter
    name = unicodedata.name(letter).replace(" SYMBOL", "").split()[-1].lower()
    name = "lambda" if letter in "λΛ" else name  # spelt otherwise in Unicode
    return name.capitalize() if letter.isupper() else name


def _below(base: str, below: str) -> str:
    base, below = base.strip(), below.strip()
    if base == SIGNS["∇"]:
        return f"gradient for {below} of"
    if base in (SIGNS["∑"], SIGNS["∏"], SIGNS["∫"]):
        return f"{base.removesuffix(' of')} over {below} of"
    if below.isdecimal() or base in ("lim", "max", "min"):
        return f"{base} {below}"
    return f"{base} sub {below}"


def _above(base: str, above: str) -> str:
    above = above.strip()
    joined = above.replace(" ", "")
    said = PRIMES.get(joined) or POWERS.get(joined) or f"to the power {above}"
    return f"{base} {said}"


def named(body: str) -> str:
    """Return a page's body with names for the formulas of its folds' titles and tables."""

    def formula(found: re.Match[str]) -> str:
        return found[0].replace("<math ", f'<math aria-label="{escape(in_words(found[0]))}" ', 1)

    def place(found: re.Match[str]) -> str:
        content = found[0]
        if "<math " not in content or LONE.fullmatch(content):
            return content
        return FORMULA.sub(formula, content)

    return NAMED.sub(place, body)


def name(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: object
) -> None:
    """Name the formulas of a page that is written."""
    if body := context.get("body"):
        context["body"] = named(body)


def setup(app: Sphinx) -> dict[str, Any]:
    """Register with Sphinx."""
    app.connect("html-page-context", name, priority=905)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
