"""Functions of the network, each beside its derivative or adjoint.

Conventions of this module: units stand on axis -2 and examples on axis -1, so one column is one
example, and any axes before these are a stack of independent matrices. Arrays may have any
inexact dtype, complex included, which is what the complex-step check needs; results have the
dtype that NumPy's promotion gives. ``m`` is the number of examples, the length of axis -1.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

type_error = "labels must be integers, one for each example: got dtype {}; convert with astype(int)"


def one_hot(labels: ArrayLike, n_classes: int = 10) -> NDArray[np.float32]:
    """Return the one-hot matrix of integer labels: column i has its 1 in row ``labels[i]``.

    The number of rows is an argument and not ``labels.max() + 1``: a batch that happens to lack
    the last class keeps its shape. Equation `eq-one-hot`.

    Parameters
    ----------
    labels : (m,) array of integers in 0..n_classes-1
    n_classes : int
        Number of classes, the rows of the result.

    Returns
    -------
    (n_classes, m) array of float32, zeros and ones

    Raises
    ------
    ValueError
        If a label is not an integer or lies outside 0..n_classes-1.
    """
    y = np.asarray(labels)
    check_labels(y, n_classes)
    Y = np.zeros((n_classes, y.size), np.float32)
    Y[y, np.arange(y.size)] = 1
    return Y
