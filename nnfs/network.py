"""The two-layer network: affine map, ReLU, affine map, softmax; and its gradients.

Conventions: X is (n, m), n inputs by m examples, one example a column; h hidden units, c classes.
A stack of such matrices (..., n, m) works everywhere, because units stand on axis -2 and examples
on axis -1. The loss J is the mean cross-entropy over the m examples. A name such as dW1 holds the
gradient of J with respect to W1; dZ1 and dZ2 hold in column i the gradient of example i's own loss,
so that 1/m enters once, where examples are averaged. ReLU may be exchanged for another activation.

`forward` and `backward` check shapes only and take any inexact dtype, complex included.
"""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from nnfs import activations, arguments
from nnfs.activations import Activation, of
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
from nnfs.types import Array


class _Blocks(NamedTuple):
    W1: Array
    b1: Array
    W2: Array
    b2: Array


class Parameters(_Blocks):
    """Weights and biases of the two-layer network; its gradients have the same type.

    A named tuple of four. What is made from them, such as by ``_replace``, has no data_range, but
    the same activation.

    Attributes
    ----------
    W1 : (h, n) array
    b1 : (h, 1) array
    W2 : (c, h) array
    b2 : (c, 1) array
    data_range : (smallest, largest) entry of the data of training, or None where it is not known
        `nnfs.train` sets it, and `nnfs.predict` warns of data of another scale.
    activation : Activation of the hidden layer, or None for ReLU
        `nnfs.init_params` sets it; what is made of the parameters keeps it.
    """

    data_range: tuple[float, float] | None = None
    activation: Activation | None = None

    def _replace(self, **blocks: Any) -> "Parameters":
        new: Parameters = with_activation(super()._replace(**blocks), self.activation)
        return new


class DeepParameters(tuple[Array, ...]):
    """W1, b1, ..., WL, bL of another depth than two, as `nnfs.train` returns them: a tuple.

    Attributes
    ----------
    data_range : (smallest, largest) entry of the data of training, or None where it is not known
    activation : Activation of the hidden layers, or None for ReLU
    """

    data_range: tuple[float, float] | None = None
    activation: Activation | None = None


def with_activation(params: Any, activation: Activation | str | None) -> Any:
    """Return the parameters of a network with this activation.

    Parameters
    ----------
    params : Parameters, or another sequence W1, b1, ..., WL, bL
    activation : Activation, or the name of one; None is ReLU

    Returns
    -------
    Parameters, or for another depth than two DeepParameters; as given where nothing is to be noted

    Raises
    ------
    ValueError
        If the activation is none.
    """
    chosen = None if activation is None else activations.checked(activation)
    if chosen == activations.RELU:
        chosen = None
    if getattr(params, "activation", None) is chosen:
        return params
    kept = named(params)
    kept.data_range = getattr(params, "data_range", None)
    kept.activation = chosen
    return kept


def named(params: Sequence[Array]) -> Any:
    """Return Parameters where there are two layers, else DeepParameters, with nothing noted.

    Parameters
    ----------
    params : sequence W1, b1, ..., WL, bL

    Returns
    -------
    Parameters or DeepParameters
    """
    two = len(params) == len(Parameters._fields)
    return Parameters(*params) if two else DeepParameters(params)


def trained_on(params: Sequence[Array], data_range: tuple[float, float]) -> Any:
    """Return the parameters with the range of the data that they were trained on.

    Parameters
    ----------
    params : Parameters, or another tuple or list W1, b1, ..., WL, bL
        A tuple of any other type is returned as it is.
    data_range : (float, float)

    Returns
    -------
    Parameters, or for another depth than two DeepParameters
    """
    if type(params) not in (Parameters, DeepParameters, tuple, list):
        return params
    kept = named(params)
    kept.data_range = data_range
    kept.activation = getattr(params, "activation", None)
    return kept


class Activations(NamedTuple):
    """What the forward pass computes, kept for the backward pass.

    Attributes
    ----------
    Z1 : (h, m) array, the hidden layer before ReLU
    A1 : (h, m) array, the hidden layer
    Z2 : (c, m) array, the logits
    A2 : (c, m) array, the probabilities; each column has sum 1
    """

    Z1: Array
    A1: Array
    Z2: Array
    A2: Array


def _two_layers(params: Sequence[ArrayLike]) -> Parameters:
    if len(arguments.parameters(params)) != len(Parameters._fields):
        raise ValueError(f"{len(params)} parameters; this network has four, W1, b1, W2, b2")
    blocks = Parameters(*map(np.asarray, params))
    kept: Parameters = with_activation(blocks, getattr(params, "activation", None))
    return kept


