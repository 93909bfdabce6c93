"""What a step does with the gradient: plain descent, momentum, Adam, and weight decay beside them.

An optimiser is a pair of functions over a flat sequence of arrays. ``init(params)`` returns its
state before the first step; ``update(params, gradients, state, alpha)`` returns new parameters
and the new state, and changes neither its arguments nor anything else.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple, TypeVar

import numpy as np

from nnfs import arguments
from nnfs.arguments import Array

Params = TypeVar("Params", bound=Sequence[Array])


class _Pair(NamedTuple):
    init: Callable[[Any], Any]
    update: Callable[[Any, Any, Any, float], tuple[Any, Any]]


class Optimizer(_Pair):
    """A pair of functions, a named tuple of two.

    Attributes
    ----------
    init : function (params) -> state
    update : function (params, gradients, state, alpha) -> (params, state)
    description : dict or None
        Name and settings of one that this module makes, so that a saved run has it again.
    """

    description: Mapping[str, Any] | None = None

    def __reduce__(self) -> Any:
        # Functions within functions cannot be pickled; what makes them again can.
        if self.description is None:
            return Optimizer, tuple(self)
        return rebuilt, (dict(self.description),)

    def __repr__(self) -> str:
        if self.description is None:
            return super().__repr__()
        name = kind_name(self.description)
        settings = {key: value for key, value in self.description.items() if key != "name"}
        if name == "adamw":
            inner = settings.pop("optimizer")
            settings |= {key: value for key, value in inner.items() if key != "name"}
        elif "optimizer" in settings:
            settings["optimizer"] = rebuilt(settings["optimizer"])
        inside = [f"{key}={value!r}" for key, value in settings.items()]
        return f"nnfs.optimizers.{name}({', '.join(inside)})"


def _described(pair: Optimizer, name: str, /, **settings: Any) -> Optimizer:
    pair.description = {"name": name, **settings}
    return pair


def update(params: Params, gradients: Sequence[Array], alpha: float) -> Params:
    """Return new parameters ``P - alpha dP``; the old ones are left as they are.

    Parameters
    ----------
    params : Parameters or another tuple of arrays
    gradients : sequence of arrays of the shapes of params
    alpha : float
        The learning rate.

    Returns
    -------
    A tuple of the type of params, each array of the shape and dtype of its parameter.

    Raises
    ------
    ValueError
        If the shapes differ, params are no floating-point numbers, gradients are complex and params
        are not, or alpha is not a positive, finite number.

    Notes
    -----
    Book: :eq:`eq-update`. Source: Cauchy, Méthode générale pour la résolution des systèmes
    d'équations simultanées (1847).
    """
    alpha = arguments.positive_number(alpha, "alpha")
    arguments.same_shapes(gradients, params)
    params, gradients = arguments.blocks(params), arguments.blocks(gradients)
    arguments.numbers(params, gradients)
    pairs = zip(params, gradients, strict=True)
    moved = [P - (alpha * dP).astype(P.dtype, copy=False) for P, dP in pairs]
    return arguments.rebuilt(params, moved)  # type: ignore[no-any-return]


def sgd() -> Optimizer:
    """Return plain gradient descent, `update` at every step, which keeps nothing in between.

    Returns
    -------
    Optimizer
    """

    def step(params: Any, gradients: Any, state: Any, alpha: float) -> tuple[Any, Any]:
        return update(params, gradients, alpha), state

    return _described(Optimizer(lambda params: (), step), "sgd")


SGD = sgd()


def momentum(beta: float = 0.9) -> Optimizer:
    """Return descent along a velocity: ``V = beta V + dP``, then ``P - alpha V``.

    Parameters
    ----------
    beta : float
        In [0, 1). Under a constant gradient V tends to dP / (1 - beta).

    Returns
    -------
    Optimizer

    Raises
    ------
    ValueError
        If beta is outside [0, 1).

    Notes
    -----
    Book: :eq:`eq-momentum`, :eq:`eq-momentum-constant`.

    Source: Polyak, Some methods of speeding up the convergence of iteration methods (1964).
    """
    beta = arguments.share(beta, "beta")

    def step(params: Any, gradients: Any, velocity: Any, alpha: float) -> tuple[Any, Any]:
        arguments.same_shapes(gradients, params)
        params, gradients = arguments.blocks(params), arguments.blocks(gradients)
        velocity = [beta * V + dP for V, dP in zip(velocity, gradients, strict=True)]
        return update(params, velocity, alpha), velocity

    return _described(Optimizer(_zeros, step), "momentum", beta=beta)


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

    Returns
    -------
    Optimizer

    Raises
    ------
    ValueError
        If beta1 or beta2 is outside [0, 1), or epsilon is not positive and finite.

    Notes
    -----
    Book: :eq:`eq-adam`, :eq:`eq-bias-correction`.

    Source: Kingma and Ba, Adam: a method for stochastic optimization (ICLR 2015), algorithm 1.
    """
    beta1, beta2 = arguments.share(beta1, "beta1"), arguments.share(beta2, "beta2")
    epsilon = arguments.positive_number(epsilon, "epsilon")

    def step(params: Any, gradients: Any, state: Any, alpha: float) -> tuple[Any, Any]:
        arguments.same_shapes(gradients, params)
        params, gradients = arguments.blocks(params), arguments.blocks(gradients)
        t, means, squares = state
        t, root = t + 1, math.sqrt(1 - beta2 ** (t + 1))
        means = [_mean(M, dP, beta1) for M, dP in zip(means, gradients, strict=True)]
        squares = [_mean(V, dP * dP, beta2) for V, dP in zip(squares, gradients, strict=True)]
        # The two divisions by 1 - beta^t are folded into epsilon and alpha.
        roots = [np.sqrt(V) + epsilon * root for V in squares]
        directions = [np.divide(M, D, out=D) for M, D in zip(means, roots, strict=True)]
        moved = update(params, directions, alpha * root / (1 - beta1**t))
        return moved, (t, means, squares)

    pair = Optimizer(lambda params: (0, _zeros(params), _zeros(params)), step)
    return _described(pair, "adam", beta1=beta1, beta2=beta2, epsilon=epsilon)


