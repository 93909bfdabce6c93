"""Softmax regression: one affine map and softmax, the network without a hidden layer.

Conventions as in `nnfs.network`: X is (n, m), the parameters are W (c, n) and b (c, 1).
"""

from collections.abc import Sequence

from nnfs import functions, scores
from nnfs.arguments import Array
from nnfs.tiles import takes_tiles


def gradient(params: Sequence[Array], X: Array, y: Array) -> tuple[Array, int, list[Array]]:
    """Return loss, number of correct answers and gradients, in the form `nnfs.train` takes."""
    W, b = params
    Y = functions.one_hot(y, n_classes=W.shape[0])
    Z = functions.affine(W, b, X)
    dZ = functions.cross_entropy_gradient(functions.softmax(Z), Y)
    correct = scores.count_correct(Z, y)
    return functions.cross_entropy(Z, Y), correct, list(functions.affine_gradients(dZ, X))


takes_tiles(gradient)
