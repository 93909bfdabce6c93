"""A plaything on its way from a cell into the page: a complete figure, and the data to play with.

What is written here is what a reader without scripts sees. The scripts find the same elements and
move them, so nothing is drawn twice.
"""

import json
import math
import sys
from abc import ABC, abstractmethod
from collections.abc import Sequence
from html import escape
from typing import Any


def number(value: float, digits: int = 2) -> str:
    """Return a number as the drawings write it: with a real minus, and no minus before a zero.

    Examples
    --------
    >>> number(-0.5), number(-0.001)
    ('−0.50', '0.00')
    """
    text = f"{value:.{digits}f}"
    return text.removeprefix("-") if float(text) == 0 else text.replace("-", "−")


def signed(value: float, digits: int = 2) -> str:
    """Return a number with its sign, as slopes are written; a zero has none.

    Examples
    --------
    >>> signed(0.5), signed(-0.5), signed(0.001)
    ('+0.50', '−0.50', '0.00')
    """
    text = number(value, digits)
    return text if text.startswith("−") or float(text) == 0 else f"+{text}"


def finite(name: str, values: Any) -> Any:
    """Return numbers as lists, as JSON has them.

    Raises
    ------
    ValueError
        If one is not finite; the page could not draw it.
    """
    listed = values.tolist() if hasattr(values, "tolist") else values
    flat = [listed]
    while flat:
        one = flat.pop()
        if isinstance(one, list | tuple):
            flat.extend(one)
        elif not isinstance(one, int | float) or not math.isfinite(one):
            raise ValueError(f"{name} holds {one!r}; a plaything needs finite numbers")
    return listed


def table(caption: str, head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return an HTML table behind a summary; the first entry of each row names it."""
    heads = "".join(f'<th scope="col">{escape(text)}</th>' for text in head)
    body = "".join(
        f'<tr><th scope="row">{escape(name)}</th>'
        + "".join(f"<td>{escape(text)}</td>" for text in cells)
        + "</tr>"
        for name, *cells in rows
    )
    return (
        f'<details class="play-table"><summary>{escape(caption)}</summary>'
        f"<table><thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table></details>"
    )


NOTHING_BESIDE = '<div class="play-beside"></div>'


class Plaything(ABC):
    """What a cell keeps: subclasses say what is seen at first and which data the scripts get.

    Attributes
    ----------
    kind : str
        What the scripts call it.
    scripts : str
        Names of the scripts that a page needs for it, beside what all share, in their order.
    data : dict
        What JSON can hold.
    says : str
        The first state, as a sentence.
    asks_first : bool
        Whether a question stands above what is said of the state.
    """

    kind: str
    scripts: str
    data: dict[str, Any]
    says: str
    asks_first = False

    def controls(self) -> str:
        """Return what changes the picture right above it; it is hidden where no script runs."""
        return ""

    def more(self) -> str:
        """Return what is handled less often; it is hidden where no script runs."""
        return ""

    def beside(self) -> str:
        """Return what is handled below the picture, on a phone below the words, by scripts."""
        return ""

    def heading(self) -> str:
        """Return what stands above the words beside the picture."""
        return ""

    @abstractmethod
    def picture(self) -> str:
        """Return the drawing of the first state as SVG."""

    @abstractmethod
    def numbers(self) -> str:
        """Return the numbers of the first state as a table."""

    def __repr__(self) -> str:
        return self.says

    def _repr_html_(self) -> str:
        data = json.dumps(self.data, allow_nan=False).replace("</", "<\\/")
        told = [
            f'<p class="play-says">{escape(self.says)}</p>',
            '<div class="play-ask" role="group" aria-label="Predict first"></div>',
        ]
        words = "".join(reversed(told) if self.asks_first else told)
        # The order of the Tab key: a question comes before what would answer it.
        field = (
            f'<div class="play-panel">{self.heading()}<div class="play-told">{words}</div></div>'
            f'<div class="play-picture">{self.picture()}</div>'
            f"{_handled('play-controls', self.controls())}"
            f"{_handled('play-beside play-hand', self.beside()) or NOTHING_BESIDE}"
            f"{_handled('play-controls play-more', self.more())}{self.numbers()}"
        )
        return (
            f'<div class="play play-{self.kind}" data-kind="{self.kind}" '
            f'data-scripts="{self.scripts}">'
            f'<div class="play-field">{field}</div>'
            '<p class="play-unseen" role="status" aria-live="polite"></p>'
            f'<script type="application/json">{data}</script></div>'
        )


def _handled(classes: str, markup: str) -> str:
    return f'<div class="{classes}">{markup}</div>' if markup else ""


def keep(name: str, plaything: Plaything) -> None:
    """Keep a plaything of this build for ``{plaything} name`` on the page.

    In a reader's browser nothing is kept: the page has its figure already. Nor is it in a notebook
    that a reader has taken away.

    Raises
    ------
    TypeError
        If it is none of the kinds that `kit.widgets.playing.cells` has.
    """
    if not isinstance(plaything, Plaything):
        kinds = "one of the playthings of kit.widgets.playing.cells"
        raise TypeError(f"{name} is {type(plaything).__name__}; expected {kinds}")
    if sys.platform != "emscripten":
        try:
            from myst_nb import glue
        except ImportError:
            return
        glue(name, plaything, display=False)
