"""Sentences that the build has found true, and says so nowhere but on record.

>>> claim([2 < 3, 3 < 4], "each is smaller than the next")
"""

import sys

from . import comparing, margins
from .comparing import Array, Tightest
from .record import Confirmed
from .showing import in_notebook, show


def claim(condition: object, text: str) -> None:
    """Put on record that a sentence is true; raise AssertionError if it is not.

    Nothing is printed. In a notebook the record is an output, which the page lists at its end; in
    a reader's browser it is a line below the cell.

    In a kernel that has loaded this module before the cell, the message of the error shows the
    sides of the comparison that misses by most. In a browser, where chapters may run on less data,
    it reports instead of raising.

    Parameters
    ----------
    condition : bool or array of bool
        Over all cases shown: every entry must be true, and there must be one.
    text : str

    Raises
    ------
    AssertionError
        If the sentence is not true, or the condition neither true nor false.
    """
    holds, tightest = comparing.read(condition)
    if holds.dtype != bool or holds.size == 0:
        given = comparing.plain(condition)
        raise AssertionError(f"a claim needs true or false, got {given!r}: {text}")
    _record(text, holds, tightest)
    if holds.all():
        if in_notebook():
            show(Confirmed(text))
        return
    sides = f"; {tightest}" if tightest else ""
    finding = f"{text} ({int(holds.sum())} of {holds.size} hold{sides})"
    if sys.platform != "emscripten" and not margins.go_on:
        raise AssertionError(f"not so: {finding}")
    print(f"not so here: {finding}")


claim.takes_sides = True  # type: ignore[attr-defined]


def _record(text: str, holds: Array, tightest: Tightest | None) -> None:
    sides = {}
    if tightest:
        sides = {
            "sign": tightest.sign,
            "left": tightest.left,
            "right": tightest.right,
            "place": tightest.place,
            "whole": tightest.whole,
            "margin": tightest.margin,
            "relative": tightest.relative,
        }
    margins.record("claim", text, holds=int(holds.sum()), of=holds.size, **sides)
