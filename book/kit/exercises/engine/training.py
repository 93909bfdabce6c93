"""Training on the digits with the functions that a reader has written."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np

import nnfs
from kit.exercises.engine.marking import namespace
from nnfs import network


def gradient_of(names: Mapping[str, Any]) -> Callable[..., Any]:
    """Return the gradient function that `nnfs.train` takes, made of the reader's parts.

    Parameters
    ----------
    names : dict
        As `namespace` returns them.
    """
    last: list[Any] = [None, None]

    def gradient(params: Any, X: Any, y: Any) -> tuple[Any, int, Any]:
        # `nnfs.train` hands out its images in tiles, which know the products of the book's code and
        # little else. A reader's code may do to them whatever it does to an array.
        if X is not last[0]:
            last[:] = X, np.asarray(X)
        X = last[1]
        # What passes as an array may be a list, which other functions need not take.
        Y = np.asarray(names["one_hot"](y, len(params[3])))
        activations = tuple(np.asarray(A) for A in names["forward"](params, X))
        loss = names["cross_entropy"](activations[2], Y)
        correct = int(np.count_nonzero(np.argmax(activations[2], axis=0) == y))
        gradients = names["backward"](params, activations, X, Y)
        return float(loss), correct, network.Parameters(*map(np.asarray, gradients))

    return gradient


def train_on_digits(
    answers: Mapping[str, str], *, hidden: int = 10, alpha: float = 0.2, rounds: int = 10
) -> Iterator[dict[str, Any]]:
    """Train with the reader's functions on the digits, twenty steps a round.

    Parameters
    ----------
    answers : dict of str
        The reader's code, by the name of its exercise.
    hidden : int
        Hidden units.
    alpha : float
        The learning rate.
    rounds : int

    Yields
    ------
    dict
        ``steps`` so far, ``of`` how many, ``loss`` in nats before the last of them, and
        ``accuracy`` on test images, 0 to 1.
    """
    names = namespace(answers)
    digits = nnfs.load_mnist("bundled")
    drawn = names["init_params"](784, hidden, 10, np.random.default_rng(0))
    params: Any = network.Parameters(*(np.asarray(P, dtype=np.float64) for P in drawn))
    for number in range(1, rounds + 1):
        training = nnfs.train(
            digits.x_train,
            digits.y_train,
            params=params,
            gradient=gradient_of(names),
            alpha=alpha,
            iterations=20,
        )
        params = training.params
        yield {
            "steps": 20 * number,
            "of": 20 * rounds,
            "loss": float(training.history.loss[-1]),
            "accuracy": nnfs.accuracy(params, digits.x_test, digits.y_test),
        }
