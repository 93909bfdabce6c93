"""What a cell says to have an equation or a claim checked.

>>> check("eq-square", [4.0, 9.0], np.square([2.0, 3.0]), terms=1)
eq-square: equal, worst error 0.0e+00, bound 4.4e-16

There is a function for each kind of statement: `check` for two sides that are equal, `check_zero`
for what cancels, `check_bound` for an inequality, `check_symbols` for an identity of SymPy. Each
raises an AssertionError when the statement does not hold, and also when the check could not have
failed: it disturbs a copy of its own input, sees itself fail, and puts on record what it noticed.
The record is shown in the notebook; the Sphinx extension `equation_checks` reads it there.

Errors and bounds are relative to a scale: the largest entry unless said otherwise. A bound follows
from rounding. A sum of n products is off by at most about n times the machine epsilon, relative to
the sum of their sizes (Higham, Accuracy and Stability of Numerical Algorithms, 3.1); with two sides
this is 2 n eps. What is not rounding, such as the truncation of a finite difference, is given by
the caller and added.

With the environment variable BOOK_MARGINS every check and claim adds a line to a file in the folder
that it names: an object of JSON with the page, the statement, both sides and the room to spare.

The module imports no Sphinx, so kernels, tests and a browser can load it.
"""

import json
import os
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from functools import cache
from html import escape
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

import compared
from compared import Tightest

Array = NDArray[Any]
NUDGE = 1e-4

go_on = False
"""Whether statements that do not hold are only recorded, as where conditions are compared."""

compared.watch()


@dataclass(frozen=True, repr=False)
class Check:
    """A check that held.

    Attributes
    ----------
    label : str
        Of the equation.
    kind : {"equal", "zero", "bound", "symbols"}
    error, bound : float
        The largest error and what it may be, relative to the scale. Of an inequality the error is
        minus the slack of the tightest entry.
    noticed : tuple of str
        The disturbances under which the same check was seen to fail.
    """

    label: str
    kind: str
    error: float
    bound: float
    noticed: tuple[str, ...]

    @property
    def finding(self) -> str:
        """The result in words."""
        if self.kind == "symbols":
            return "the same for all values of the symbols"
        if self.kind == "bound":
            return f"slack {0 - self.error:.1e}, bound {self.bound:.1e}"
        if self.bound == 0:
            return "no error, and none allowed"
        return f"worst error {self.error:.1e}, bound {self.bound:.1e}"

    def __repr__(self) -> str:
        return f"{self.label}: {self.kind}, {self.finding}"

    def _repr_html_(self) -> str:
        record = asdict(self) | {"noticed": "; ".join(self.noticed), "finding": self.finding}
        data = " ".join(f'data-{key}="{escape(str(value))}"' for key, value in record.items())
        return f'<p class="equation-check" {data}>{escape(repr(self))}</p>'


def check(
    label: str,
    left: ArrayLike,
    right: ArrayLike,
    *,
    terms: int,
    truncation: float = 0.0,
    scale: float | None = None,
) -> None:
    """Show that both sides of an equation are equal; parameters and errors as `equal`."""
    _show(equal(label, left, right, terms=terms, truncation=truncation, scale=scale))


def check_zero(label: str, values: ArrayLike, *, scale: ArrayLike, terms: int) -> None:
    """Show that an expression vanishes; parameters and errors as `zero`."""
    _show(zero(label, values, scale=scale, terms=terms))


def check_bound(label: str, smaller: ArrayLike, larger: ArrayLike, *, terms: int) -> None:
    """Show that an inequality holds; parameters and errors as `inequality`."""
    _show(inequality(label, smaller, larger, terms=terms))


def check_symbols(label: str, left: Any, right: Any) -> None:
    """Show an identity between expressions of SymPy; parameters and errors as `symbols`."""
    _show(symbols(label, left, right))


