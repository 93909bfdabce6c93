"""An answer to the exercise `train`."""

from kit.exercises.answers.backward import backward
from kit.exercises.answers.forward import forward
from kit.exercises.answers.one_hot import one_hot
from kit.exercises.answers.update import update


def train(params, X, y, alpha, iterations):
    """Return the parameters after some steps of gradient descent on all examples."""
    Y = one_hot(y, n_classes=len(params[3]))
    for _ in range(iterations):
        activations = forward(params, X)
        gradients = backward(params, activations, X, Y)
        params = update(params, gradients, alpha)
    return params


MISTAKES = [
    (
        "Y = one_hot(y, 3)\n    for _ in range(iterations):\n        a = forward(params, X)\n"
        "        return update(params, backward(params, a, X, Y), alpha)\n    return params",
        "return stands inside the loop",
    ),
    (
        "Y = one_hot(y, 3); a = forward(params, X); g = backward(params, a, X, Y)\n"
        "    for _ in range(iterations): params = update(params, g, alpha)\n    return params",
        "gradient of the start",
    ),
    (
        "Y = one_hot(y, 3)\n    for _ in range(iterations):\n        a = forward(params, X)\n"
        "        update(params, backward(params, a, X, Y), alpha)\n    return params",
        "Keep what update returns",
    ),
    (
        "Y = one_hot(y, 3)\n    for _ in range(1, iterations):\n"
        "        a = forward(params, X)\n"
        "        params = update(params, backward(params, a, X, Y), alpha)\n    return params",
        "One step is missing",
    ),
    (
        "Y = one_hot(y, 3)\n    for _ in range(iterations):\n        a = forward(params, X)\n"
        "        params = update(params, backward(params, a, X, Y), 0.1)\n    return params",
        "whatever alpha says",
    ),
]
"""Bodies of typical wrong answers, and words of the sentence that names each."""
