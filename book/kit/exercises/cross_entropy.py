"""The exercise `cross_entropy`: the mean loss, from logits."""

from collections.abc import Callable
from typing import Any

import numpy as np

from kit.exercises.engine.calling import call
from kit.exercises.engine.comparing import compare, unstable
from kit.exercises.engine.exercise import Exercise, FaultError
from kit.exercises.engine.sample import ONE_HOT, Z2, M
from nnfs import functions

ADDED = (
    "A small number added to the probability bends the loss, and hides how wrong a sure answer "
    "is. Compute the logarithm from logits instead."
)


def check(cross_entropy: Callable[..., Any]) -> None:
    """Compare on ordinary logits, then on an answer that is sure and wrong."""
    log_p = functions.log_softmax(Z2)
    right = functions.cross_entropy(Z2, ONE_HOT)
    across = functions.log_softmax(Z2.T).T
    with np.errstate(invalid="ignore"):
        of_logits = -(ONE_HOT * np.log(Z2)).sum() / M
    mistakes = (
        ("You add the losses of the examples up. The loss is their mean: divide by m.", right * M),
        ("You divided by m twice.", right / M),
        (
            "You divided by the number of all entries. The mean runs over examples: divide by m.",
            right / 3,
        ),
        ("The sign is missing: the loss is minus the logarithm, and never negative.", -right),
        (
            "Softmax runs over examples here. It should run over classes, down each column.",
            -(ONE_HOT * across).sum() / M,
        ),
        (
            "You add up the logarithms of all classes. Only the true one counts: times Y.",
            -log_p.sum() / M,
        ),
        ("This logarithm has the base 2. The book's loss is in nats: np.log.", right / np.log(2)),
        ("This logarithm has the base 10. The book's loss is in nats: np.log.", right / np.log(10)),
        ("You return the loss of each example. Take their mean.", -(ONE_HOT * log_p).sum(axis=0)),
        ("Z2 are logits, not probabilities: softmax comes before the logarithm.", of_logits),
        (
            "The logarithm of softmax is z - log(sum(exp(z))). You have left out the second part.",
            -(ONE_HOT * Z2).sum() / M,
        ),
    )
    got = call(cross_entropy, Z2, ONE_HOT)
    loosely = np.shape(got) == () and abs(float(got) - float(right)) < 1e-2
    if loosely and not np.isclose(got, right, rtol=1e-9):
        raise FaultError(ADDED)
    compare(got, right, mistakes, "The loss")
    wrong_and_sure = np.array([[0.0, 900.0], [1000.0, 0.0], [-5.0, 3.0]])
    Y = np.eye(3)[:, [0, 1]]
    got = call(cross_entropy, wrong_and_sure, Y)
    if np.shape(got) == () and np.isfinite(got) and got < 900:
        raise FaultError(ADDED)
    unstable(
        got,
        functions.cross_entropy(wrong_and_sure, Y),
        "A sure and wrong answer makes your loss infinite, because its probability rounds to 0. "
        "Compute the logarithm from logits: subtract each column's largest, then log-sum-exp.",
    )


EXERCISE = Exercise(
    name="cross_entropy",
    page="derive/softmax",
    number=30,
    task="the mean loss, from logits",
    hints=(
        "The logarithm of softmax is $z - \\ln \\sum_k e^{z_k}$. It never needs the probability.",
        "Multiply by `Y` to keep the true class, add down each column, and take the mean over "
        "the columns. Mind the sign.",
    ),
    books=functions.cross_entropy,
    check=check,
)
