"""The exercise `backward`: the six lines of backpropagation."""

from collections.abc import Callable
from typing import Any

import numpy as np

import nnfs
from kit.cells import wrong_gradients
from kit.exercises.engine.calling import call, hint
from kit.exercises.engine.comparing import compare_each
from kit.exercises.engine.exercise import Exercise, FaultError
from kit.exercises.engine.sample import ACTIVATIONS, LABELS, ONE_HOT, PARAMS, X
from nnfs import network

BACKWARD_MISTAKES = {
    "scalar_db": "A bias gradient sums over everything, so all biases of a layer get the same. "
    "The sum should run over examples only.",
    "missing_mask": "Nothing is masked. Take the mask from Z1 > 0; A1 >= 0 is true everywhere.",
    "averaged_twice": "You divided by m twice, in dZ2 and where the examples are added up.",
    "never_averaged": "The factor 1/m is missing everywhere: these are gradients of the sum.",
    "flipped_sign": "The first layer's gradients have the wrong sign.",
    "sigmoid_slope": "The factor A2 (1 - A2) is a habit from sigmoid units. "
    "With cross-entropy, dZ2 is A2 - Y.",
    "before_relu": "dW2 is made with Z1. The second layer was fed with A1.",
}
"""What to say to readers whose gradients agree with those of a function of `wrong_gradients`."""


def check(backward: Callable[..., Any]) -> None:
    """Compare with the gallery of wrong gradients, then with slopes of the loss alone."""
    right = network.backward(PARAMS, ACTIVATIONS, X, ONE_HOT)
    dW1, db1, dW2, db2 = right
    mistakes = [
        (sentence, getattr(wrong_gradients, name)(PARAMS, X, LABELS)[2])
        for name, sentence in BACKWARD_MISTAKES.items()
    ]
    another = "The gradients come in another order: return dW1, db1, dW2, db2."
    mistakes += [
        (another, (dW2, db2, dW1, db1)),
        (another, (dW1, dW2, db1, db2)),
        ("All gradients have the wrong sign: dZ2 is A2 - Y.", tuple(-g for g in right)),
        ("The weight gradients are transposed.", (dW1.T, db1, dW2.T, db2)),
        (
            "The bias gradients are flat. Keep them columns: keepdims=True.",
            (dW1, db1[:, 0], dW2, db2[:, 0]),
        ),
    ]
    got = hint(
        call,
        backward,
        tuple(PARAMS),
        tuple(ACTIVATIONS),
        X,
        ONE_HOT,
        sentence="A product does not fit. On the way back W2 is transposed: it has to lead from "
        "three outputs to five hidden units.",
        when="matmul|aligned",
    )
    compare_each(got, right, "dW1 db1 dW2 db2", mistakes)

    def gradient(params: Any, X: Any, y: Any) -> Any:
        loss, correct, right = network.gradient(params, X, y)
        if np.iscomplexobj(np.asarray(loss)):
            return loss, correct, right
        return loss, correct, backward(tuple(params), tuple(network.forward(params, X)), X, ONE_HOT)

    checked = nnfs.check_gradients(PARAMS, X, LABELS, gradient=gradient)
    if not checked.passed():
        raise FaultError(f"The gradient check finds an error of {checked.worst}.")


def books(params: Any, activations: Any, X: Any, Y: Any) -> Any:
    """Return the book's gradients."""
    return network.backward(params, network.Activations(*activations), X, Y)


EXERCISE = Exercise(
    name="backward",
    page="derive/backpropagation",
    number=110,
    task="the six lines of backpropagation",
    hints=(
        "Begin at the end, with `dZ2`. It gives `dW2` and `db2`.",
        "Through the second layer with `affine_adjoint`, through ReLU with the mask of `Z1`: "
        "that is `dZ1`. The rest is as for the second layer, with `X` for `A1`.",
    ),
    books=books,
    check=check,
)
