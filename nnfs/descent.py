"""Gradient descent step by step: the loop, what it tells of each step, and how it refuses.

The loop knows nothing about the network. It is given a function from parameters to loss, accuracy
and gradients, and how that function goes over the examples is not its concern.
"""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np

from nnfs import arguments, divergence, optimizers, returned, schedules
from nnfs.arguments import Array
from nnfs.divergence import DivergenceError as DivergenceError
from nnfs.engine import Objective
from nnfs.optimizers import SGD, Optimizer
from nnfs.schedules import Schedule


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
    """What was seen before each step.

    Attributes
    ----------
    loss : (iterations,) float64 array, nats
    accuracy : (iterations,) float64 array, 0 to 1
    """

    loss: Array
    accuracy: Array


def steps(
    params: Sequence[Array],
    objective: Objective,
    *,
    iterations: int,
    alpha: float | Schedule,
    optimizer: Optimizer | str = SGD,
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
    optimizer : Optimizer, or the name of one
        What a step does with the gradient.

    Yields
    ------
    Step

    Raises
    ------
    ValueError
        If iterations is no whole number, the optimizer is none, a function does not take what it
        will be given, or the schedule ends before the run.
    DivergenceError
        If the loss or a parameter is no longer finite, or in float64 beyond what float32 holds; it
        says at which iteration.

    Notes
    -----
    Book: :eq:`eq-update`.
    """
    arguments.function(objective, "objective", "params")
    iterations = arguments.whole_number(iterations, "iterations", at_least=0)
    pair, _ = optimizers.known(optimizer)
    if callable(alpha):
        arguments.function(alpha, "alpha", "step")
    rate = alpha if callable(alpha) else schedules.constant(alpha)
    state = pair.init(params)
    for step, _ in steps_from(0, params, state, objective, iterations, rate, pair):
        yield step


def steps_from(
    first: int,
    params: Sequence[Array],
    state: Any,
    objective: Objective,
    iterations: int,
    rate: Schedule,
    optimizer: Optimizer,
) -> Iterator[tuple[Step, Any]]:
    """Yield the steps from one of them on, each with the state of the optimiser after it.

    Parameters
    ----------
    first : int
        The iteration of the first step.
    params, state
        Parameters and state of the optimiser before it.
    objective, optimizer : as for `steps`
    iterations : int
        Of the whole run.
    rate : function of the step

    Yields
    ------
    step : Step
    state

    Raises
    ------
    ValueError, DivergenceError
        As `steps`.
    """
    if first < iterations:
        # Rather now than after all the work that comes before.
        _rate_at(rate, _last(rate, first, iterations), iterations)
    for iteration in range(first, iterations):
        alpha = _rate_at(rate, iteration, iterations)
        # What overflows here is reported below, once and with its iteration.
        with np.errstate(over="ignore", invalid="ignore"):
            loss, accuracy, gradients = returned.objective(objective(params), params)
            result = optimizer.update(params, gradients, state, alpha)
        params, state = returned.moved(result, params)
        divergence.check_step(iteration, loss, params, alpha)
        yield Step(iteration, params, loss, accuracy), state


def _last(rate: Schedule, first: int, iterations: int) -> int:
    """Return the last step, or where the rate comes to be 0 if it is so then."""
    low, high = first - 1, iterations - 1
    if returned.rate(rate(high), high) != 0:
        return high
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if rate(middle) == 0 else (middle, high)
    return high


def _rate_at(rate: Schedule, iteration: int, iterations: int) -> float:
    alpha = returned.rate(rate(iteration), iteration)
    if alpha == 0:
        raise ValueError(
            f"the learning rate is 0 at iteration {iteration} of {iterations}: "
            f"{_of_no_rate(rate, iteration, iterations)}"
        )
    return alpha


def _of_no_rate(rate: Schedule, iteration: int, iterations: int) -> str:
    """Return what to say of a rate of 0, which is not always one that has come to its end."""
    if rate(iterations - 1) != 0:
        return "a step that changes nothing; let the schedule be above 0 there too"
    if iteration == 0:
        return "the schedule is 0 from its start on"
    return "the schedule is shorter than the run, or falls too far; give it as many steps"
