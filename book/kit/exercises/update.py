"""The exercise `update`: one step of gradient descent."""

from collections.abc import Callable
from typing import Any

import nnfs
from kit.exercises.engine.calling import call, hint
from kit.exercises.engine.comparing import compare_each
from kit.exercises.engine.exercise import Exercise
from kit.exercises.engine.sample import ACTIVATIONS, ONE_HOT, PARAMS, X
from nnfs import network


def check(update: Callable[..., Any]) -> None:
    """Compare one step with a learning rate of 0.25."""
    gradients = tuple(network.backward(PARAMS, ACTIVATIONS, X, ONE_HOT))
    pairs = list(zip(PARAMS, gradients, strict=True))
    mistakes = (
        (
            "You step along the gradient, and the loss goes up. Subtract.",
            [P + 0.25 * g for P, g in pairs],
        ),
        ("The learning rate is missing.", [P - g for P, g in pairs]),
        ("You divided by the learning rate. Multiply.", [P - g / 0.25 for P, g in pairs]),
        ("The order is turned round: parameters minus the step.", [0.25 * g - P for P, g in pairs]),
        ("You return the step alone. Take it from the parameters.", [0.25 * g for _, g in pairs]),
        ("You return the step alone. Take it from the parameters.", [-0.25 * g for _, g in pairs]),
        ("Nothing has changed: return the new parameters.", list(PARAMS)),
    )
    got = hint(
        call,
        update,
        tuple(PARAMS),
        gradients,
        0.25,
        sentence="Parameters are a tuple of four arrays, and a tuple has no arithmetic: take them "
        "one by one, for example with zip.",
        when="unsupported operand|can't multiply",
    )
    right = [P - 0.25 * g for P, g in pairs]
    compare_each(got, right, "W1 b1 W2 b2", mistakes)


EXERCISE = Exercise(
    name="update",
    page="train/original-job",
    number=130,
    task="one step of gradient descent",
    hints=(
        "Parameters and gradients are tuples in the same order. `zip` pairs them.",
        "`P -= ...` would change the caller's array. Make a new one.",
    ),
    books=nnfs.update,
    check=check,
)
