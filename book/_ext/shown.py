"""What a page shows: numbers and words of this build, spreads over seeds, tables, figures' style.

The module imports no Sphinx, so kernels, tests and a browser can load it.
"""

import math
import sys
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


def glue(**values: object) -> None:
    """Make plain numbers and words of this build available to the sentences of the page.

    Raises
    ------
    ValueError
        If a value is empty, not finite, or neither a number nor a word.
    """
    from myst_nb import glue as glue_one

    for name, value in values.items():
        glue_one(name, _plain(name, value), display=False)


class Words(str):
    """Text that a notebook shows as it is, without quotation marks."""

    __slots__ = ()

    def __repr__(self) -> str:
        return str(self)


def _plain(name: str, value: object) -> int | float | str:
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise ValueError(f"{name} is {type(value).__name__}; expected a number or a word")
    if value == "" or (isinstance(value, float) and not math.isfinite(value)):
        raise ValueError(f"{name} is {value!r}: nothing to print in a sentence")
    return Words(value) if isinstance(value, str) else value


def size(full: int, *, browser: int) -> int:
    """Return how many images, steps or runs a page takes: fewer in a reader's browser.

    The settings cell of a page asks for each of its sizes, so that no cell takes longer than
    twenty seconds in a browser, which has one slow thread and a part of the digits. There it
    prints both numbers.
    """
    if sys.platform != "emscripten":
        return full
    print(f"{browser:,} here, {full:,} on the built page")
    return browser


class Table:
    """A small table that a notebook shows as one; see `table`."""

    def __init__(self, head: list[str], rows: list[list[str]]) -> None:
        self._head, self._rows = head, rows

    def __repr__(self) -> str:
        lines = [self._head, *self._rows]
        widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
        return "\n".join(
            "  ".join(text.rjust(width) for text, width in zip(line, widths, strict=True))
            for line in lines
        )

    def _repr_html_(self) -> str:
        def row(first: str, rest: list[str], mark: str) -> str:
            return first + "".join(f"<{mark}>{escape(text)}</{mark}>" for text in rest)

        head = row("<td></td>", self._head[1:], "th")
        body = "</tr><tr>".join(
            row(f"<th>{escape(name)}</th>", cells, "td") for name, *cells in self._rows
        )
        return (
            f'<table class="dataframe"><thead><tr>{head}</tr></thead>'
            f"<tbody><tr>{body}</tr></tbody></table>"
        )


def table(
    columns: Mapping[str, Sequence[object] | Array],
    index: Sequence[object] | Array,
    *,
    digits: int = 3,
) -> Table:
    """Return a table for the page.

    Parameters
    ----------
    columns : dict from heading to entries
    index : what stands at the left of each row
    digits : int
        Decimals of entries that are not whole numbers.

    Raises
    ------
    ValueError
        If the columns differ in length from the index.

    Examples
    --------
    >>> table({"share": [0.25, 0.5]}, index=["zeros", "ones"], digits=2)
           share
    zeros   0.25
     ones   0.50
    """

    def text(entry: object) -> str:
        return f"{entry:.{digits}f}" if isinstance(entry, float | np.floating) else str(entry)

    for name, column in columns.items():
        if len(column) != len(index):
            raise ValueError(f"{name} has {len(column)} entries for {len(index)} rows")
    rows = [
        [str(name), *map(text, row)] for name, *row in zip(index, *columns.values(), strict=True)
    ]
    return Table(["", *columns], rows)


def spread(values: Sequence[float] | Array, scale: float = 1.0, digits: int = 9) -> str:
    """Return mean ± standard deviation, rounded to the first digit of the deviation.

    Parameters
    ----------
    values : at least two numbers, one for each seed
    scale : float
        100 turns shares into per cent.
    digits : int
        The most decimals to show; a smaller deviation is rounded up to the last of them.

    Examples
    --------
    >>> print(spread([0.8731, 0.8702, 0.8764], scale=100))
    87.3 ± 0.3
    """
    numbers = np.asarray(values, float) * scale
    deviation = float(numbers.std(ddof=1)) if numbers.size > 1 else 0.0
    if not deviation > 0:
        raise ValueError(f"a spread needs at least two different values, got {values!r}")
    needed = max(0, -math.floor(math.log10(deviation)))
    if round(deviation, needed) >= 10.0 ** (1 - needed):
        needed = max(0, needed - 1)
    shown = min(needed, digits)
    deviation = max(deviation, 10.0**-shown if shown < needed else 0.0)
    return f"{numbers.mean():.{shown}f}\u00a0±\u00a0{deviation:.{shown}f}"


def figure_style() -> None:
    """Set Matplotlib to the book's style: sharp vectors on white, legible at phone width."""
    import matplotlib as mpl

    if sys.platform != "emscripten":
        from matplotlib_inline.backend_inline import set_matplotlib_formats

        set_matplotlib_formats("svg", metadata={"Date": None})
    mpl.rcParams.update(
        {
            "figure.figsize": (6.4, 3.6),
            "figure.facecolor": "white",
            "font.size": 12,
            "axes.spines.top": False,
            "axes.spines.right": False,
            "lines.linewidth": 2,
            "legend.frameon": False,
            "svg.hashsalt": "nnfs",
            "image.cmap": "gray_r",
        }
    )
