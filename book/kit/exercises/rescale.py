"""The exercise `rescale`: another network, the same function."""

from collections.abc import Callable
from typing import Any

import numpy as np

from kit.exercises.engine.calling import call, hint
from kit.exercises.engine.comparing import compare_each
from kit.exercises.engine.exercise import Exercise
from kit.exercises.engine.sample import PARAMS


def books(params: Any, s: Any) -> Any:
    """Return the parameters with each hidden unit rescaled by its factor."""
    W1, b1, W2, b2 = params
    column = np.reshape(s, (-1, 1))
    return column * W1, column * b1, W2 / s, b2


def check(rescale: Callable[..., Any]) -> None:
    """Compare on a network of five units with five different factors."""
    W1, b1, W2, b2 = PARAMS
    s = np.array([0.5, 2.0, 3.0, 0.1, 1.5])
    column = s.reshape(-1, 1)
    mistakes = (
        (
            "The biases of the hidden units come in as well. Multiply them too.",
            [column * W1, b1, W2 / s, b2],
        ),
        (
            "What goes out is multiplied too. Divide it.",
            [column * W1, column * b1, W2 * s, b2],
        ),
        (
            "What goes out has not changed, so the scores have.",
            [column * W1, column * b1, W2, b2],
        ),
        (
            "What comes in is divided and what goes out multiplied: turn it round.",
            [W1 / column, b1 / column, W2 * s, b2],
        ),
    )
    got = hint(
        call,
        rescale,
        tuple(PARAMS),
        s,
        sentence="The factor of a unit belongs to its row of W1 and b1, and to its column of W2. "
        "As a column, s has the shape (hidden, 1).",
        when="broadcast",
    )
    compare_each(got, books(PARAMS, s), "W1 b1 W2 b2", mistakes)


EXERCISE = Exercise(
    name="rescale",
    page="train/learned",
    number=152,
    task="another network that is the same function",
    hints=(
        "A unit is a row of `W1` and of `b1`, and a column of `W2`. Multiply what comes in, its "
        "bias too, and divide what goes out.",
        "`s[:, None]` is a column of factors, one for each row. Without it, `W2 / s` divides each "
        "column by a factor of its own. No factor belongs to `b2`.",
    ),
    books=books,
    check=check,
)
