"""When a training run has diverged: its numbers are none, or say nothing any more.

A rate that is far too large throws the loss up. Some networks come back from there, and nothing is
said of these. Others come to infinity or NaN, at once in float32, later or not at all in float64.
And some die on the way: no unit is lit by any example, the last biases alone are pushed about, and
all numbers stay finite. So there is one test for each step, the same for both kinds of number, and
one for where a run ends.
"""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from nnfs.types import Array

LARGEST = float(np.finfo(np.float32).max)
"""What is larger has overflowed, also in float64."""
LOST = 10.0
"""A loss of so many times that at the start, with answers no better than a guess, is no result."""
SHORT, LOST_AT_ONCE = 10, 1e4
"""In a run of fewer steps, which may be one of several in a loop, so many times are wanted: the
first steps on pixels in 0..255 throw the loss up some hundred times, and later ones catch it."""
HOPELESS = 1e12
"""A loss of so many times that at the start is no result, whatever the answers are."""


class DivergenceError(ValueError):
    """The loss or the parameters stopped being finite numbers, or numbers that mean anything."""


def check_step(iteration: int, loss: float, params: Sequence[Array], alpha: float) -> None:
    """Raise DivergenceError if the loss before a step or the parameters after it are no numbers.

    Parameters
    ----------
    iteration : int
    loss : float
    params : sequence of arrays
    alpha : float
        The learning rate, for the message.
    """
    with np.errstate(over="ignore", invalid="ignore"):
        finite = all(_holds(P) for P in params)
    if finite and -LARGEST <= loss <= LARGEST:
        return
    step = "" if finite else " and the step from there leaves parameters that are not all finite"
    if not finite and all(np.isfinite(P).all() for P in params):
        step = f" and the step from there leaves parameters beyond {LARGEST:.1g}"
    advice = _advice(alpha)
    if iteration == 0:
        advice += "; if the gradient function is your own, look first at what it returns"
    raise DivergenceError(
        f"training diverged at iteration {iteration}: the loss is {loss:.4g}{step}; {advice}"
    )


def check_end(
    start: float, end: float, right: float, *, y: Array, n_classes: int, steps: int, alpha: float
) -> None:
    """Raise DivergenceError if a run ends with a loss far above the start, and answers that guess.

    Parameters
    ----------
    start, end : float
        The loss before the first step, and where the run ends.
    right : float
        The share of right answers where the run ends, 0 to 1.
    y : (m,) integer labels
        Of the examples.
    n_classes : int
    steps : int
        The length of the run, for the message.
    alpha : float
        The learning rate, for the message.
    """
    times = end / max(abs(start), math.log(n_classes), 1.0)
    guess = of_a_guess(y)
    lost = LOST_AT_ONCE if steps < SHORT else LOST
    # A comparison with NaN is false.
    if times <= lost or (times <= HOPELESS and right > guess):
        return
    no_better = "" if right > guess else ", no better than always the same one"
    raise DivergenceError(
        f"training diverged: after {steps} step{'s' * (steps != 1)} the loss is {end:.4g}, at the "
        f"start it was {start:.4g}, and {100 * right:.0f} % of the answers are right{no_better}; "
        f"{_advice(alpha)}"
    )


def of_a_guess(y: Array) -> float:
    """Return the share of right answers, 0 to 1, of always giving the most frequent label."""
    return float(np.bincount(y).max() / y.size)


def _holds(P: Any) -> bool:
    """Return whether all entries are numbers of a size that float32 has."""
    if P.dtype.kind != "f":
        return bool(np.isfinite(P).all())
    # Whose squares have a sum that float32 holds, none is larger itself: the usual case, asked of
    # every array of every step, in one product. A comparison with NaN is false.
    flat = P.ravel(order="K")
    if flat.dot(flat) <= LARGEST:
        return True
    return P.size == 0 or (float(P.min()) >= -LARGEST and float(P.max()) <= LARGEST)


def _advice(alpha: float) -> str:
    return f"try a learning rate smaller than {alpha:g}, and inputs scaled to [0, 1]"
