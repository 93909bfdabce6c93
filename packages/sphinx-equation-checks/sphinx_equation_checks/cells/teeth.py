"""What is refused because it could not have failed, or cannot be compared at all.

Each function raises an AssertionError that begins with the label and says what was found, what a
check needs, and what to do.
"""

import sys
import warnings
from numbers import Integral, Number, Real
from types import FrameType
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from . import sources
from .record import NUDGE

Array = NDArray[Any]
PACKAGE = __name__.rpartition(".")[0]


class UnreadCodeWarning(UserWarning):
    """Whether the two sides of a check are one expression could not be told from its code."""


def label_of(label: object) -> str:
    """Return a label; raise TypeError if the first argument is none."""
    if not isinstance(label, str) or not label.strip():
        raise TypeError(
            "the first argument of a check is the label of an equation, such as 'eq-softmax'; "
            f"got {type(label).__name__ if not isinstance(label, str) else 'an empty text'}"
        )
    return label


def allowance(label: str, name: str, value: float) -> float:
    """Return a number of terms or a truncation; raise ValueError if it is below zero or NaN."""
    if not isinstance(value, Real | np.bool_) or not value >= 0:
        raise ValueError(f"{label}: {name} must be zero or more, got {value!r}")
    return float(value)


def numbers(label: str, name: str, side: ArrayLike) -> Array:
    """Return a side as an array of finite numbers.

    Parameters
    ----------
    label, name : str
        Of the equation, and of the side in a message.
    side : array
        Real or complex, of any shape.

    Raises
    ------
    AssertionError
        If the side is empty, no array of numbers, or not finite somewhere.
    """
    array = numeric(label, name, side)
    if array.size == 0:
        raise AssertionError(f"{label}: {name} is empty, shape {array.shape}; nothing to compare")
    finite = np.isfinite(array)
    if not finite.all():
        place = np.unravel_index(int(np.argmin(finite)), array.shape)
        at = f" at {[int(index) for index in place]}" if place else ""
        raise AssertionError(f"{label} fails: {name} is {array[place]}{at}, not a finite number")
    return array


def numeric(label: str, name: str, side: ArrayLike) -> Array:
    """Return a side as an array of numbers; raise AssertionError if it is none."""
    try:
        array = np.asarray(side)
    except ValueError:
        raise AssertionError(
            f"{label}: {name} is a list of parts with different shapes; compare them one by one, "
            "or join them by np.concatenate"
        ) from None
    if array.dtype.kind == "O":
        array = _plain_numbers(label, array)
    if array.dtype.kind not in "biufc":
        raise AssertionError(
            f"{label}: {name} holds {array.dtype}, not numbers; expressions of SymPy are compared "
            "by check_symbols"
        )
    return array


def _plain_numbers(label: str, array: Array) -> Array:
    """Return numbers of Python as floats, unless that would change integers."""
    try:
        floats: Array = array.astype(float)
    except (TypeError, ValueError, OverflowError):
        return array
    whole = (item for item in array.flat if isinstance(item, Integral))
    if any(int(float(item)) != item for item in whole):
        raise AssertionError(
            f"{label}: integers of more than 64 bits would be rounded; compare them by a claim"
        )
    return floats


def expressions(label: str, side: object, kinds: tuple[type, ...]) -> None:
    """Raise TypeError unless a side is an expression, or a list or matrix of expressions."""
    if isinstance(side, list | tuple):
        for part in side:
            expressions(label, part, kinds)
    elif not isinstance(side, kinds):
        raise TypeError(
            f"{label}: expected expressions or matrices of SymPy, got {type(side).__name__}; "
            "arrays are compared by check, and of an Eq its two sides"
        )


def of_one_shape(label: str, left: Array, right: Array) -> None:
    """Refuse sides of different shapes, which would be compared after a silent repetition."""
    if left.shape != right.shape:
        raise AssertionError(f"{label}: shapes {left.shape} and {right.shape} differ")


def not_constant(label: str, left: Array, right: Array) -> None:
    """Refuse a side with one value throughout: a transposed or exchanged one would equal it."""
    for side in (left, right):
        if side.size < 2 or (side == side.flat[0]).all():
            raise AssertionError(
                f"{label}: a side is constant, nearly anything would equal it; "
                "compare at several values that differ"
            )


