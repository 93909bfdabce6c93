"""A matrix of examples that keeps lit inputs only, cut into tiles; and who may be given one.

A gradient function that touches its examples by ``W @ X``, ``dZ @ X.mT`` and ``X.shape`` alone can
be given `Tiles` and goes faster. It says so by `takes_tiles`; any other is given an ordinary array.
"""

from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np
from numpy.lib.mixins import NDArrayOperatorsMixin
from numpy.typing import NDArray

Array = NDArray[Any]
Function = TypeVar("Function", bound=Callable[..., Any])

TILE = 64
SMALL_PRODUCT = 10**6
"""Multiplications up to which OpenBLAS does not copy its operands."""


def takes_tiles(gradient: Function) -> Function:
    """Say of a gradient function that its X may be `Tiles`; it is returned as it is.

    Parameters
    ----------
    gradient : function (params, X, y) -> (loss, correct, gradients)
        It uses X in ``W @ X``, ``dZ @ X.mT`` (or ``X.T``) and ``X.shape``. What else it does with X
        works too, but turns the tiles into an array each time.

    Returns
    -------
    The same function, with an attribute ``takes_tiles`` that is itself.

    Raises
    ------
    ValueError
        If it is something that takes no attribute, such as a method: wrap it in a function.
    """
    try:
        # Itself, so that a wrapper to which functools.wraps copies the attribute is not marked.
        gradient.takes_tiles = gradient  # type: ignore[attr-defined]
    except AttributeError:
        raise ValueError(
            f"takes_tiles marks a function, and {gradient!r} takes no mark: wrap it in a function"
        ) from None
    return gradient


def taken_by(gradient: Callable[..., Any]) -> bool:
    """Whether a gradient function says that its X may be `Tiles`."""
    mark = getattr(gradient, "takes_tiles", False)
    return mark is getattr(gradient, "__func__", gradient) or (
        mark is True and not hasattr(gradient, "__wrapped__")
    )


def takes_the_same(wrapper: Function, gradient: Callable[..., Any]) -> Function:
    """Mark a function that only hands its X on to a gradient function as that one is marked."""
    return takes_tiles(wrapper) if taken_by(gradient) else wrapper


class Tiles(NDArrayOperatorsMixin):
    """A matrix of examples (n, m) that keeps lit inputs only, in tiles.

    ``W @ X`` and ``dZ @ X.mT`` take the short way. For everything else it is an array: NumPy
    converts it back.

    Parameters
    ----------
    rows : (m, n) array
        One example a row.
    lit : (k,) array of int
        The inputs that are not zero in all rows.

    Notes
    -----
    Book: :eq:`eq-lit`. Source: Goto and van de Geijn, Anatomy of high-performance matrix
    multiplication (2008), on what copying costs.
    """

    def __init__(self, rows: Array, lit: Array) -> None:
        m, n = rows.shape
        count = -(-m // TILE)
        tile = -(-m // count)
        kept = np.zeros((count * tile, lit.size), rows.dtype)
        np.take(rows, lit, axis=1, out=kept[:m])
        self.tiles, self.lit = kept.reshape(count, tile, lit.size), lit
        self.shape, self.ndim, self.dtype = (n, m), 2, rows.dtype

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Array:
        _check_copy(copy)
        full = np.zeros(self.shape, self.dtype if dtype is None else dtype)
        full[self.lit] = self._flat()[: self.shape[1]].T
        return full

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **options: Any) -> Any:
        if ufunc is np.matmul and method == "__call__" and inputs[1] is self and not options:
            return self._times(np.asarray(inputs[0]))
        arrays = (np.asarray(x) if isinstance(x, Tiles | Transposed) else x for x in inputs)
        return getattr(ufunc, method)(*arrays, **options)

    def __getitem__(self, key: Any) -> Any:
        return np.asarray(self)[key]

    @property
    def mT(self) -> "Transposed":
        """The transpose (m, n)."""
        return Transposed(self)

    T = mT

    def _flat(self) -> Array:
        return self.tiles.reshape(-1, self.lit.size)

    def _small(self, factor: Array) -> bool:
        return factor.ndim == 2 and len(factor) * self.tiles[0].size <= SMALL_PRODUCT

    def _times(self, W: Array) -> Array:
        """Return ``W X``, (..., n) times (n, m)."""
        W = W[..., self.lit]
        if self._small(W):
            product = (W @ self.tiles.mT).swapaxes(0, 1).reshape(len(W), -1)
        else:
            product = W @ self._flat().T
        return np.asarray(product[..., : self.shape[1]])

    def transposed_times(self, dZ: Array) -> Array:
        """Return ``dZ X^T``, (..., m) times (m, n)."""
        count, tile, _ = self.tiles.shape
        if spare := count * tile - self.shape[1]:
            dZ = np.pad(dZ, [(0, 0)] * (dZ.ndim - 1) + [(0, spare)])
        if self._small(dZ):
            product = (dZ.reshape(-1, count, tile).swapaxes(0, 1) @ self.tiles).sum(axis=0)
        else:
            product = dZ @ self._flat()
        full = np.zeros((*dZ.shape[:-1], self.shape[0]), product.dtype)
        full[..., self.lit] = product
        return full


class Transposed(NDArrayOperatorsMixin):
    """The transpose (m, n) of `Tiles`."""

    def __init__(self, tiles: Tiles) -> None:
        self.mT = self.T = tiles
        self.shape, self.ndim, self.dtype = tiles.shape[::-1], 2, tiles.dtype

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Array:
        _check_copy(copy)
        return np.asarray(self.mT, dtype).T

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **options: Any) -> Any:
        if ufunc is np.matmul and method == "__call__" and inputs[1] is self and not options:
            return self.mT.transposed_times(np.asarray(inputs[0]))
        return self.mT.__array_ufunc__(ufunc, method, *inputs, **options)

    def __getitem__(self, key: Any) -> Any:
        return np.asarray(self)[key]


def _check_copy(copy: bool | None) -> None:
    if copy is False:
        raise ValueError("tiles hold no array of their shape, so copy=False cannot be met")
