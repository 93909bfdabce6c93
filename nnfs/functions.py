"""The functions that a network is made of, each beside its derivative or adjoint.

Conventions: units stand on axis -2 and examples on axis -1, so a column is one example; axes
before these are a stack of independent matrices. m is the number of examples, the length of
axis -1. Arrays have any inexact dtype, complex included (the complex step of
`nnfs.check_gradients` needs that), and results the dtype of NumPy's promotion. Logits and
activations have no unit; losses are in nats.

Functions that average over examples are the only places where 1/m stands.
"""

import numpy as np
from numpy.typing import ArrayLike

from nnfs import arguments, room
from nnfs.types import Array


def affine(W: Array, b: Array, X: Array) -> Array:
    """Return ``Z = W X + b``, the bias b added to every column.

    Parameters
    ----------
    W : (..., k, n) weights
    b : (..., k, 1) biases
    X : (..., n, m) inputs

    Returns
    -------
    (..., k, m) array

    Notes
    -----
    Book: :eq:`eq-affine`. Source: Goodfellow, Bengio and Courville, Deep Learning (2016), 6.1.
    """
    return W @ X + b


def affine_gradients(dZ: Array, X: Array) -> tuple[Array, Array]:
    """Return the gradients ``dW = dZ X^T / m`` and ``db = dZ 1 / m`` of a mean over examples.

    The bias was broadcast along the examples, so its gradient sums along the examples, and along
    nothing else.

    Parameters
    ----------
    dZ : (..., k, m) array
        Column i: the gradient of example i's own loss with respect to column i of Z.
    X : (..., n, m) inputs of the affine map

    Returns
    -------
    dW : (..., k, n) array
    db : (..., k, 1) array

    Notes
    -----
    Book: :eq:`eq-dw`, :eq:`eq-db`. Source: Bishop, Pattern Recognition and Machine Learning
    (2006), 5.3.
    """
    m = X.shape[-1]
    return dZ @ X.mT / m, dZ.sum(axis=-1, keepdims=True) / m


def affine_adjoint(W: Array, dZ: Array) -> Array:
    """Return ``dX = W^T dZ``: what reaches the input of an affine map from its output.

    Parameters
    ----------
    W : (..., k, n) weights
    dZ : (..., k, m) array

    Returns
    -------
    (..., n, m) array

    Notes
    -----
    Book: :eq:`eq-da`. Source: Bishop (2006), 5.3.
    """
    return W.mT @ dZ


def relu(Z: ArrayLike) -> Array:
    """Return ``max(0, z)`` of every entry.

    A complex z goes by its real part, and at 0 by its imaginary part; NaN stays NaN.

    Parameters
    ----------
    Z : array of any shape

    Returns
    -------
    array of the shape and dtype of Z

    Notes
    -----
    Book: :eq:`eq-relu`. Source: Nair and Hinton, Rectified linear units improve restricted
    Boltzmann machines (ICML 2010).
    """
    return np.asarray(np.maximum(Z, 0))[()]


def relu_mask(Z: ArrayLike) -> Array:
    """Return 1[z > 0], the derivative of ReLU, with 0 chosen at z = 0.

    Parameters
    ----------
    Z : array of any shape
        The input of ReLU. Its output serves as well, since z > 0 exactly when max(0, z) > 0.

    Returns
    -------
    array of bool of the shape of Z

    Notes
    -----
    Book: :eq:`eq-relu-slope`. Source: Goodfellow, Bengio and Courville (2016), 6.3.
    """
    return np.asarray(np.greater(Z, 0))[()]


def log_softmax(Z: ArrayLike) -> Array:
    """Return the logarithms of softmax, ``z - log(sum(exp(z)))`` down each column.

    The largest logit of a column is subtracted first. This changes nothing in exact arithmetic
    and keeps every exponential in (0, 1].

    Parameters
    ----------
    Z : (..., classes, m) logits

    Returns
    -------
    (..., classes, m) array, nats

    Raises
    ------
    ValueError
        If Z has fewer than two axes or no class, or is not of numbers.

    Notes
    -----
    Book: :eq:`eq-log-softmax`.

    Source: Blanchard, Higham and Higham, Accurately computing the log-sum-exp and softmax
    functions (IMA Journal of Numerical Analysis, 2021).
    """
    S = _shifted(Z)
    return np.asarray(S - np.log(np.exp(S).sum(axis=-2, keepdims=True)))


