"""What a step does with the gradient: plain descent, momentum, Adam, and weight decay beside them.

An optimiser is a pair of functions over a flat sequence of arrays. ``init(params)`` returns its
state before the first step; ``update(params, gradients, state, alpha)`` returns new parameters
and the new state, and changes neither its arguments nor anything else.
"""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, TypeVar

import numpy as np

from nnfs import arguments
from nnfs.arguments import Array

Params = TypeVar("Params", bound=Sequence[Array])


class Optimizer(NamedTuple):
    """A pair of functions.

    Attributes
    ----------
    init : function (params) -> state
    update : function (params, gradients, state, alpha) -> (params, state)
    """

    init: Callable[[Any], Any]
    update: Callable[[Any, Any, Any, float], tuple[Any, Any]]


def update(params: Params, gradients: Sequence[Array], alpha: float) -> Params:
    """Return new parameters ``P - alpha dP``; the old ones are left as they are.

    Parameters
    ----------
    params : Parameters or another tuple of arrays
    gradients : sequence of arrays of the same shapes
    alpha : float
        The learning rate.

    Returns
    -------
    A tuple of the type of params, each array of the dtype of its parameter.

    Raises
    ------
    ValueError
        If the shapes differ or alpha is not a positive, finite number.

    Notes
    -----
    Book: :eq:`eq-update`. Source: Cauchy, Méthode générale pour la résolution des systèmes
    d'équations simultanées (1847).
    """
    alpha = arguments.positive_number(alpha, "alpha")
    arguments.same_shapes(gradients, params)
    pairs = zip(params, gradients, strict=True)
    moved = [P - (alpha * dP).astype(P.dtype, copy=False) for P, dP in pairs]
    return arguments.rebuilt(params, moved)  # type: ignore[no-any-return]


SGD = Optimizer(
    lambda params: (), lambda params, gradients, _, alpha: (update(params, gradients, alpha), ())
)


def momentum(beta: float = 0.9) -> Optimizer:
    """Return descent along a velocity: ``V = beta V + dP``, then ``P - alpha V``.

    Parameters
    ----------
    beta : float
        In [0, 1). Under a constant gradient V tends to dP / (1 - beta).

    Notes
    -----
    Source: Polyak, Some methods of speeding up the convergence of iteration methods (1964).
    """
    beta = arguments.share(beta, "beta")

    def step(params: Any, gradients: Any, velocity: Any, alpha: float) -> tuple[Any, Any]:
        arguments.same_shapes(gradients, params)
        velocity = [beta * V + dP for V, dP in zip(velocity, gradients, strict=True)]
        return update(params, velocity, alpha), velocity

    return Optimizer(_zeros, step)


def adam(beta1: float = 0.9, beta2: float = 0.999, epsilon: float = 1e-8) -> Optimizer:
    """Return Adam: steps along the mean gradient over the root of the mean squared gradient.

    ``M = beta1 M + (1 - beta1) dP`` and ``V = beta2 V + (1 - beta2) dP^2`` start at 0; divided by
    ``1 - beta^t`` after t steps they are weighted means. The step is
    ``alpha M / (sqrt(V) + epsilon)`` of these.

    Parameters
    ----------
    beta1, beta2 : float
        In [0, 1).
    epsilon : float
        Positive; added to the root.

    Notes
    -----
    Source: Kingma and Ba, Adam: a method for stochastic optimization (ICLR 2015), algorithm 1.
    """
    beta1, beta2 = arguments.share(beta1, "beta1"), arguments.share(beta2, "beta2")
    epsilon = arguments.positive_number(epsilon, "epsilon")

    def step(params: Any, gradients: Any, state: Any, alpha: float) -> tuple[Any, Any]:
        arguments.same_shapes(gradients, params)
        t, means, squares = state[0] + 1, [], []
        for M, V, dP in zip(*state[1:], gradients, strict=True):
            means.append(beta1 * M + (1 - beta1) * dP)
            squares.append(beta2 * V + (1 - beta2) * (dP * dP))
        directions = [
            M / (1 - beta1**t) / (np.sqrt(V / (1 - beta2**t)) + epsilon)
            for M, V in zip(means, squares, strict=True)
        ]
        return update(params, directions, alpha), (t, means, squares)

    return Optimizer(lambda params: (0, _zeros(params), _zeros(params)), step)


def adamw(weight_decay: float = 0.01, **options: float) -> Optimizer:
    """Return Adam with decoupled weight decay.

    Parameters
    ----------
    weight_decay : float
    **options : as for `adam`
    """
    return decayed(adam(**options), weight_decay)


def decayed(optimizer: Optimizer, weight_decay: float) -> Optimizer:
    """Return an optimiser that also takes ``alpha * weight_decay * W`` off every weight W.

    The decay does not pass through the optimiser's own recurrences, and the biases do not decay.

    Parameters
    ----------
    optimizer : Optimizer
    weight_decay : float
        At least 0.

    Notes
    -----
    Source: Loshchilov and Hutter, Decoupled weight decay regularization (ICLR 2019).
    """
    weight_decay = arguments.amount(weight_decay, "weight_decay")

    def step(params: Any, gradients: Any, state: Any, alpha: float) -> tuple[Any, Any]:
        moved, state = optimizer.update(params, gradients, state, alpha)
        pairs = enumerate(zip(params, moved, strict=True))
        shrunk = [Q if place % 2 else Q - alpha * weight_decay * P for place, (P, Q) in pairs]
        return arguments.rebuilt(params, shrunk), state

    return Optimizer(optimizer.init, step)


def _zeros(params: Sequence[Array]) -> list[Array]:
    return [np.zeros_like(P) for P in params]