def forward(
    params: Sequence[ArrayLike], X: ArrayLike, activation: Activation | str | None = None
) -> Activations:
    """Return all activations of the network for inputs X.

    Parameters
    ----------
    params : Parameters
    X : (..., n, m) array
    activation : Activation, or the name of one, optional
        Of the hidden layer; by default that of params, which is ReLU unless they say otherwise.

    Returns
    -------
    activations : Activations

    Raises
    ------
    ValueError
        If a shape does not fit, with both shapes, or logits overflow. The latter is not said within
        ``np.errstate(invalid="ignore")``.

    Notes
    -----
    Book: :eq:`eq-forward`, :eq:`eq-forward-and-loss`. Source: Goodfellow, Bengio and Courville,
    Deep Learning (2016), 6.5.
    """
    params, X = _two_layers(params), arguments.matrix(X)
    arguments.shapes(params, X)
    value = of(params, activation).value
    with arguments.overflow_to_be_told():
        found = forward_from_hidden(params, affine(params.W1, params.b1, X), value)
    arguments.finite_logits(found.Z2, params, X)
    return found


def _fitting(
    params: Sequence[ArrayLike], activations: Sequence[ArrayLike], X: ArrayLike, Y: ArrayLike
) -> tuple[Parameters, Activations, Array, Array]:
    """Return all that a backward pass needs as arrays, or say what does not fit."""
    blocks, inputs, labels = _two_layers(params), arguments.matrix(X), np.asarray(Y)
    arguments.shapes(blocks, inputs)
    if len(activations) != 4:
        raise ValueError(f"{len(activations)} activations; expected four, Z1, A1, Z2, A2")
    kept = Activations(*map(np.asarray, activations))
    if labels.shape != kept.A2.shape:
        raise ValueError(f"Y has shape {labels.shape}; expected {kept.A2.shape}, as A2")
    return blocks, kept, inputs, labels


def backward(
    params: Sequence[ArrayLike],
    activations: Sequence[ArrayLike],
    X: ArrayLike,
    Y: ArrayLike,
    activation: Activation | str | None = None,
) -> Parameters:
    """Return the gradients of the mean loss with respect to all parameters.

    Parameters
    ----------
    params : Parameters
    activations : Activations, or another sequence Z1, A1, Z2, A2
        Of the same params and X.
    X : (..., n, m) array
    Y : (..., c, m) one-hot labels
    activation : as for `forward`

    Returns
    -------
    gradients : Parameters
        dW1, db1, dW2, db2, each of the shape of its parameter.

    Raises
    ------
    ValueError
        If a shape does not fit, with both shapes.

    Notes
    -----
    Book: :eq:`eq-backward`.

    Source: Rumelhart, Hinton and Williams, Learning representations by back-propagating errors
    (Nature, 1986).
    """
    params, activations, X, Y = _fitting(params, activations, X, Y)
    dZ1, dW2, db2 = backward_to_hidden(params, activations, Y, of(params, activation).slope)
    dW1, db1 = affine_gradients(dZ1, X)
    return Parameters(dW1, db1, dW2, db2)


def forward_from_hidden(
    params: Parameters, Z1: Array, value: Callable[[Array], Array] = relu
) -> Activations:
    """Return the activations from Z1 on: the part of `forward` that does not touch X.

    Parameters
    ----------
    params : Parameters
    Z1 : (..., h, m) array
    value : function (Z) -> A
        The activation of the hidden layer.

    Returns
    -------
    activations : Activations

    Notes
    -----
    Book: :eq:`eq-forward`.
    """
    A1 = value(Z1)
    Z2 = affine(params.W2, params.b2, A1)
    A2 = softmax(Z2)
    return Activations(Z1, A1, Z2, A2)


def backward_to_hidden(
    params: Parameters,
    activations: Activations,
    Y: Array,
    slope: Callable[[Array], Array] = relu_mask,
) -> tuple[Array, Array, Array]:
    """Return dZ1, dW2 and db2: the part of `backward` that does not touch X.

    Parameters
    ----------
    params : Parameters
    activations : Activations
    Y : (..., c, m) one-hot labels
    slope : function (Z) -> array of its shape
        The derivative of the activation of the hidden layer.

    Returns
    -------
    dZ1 : (..., h, m) array
    dW2 : (..., c, h) array
    db2 : (..., c, 1) array

    Notes
    -----
    Book: :eq:`eq-dz1`, :eq:`eq-backward`.
    """
    dZ2 = cross_entropy_gradient(activations.A2, Y)
    dW2, db2 = affine_gradients(dZ2, activations.A1)
    dZ1 = affine_adjoint(params.W2, dZ2) * slope(activations.Z1)
    return dZ1, dW2, db2


@takes_tiles
def gradient(params: Sequence[ArrayLike], X: Array, y: Array) -> tuple[Any, int, Parameters]:
    """Return loss, number of correct answers and gradients for one part of the data.

    This is the form that `nnfs.train` and `nnfs.check_gradients` take as their ``gradient``.

    Parameters
    ----------
    params : Parameters
    X : (n, m) array
    y : (m,) integer labels

    Returns
    -------
    loss : scalar, nats
        The mean over the m examples.
    correct : int
        How many of the m examples have their largest logit at the true class.
    gradients : Parameters
        Of the mean loss.

    Notes
    -----
    Book: :eq:`eq-forward-and-loss`, :eq:`eq-backward`.
    """
    params = _two_layers(params)
    Y = one_hot(y, n_classes=params.b2.shape[-2])
    activations = forward(params, X)
    loss = cross_entropy(activations.Z2, Y)
    correct = count_correct(activations.Z2, np.asarray(y))
    return loss, correct, backward(params, activations, X, Y)