def softmax(Z: ArrayLike) -> Array:
    """Return ``exp(z) / sum(exp(z))`` down each column: positive, with sum 1.

    Computed after subtraction of each column's largest logit, as in `log_softmax`. A logit of -inf
    is a probability of 0. A column with inf or NaN, or with nothing but -inf, has no probabilities:
    it is NaN, with NumPy's warning.

    Parameters
    ----------
    Z : (..., classes, m) logits

    Returns
    -------
    (..., classes, m) array of probabilities

    Raises
    ------
    ValueError
        If Z has fewer than two axes or no class, or is not of numbers.

    Notes
    -----
    Book: :eq:`eq-softmax`.

    Source: Bridle, Probabilistic interpretation of feedforward classification network outputs
    (1990).

    Examples
    --------
    >>> softmax([[1.3], [5.1], [2.2]]).round(4).ravel().tolist()
    [0.0208, 0.9282, 0.0511]
    """
    E = np.exp(_shifted(Z))
    return np.asarray(E / E.sum(axis=-2, keepdims=True))


def cross_entropy(Z2: ArrayLike, Y: ArrayLike) -> Array:
    """Return the mean over examples of ``-log p(true class)``, from logits.

    Taken from logits and not from probabilities: a probability that rounds to 0 would make the
    loss infinite, its logarithm is still an ordinary number. The loss is infinite where the true
    class has a logit of -inf, and takes no notice of such a logit elsewhere.

    Parameters
    ----------
    Z2 : (..., classes, m) logits
    Y : (..., classes, m) one-hot labels

    Returns
    -------
    scalar, or (...) array for a stack; nats

    Raises
    ------
    ValueError
        If the shapes differ, or there is no example.

    Notes
    -----
    Book: :eq:`eq-cross-entropy`. Source: Bishop (2006), 4.3.4.
    """
    logits, targets = np.asarray(Z2), np.asarray(Y)
    if logits.shape != targets.shape:
        raise ValueError(f"logits have shape {logits.shape}, one-hot labels {targets.shape}")
    if logits.size == 0:
        raise ValueError(f"logits have shape {logits.shape}; expected one example at least")
    # 0 times a logarithm is 0, also that of a class that a logit of -inf has ruled out.
    log_p = np.where(targets == 0, 0, log_softmax(logits))
    return np.asarray(-(targets * log_p).sum(axis=-2).mean(axis=-1))[()]


def cross_entropy_gradient(A2: Array, Y: Array) -> Array:
    """Return ``dZ2 = A2 - Y``: column i is the gradient of its loss with respect to its logits.

    Parameters
    ----------
    A2 : (..., classes, m) probabilities, the softmax of the logits
    Y : (..., classes, m) one-hot labels

    Returns
    -------
    (..., classes, m) array

    Notes
    -----
    Book: :eq:`eq-dz2`. Source: Bishop (2006), 4.3.4.
    """
    return A2 - Y


def one_hot(labels: ArrayLike, n_classes: int = 10) -> Array:
    """Return the one-hot matrix of labels: column i has its 1 in row ``labels[i]``.

    The number of rows is an argument and not ``labels.max() + 1``, so that a batch that lacks
    the last class keeps its shape.

    Parameters
    ----------
    labels : (m,) array of integers in 0..n_classes-1
    n_classes : int
        The number of rows.

    Returns
    -------
    (n_classes, m) array of float32

    Raises
    ------
    ValueError
        If labels are not a vector of integers in 0..n_classes-1, or there is no memory for the
        matrix.

    Notes
    -----
    Book: :eq:`eq-one-hot`. Source: Bishop (2006), 4.3.4.

    Examples
    --------
    >>> one_hot([2, 0], n_classes=3).tolist()
    [[0.0, 1.0], [0.0, 0.0], [1.0, 0.0]]
    """
    n_classes = arguments.whole_number(n_classes, "n_classes", at_least=1)
    y = arguments.labels(labels, n_classes)
    size = np.dtype(np.float32).itemsize * n_classes * y.size
    with room.needed(size, f"a one-hot matrix of {n_classes} classes", "take fewer classes"):
        Y = np.zeros((n_classes, y.size), np.float32)
        Y[y, np.arange(y.size)] = 1
    return Y


def _shifted(Z: ArrayLike) -> Array:
    logits = np.asarray(Z)
    if logits.ndim < 2:
        raise ValueError(
            f"logits have shape {logits.shape}; pass one example as a column, z[:, np.newaxis]"
        )
    if logits.shape[-2] == 0 or logits.dtype.kind not in "fciub":
        raise ValueError(
            f"logits have shape {logits.shape} and dtype {logits.dtype}; expected numbers, "
            "(..., classes, m)"
        )
    if logits.dtype.kind in "iub":
        # The difference of two small integers need not be one.
        logits = logits.astype(np.float64)
    return np.asarray(logits - logits.max(axis=-2, keepdims=True))
