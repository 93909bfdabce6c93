"""The exercise `cross_entropy_gradient`: with respect to the scores, from probabilities."""

from collections.abc import Callable
from typing import Any

import numpy as np

from kit.exercises.engine.calling import call
from kit.exercises.engine.comparing import compare
from kit.exercises.engine.exercise import Exercise
from kit.exercises.engine.sample import A2, ONE_HOT, M
from nnfs import functions


def check(cross_entropy_gradient: Callable[..., Any]) -> None:
    """Compare with A2 - Y."""
    D = A2 - ONE_HOT
    mistakes = (
        ("Your gradient has the wrong sign: with it, every step goes up.", -D),
        (
            "You divided by m already. Each column is the gradient of its own example's loss; "
            "1/m comes where the examples are added up.",
            D / M,
        ),
        (
            "The factor A2 (1 - A2) is a habit from sigmoid units. Cross-entropy has cancelled it.",
            D * A2 * (1 - A2),
        ),
        ("That is the difference squared. Leave its sign and its size as they are.", D**2),
        ("A gradient has a sign: leave the absolute value out.", np.abs(D)),
        (
            "That is the derivative by the probabilities. Go on through softmax to the logits.",
            -ONE_HOT / A2,
        ),
        ("You have added up the examples. Keep a column for each.", D.sum(axis=1, keepdims=True)),
    )
    compare(call(cross_entropy_gradient, A2, ONE_HOT), D, mistakes, "The gradient")


EXERCISE = Exercise(
    name="cross_entropy_gradient",
    page="derive/a2-minus-y",
    number=40,
    task="the gradient with respect to the scores, from probabilities",
    hints=(
        "The chapter derives it on three roads. All end in the same difference.",
        "The loss of an example goes down when the probability of its true class goes up. "
        "Which sign does that entry have? And is there a $1/m$ in it?",
    ),
    books=functions.cross_entropy_gradient,
    check=check,
)
