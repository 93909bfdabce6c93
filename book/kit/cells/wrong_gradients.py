"""A gallery of wrong gradients, each in the form that `nnfs.train` takes.

Every function is a whole gradient of the two-layer network with one fault in it. Conventions are
those of `nnfs.network`; what is right is called from there and from `nnfs.functions`.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from nnfs.arguments import Array
from nnfs.functions import (
    affine,
    affine_adjoint,
    affine_gradients,
    cross_entropy,
    log_softmax,
    one_hot,
    relu,
    relu_mask,
)
from nnfs.network import Activations, Parameters, forward, gradient
from nnfs.tiles import takes_tiles

Params = Sequence[Array]
Gradient = Callable[[Params, Array, Array], tuple[Any, int, Parameters]]
Update = Callable[[Parameters, Parameters, float], Parameters]
Backward = Callable[[Parameters, Activations, Array, Array], Parameters]


def with_backward(backward: Backward) -> Gradient:
    """Return the gradient function that runs the right forward pass and this backward pass."""

    def wrong(params: Params, X: Array, y: Array) -> tuple[Any, int, Parameters]:
        activations = forward(params, X)
        Y = one_hot(y, n_classes=activations.Z2.shape[0])
        loss = cross_entropy(activations.Z2, Y)
        correct = int((activations.Z2.argmax(axis=0) == y).sum())
        return loss, correct, backward(Parameters(*params), activations, X, Y)

    wrong.__name__, wrong.__doc__ = backward.__name__, backward.__doc__
    return wrong


@with_backward
def scalar_db(params: Parameters, activations: Activations, X: Array, Y: Array) -> Parameters:
    """Sum the bias gradients over the whole matrix, as the original program does."""
    m = X.shape[-1]
    dZ2 = activations.A2 - Y
    dW2, _ = affine_gradients(dZ2, activations.A1)
    dZ1 = affine_adjoint(params.W2, dZ2) * relu_mask(activations.Z1)
    dW1, _ = affine_gradients(dZ1, X)
    db1, db2 = (np.full_like(b, dZ.sum() / m) for b, dZ in ((params.b1, dZ1), (params.b2, dZ2)))
    return Parameters(dW1, db1, dW2, db2)


@with_backward
def missing_mask(params: Parameters, activations: Activations, X: Array, Y: Array) -> Parameters:
    """Take the mask from ``A1 >= 0``, which is true everywhere."""
    dZ2 = activations.A2 - Y
    dW2, db2 = affine_gradients(dZ2, activations.A1)
    dZ1 = affine_adjoint(params.W2, dZ2) * (activations.A1.real >= 0)
    dW1, db1 = affine_gradients(dZ1, X)
    return Parameters(dW1, db1, dW2, db2)


@with_backward
def lost_transpose(params: Parameters, activations: Activations, X: Array, Y: Array) -> Parameters:
    """Multiply by W2 where its transpose belongs."""
    dZ2 = activations.A2 - Y
    dW2, db2 = affine_gradients(dZ2, activations.A1)
    dZ1 = (params.W2 @ dZ2) * relu_mask(activations.Z1)
    dW1, db1 = affine_gradients(dZ1, X)
    return Parameters(dW1, db1, dW2, db2)


@with_backward
def averaged_twice(params: Parameters, activations: Activations, X: Array, Y: Array) -> Parameters:
    """Divide by m in dZ2, and again where the examples are added."""
    m = X.shape[-1]
    dZ2 = (activations.A2 - Y) / m
    dW2, db2 = affine_gradients(dZ2, activations.A1)
    dZ1 = affine_adjoint(params.W2, dZ2) * relu_mask(activations.Z1)
    dW1, db1 = affine_gradients(dZ1, X)
    return Parameters(dW1, db1, dW2, db2)


@with_backward
def never_averaged(params: Parameters, activations: Activations, X: Array, Y: Array) -> Parameters:
    """Forget 1/m: the gradient of the sum under the name of the mean."""
    dZ2 = activations.A2 - Y
    dZ1 = affine_adjoint(params.W2, dZ2) * relu_mask(activations.Z1)
    dW2, db2 = dZ2 @ activations.A1.T, dZ2.sum(axis=1, keepdims=True)
    dW1, db1 = dZ1 @ X.T, dZ1.sum(axis=1, keepdims=True)
    return Parameters(dW1, db1, dW2, db2)


@with_backward
def flipped_sign(params: Parameters, activations: Activations, X: Array, Y: Array) -> Parameters:
    """Write Y - A2 on the way to the first layer."""
    dZ2 = activations.A2 - Y
    dW2, db2 = affine_gradients(dZ2, activations.A1)
    dZ1 = affine_adjoint(params.W2, Y - activations.A2) * relu_mask(activations.Z1)
    dW1, db1 = affine_gradients(dZ1, X)
    return Parameters(dW1, db1, dW2, db2)


@with_backward
def sigmoid_slope(params: Parameters, activations: Activations, X: Array, Y: Array) -> Parameters:
    """Multiply by A2 (1 - A2) once more, a habit from sigmoid units."""
    dZ2 = (activations.A2 - Y) * activations.A2 * (1 - activations.A2)
    dW2, db2 = affine_gradients(dZ2, activations.A1)
    dZ1 = affine_adjoint(params.W2, dZ2) * relu_mask(activations.Z1)
    dW1, db1 = affine_gradients(dZ1, X)
    return Parameters(dW1, db1, dW2, db2)


@with_backward
def before_relu(params: Parameters, activations: Activations, X: Array, Y: Array) -> Parameters:
    """Take Z1 for the second layer's input, where A1 belongs."""
    dZ2 = activations.A2 - Y
    dW2, db2 = affine_gradients(dZ2, activations.Z1)
    dZ1 = affine_adjoint(params.W2, dZ2) * relu_mask(activations.Z1)
    dW1, db1 = affine_gradients(dZ1, X)
    return Parameters(dW1, db1, dW2, db2)


