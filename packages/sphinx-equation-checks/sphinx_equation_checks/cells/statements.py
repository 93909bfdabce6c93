"""What a cell says to have an equation checked.

>>> check("eq-square", [4.0, 9.0], np.square([2.0, 3.0]), terms=1)
eq-square: equal, no difference at all; rounding alone could cause 4.4e-16

There is a function for each kind of statement: `check` for two sides that are equal, `check_zero`
for what cancels, `check_bound` for an inequality, `check_symbols` for an identity of SymPy. Each
raises an AssertionError when the statement does not hold, and also when the check could not have
failed: it disturbs a copy of its own input, sees itself fail, and puts on record what it noticed.
The record is shown in the notebook, where the extension reads it.

Errors and bounds are relative to a scale: the largest entry unless said otherwise. A bound follows
from rounding. A sum of n products is off by at most about n times the machine epsilon, relative to
the sum of their sizes (Higham, Accuracy and Stability of Numerical Algorithms, 3.1); with two sides
this is 2 n eps. What is not rounding, such as the truncation of a finite difference, is given by
the caller and added.
"""

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from . import margins, teeth
from .record import (
    BEYOND,
    CANCELLING,
    EXCHANGED,
    FACTOR,
    NUDGE,
    SIGN,
    TRANSPOSE,
    Check,
    measured_by,
)
from .showing import show
from .teeth import Array


def check(
    label: str,
    left: ArrayLike,
    right: ArrayLike,
    *,
    terms: int,
    truncation: float = 0.0,
    scale: float | None = None,
    of: str = "",
) -> None:
    """Show that both sides of an equation are equal; parameters and errors as `equal`."""
    show(equal(label, left, right, terms=terms, truncation=truncation, scale=scale, of=of))


def check_zero(label: str, values: ArrayLike, *, scale: ArrayLike, terms: int) -> None:
    """Show that an expression vanishes; parameters and errors as `zero`."""
    show(zero(label, values, scale=scale, terms=terms))


def check_bound(label: str, smaller: ArrayLike, larger: ArrayLike, *, terms: int) -> None:
    """Show that an inequality holds; parameters and errors as `inequality`."""
    show(inequality(label, smaller, larger, terms=terms))


def check_symbols(label: str, left: object, right: object) -> None:
    """Show an identity between expressions of SymPy; parameters and errors as `symbols`."""
    show(symbols(label, left, right))


def equal(
    label: str,
    left: ArrayLike,
    right: ArrayLike,
    *,
    terms: int,
    truncation: float = 0.0,
    scale: float | None = None,
    of: str = "",
) -> Check:
    """Compare both sides of an equation.

    Refused are sides that are one object or one expression in the code, differ in shape, are
    constant throughout, or have entries so small that the bound lets them be anything. The check
    must notice a factor of 1.0001 on its left side, a flipped sign, and a transposition where
    that changes a square matrix.

    Parameters
    ----------
    label : str
        The label of an equation on the same page, such as "eq-softmax".
    left, right : arrays of one shape, from different computations
        Finite numbers, real or complex.
    terms : int
        The length of the longest sum on the way to an entry, or, where none is long, the number
        of operations; 0 demands equality.
    truncation : float
        How far the sides may differ apart from rounding, in their own unit.
    scale : float, optional
        The size of the terms, where they cancel and are larger than the largest entry.
    of : str, optional
        What is compared, for an equation with several checks, such as "dW1".

    Raises
    ------
    AssertionError
        If the sides differ by more than the bound, or the check could not have failed.
    """
    label = teeth.label_of(label)
    teeth.not_one_object(label, left, right)
    sides = _two_sides(label, left, right)
    teeth.not_constant(label, *sides)
    size = _scale(label, np.abs(sides[1]).max() if scale is None else scale)
    bound = 2 * teeth.allowance(label, "terms", terms) * max(map(_epsilon, sides))
    truncated = teeth.allowance(label, "truncation", truncation) / size
    bound += truncated

    def error(side: Array) -> float:
        return float(_distance(side, sides[1]).max() / size)

    measure = measured_by("equal", scaled=scale is not None)
    _hold(label, "equal", error(sides[0]), bound, f"{measure}, {size:.3g}")
    entries = np.where(sides[0] == 0, 0.0, np.abs(_floats(sides[1])))
    teeth.every_entry_seen(label, _distance(*sides), entries, bound * size)
    disturbed = ((name, error(side)) for name, side in _disturbed(sides[0]))
    noticed = _noticed(label, disturbed, bound)
    teeth.not_one_expression(label, "left", "right")
    found = error(sides[0])
    scaled = scale is not None
    return Check(label, "equal", found, bound, noticed, float(truncated), of, scaled)


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
    label = teeth.label_of(label)
    found = teeth.numbers(label, "what is compared with zero", values)
    terms_of = np.abs(teeth.numeric(label, "the scale", scale))
    size = _scale(label, terms_of.max(initial=0.0))
    bound = 2 * teeth.allowance(label, "terms", terms) * _epsilon(found)

    def error(entries: Array) -> float:
        return float(np.abs(entries).max() / size)

    measure = measured_by("zero", scaled=True)
    _hold(label, "zero", error(_floats(found)), bound, f"{measure}, up to {size:.3g}")
    if terms_of.shape == found.shape:
        teeth.every_entry_seen(label, np.abs(_floats(found)), terms_of, bound * size)
    noticed = _noticed(label, [(CANCELLING, error(found + NUDGE * size))], bound)
    teeth.not_one_expression(label, "values")
    return Check(label, "zero", error(_floats(found)), bound, noticed)


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
    label = teeth.label_of(label)
    low, high = _two_sides(label, smaller, larger)
    bound = 2 * teeth.allowance(label, "terms", terms) * max(_epsilon(low), _epsilon(high))
    if np.iscomplexobj(low) or np.iscomplexobj(high):
        raise AssertionError(f"{label}: complex numbers have no order; compare sizes or parts")
    low, high = _floats(low), _floats(high)
    entries = np.maximum(np.abs(low), np.abs(high))
    if not entries.any():
        raise AssertionError(f"{label}: both sides are zero throughout, nothing is compared")
    size = _scale(label, entries.max())

    def excess(left: Array, right: Array) -> float:
        return float(((left - right) / size).max())

    measure = measured_by("bound", scaled=False)
    _hold(label, "bound", excess(low, high), bound, f"{measure}, {size:.3g}")
    teeth.every_entry_seen(label, low - high, entries, bound * size)
    pushed = low - excess(low, high) * size + NUDGE * size
    disturbed = [(EXCHANGED, excess(high, low)), (BEYOND, excess(pushed, high))]
    noticed = _noticed(label, disturbed, bound)
    teeth.not_one_expression(label, "smaller", "larger")
    return Check(label, "bound", excess(low, high), bound, noticed)


