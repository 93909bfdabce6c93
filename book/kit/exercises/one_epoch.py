"""The exercise `one_epoch`: one round through all examples, a batch at a time."""

from collections.abc import Callable
from typing import Any

import numpy as np

import nnfs
from kit.exercises.engine.calling import call, hint
from kit.exercises.engine.comparing import compare_each
from kit.exercises.engine.exercise import Exercise
from kit.exercises.engine.sample import PARAMS
from nnfs import network
from nnfs.types import Array

ALPHA, SIZE = 0.5, 3
LABELS = np.array([2, 0, 1, 2, 2, 0, 1])
X = np.random.default_rng(4).normal(size=(7, 7))
ORDER = np.array([3, 0, 5, 1, 6, 2, 4])


def step(params: Any, X: Array, y: Array, alpha: float, chosen: Any) -> Any:
    """Return the parameters after one step on the chosen examples."""
    _, _, gradients = network.gradient(params, X[:, chosen], y[chosen])
    return nnfs.update(params, gradients, alpha)


def books(params: Any, X: Any, y: Any, alpha: float, batch_size: int, order: Any) -> Any:
    """Return the parameters after an epoch in this order."""
    params = network.Parameters(*params)
    for first in range(0, len(order), batch_size):
        params = step(params, X, y, alpha, order[first : first + batch_size])
    return tuple(params)


def check(one_epoch: Callable[..., Any]) -> None:
    """Compare an epoch of seven examples in batches of three, of which the last is shorter."""
    right = books(PARAMS, X, LABELS, ALPHA, SIZE, ORDER)
    short = step(step(PARAMS, X, LABELS, ALPHA, ORDER[:3]), X, LABELS, ALPHA, ORDER[3:6])
    parts = [ORDER[:3], ORDER[3:6], ORDER[6:]]
    moves = zip(*(network.gradient(PARAMS, X[:, p], LABELS[p])[2] for p in parts), strict=True)
    stale = [P - ALPHA * sum(move) for P, move in zip(PARAMS, moves, strict=True)]
    unmixed = PARAMS
    for part in parts:
        _, _, gradients = network.gradient(unmixed, X[:, part], LABELS[: len(part)])
        unmixed = nnfs.update(unmixed, gradients, ALPHA)
    mistakes = (
        ("The last batch is missing: it is shorter, and its example has a say too.", short),
        (
            "You take one step for all examples. Take one for each batch, and go on from there.",
            step(PARAMS, X, LABELS, ALPHA, ORDER),
        ),
        (
            "Every batch takes its gradient at the first parameters. Use those of the last step.",
            stale,
        ),
        (
            "Only the first batch makes a step. Either return stands inside the loop, or every "
            "step starts from the first parameters.",
            step(PARAMS, X, LABELS, ALPHA, ORDER[:3]),
        ),
        (
            "Only the last batch's step is left. Start each step from the parameters of the one "
            "before.",
            step(PARAMS, X, LABELS, ALPHA, ORDER[6:]),
        ),
        (
            "The examples come in the order of X. Take the columns that order names.",
            books(PARAMS, X, LABELS, ALPHA, SIZE, np.arange(7)),
        ),
        ("The columns of X are chosen by order, and the labels are not.", unmixed),
        ("You return the parameters of the start. Keep what update returns.", tuple(PARAMS)),
    )
    got = hint(
        call,
        one_epoch,
        tuple(PARAMS),
        X,
        LABELS,
        ALPHA,
        SIZE,
        ORDER,
        sentence="Two shapes do not fit: choose the same examples from X and from the labels.",
        when="broadcast|matmul|aligned",
    )
    compare_each(got, right, "W1 b1 W2 b2", mistakes)


EXERCISE = Exercise(
    name="one_epoch",
    page="beyond/optimisers",
    number=155,
    task="one epoch in batches",
    hints=(
        "`range(0, len(order), batch_size)` goes to the first example of every batch, and "
        "`order[k : k + batch_size]` is the batch. A slice that reaches beyond the end is cut off.",
        "The examples are columns: `X[:, chosen]` and, of the one-hot labels, `Y[:, chosen]`. "
        "Forward, backward, update; and the new parameters take the place of the old.",
    ),
    books=books,
    check=check,
)