def adamw(weight_decay: float = 0.01, **options: float) -> Optimizer:
    """Return Adam with decoupled weight decay.

    Parameters
    ----------
    weight_decay : float
        At least 0.
    **options : as for `adam`

    Returns
    -------
    Optimizer

    Raises
    ------
    ValueError
        If weight_decay is below 0, or as for `adam`.
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

    Returns
    -------
    Optimizer

    Raises
    ------
    ValueError
        If weight_decay is below 0 or not finite.

    Notes
    -----
    Book: :eq:`eq-decoupled-decay`.

    Source: Loshchilov and Hutter, Decoupled weight decay regularization (ICLR 2019).
    """
    weight_decay = arguments.amount(weight_decay, "weight_decay")

    def step(params: Any, gradients: Any, state: Any, alpha: float) -> tuple[Any, Any]:
        params = arguments.blocks(params)
        moved, state = optimizer.update(params, gradients, state, alpha)
        pairs = zip(arguments.weights(params), arguments.weights(moved), strict=True)
        shrunk = [V - alpha * weight_decay * W for W, V in pairs]
        return arguments.rebuilt(params, arguments.with_weights(moved, shrunk)), state

    pair = Optimizer(optimizer.init, step)
    inner = getattr(optimizer, "description", None)
    if inner is None:
        return pair
    return _described(pair, "decayed", optimizer=inner, weight_decay=weight_decay)


class Kind(NamedTuple):
    """An optimiser that has a name.

    Attributes
    ----------
    factory : function of this module that returns one, all of its arguments optional
    alpha : float, the usual learning rate
    decays : whether weight decay is an argument of it, decoupled from the gradient
    """

    factory: Callable[..., Optimizer]
    alpha: float = 0.1
    decays: bool = False


