"""The exercise `softmax`: the probabilities of logits, column by column."""

from collections.abc import Callable
from typing import Any

import numpy as np

from kit.exercises.engine.calling import call
from kit.exercises.engine.comparing import compare, unstable
from kit.exercises.engine.exercise import Exercise
from kit.exercises.engine.sample import Z2
from nnfs import functions


def check(softmax: Callable[..., Any]) -> None:
    """Compare on ordinary logits, then on logits that overflow in either of two ways."""
    E, stable = np.exp(Z2), np.exp(Z2 - Z2.max(axis=0))
    not_divided = "You have not divided by the sum of the column: probabilities add up to 1."
    mistakes = (
        (
            "The sum runs over examples. It should run over classes, down each column.",
            E / E.sum(axis=1, keepdims=True),
        ),
        (
            "The sum runs over examples. It should run over classes, down each column.",
            stable / stable.sum(axis=1, keepdims=True),
        ),
        ("The sum runs over the whole matrix. Each column needs its own.", E / E.sum()),
        (not_divided, E),
        (not_divided, stable),
        (not_divided, np.exp(Z2 - Z2.max())),
        ("The exponential is missing: np.exp comes before the sum.", Z2 / Z2.sum(axis=0)),
        ("These are logarithms of probabilities. Take np.exp of them.", functions.log_softmax(Z2)),
        (
            "Your result is the transpose of the right one: classes stay in rows.",
            functions.softmax(Z2).T,
        ),
    )
    compare(call(softmax, Z2), functions.softmax(Z2), mistakes, "The matrix of probabilities")
    unstable(
        call(softmax, Z2 + 1000),
        functions.softmax(Z2),
        "Large logits overflow: subtract each column's largest before np.exp.",
    )
    far = Z2 - np.array([0, 2000, 0, 0])
    unstable(
        call(softmax, far),
        functions.softmax(far),
        "You subtract one number from the whole matrix, so a column far below it becomes 0/0. "
        "Subtract each column's own largest.",
    )


EXERCISE = Exercise(
    name="softmax",
    page="derive/softmax",
    number=20,
    task="the probabilities of logits, column by column",
    hints=(
        "Classes stand in rows. Which axis runs down a column?",
        "Only differences of logits matter. What may you subtract from a column, so that no "
        "exponential is larger than 1?",
    ),
    books=functions.softmax,
    check=check,
)
