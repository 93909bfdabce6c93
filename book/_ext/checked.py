"""What the cells of the book use: checks of equations, claims, glued numbers, figure style.

>>> check("eq-square", [4.0, 9.0], np.square([2.0, 3.0]), terms=1)
eq-square: worst error 0.0e+00, bound 4.4e-16

Every function raises where the page would otherwise say something that was not computed. The
module imports no Sphinx, so kernels, tests and a browser can load it.
"""

import math
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[Any]


class Check(NamedTuple):
    """A check that held: its equation, worst error, bound, and the perturbations it refused."""

    label: str
    error: float
    bound: float
    refused: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.label}: worst error {self.error:.1e}, bound {self.bound:.1e}"


def check(label: str, left: ArrayLike, right: ArrayLike, *, terms: int) -> None:
    """Compare both sides of an equation and print the error beside its bound.

    Parameters and errors are those of `compare`.
    """
    print(compare(label, left, right, terms=terms))


def compare(label: str, left: ArrayLike, right: ArrayLike, *, terms: int) -> Check:
    """Compare both sides of an equation.

    Errors are relative to the largest entry. The bound is what rounding allows a sum of ``terms``
    products, twice over because both sides are rounded: ``2 terms eps``, with the machine epsilon
    of the coarser side. ``terms=0`` demands equality.

    A check that could not fail is refused: sides that share memory, differ in shape, or are
    constant throughout; and the check must reject its own left side times 1 + 1e-4, with the sign
    turned, and transposed where that changes it.

    Parameters
    ----------
    label : str
        The label of an equation on the same page, such as "eq-softmax".
    left, right : arrays of one shape, from different computations
    terms : int
        The length of the longest sum on the way to an entry.

    Raises
    ------
    AssertionError
        If the sides differ by more than the bound, or the check could not have failed.
    """
    sides = np.asarray(left), np.asarray(right)
    _refuse_toothless(label, *sides)
    bound = 2 * terms * max(_epsilon(side) for side in sides)
    error = _error(*sides)
    if not error <= bound:
        raise AssertionError(f"{label} fails: worst error {error:.1e}, bound {bound:.1e}")
    refused = []
    for name, perturbed in _perturbations(sides[0]):
        if _error(perturbed, sides[1]) <= bound:
            raise AssertionError(f"{label}: the check does not notice {name}")
        refused.append(name)
    return Check(label, error, bound, tuple(refused))


def _refuse_toothless(label: str, left: Array, right: Array) -> None:
    if left.shape != right.shape:
        raise AssertionError(f"{label}: shapes {left.shape} and {right.shape} differ")
    if np.may_share_memory(left, right):
        raise AssertionError(f"{label}: both sides are the same memory")
    for side in (left, right):
        if side.size < 2 or (side == side.flat[0]).all():
            raise AssertionError(f"{label}: a side is constant, nearly anything would equal it")


def _epsilon(side: Array) -> float:
    inexact = np.issubdtype(side.dtype, np.inexact)
    return float(np.finfo(side.dtype if inexact else np.float64).eps)


def _error(left: Array, right: Array) -> float:
    scale = np.abs(right).max()
    return float(np.abs(left.astype(np.result_type(left, 1.0)) - right).max() / scale)


def _perturbations(side: Array) -> Iterator[tuple[str, Array]]:
    yield "a factor 1 + 1e-4", side * (1 + 1e-4)
    yield "a turned sign", side * -1.0
    if side.ndim == 2 and side.shape[0] == side.shape[1] and not np.allclose(side, side.T):
        yield "a transpose", side.T


def claim(condition: object, text: str) -> None:
    """Print a sentence that the build has found true; raise AssertionError if it is not.

    Parameters
    ----------
    condition : bool or array of bool
        Over all seeds shown: every entry must be true, and there must be one.
    text : str
    """
    holds = np.asarray(condition)
    if holds.dtype != bool or holds.size == 0:
        raise AssertionError(f"a claim needs true or false, got {condition!r}: {text}")
    if not holds.all():
        raise AssertionError(f"not so: {text} ({int(holds.sum())} of {holds.size} hold)")
    print(f"holds: {text}")


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


def spread(values: Sequence[float] | Array, scale: float = 1.0) -> str:
    """Return mean ± standard deviation, rounded to the first digit of the deviation.

    Parameters
    ----------
    values : at least two numbers, one for each seed
    scale : float
        100 turns shares into per cent.

    Examples
    --------
    >>> print(spread([0.8731, 0.8702, 0.8764], scale=100))
    87.3 ± 0.3
    """
    numbers = np.asarray(values, float) * scale
    deviation = float(numbers.std(ddof=1)) if numbers.size > 1 else 0.0
    if not deviation > 0:
        raise ValueError(f"a spread needs at least two different values, got {values!r}")
    digits = max(0, -math.floor(math.log10(deviation)))
    if round(deviation, digits) >= 10.0 ** (1 - digits):
        digits = max(0, digits - 1)
    return f"{numbers.mean():.{digits}f}\u00a0±\u00a0{deviation:.{digits}f}"


def figure_style() -> None:
    """Set Matplotlib to the book's style: sharp vectors on white, legible at phone width."""
    import matplotlib as mpl
    from matplotlib_inline.backend_inline import set_matplotlib_formats

    set_matplotlib_formats("svg")
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
