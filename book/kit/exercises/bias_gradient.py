"""The exercise `bias_gradient`: the gradient of the mean loss with respect to the biases."""

from collections.abc import Callable
from typing import Any

import numpy as np

from kit.exercises.engine.calling import call
from kit.exercises.engine.comparing import compare
from kit.exercises.engine.exercise import Exercise
from kit.exercises.engine.sample import DZ, M
from nnfs import functions


def check(bias_gradient: Callable[..., Any]) -> None:
    """Compare on three outputs and four examples."""
    right = DZ.mean(axis=1, keepdims=True)
    everything = (
        "The sum runs over everything, so all biases get the same gradient. "
        "It should run over examples only, along each row."
    )
    classes = "The sum runs over classes. It should run over examples, along each row."
    flat = "The values are right, the shape is not: keep b a column, with keepdims=True."
    mistakes = (
        *((everything, np.full((3, 1), DZ.sum()) / f) for f in (1, M, DZ.size)),
        *((everything, DZ.sum() / f) for f in (1, M, DZ.size)),
        *((everything, DZ.sum().reshape(1, 1) / f) for f in (1, M, DZ.size)),
        *((classes, DZ.sum(axis=0, keepdims=True) / f) for f in (1, 3, M)),
        *((classes, DZ.sum(axis=0) / f) for f in (1, 3, M)),
        (flat, right[:, 0]),
        ("The factor 1/m is missing: this is the gradient of the sum, not of the mean.", right * M),
        (
            "The factor 1/m is missing, and b is a column: keepdims=True.",
            right[:, 0] * M,
        ),
        ("You divided by m twice.", right / M),
        ("You divided by the number of outputs. The mean runs over the m examples.", right * M / 3),
        ("Your gradient is the transpose of the right one: b is a column.", right.T),
        ("Your gradient has the wrong sign.", -right),
    )
    compare(call(bias_gradient, DZ), right, mistakes, "The gradient")


EXERCISE = Exercise(
    name="bias_gradient",
    page="derive/layer-gradients",
    number=60,
    task="the gradient of the mean loss with respect to the biases",
    hints=(
        "The bias was repeated along the examples. So its gradient is summed along them, "
        "and along nothing else.",
        "`keepdims=True` keeps the result a column.",
    ),
    books=lambda dZ: functions.affine_gradients(dZ, dZ)[1],
    check=check,
)
