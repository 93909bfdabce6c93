"""Gradient descent: the loop, its history, and the one call that does the whole job.

The loop knows nothing about the network. It is given a function from parameters to loss, accuracy
and gradients, and how that function goes over the examples is not its concern.
"""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple, TypeVar

import numpy as np
from numpy.typing import ArrayLike

from nnfs import arguments, engine, initialise, network
from nnfs.arguments import Array
from nnfs.gradients import Gradient

Params = TypeVar("Params", bound=Sequence[Array])


class DivergenceError(ValueError):
    """The loss or a parameter stopped being a finite number."""


class Step(NamedTuple):
    """One step of gradient descent.

    Attributes
    ----------
    iteration : int, from 0
    params : Parameters, after the step
    loss : float, nats, of the parameters before the step
    accuracy : float, 0 to 1, of the parameters before the step
    """

    iteration: int
    params: Any
    loss: float
    accuracy: float


class History(NamedTuple):
    """Loss (nats) and accuracy (0 to 1) before each step, two float64 arrays (iterations,)."""

    loss: Array
    accuracy: Array


class Training(NamedTuple):
    """The result of `train`: the parameters after the last step, and the history."""

    params: Any
    history: History


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
    moved = [P - (alpha * dP).astype(P.dtype) for P, dP in zip(params, gradients, strict=True)]
    rebuild: Any = getattr(params, "_make", tuple)
    return rebuild(moved)  # type: ignore[no-any-return]


def steps(
    params: Sequence[Array], objective: engine.Objective, *, iterations: int, alpha: float
) -> Iterator[Step]:
    """Yield one step of gradient descent after another.

    Parameters
    ----------
    params : Parameters
        Where to start.
    objective : function (params) -> (loss, accuracy, gradients)
        Such as `nnfs.engine.full_batch` opens.
    iterations : int
    alpha : float
        The learning rate.

    Yields
    ------
    Step

    Raises
    ------
    DivergenceError
        If the loss or a parameter is no longer finite; it says at which iteration.

    Notes
    -----
    Book: :eq:`eq-update`.
    """
    for iteration in range(iterations):
        loss, accuracy, gradients = objective(params)
        # What overflows here is reported below, once and with its iteration.
        with np.errstate(over="ignore", invalid="ignore"):
            params = update(params, gradients, alpha)
        if not (np.isfinite(loss) and all(np.isfinite(P).all() for P in params)):
            raise DivergenceError(
                f"training diverged at iteration {iteration}: the loss is {loss:.4g} and the step "
                f"from there leaves parameters that are not all finite; try a learning rate "
                f"smaller than {alpha:g}, and inputs scaled to [0, 1]"
            )
        yield Step(iteration, params, loss, accuracy)


def train(
    X: ArrayLike,
    y: ArrayLike,
    *,
    hidden: int = 10,
    iterations: int = 750,
    alpha: float = 0.1,
    seed: int = 0,
    n_classes: int = 10,
    params: Sequence[Array] | None = None,
    gradient: Gradient = network.gradient,
    threads: int | None = None,
) -> Training:
    """Train a network by full-batch gradient descent.

    Parameters
    ----------
    X : (n, m) array
        One example a column. float32 and float64 are used as they are, other real numbers as
        float32. MNIST pixels are expected in [0, 1].
    y : (m,) integer labels in 0..n_classes-1
    hidden : int
        Hidden units.
    iterations : int
        Steps; each uses all m examples.
    alpha : float
        The learning rate.
    seed : int
        Of the random start. The same arguments give the same bits on one machine, whatever the
        number of threads.
    n_classes : int
    params : Parameters, optional
        Where to start; then hidden, seed and n_classes are not used, and X is converted to the
        dtype of the parameters.
    gradient : function (params, X, y) -> (loss, correct, gradients), optional
        By default that of the two-layer network. It is called on parts of the examples.
    threads : int, optional
        By default the number of processors, at most 8.

    Returns
    -------
    Training
        ``params`` after the last step and ``history``, loss and accuracy before every step.

    Raises
    ------
    ValueError
        If an argument does not fit; the message gives the shapes.
    DivergenceError
        If the loss or a parameter is no longer finite.

    Examples
    --------
    >>> import numpy as np, nnfs
    >>> X = np.array([[0.0, 0.0, 1.0, 1.0], [0.0, 1.0, 0.0, 1.0]])
    >>> training = nnfs.train(X, [0, 1, 1, 0], n_classes=2, alpha=0.5, iterations=500)
    >>> nnfs.predict(training.params, X).tolist()
    [0, 1, 1, 0]
    """
    X = arguments.examples(X)
    iterations = arguments.whole_number(iterations, "iterations", at_least=0)
    if params is None:
        params = initialise.init_params(X.shape[0], hidden, n_classes, seed=seed, dtype=X.dtype)
    arguments.shapes(params, X)
    arguments.finite(params)
    X = X.astype(params[0].dtype, copy=False)
    y = arguments.labels(y, params[-1].shape[-2], X.shape[-1])
    loss, accuracy = np.empty(iterations), np.empty(iterations)
    with engine.full_batch(gradient, X, y, threads=threads) as objective:
        for step in steps(params, objective, iterations=iterations, alpha=alpha):
            loss[step.iteration], accuracy[step.iteration] = step.loss, step.accuracy
            params = step.params
    return Training(params, History(loss, accuracy))