def softmax_across_examples(params: Params, X: Array, y: Array) -> tuple[Any, int, Parameters]:
    """Let the probabilities of a class sum to one over the examples."""
    params = Parameters(*params)
    Z1, A1, Z2, _ = forward(params, X)
    log_A2 = log_softmax(Z2.T).T
    A2, Y = np.exp(log_A2), one_hot(y, n_classes=Z2.shape[0])
    loss = -(Y * log_A2).sum() / y.size
    dW2, db2 = affine_gradients(A2 - Y, A1)
    dZ1 = affine_adjoint(params.W2, A2 - Y) * relu_mask(Z1)
    dW1, db1 = affine_gradients(dZ1, X)
    correct = int((A2.argmax(axis=0) == y).sum())
    return loss, correct, Parameters(dW1, db1, dW2, db2)


def with_exponentials(exponentials: Callable[[Array], Array]) -> Gradient:
    """Return the gradient function whose softmax and loss divide these exponentials of the logits.

    Parameters
    ----------
    exponentials : function (Z) -> array of its shape
        ``exp(z - s)`` of every logit, whatever s is. On paper no s changes a result, provided
        that all classes of an example have the same; in floating point it decides what overflows.
    """

    def unsafe(params: Params, X: Array, y: Array) -> tuple[Any, int, Parameters]:
        params = Parameters(*params)
        Z1 = affine(params.W1, params.b1, X)
        A1 = relu(Z1)
        E = exponentials(affine(params.W2, params.b2, A1))
        A2 = E / E.sum(axis=0)
        Y = one_hot(y, n_classes=A2.shape[0])
        loss = -np.log((A2 * Y).sum(axis=0)).mean()
        dW2, db2 = affine_gradients(A2 - Y, A1)
        dZ1 = affine_adjoint(params.W2, A2 - Y) * relu_mask(Z1)
        dW1, db1 = affine_gradients(dZ1, X)
        correct = int((A2.argmax(axis=0) == y).sum())
        return loss, correct, Parameters(dW1, db1, dW2, db2)

    unsafe.__name__, unsafe.__doc__ = exponentials.__name__, exponentials.__doc__
    return unsafe


@with_exponentials
def naive_softmax(Z: Array) -> Array:
    """Raise e to the logits as they are: right on paper, and not in floating point."""
    return np.asarray(np.exp(Z))


@with_exponentials
def batch_maximum(Z: Array) -> Array:
    """Subtract the largest logit of the whole batch, where each example needs its own."""
    return np.asarray(np.exp(Z - Z.real.max()))


def sum_of_differences(params: Params, X: Array, y: Array) -> tuple[Any, int, Parameters]:
    """Report the size of the sum of Y - A2 for a loss, as the original program does."""
    _, correct, gradients = gradient(params, X, y)
    A2 = forward(params, X).A2
    loss = np.abs((one_hot(y, n_classes=A2.shape[0]) - A2).sum())
    return loss, correct, gradients


WRONG_GRADIENTS: tuple[Gradient, ...] = (
    scalar_db,
    missing_mask,
    lost_transpose,
    averaged_twice,
    never_averaged,
    flipped_sign,
    sigmoid_slope,
    before_relu,
    softmax_across_examples,
)
"""Gradients that are not those of their loss."""

OTHER_FAULTS: tuple[Gradient, ...] = (naive_softmax, batch_maximum, sum_of_differences)
"""Faults that are not in the gradient."""


def wrong_name(params: Parameters, gradients: Parameters, alpha: float) -> Parameters:
    """Compute new biases, and go on with the old ones."""
    new = Parameters(*(P - alpha * G for P, G in zip(params, gradients, strict=True)))
    return params._replace(W1=new.W1, W2=new.W2)


def flat_biases(params: Parameters, gradients: Parameters, alpha: float) -> Parameters:
    """Take flat bias gradients, (h,) and (c,), from columns."""
    flat = gradients._replace(b1=gradients.b1[:, 0], b2=gradients.b2[:, 0])
    return Parameters(*(P - alpha * G for P, G in zip(params, flat, strict=True)))


WRONG_UPDATES: tuple[Update, ...] = (wrong_name, flat_biases)
"""Faults in the step, behind a right gradient."""

for fault in (*WRONG_GRADIENTS, *OTHER_FAULTS):
    takes_tiles(fault)

gallery: dict[str, Gradient] = {"right": gradient} | {
    fault.__name__.replace("_", " "): fault for fault in (*WRONG_GRADIENTS, *OTHER_FAULTS)
}
"""All that can be trained in place of the right gradient, and that one, by their names."""