KINDS = {
    "sgd": Kind(sgd),
    "momentum": Kind(momentum),
    "adam": Kind(adam, alpha=0.001),
    "adamw": Kind(adamw, alpha=0.001, decays=True),
}
"""What `nnfs.train` and the command line know by name. A new optimiser is one line here."""


def known(optimizer: object, weight_decay: float = 0.0) -> tuple[Optimizer, float]:
    """Return the optimiser that is meant, and the weight decay that is left for the loss.

    Parameters
    ----------
    optimizer : Optimizer, a pair of functions (init, update), a name in `KINDS`, or its function
        ``"adam"``, ``nnfs.optimizers.adam`` and ``nnfs.optimizers.adam()`` are the same.
    weight_decay : float
        One that decays by itself, such as "adamw", takes it, and none is left.

    Raises
    ------
    ValueError
        If it is none of these, or a pair that decays already where there is weight_decay too.
    """
    weight_decay = arguments.amount(weight_decay, "weight_decay")
    for name, kind in KINDS.items():
        if (isinstance(optimizer, str) and optimizer == name) or optimizer is kind.factory:
            made = kind.factory(weight_decay) if kind.decays else kind.factory()
            return made, 0.0 if kind.decays else weight_decay
    pair = _pair(optimizer)
    if weight_decay and dict(pair.description or {}).get("weight_decay"):
        raise ValueError(
            f"weight_decay={weight_decay:g}, but {pair!r} decays the weights by itself: give the "
            "one or the other"
        )
    return pair, weight_decay


def _pair(optimizer: Any) -> Optimizer:
    if isinstance(optimizer, str):
        raise ValueError(
            f"optimizer {optimizer!r} is not known; expected one of {', '.join(KINDS)}, or a pair "
            "such as nnfs.optimizers.adam() returns"
        )
    if type(optimizer) is tuple and len(optimizer) == 2:
        optimizer = Optimizer(*optimizer)
    init, step = getattr(optimizer, "init", None), getattr(optimizer, "update", None)
    if isinstance(optimizer, type) or not (callable(init) and callable(step)):
        raise ValueError(
            f"optimizer must be one of the names {', '.join(KINDS)}, or a pair such as "
            f"nnfs.optimizers.adam() returns, got {optimizer!r}"
        )
    arguments.function(init, "the optimizer's init", "params", or_class=True)
    arguments.function(step, "the optimizer's update", "params", "gradients", "state", "alpha")
    return optimizer if isinstance(optimizer, Optimizer) else Optimizer(init, step)


def usual_alpha(optimizer: Optimizer) -> float:
    """Return the learning rate that an optimiser usually has: of its kind, else 0.1."""
    description: Mapping[str, Any] = optimizer.description or {}
    while "optimizer" in description:
        description = description["optimizer"]
    kind = KINDS.get(description.get("name", ""))
    return 0.1 if kind is None else kind.alpha


def kind_name(description: Mapping[str, Any]) -> str:
    """Return the name of the function of this module that returns an optimiser so described."""
    name: str = description["name"]
    decayed_adam = name == "decayed" and description["optimizer"]["name"] == "adam"
    return "adamw" if decayed_adam else name


def rebuilt(description: Mapping[str, Any]) -> Optimizer:
    """Return the optimiser of a description, as `Optimizer.description` has it.

    Raises
    ------
    ValueError
        If this module makes none of this name.
    """
    settings = dict(description)
    name = settings.pop("name")
    if name == "decayed":
        return decayed(rebuilt(settings.pop("optimizer")), **settings)
    if name not in KINDS:
        raise ValueError(f"optimizer {name!r} is not known; expected one of {', '.join(KINDS)}")
    return KINDS[name].factory(**settings)


def _mean(old: Array, new: Array, beta: float) -> Array:
    """Return ``beta old + (1 - beta) new``, in one new array."""
    mean = new - old
    mean *= 1 - beta
    mean += old
    return mean


def _zeros(params: Sequence[Array]) -> list[Array]:
    return [np.zeros_like(P) for P in params]
