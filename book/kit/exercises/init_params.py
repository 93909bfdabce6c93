"""The exercise `init_params`: He's parameters to start from."""

from collections.abc import Callable
from typing import Any

import numpy as np

import nnfs
from kit.exercises.engine.calling import call
from kit.exercises.engine.exercise import Exercise, FaultError


def check(init_params: Callable[..., Any]) -> None:
    """Look at shapes, biases, and the scale of many weights."""
    n, hidden, classes = 700, 50, 30
    got = call(init_params, n, hidden, classes, np.random.default_rng(5))
    if not isinstance(got, tuple | list) or len(got) != 4:
        raise FaultError("Return 4 arrays: W1, b1, W2, b2.")
    shapes = tuple(map(np.shape, got))
    expected = ((hidden, n), (hidden, 1), (classes, hidden), (classes, 1))
    if shapes == ((n, hidden), (hidden, 1), (hidden, classes), (classes, 1)):
        raise FaultError(
            "The weights are the transpose of the right ones: a row for each unit, a column for "
            "each of its inputs."
        )
    for name, shape, wanted in zip(("W1", "b1", "W2", "b2"), shapes, expected, strict=True):
        if shape != wanted:
            raise FaultError(f"{name} has the shape {shape}. It should have {wanted}.")
    W1, b1, W2, b2 = map(np.asarray, got)
    for name, W, fan_in, fan_out in (("W1", W1, n, hidden), ("W2", W2, hidden, classes)):
        _check_scale(name, W, fan_in, fan_out)
    if np.any(b1) or np.any(b2):
        raise FaultError("The biases should start at zero. Random weights break the symmetry.")
    again = call(init_params, n, hidden, classes, np.random.default_rng(5))
    if not np.array_equal(W1, again[0]):
        raise FaultError(
            "The same generator gives other weights each time: draw from rng, so that a run can "
            "be repeated."
        )
    other = call(init_params, n, hidden, classes, np.random.default_rng(6))
    if np.array_equal(W1, other[0]):
        raise FaultError("Every generator gives the same weights: draw from rng, not a seed.")


def _check_scale(name: str, W: Any, fan_in: int, fan_out: int) -> None:
    spread = float(W.std())
    if spread == 0:
        raise FaultError(f"All weights of {name} are equal, so all its units stay equal for ever.")
    if abs(W.mean()) > spread / 4:
        raise FaultError(f"The weights of {name} are not centred: their mean should be zero.")
    scales = (
        ("2/n is He's variance. The factor is its root, the standard deviation.", 2 / fan_in),
        ("The weights have no scale. He's standard deviation is the root of 2/n.", 1.0),
        ("The factor 2 is missing: it makes up for the half that ReLU cuts away.", fan_in**-0.5),
        ("n is the number of a unit's inputs, not of the layer's units.", (2 / fan_out) ** 0.5),
        ("This is the original's uniform interval. He's weights are normal, scaled.", 12**-0.5),
    )
    right = (2 / fan_in) ** 0.5
    if abs(spread / right - 1) < 0.1:
        return
    for sentence, scale in scales:
        if abs(spread / scale - 1) < 0.1:
            raise FaultError(f"{name}: {sentence}")
    raise FaultError(
        f"The weights of {name} have the standard deviation {spread:.3g}. It should be the root "
        f"of 2/{fan_in}, {right:.3g}."
    )


def books(n: int, hidden: int, classes: int, rng: Any) -> Any:
    """Return the book's parameters to start from."""
    seed = int(rng.integers(2**31))
    return nnfs.init_params(n, hidden, classes, scheme="he", seed=seed, dtype=np.float64)


EXERCISE = Exercise(
    name="init_params",
    page="train/initialise",
    number=120,
    task="He's parameters to start from",
    hints=(
        "`rng.normal(size=...)` draws numbers with standard deviation 1.",
        "The variance is $2/n$, where $n$ counts the inputs of a unit: the columns of $W$. "
        "Biases are columns of zeros.",
    ),
    books=books,
    check=check,
)
