"""The exercise `share_right`: how often the largest probability is that of the true class."""

from collections.abc import Callable
from typing import Any

import numpy as np

from kit.exercises.engine.calling import call, hint
from kit.exercises.engine.comparing import compare
from kit.exercises.engine.exercise import Exercise

A2 = np.random.default_rng(41).dirichlet(np.ones(3), 8).T
LABELS = np.where(np.arange(8) < 5, A2.argmax(axis=0), A2.argmin(axis=0))


def books(A2: Any, labels: Any) -> Any:
    """Return the share of columns whose largest entry is in the row of the label."""
    return np.mean(np.argmax(A2, axis=0) == labels)


def check(share_right: Callable[..., Any]) -> None:
    """Compare on eight examples of three classes, five of them right, and on all of them right."""
    answers = A2.argmax(axis=0)
    right = np.mean(answers == LABELS)
    rows = (
        "You look for the largest entry of each row. An image is a column: argmax with axis=0 "
        "goes down the columns."
    )
    mistakes = (
        (
            "This is how many answers are right. Divide by the number of images.",
            right * LABELS.size,
        ),
        ("This is the share of wrong answers: you compare with != or subtract from 1.", 1 - right),
        (
            "You have one truth value for each image. Their mean is the share of those that are "
            "true.",
            answers == LABELS,
        ),
        (
            "This is how sure the network is on average. Ask instead how often its answer, the "
            "row of the largest probability, is the label.",
            A2.max(axis=0).mean(),
        ),
        (
            "This is the mean probability of the true class. Count an image as right if the "
            "largest entry of its column is in the row of the label, and as wrong if not.",
            A2[LABELS, np.arange(LABELS.size)].mean(),
        ),
        (
            "You divided by the number of classes. Divide by the number of images.",
            right * LABELS.size / A2.shape[0],
        ),
        (
            "Without an axis, argmax gives a single place in the whole matrix. With axis=0 it "
            "gives one for each column.",
            np.mean(A2.argmax() == LABELS),
        ),
        ("You return the answers themselves. Compare them with the labels.", answers),
    )
    got = hint(call, share_right, A2, LABELS, sentence=rows, when="broadcast|match|equal")
    compare(got, right, mistakes, "The share")
    compare(
        call(share_right, A2[:, :5], LABELS[:5]), 1.0, (), "Where every answer is right, the share"
    )


EXERCISE = Exercise(
    name="share_right",
    page="see/one-page",
    number=1,
    task="the share of images that are read correctly, from their probabilities and labels",
    hints=(
        "The answer to an image is the row in which its column has the largest entry. NumPy finds "
        "it with `np.argmax`, and `axis=0` makes it look down every column.",
        "Comparing the answers with `labels` gives a truth value for each image. A true value "
        "counts as 1 and a false one as 0, so `np.mean` of them is the share.",
    ),
    books=books,
    check=check,
)
