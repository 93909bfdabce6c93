"""The learning rate as a function of the step, counted from 0."""

import math
from collections.abc import Callable
from typing import TypeAlias

from nnfs import arguments

Schedule: TypeAlias = Callable[[int], float]


def constant(alpha: float) -> Schedule:
    """Return the schedule that is ``alpha`` at every step.

    Raises
    ------
    ValueError
        If alpha is not a positive, finite number.
    """
    alpha = arguments.positive_number(alpha, "alpha")
    return lambda step: alpha


def stepwise(alpha: float, *, every: int, factor: float = 0.1) -> Schedule:
    """Return the schedule that starts at ``alpha`` and is multiplied by ``factor`` now and then.

    Parameters
    ----------
    alpha, factor : float
    every : int
        Steps from one multiplication to the next.

    Raises
    ------
    ValueError
        If alpha or factor is not a positive, finite number, or every not a whole one.
    """
    alpha = arguments.positive_number(alpha, "alpha")
    factor = arguments.positive_number(factor, "factor")
    every = arguments.whole_number(every, "every", at_least=1)
    return lambda step: alpha * factor ** (step // every)


def cosine(alpha: float, *, steps: int, warmup: int = 0) -> Schedule:
    """Return the schedule that rises to ``alpha`` and falls along half a cosine towards 0.

    Parameters
    ----------
    alpha : float
        The largest rate.
    steps : int
        Where the rate would be 0: the length of the run.
    warmup : int
        The rate rises in equal parts, so that step ``warmup - 1`` has all of alpha.

    Raises
    ------
    ValueError
        If alpha is not positive and finite, or warmup not smaller than steps.

    Notes
    -----
    Source: Loshchilov and Hutter, SGDR: stochastic gradient descent with warm restarts (ICLR 2017),
    equation 5; Goyal et al., Accurate, large minibatch SGD (2017), 2.2, for the rise.
    """
    alpha = arguments.positive_number(alpha, "alpha")
    warmup = arguments.whole_number(warmup, "warmup", at_least=0)
    steps = arguments.whole_number(steps, "steps", at_least=warmup + 1)

    def rate(step: int) -> float:
        if step < warmup:
            return alpha * (step + 1) / warmup
        done = (step - warmup) / (steps - warmup)
        return alpha * (1 + math.cos(math.pi * min(done, 1.0))) / 2

    return rate