def equal(
    label: str,
    left: ArrayLike,
    right: ArrayLike,
    *,
    terms: int,
    truncation: float = 0.0,
    scale: float | None = None,
) -> Check:
    """Compare both sides of an equation.

    Refused are sides that share memory, differ in shape, or are constant throughout. The check
    must notice a factor of 1 + 1e-4 on its left side, a turned sign, and a transposition where
    that changes a square matrix.

    Parameters
    ----------
    label : str
        The label of an equation on the same page, such as "eq-softmax".
    left, right : arrays of one shape, from different computations
    terms : int
        The length of the longest sum on the way to an entry; 0 demands equality.
    truncation : float
        How far the sides may differ apart from rounding, in their own unit.
    scale : float, optional
        The size of the terms, where they cancel and are larger than the largest entry.

    Raises
    ------
    AssertionError
        If the sides differ by more than the bound, or the check could not have failed.
    """
    sides = np.asarray(left), np.asarray(right)
    _refuse_toothless(label, *sides)
    size = float(np.abs(sides[1]).max()) if scale is None else float(scale)
    bound = 2 * terms * max(_epsilon(side) for side in sides) + truncation / size

    def error(side: Array) -> float:
        return float(np.abs(side.astype(np.result_type(side, 1.0)) - sides[1]).max() / size)

    _hold(label, "equal", error(sides[0]), bound)
    disturbed = ((name, error(side)) for name, side in _disturbed(sides[0]))
    return Check(label, "equal", error(sides[0]), bound, _noticed(label, disturbed, bound))


def zero(label: str, values: ArrayLike, *, scale: ArrayLike, terms: int) -> Check:
    """Compare an expression with zero.

    Parameters
    ----------
    label : str
    values : array
    scale : array or float
        The terms that cancel, or the size of the largest; the check must notice 1e-4 of it.
    terms : int
        How many terms cancel.

    Raises
    ------
    AssertionError
        If an entry is larger than rounding of its terms allows.
    """
    found, size = np.asarray(values), float(np.abs(scale).max())
    if found.size == 0 or not 0 < size < np.inf:
        raise AssertionError(f"{label}: nothing to compare with zero at the scale {size}")
    bound = 2 * terms * _epsilon(found)

    def error(entries: Array) -> float:
        return float(np.abs(entries).max() / size)

    _hold(label, "zero", error(found), bound)
    disturbed = [("1e-4 of what cancels", error(found + NUDGE * size))]
    return Check(label, "zero", error(found), bound, _noticed(label, disturbed, bound))


def inequality(label: str, smaller: ArrayLike, larger: ArrayLike, *, terms: int) -> Check:
    """Compare both sides of an inequality, smaller <= larger in every entry.

    The check must notice the sides exchanged, and the tightest entry 1e-4 beyond its limit.

    Parameters
    ----------
    label : str
    smaller, larger : arrays of one shape
    terms : int
        The length of the longest sum on the way to an entry.

    Raises
    ------
    AssertionError
        If an entry is beyond the inequality by more than rounding, or the check could not have
        failed, as when both sides are equal throughout.
    """
    low, high = np.asarray(smaller), np.asarray(larger)
    _refuse_other_shapes(label, low, high)
    size = float(max(np.abs(low).max(), np.abs(high).max()))
    bound = 2 * terms * max(_epsilon(low), _epsilon(high))

    def excess(left: Array, right: Array) -> float:
        return float(((left - right) / size).max())

    _hold(label, "bound", excess(low, high), bound)
    pushed = low - excess(low, high) * size + NUDGE * size
    disturbed = [
        ("the sides exchanged", excess(high, low)),
        ("1e-4 beyond the limit", excess(pushed, high)),
    ]
    return Check(label, "bound", excess(low, high), bound, _noticed(label, disturbed, bound))


def symbols(label: str, left: Any, right: Any) -> Check:
    """Compare two expressions, or matrices of expressions, of SymPy for all values of the symbols.

    Raises
    ------
    AssertionError
        If the difference does not simplify to zero, or the check could not have failed.
    """
    import sympy

    sides = sympy.Matrix([left]), sympy.Matrix([right])
    if sides[0].shape != sides[1].shape:
        raise AssertionError(f"{label}: shapes {sides[0].shape} and {sides[1].shape} differ")
    if not (sides[0].free_symbols and sides[1].free_symbols):
        raise AssertionError(f"{label}: a side has no symbol, it is checked at one value only")

    def error(side: Any) -> float:
        return float(not sympy.simplify(side - sides[1]).is_zero_matrix)

    _hold(label, "symbols", error(sides[0]), 0.0)
    factor = 1 + sympy.Rational(1, 10_000)
    disturbed = [
        ("a factor 1 + 1e-4", error(sides[0] * factor)),
        ("a turned sign", error(-sides[0])),
    ]
    return Check(label, "symbols", 0.0, 0.0, _noticed(label, disturbed, 0.0))


