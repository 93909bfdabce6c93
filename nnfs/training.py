"""Gradient descent: the loop, its history, and the one call that does the whole job.

The loop knows nothing about the network. It is given a function from parameters to loss, accuracy
and gradients, and how that function goes over the examples is not its concern.
"""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from nnfs import arguments, batches, initialise, layers, network, returned, schedules
from nnfs.arguments import Array
from nnfs.engine import Objective
from nnfs.optimizers import SGD, Optimizer
from nnfs.schedules import Schedule
from nnfs.types import Gradient


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
    """The result of `train`: the parameters after the last step, and the history.

    Attributes
    ----------
    params : Parameters, or for another depth than two DeepParameters
    history : History
    data_range : (smallest, largest) entry of the data, which params carry
    """

    params: Any
    history: History

    @property
    def data_range(self) -> tuple[float, float] | None:
        """The smallest and the largest entry of the data, or None where params do not say."""
        return getattr(self.params, "data_range", None)


def steps(
    params: Sequence[Array],
    objective: Objective,
    *,
    iterations: int,
    alpha: float | Schedule,
    optimizer: Optimizer = SGD,
) -> Iterator[Step]:
    """Yield one step of gradient descent after another.

    Parameters
    ----------
    params : Parameters
        Where to start.
    objective : function (params) -> (loss, accuracy, gradients)
        Such as `nnfs.engine.full_batch` opens and `nnfs.batches.mini_batches` returns.
    iterations : int
    alpha : float, or function of the step such as `nnfs.schedules.cosine` returns
        The learning rate.
    optimizer : Optimizer
        What a step does with the gradient.

    Yields
    ------
    Step

    Raises
    ------
    ValueError
        If the optimizer is none, or the schedule ends before the run.
    DivergenceError
        If the loss or a parameter is no longer finite; it says at which iteration.

    Notes
    -----
    Book: :eq:`eq-update`.
    """
    schedule = alpha if callable(alpha) else schedules.constant(alpha)
    if not (hasattr(optimizer, "init") and hasattr(optimizer, "update")):
        raise ValueError(
            f"optimizer must be a pair such as nnfs.optimizers.adam() returns, got {optimizer!r}"
        )
    state = optimizer.init(params)
    for iteration in range(iterations):
        alpha = returned.rate(schedule(iteration), iteration)
        if alpha == 0:
            raise ValueError(
                f"the learning rate is 0 at iteration {iteration} of {iterations}: the schedule is "
                "shorter than the run; give it as many steps"
            )
        loss, accuracy, gradients = returned.objective(objective(params), params)
        # What overflows here is reported below, once and with its iteration.
        with np.errstate(over="ignore", invalid="ignore"):
            result = optimizer.update(params, gradients, state, alpha)
        params, state = returned.moved(result, params)
        if not (np.isfinite(loss) and all(np.isfinite(P).all() for P in params)):
            whole = all(np.isfinite(P).all() for P in params)
            step = (
                ""
                if whole
                else " and the step from there leaves parameters that are not all finite"
            )
            raise DivergenceError(
                f"training diverged at iteration {iteration}: the loss is {loss:.4g}{step}; try a "
                f"learning rate smaller than {alpha:g}, and inputs scaled to [0, 1]"
            )
        yield Step(iteration, params, loss, accuracy)


def train(
    X: ArrayLike,
    y: ArrayLike,
    *,
    hidden: int | Sequence[int] | Array = 10,
    iterations: int = 750,
    alpha: float | Schedule = 0.1,
    seed: int = 0,
    n_classes: int = 10,
    params: Sequence[Array] | None = None,
    gradient: Gradient | None = None,
    batch_size: int | None = None,
    optimizer: Optimizer = SGD,
    threads: int | None = None,
    data_range: tuple[float, float] | None = None,
) -> Training:
    """Train a network by gradient descent, by default on all examples at once.

    Parameters
    ----------
    X : (n, m) array
        One example a column. float32 and float64 are used as they are, other real numbers as
        float32. Pixels are expected in [0, 1]; other inputs may be standardised.
    y : (m,) integer labels in 0..n_classes-1
    hidden : int, or sequence or array of int
        Hidden units, of each hidden layer in turn.
    iterations : int
        Steps.
    alpha : float, or function of the step such as `nnfs.schedules.cosine` returns
        The learning rate.
    seed : int
        Of the random start and of the order of the examples. The same arguments give the same
        bits on one machine, whatever the number of threads.
    n_classes : int
    params : Parameters, optional
        Where to start; then hidden and n_classes are not used, and X is converted to the dtype of
        the parameters.
    gradient : function (params, X, y) -> (loss, correct, gradients), optional
        By default that of the two-layer network, or of `nnfs.layers` for another depth. It is
        called on parts of the examples.
    batch_size : int, optional
        Examples of a step, as `nnfs.batches.mini_batches` draws them; by default all.
    optimizer : Optimizer
        By default plain gradient descent; see `nnfs.optimizers`.
    threads : int, optional
        Of steps on all examples; by default the number of processors, at most 8.
    data_range : (float, float), optional
        The smallest and the largest value that data of this kind take, by default those in X. To
        give it says that the scale is meant, and stops the warning.

    Returns
    -------
    Training
        ``params`` after the last step and ``history``, loss and accuracy on the step's examples
        before every step. The params remember the range of the data.

    Raises
    ------
    ValueError
        If an argument does not fit; the message gives the shapes.
    DivergenceError
        If the loss or a parameter is no longer finite.

    Warns
    -----
    ScaleWarning
        If X is far larger than training expects, such as pixels in 0..255, or of another scale
        than what params were trained on.

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
        hidden = arguments.widths(hidden, "hidden")
        params = initialise.init_params(X.shape[0], hidden, n_classes, seed=seed, dtype=X.dtype)
    before = getattr(params, "data_range", None)
    params = arguments.blocks(params)
    arguments.shapes(params, X)
    arguments.finite(params)
    y = arguments.labels(y, params[-1].shape[-2], X.shape[-1])
    data_range = _data_range(X, data_range, before)
    X = X.astype(params[0].dtype, copy=False)
    gradient = layers.gradient if gradient is None else gradient
    loss, accuracy = np.empty(iterations), np.empty(iterations)
    with batches.objective(
        gradient, X, y, batch_size=batch_size, seed=seed, threads=threads
    ) as objective:
        run = steps(params, objective, iterations=iterations, alpha=alpha, optimizer=optimizer)
        for step in run:
            loss[step.iteration], accuracy[step.iteration] = step.loss, step.accuracy
            params = step.params
    return Training(network.trained_on(params, data_range), History(loss, accuracy))


def _data_range(
    X: Array, given: tuple[float, float] | None, before: tuple[float, float] | None
) -> tuple[float, float]:
    """Return the range that the data of a training have, and warn if it is an odd one.

    Parameters
    ----------
    X : (n, m) array
    given : what the caller says
    before : what the parameters were trained on until now
    """
    found = arguments.range_of(X)
    if given is not None:
        given = arguments.span(given)
    elif before is not None:
        arguments.warn_other_scale(X, before, stacklevel=3)
    else:
        arguments.warn_unscaled(X, found, stacklevel=3)
    ranges = [kept for kept in (given or found, before) if kept is not None]
    return min(low for low, _ in ranges), max(high for _, high in ranges)
