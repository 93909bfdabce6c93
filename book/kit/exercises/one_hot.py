"""The exercise `one_hot`: the one-hot matrix of labels."""

from collections.abc import Callable
from typing import Any

import numpy as np

from kit.exercises.engine.calling import call
from kit.exercises.engine.comparing import compare
from kit.exercises.engine.exercise import Exercise
from nnfs import functions


def check(one_hot: Callable[..., Any]) -> None:
    """Compare on five classes, of which the last does not occur, and on the default ten."""
    labels = np.array([2, 0, 3, 2])
    right = functions.one_hot(labels, 5)
    rows, shifted = np.zeros((5, 4)), np.zeros((5, 4))
    rows[labels] = 1
    shifted[labels - 1, np.arange(4)] = 1
    transposed = "Your matrix is the transpose of the right one: a column for each example."
    counted = (
        "Your matrix has as many rows as the largest label asks for, so a batch without the last "
        "class would lose a row. Take the number of rows from n_classes."
    )
    mistakes = (
        (transposed, right.T),
        (counted, right[:4]),
        (f"{transposed} And its size should come from n_classes.", right[:4].T),
        (
            "Your assignment fills whole rows. Name a column beside each row: "
            "Y[labels, np.arange(m)].",
            rows,
        ),
        ("Your ones stand one row too high: label 0 belongs in row 0.", shifted),
        ("Your matrix is still all zeros: put a 1 into every column.", np.zeros((5, 4))),
    )
    compare(call(one_hot, labels, 5), right, mistakes, "The matrix")
    compare(call(one_hot, labels), functions.one_hot(labels), (), "Without n_classes, the matrix")


EXERCISE = Exercise(
    name="one_hot",
    page="see/digits",
    number=4,
    task="the one-hot matrix of labels",
    hints=(
        "Start with zeros of the right shape: a row for each class, a column for each label.",
        "Two arrays as an index, `Y[rows, columns]`, name one entry for each pair. Label `i` "
        "is the row, `i` the column.",
    ),
    books=functions.one_hot,
    check=check,
)