def claim(condition: object, text: str) -> None:
    """Print a sentence that the build has found true; raise AssertionError if it is not.

    In a kernel that has loaded this module before the cell, the message of the error shows the
    sides of the comparison that misses by most. In a browser, where chapters run on fewer images,
    it reports instead of raising.

    Parameters
    ----------
    condition : bool or array of bool
        Over all seeds shown: every entry must be true, and there must be one.
    text : str

    Raises
    ------
    AssertionError
        If the sentence is not true, or the condition neither true nor false.
    """
    holds, tightest = compared.read(condition)
    if holds.dtype != bool or holds.size == 0:
        given = compared.plain(condition)
        raise AssertionError(f"a claim needs true or false, got {given!r}: {text}")
    _record_claim(text, holds, tightest)
    if holds.all():
        print(f"holds: {text}")
        return
    sides = f"; {tightest}" if tightest else ""
    finding = f"{text} ({int(holds.sum())} of {holds.size} hold{sides})"
    if sys.platform != "emscripten" and not go_on:
        raise AssertionError(f"not so: {finding}")
    print(f"not so here: {finding}")


claim.takes_sides = True  # type: ignore[attr-defined]


def _record_claim(text: str, holds: Array, tightest: Tightest | None) -> None:
    record = {"kind": "claim", "statement": text, "holds": int(holds.sum()), "of": holds.size}
    if tightest:
        record |= {
            "sign": tightest.sign,
            "left": tightest.left,
            "right": tightest.right,
            "place": tightest.place,
            "whole": tightest.whole,
            "margin": tightest.margin,
            "relative": tightest.relative,
        }
    _record(record)


def _record(record: dict[str, Any]) -> None:
    """Add a line to this process's file, if somebody wants it."""
    folder = os.environ.get("BOOK_MARGINS")
    if folder:
        Path(folder).mkdir(parents=True, exist_ok=True)
        with Path(folder, f"{os.getpid()}.jsonl").open("a", encoding="utf8") as file:
            file.write(json.dumps({"page": _page()} | record) + "\n")


def _page() -> str:
    """Return which file the running cell is in, or the script."""
    shell = sys.modules["IPython"].get_ipython() if "IPython" in sys.modules else None
    if shell is None:
        return Path(sys.argv[0]).name
    return _page_with(shell.user_ns["In"][-1].strip(), Path.cwd())


@cache
def _page_with(cell: str, folder: Path) -> str:
    for path in sorted(folder.glob("*.md")):
        if cell in path.read_text(encoding="utf8"):
            return f"{folder.name}/{path.stem}"
    return folder.name


def _hold(label: str, kind: str, error: float, bound: float) -> None:
    margin = bound - error
    _record(
        {
            "kind": kind,
            "statement": label,
            "holds": int(error <= bound),
            "of": 1,
            "sign": "<=",
            "left": error,
            "right": bound,
            "margin": margin,
            "relative": margin / max(abs(error), abs(bound)) if bound or error else 0.0,
        }
    )
    if not error <= bound and not go_on:
        raise AssertionError(f"{label} fails: worst error {error:.1e}, bound {bound:.1e}")


def _noticed(
    label: str, disturbed: Iterator[tuple[str, float]] | list[tuple[str, float]], bound: float
) -> tuple[str, ...]:
    names = []
    for name, error in disturbed:
        if error <= bound:
            raise AssertionError(f"{label}: the check does not notice {name}")
        names.append(name)
    return tuple(names)


def _refuse_other_shapes(label: str, left: Array, right: Array) -> None:
    if left.shape != right.shape:
        raise AssertionError(f"{label}: shapes {left.shape} and {right.shape} differ")
    if left.size == 0:
        raise AssertionError(f"{label}: both sides are empty")


def _refuse_toothless(label: str, left: Array, right: Array) -> None:
    _refuse_other_shapes(label, left, right)
    if np.may_share_memory(left, right):
        raise AssertionError(f"{label}: both sides are the same memory")
    for side in (left, right):
        if side.size < 2 or (side == side.flat[0]).all():
            raise AssertionError(f"{label}: a side is constant, nearly anything would equal it")


def _epsilon(side: Array) -> float:
    inexact = np.issubdtype(side.dtype, np.inexact)
    return float(np.finfo(side.dtype if inexact else np.float64).eps)


def _disturbed(side: Array) -> Iterator[tuple[str, Array]]:
    yield "a factor 1 + 1e-4", side * (1 + NUDGE)
    yield "a turned sign", side * -1.0
    if side.ndim == 2 and side.shape[0] == side.shape[1] and not np.allclose(side, side.T):
        yield "a transpose", side.T


def _show(record: Check) -> None:
    in_browser = sys.modules.get("live_kernel")
    if in_browser is not None and in_browser.running:
        in_browser.display(record)
        return
    if "IPython" in sys.modules:
        from IPython import get_ipython
        from IPython.display import display

        if get_ipython() is not None:
            display(record)
            return
    print(record)