def symbols(label: str, left: object, right: object) -> Check:
    """Compare two expressions, or matrices of expressions, of SymPy for all values of the symbols.

    Raises
    ------
    AssertionError
        If the difference does not simplify to zero, or the check could not have failed.
    """
    import sympy

    label = teeth.label_of(label)
    for side in (left, right):
        teeth.expressions(label, side, (sympy.Expr, sympy.MatrixBase, int, float))
    sides = sympy.Matrix([left]), sympy.Matrix([right])
    if sides[0].shape != sides[1].shape:
        raise AssertionError(f"{label}: shapes {sides[0].shape} and {sides[1].shape} differ")
    if not (sides[0].free_symbols and sides[1].free_symbols):
        raise AssertionError(f"{label}: a side has no symbol, it is checked at one value only")

    def error(side: Any) -> float:
        return float(not sympy.simplify(side - sides[1]).is_zero_matrix)

    _hold(label, "symbols", error(sides[0]), 0.0)
    factor = 1 + sympy.Rational(1, 10_000)
    disturbed = [(FACTOR, error(sides[0] * factor)), (SIGN, error(-sides[0]))]
    noticed = _noticed(label, disturbed, 0.0)
    # SymPy keeps one object of equal expressions, so that the same object alone says little.
    if not teeth.not_one_expression(label, "left", "right") and left is right:
        raise AssertionError(
            f"{label}: both sides are the same object, {left}; write the two computations in the "
            "call of the check, where they can be seen to differ"
        )
    return Check(label, "symbols", 0.0, 0.0, noticed)


def _two_sides(label: str, left: ArrayLike, right: ArrayLike) -> tuple[Array, Array]:
    sides = (
        teeth.numbers(label, "the left side", left),
        teeth.numbers(label, "the right side", right),
    )
    teeth.of_one_shape(label, *sides)
    return sides


def _scale(label: str, size: Any) -> float:
    if np.ndim(size) or not 0 < size < np.inf:
        raise AssertionError(
            f"{label}: nothing to compare with zero at the scale {size}; the scale is the size of "
            "the terms, one finite number above zero"
        )
    return float(size)


def _floats(array: Array) -> Array:
    """Return numbers of a kind in which differences do not wrap around."""
    floats: Array = array.astype(np.result_type(array, 1.0), copy=False)
    return floats


def _distance(left: Array, right: Array) -> Array:
    """Return how far two arrays are from each other; different integers by one at least."""
    distance: Array = np.abs(_floats(left) - _floats(right))
    if left.dtype.kind in "biu" and right.dtype.kind in "biu":
        distance = np.where(left != right, np.maximum(distance, 1.0), 0.0)
    return distance


def _hold(label: str, kind: str, error: float, bound: float, relative_to: str = "") -> None:
    margin = bound - error
    margins.record(
        kind,
        label,
        holds=int(error <= bound),
        of=1,
        sign="<=",
        left=error,
        right=bound,
        margin=margin,
        relative=margin / max(abs(error), abs(bound)) if bound or error else 0.0,
    )
    if not error <= bound and not margins.go_on:
        if kind == "symbols":
            raise AssertionError(f"{label} fails: the difference does not simplify to zero")
        allowed = f"the bound is {bound:.1e}" if bound else "none is allowed"
        raise AssertionError(
            f"{label} fails: worst error {error:.1e}, relative to {relative_to}; {allowed}"
        )


def _noticed(label: str, disturbed: Iterable[tuple[str, float]], bound: float) -> tuple[str, ...]:
    names = []
    for name, error in disturbed:
        if error <= bound:
            raise AssertionError(f"{label}: the check does not notice {name}")
        names.append(name)
    return tuple(names)


def _epsilon(side: Array) -> float:
    inexact = np.issubdtype(side.dtype, np.inexact)
    return float(np.finfo(side.dtype if inexact else np.float64).eps)


def _disturbed(side: Array) -> Iterator[tuple[str, Array]]:
    yield FACTOR, side * (1 + NUDGE)
    yield SIGN, side * -1.0
    if side.ndim == 2 and side.shape[0] == side.shape[1] and not np.allclose(side, side.T):
        yield TRANSPOSE, side.T
