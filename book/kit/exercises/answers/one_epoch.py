"""An answer to the exercise `one_epoch`."""

from kit.exercises.answers.backward import backward
from kit.exercises.answers.forward import forward
from kit.exercises.answers.one_hot import one_hot
from kit.exercises.answers.update import update


def one_epoch(params, X, y, alpha, batch_size, order):
    """Return the parameters after a step for each batch, the examples taken in this order."""
    Y = one_hot(y, n_classes=len(params[3]))
    for first in range(0, len(order), batch_size):
        chosen = order[first : first + batch_size]
        activations = forward(params, X[:, chosen])
        gradients = backward(params, activations, X[:, chosen], Y[:, chosen])
        params = update(params, gradients, alpha)
    return params


ONE_HOT = "Y = one_hot(y, 3)\n    "
STEP = (
    "params = update(params, backward(params, forward(params, X[:, S]), X[:, S], Y[:, S]), alpha)"
)
EACH = "for k in range(0, len(order), batch_size):\n        "
MISTAKES = [
    (
        ONE_HOT + "for k in range(len(order) // batch_size):\n        "
        "S = order[k * batch_size : (k + 1) * batch_size]; " + STEP + "\n    return params",
        "last batch is missing",
    ),
    (ONE_HOT + "S = order; " + STEP + "\n    return params", "one step for all"),
    (
        ONE_HOT + EACH + "S = order[k : k + batch_size]; " + STEP + "\n        return params",
        "Only the first batch",
    ),
    (
        ONE_HOT + "P = params\n    " + EACH + "S = order[k : k + batch_size]\n        "
        "P = update(P, backward(params, forward(params, X[:, S]), X[:, S], Y[:, S]), alpha)\n"
        "    return P",
        "at the first parameters",
    ),
    (
        ONE_HOT + EACH + "S = slice(k, k + batch_size); " + STEP + "\n    return params",
        "order of X",
    ),
    (
        ONE_HOT + EACH + "S = order[k : k + batch_size]\n        "
        "params = update(params, backward(params, forward(params, X[:, S]), X[:, S], "
        "Y[:, : len(S)]), alpha)\n    return params",
        "the labels are not",
    ),
]
"""Bodies of typical wrong answers, and words of the sentence that names each."""