def not_one_object(label: str, left: object, right: object) -> None:
    """Refuse sides that are one object, or see the same memory in the same way."""
    if _one_object(left, right):
        raise AssertionError(f"{label}: both sides are the same memory")


def _one_object(left: object, right: object) -> bool:
    if isinstance(left, np.ndarray) and isinstance(right, np.ndarray):
        return _view(left) == _view(right)
    if isinstance(left, list | tuple) and isinstance(right, list | tuple):
        if left is right or len(left) != len(right):
            return left is right
        pairs = list(zip(left, right, strict=True))
        shared = [_one_object(*pair) for pair in pairs]
        same = (one or _equal_numbers(*pair) for one, pair in zip(shared, pairs, strict=True))
        return any(shared) and all(same)
    return False


def _view(array: Array) -> tuple[object, ...]:
    steps = [(n, step) for n, step in zip(array.shape, array.strides, strict=True) if n != 1]
    return array.__array_interface__["data"][0], array.dtype, steps


def _equal_numbers(left: object, right: object) -> bool:
    return isinstance(left, Number) and isinstance(right, Number) and bool(left == right)


def not_one_expression(label: str, *parameters: str) -> bool:
    """Refuse sides that the calling code writes as one expression, or as a copy of the other.

    Parameters
    ----------
    label : str
    *parameters : str
        The names of the sides, or of the one expression that is to vanish, which follow the label
        in the check's own parameters.

    Returns
    -------
    bool
        Whether the sides can be seen in the code.

    Raises
    ------
    AssertionError
        If the check could not have failed.

    Warns
    -----
    UnreadCodeWarning
        If the code cannot be read, so that nobody knows.
    """
    frame, depth = _caller()
    found = sources.calling(frame)
    if found is None:
        warnings.warn(_unread(label, frame, len(parameters)), UnreadCodeWarning, stacklevel=depth)
        return False
    sides = sources.arguments(found[0], ("label", *parameters))
    if sides is None:
        return False
    if len(parameters) == 1 and sources.cancels_by_construction(sides[1], found[1]):
        raise AssertionError(
            f"{label}: what is compared with zero is zero as it is written, whatever is true"
        )
    if len(parameters) == 2 and sources.same_by_construction(sides[1], sides[2], found[1]):
        raise AssertionError(
            f"{label}: both sides are one expression, or a copy of it, and equal whatever is "
            "true; compute each in its own way"
        )
    return True


def _unread(label: str, frame: FrameType, sides: int) -> str:
    unknown = "both sides are one expression" if sides == 2 else "it is zero as it is written"
    return (
        f"{label}: the code of this check, line {frame.f_lineno} of {frame.f_code.co_filename}, "
        f"cannot be read as it runs, so whether {unknown} is not known; run it in a notebook or "
        "from its file"
    )


def _caller() -> tuple[FrameType, int]:
    """Return the frame that has called into this package, and how far it is from this caller."""
    frame, depth = sys._getframe(1), 1
    while frame.f_back and str(frame.f_globals.get("__name__")).startswith(PACKAGE):
        frame, depth = frame.f_back, depth + 1
    return frame, depth


def every_entry_seen(label: str, difference: Array, size: Array, allowed: float) -> None:
    """Refuse a bound within which an entry could be anything.

    The bound belongs to the largest entry. Of one that is smaller than what is allowed it says
    nothing, so such an entry has to agree by its own size, to 1e-4 of it.

    Parameters
    ----------
    label : str
    difference : array
        How far the sides are from what is stated, entry by entry.
    size : array of the same shape
        How large the entry is; 0 where rounding alone is expected.
    allowed : float
        How large a difference may be.
    """
    unseen = (size > 0) & (size <= allowed) & (difference > NUDGE * size)
    if unseen.any():
        first = np.unravel_index(int(np.argmax(unseen)), size.shape)
        place = [int(index) for index in first]
        raise AssertionError(
            f"{label}: the check does not notice what the entry at {place} is: its size is "
            f"{size[first]:.1e}, and {allowed:.1e} is allowed, which is rounding of the largest "
            "entry. Compare entries of so different sizes in checks of their own"
        )
