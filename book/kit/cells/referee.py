"""Slopes without any formula for them, and arrays printed so that they can be read."""

from collections.abc import Callable
from typing import Any

import numpy as np

from nnfs.arguments import Array


def slopes(function: Callable[[Array], Any], place: Array, step: float = 1e-30) -> Array:
    """Return the derivatives of a function with respect to every entry of an array.

    Each entry in turn gets a tiny imaginary part, and the imaginary part of the result, divided by
    it, is the derivative. Nothing is subtracted, so the result is right to rounding.

    Parameters
    ----------
    function : function (array) -> number or array
        Real for real arguments and analytic; it must accept complex numbers.
    place : array of any shape
    step : float

    Returns
    -------
    derivatives : array of shape ``(*of the result, *of place)``
        For a number that is the gradient; for a column of a column, the Jacobian matrix.

    Notes
    -----
    Source: Squire and Trapp, Using complex variables to estimate derivatives (SIAM Review, 1998).

    Examples
    --------
    >>> slopes(lambda x: x[0] * x[1] ** 2, np.array([3.0, 2.0])).tolist()
    [4.0, 12.0]
    """
    place = np.asarray(place)
    found = []
    for entry in np.ndindex(place.shape):
        moved = place.astype(complex)
        moved[entry] += 1j * step
        found.append(np.imag(function(moved)) / step)
    columns = np.stack([np.asarray(one) for one in found], axis=-1)
    return columns.reshape((*columns.shape[:-1], *place.shape))


def show(*, digits: int = 2, **arrays: Array) -> None:
    """Print each array with its name and its shape, a row of it a line, numbers below numbers.

    Examples
    --------
    >>> show(A2=np.array([[0.25, 1.0], [0.75, -0.001]]), b=np.array([[3.0]]))
    A2  2 × 2   0.25  1.00
                0.75  0.00
    b   1 × 1   3.00
    """
    matrices = {name: np.atleast_2d(array) for name, array in arrays.items()}
    heads = {name: " × ".join(map(str, array.shape)) for name, array in matrices.items()}
    texts = {name: [_row(row, digits) for row in array] for name, array in matrices.items()}
    entries = [text for rows in texts.values() for row in rows for text in row]
    width = max(map(len, entries)) + 2
    first, second = max(map(len, heads)), max(map(len, heads.values()))
    for name, rows in texts.items():
        for number, row in enumerate(rows):
            head = f"{name:{first}}  {heads[name]:{second}}" if number == 0 else ""
            line = "".join(text.rjust(width) for text in row)
            print(f"{head:{first + 2 + second}} {line}")


def _row(row: Array, digits: int) -> list[str]:
    """Return the numbers of a row as texts; one that is rounded to zero has no sign."""
    texts = [f"{number:.{digits}f}" for number in row]
    return [text.lstrip("-") if float(text) == 0 else text for text in texts]
