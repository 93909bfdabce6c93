"""All numbers of a small network at one example, computed by nnfs, each by the name the page uses.

Entries are named as in NumPy: ``W1[0,1]``, ``b1[0]``, ``Z1[0]``, ``dW1[0,1]``, and ``J`` for the
loss.
"""

from collections.abc import Sequence

import numpy as np

import nnfs
from nnfs import functions
from nnfs.types import Array


def named(name: str, values: Array) -> dict[str, float]:
    """Return the entries of a matrix, or of a column, by their names."""
    if values.shape[1] == 1:
        return {f"{name}[{i}]": float(value) for i, value in enumerate(values[:, 0])}
    return {f"{name}[{i},{j}]": float(value) for (i, j), value in np.ndenumerate(values)}


def weights(name: str, values: Array) -> dict[str, float]:
    """Return the entries of a weight matrix, with two indices even where it has one column."""
    return {f"{name}[{i},{j}]": float(value) for (i, j), value in np.ndenumerate(values)}


def state(params: Sequence[Array], x: Array, y: int) -> dict[str, float]:
    """Return every number of a forward and a backward pass.

    Parameters
    ----------
    params : Parameters
        W1 (h, n), b1 (h, 1), W2 (c, h), b2 (c, 1); the hidden layer is ReLU.
    x : (n,) array
    y : int
        The class, from 0 to c - 1.

    Returns
    -------
    dict from name to number
    """
    W1, b1, W2, b2 = params
    X = np.asarray(x, float).reshape(-1, 1)
    Y = functions.one_hot(np.array([y]), n_classes=W2.shape[0])
    there = nnfs.forward(params, X)
    grads = nnfs.backward(params, there, X, Y)
    dZ2 = functions.cross_entropy_gradient(there.A2, Y)
    dA1 = functions.affine_adjoint(W2, dZ2)
    found = {**weights("W1", W1), **named("b1", b1), **weights("W2", W2), **named("b2", b2)}
    blocks = {"X": X, "Y": Y, "Z1": there.Z1, "A1": there.A1, "Z2": there.Z2, "A2": there.A2}
    blocks |= {"dZ2": dZ2, "dA1": dA1, "dZ1": dA1 * functions.relu_mask(there.Z1)}
    for name, block in blocks.items():
        found |= named(name, np.asarray(block, float))
    found |= {**weights("dW1", grads.W1), **named("db1", grads.b1)}
    found |= {**weights("dW2", grads.W2), **named("db2", grads.b2)}
    return found | {"J": float(functions.cross_entropy(there.Z2, Y))}
