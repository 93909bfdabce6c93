"""A network of any depth: affine maps with ReLU, or another activation, between them.

Parameters are a flat sequence W1, b1, ..., WL, bL; L = 1 is the linear model, and at L = 2 every
result has the bits of `nnfs.network`. Conventions are those of that module. Layer l is fed with
A(l-1), where A0 is X; X itself is touched by `functions.affine`, `functions.affine_gradients` and
its shape only.

Dropout multiplies the hidden activations by masks, which are arguments: a gradient with fixed
masks is a function like any other and can be checked like any other.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from nnfs import activations, arguments
from nnfs.activations import Activation
from nnfs.functions import (
    affine,
    affine_adjoint,
    affine_gradients,
    cross_entropy,
    cross_entropy_gradient,
    one_hot,
    softmax,
)
from nnfs.scores import count_correct
from nnfs.tiles import takes_tiles
from nnfs.types import Array


class Inputs(list[Array]):
    """What each layer is fed with: X, A1, ..., A(L-1).

    Attributes
    ----------
    before : list of L - 1 arrays
        Z1, ..., Z(L-1): what the activations were taken of.
    """

    def __init__(self, arrays: Sequence[Array]) -> None:
        super().__init__(arrays)
        self.before: list[Array] = []


def forward(
    params: Sequence[Array],
    X: Array,
    masks: Sequence[Array] = (),
    activation: Activation | str | None = None,
) -> tuple["Inputs", Array]:
    """Return what each layer is fed with, and the logits.

    Parameters
    ----------
    params : sequence W1, b1, ..., WL, bL; Wl is (h_l, h_(l-1)), bl is (h_l, 1), h_0 = n, h_L = c
    X : (..., n, m) array
    masks : sequence of L - 1 arrays, optional
        Factors (h_l, m) of the hidden activations, such as `nnfs.regularise.dropout_masks` draws.
    activation : Activation, or the name of one, optional
        Of the hidden layers; by default that of params, which is ReLU unless they say otherwise.

    Returns
    -------
    inputs : Inputs, a list of L arrays
        X, A1, ..., A(L-1), each hidden one (..., h_l, m), after activation and mask.
    Z : (..., c, m) array
        The logits of the last layer.

    Raises
    ------
    ValueError
        If a shape does not fit, with both shapes, or logits overflow. The latter is not said within
        ``np.errstate(invalid="ignore")``.

    Notes
    -----
    Book: :eq:`eq-forward-depth`. Source: Goodfellow, Bengio and Courville, Deep Learning (2016),
    algorithm 6.3.
    """
    value = activations.of(params, activation).value
    params, X = arguments.blocks(params), arguments.matrix(X)
    arguments.shapes(params, X)
    if masks:
        _check_masks(masks, params, X.shape[-1])
    W1, b1, *others = params
    with arguments.overflow_to_be_told():
        inputs, Z = Inputs([X]), affine(W1, b1, X)
        pairs = zip(arguments.weights(others), arguments.biases(others), strict=True)
        for layer, (W, b) in enumerate(pairs):
            A = value(Z)
            inputs.before.append(Z)
            inputs.append(A * masks[layer] if masks else A)
            Z = affine(W, b, inputs[-1])
    arguments.finite_logits(Z, params, X)
    return inputs, Z


def _check_masks(masks: Sequence[Array], params: Sequence[Array], m: int) -> None:
    """Check that there is one mask for each hidden layer, of its units and the m examples."""
    expected = [(len(b), m) for b in arguments.biases(params)[:-1]]
    found = [np.shape(mask) for mask in masks]
    if found != expected:
        raise ValueError(
            f"masks have shapes {found}; expected {expected}, one for each hidden layer, (units, m)"
        )


def backward(
    params: Sequence[Array],
    inputs: Sequence[Array],
    Z: Array,
    Y: Array,
    masks: Sequence[Array] = (),
    activation: Activation | str | None = None,
) -> Any:
    """Return the gradients of the mean loss with respect to all parameters.

    Parameters
    ----------
    params, masks, activation : as for `forward`
    inputs, Z : what `forward` returned for them
    Y : (..., c, m) one-hot labels

    Returns
    -------
    gradients : of the type of params
        dW1, db1, ..., dWL, dbL, each of the shape of its parameter.

    Notes
    -----
    Book: :eq:`eq-backward-depth`. Source: Goodfellow, Bengio and Courville (2016), algorithm 6.4.
    """
    slope, before = activations.of(params, activation).slope, _before(inputs)
    params = arguments.blocks(params)
    dZ = cross_entropy_gradient(softmax(Z), Y)
    gradients = [*affine_gradients(dZ, inputs[-1])]
    for layer in reversed(range(1, len(inputs))):
        dZ = affine_adjoint(params[2 * layer], dZ) * slope(before[layer - 1])
        if masks:
            dZ = dZ * masks[layer - 1]
        gradients = [*affine_gradients(dZ, inputs[layer - 1]), *gradients]
    return arguments.rebuilt(params, gradients)


def _before(inputs: Sequence[Array]) -> Sequence[Array]:
    """Return what the activations were taken of."""
    if not isinstance(inputs, Inputs):
        raise ValueError(
            f"inputs are a {type(inputs).__name__}; expected what nnfs.layers.forward returned, "
            "which also holds Z1, ..., Z(L-1)"
        )
    return inputs.before


@takes_tiles
def gradient(
    params: Sequence[Array],
    X: Array,
    y: Array,
    masks: Sequence[Array] = (),
    activation: Activation | str | None = None,
) -> tuple[Any, int, Any]:
    """Return loss, number of correct answers and gradients for one part of the data.

    Parameters
    ----------
    params, X, masks, activation : as for `forward`
    y : (m,) integer labels

    Returns
    -------
    loss : scalar, nats
        The mean over the m examples.
    correct : int
        How many of the m examples have their largest logit at the true class.
    gradients : of the type of params
        Of the mean loss.
    """
    Y = one_hot(y, n_classes=np.shape(params[-1])[-2])
    inputs, Z = forward(params, X, masks, activation)
    correct = count_correct(Z, np.asarray(y))
    gradients = backward(params, inputs, Z, Y, masks, activation)
    return cross_entropy(Z, Y), correct, gradients


def predict(params: Sequence[ArrayLike], X: ArrayLike) -> Array:
    """Return the most probable class of every example.

    Parameters
    ----------
    params : Parameters, or W1, b1, ..., WL, bL of any depth
    X : (n, m) array

    Returns
    -------
    (m,) array of int64

    Raises
    ------
    ValueError
        If a shape does not fit, an entry of X or of the parameters is not a finite number, or the
        logits overflow.

    Warns
    -----
    ScaleWarning
        If params say what data they were trained on, and X is of another scale.
    """
    return _predict(params, X)


def _predict(params: Sequence[ArrayLike], X: ArrayLike) -> Array:
    X = arguments.examples(X)
    blocks = [
        arguments.array(P, arguments.name(place))
        for place, P in enumerate(arguments.parameters(params))
    ]
    arguments.finite(blocks)
    with np.errstate(invalid="warn"):
        Z = forward(blocks, X, activation=activations.of(params))[1]
    if (data_range := getattr(params, "data_range", None)) is not None:
        arguments.warn_other_scale(X, data_range, stacklevel=3)
    return np.asarray(Z.argmax(axis=-2))


def accuracy(params: Sequence[ArrayLike], X: ArrayLike, y: ArrayLike) -> float:
    """Return the share of examples, 0 to 1, whose most probable class is their label.

    Parameters
    ----------
    params : Parameters, or W1, b1, ..., WL, bL of any depth
    X : (n, m) array
    y : (m,) integer labels

    Returns
    -------
    float

    Raises
    ------
    ValueError
        As `predict`; also if a label is outside 0..c-1 or their number is not m.

    Warns
    -----
    ScaleWarning
        As `predict`.
    """
    answers = _predict(params, X)
    y = arguments.labels(y, np.shape(params[-1])[-2], answers.size)
    return float(np.mean(answers == y))
