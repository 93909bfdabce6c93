"""A network of any depth: affine maps with ReLU between them, the two-layer network in a loop.

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

from nnfs import arguments
from nnfs.arguments import Array
from nnfs.functions import (
    affine,
    affine_adjoint,
    affine_gradients,
    cross_entropy,
    cross_entropy_gradient,
    one_hot,
    relu,
    relu_mask,
    softmax,
)
from nnfs.scores import count_correct
from nnfs.tiles import takes_tiles


def forward(
    params: Sequence[Array], X: Array, masks: Sequence[Array] = ()
) -> tuple[list[Array], Array]:
    """Return what each layer is fed with, and the logits.

    Parameters
    ----------
    params : sequence W1, b1, ..., WL, bL; Wl is (h_l, h_(l-1)), bl is (h_l, 1), h_0 = n, h_L = c
    X : (..., n, m) array
    masks : sequence of L - 1 arrays, optional
        Factors (h_l, m) of the hidden activations, such as `nnfs.regularise.dropout_masks` draws.

    Returns
    -------
    inputs : list of L arrays
        X, A1, ..., A(L-1), each hidden one (..., h_l, m), after ReLU and mask.
    Z : (..., c, m) array
        The logits of the last layer.

    Raises
    ------
    ValueError
        If a shape does not fit, with both shapes.

    Notes
    -----
    Book: :eq:`eq-forward-depth`. Source: Goodfellow, Bengio and Courville, Deep Learning (2016),
    algorithm 6.3.
    """
    arguments.shapes(params, X)
    W1, b1, *others = params
    inputs, Z = [X], affine(W1, b1, X)
    for layer, (W, b) in enumerate(zip(others[::2], others[1::2], strict=True)):
        A = relu(Z)
        inputs.append(A * masks[layer] if masks else A)
        Z = affine(W, b, inputs[-1])
    return inputs, Z


def backward(
    params: Sequence[Array],
    inputs: Sequence[Array],
    Z: Array,
    Y: Array,
    masks: Sequence[Array] = (),
) -> Any:
    """Return the gradients of the mean loss by all parameters.

    Parameters
    ----------
    params, masks : as for `forward`
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
    dZ = cross_entropy_gradient(softmax(Z), Y)
    gradients = [*affine_gradients(dZ, inputs[-1])]
    for layer in reversed(range(1, len(inputs))):
        # A layer's activation is positive exactly where its Z is and the mask keeps it.
        dZ = affine_adjoint(params[2 * layer], dZ) * relu_mask(inputs[layer])
        if masks:
            dZ = dZ * masks[layer - 1]
        gradients = [*affine_gradients(dZ, inputs[layer - 1]), *gradients]
    return arguments.rebuilt(params, gradients)


@takes_tiles
def gradient(
    params: Sequence[Array], X: Array, y: Array, masks: Sequence[Array] = ()
) -> tuple[Any, int, Any]:
    """Return loss, number of correct answers and gradients for one part of the data.

    Parameters
    ----------
    params, X, masks : as for `forward`
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
    Y = one_hot(y, n_classes=params[-1].shape[-2])
    inputs, Z = forward(params, X, masks)
    correct = count_correct(Z, np.asarray(y))
    return cross_entropy(Z, Y), correct, backward(params, inputs, Z, Y, masks)


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
        If a shape does not fit, or an entry of X or of the parameters is not a finite number.

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
    Z = forward(blocks, X)[1]
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
