"""An answer to the exercise `gradient_in_parts`."""

import numpy as np

from kit.exercises.answers.backward import backward
from kit.exercises.answers.forward import forward


def gradient_in_parts(params, X, Y, size):
    """Return dW1, db1, dW2, db2 of all examples, part by part."""
    m = X.shape[1]
    total = [np.zeros_like(P) for P in params]
    for i in range(0, m, size):
        X_k, Y_k = X[:, i : i + size], Y[:, i : i + size]
        gradients = backward(params, forward(params, X_k), X_k, Y_k)
        share = X_k.shape[1] / m
        total = [before + share * dP for before, dP in zip(total, gradients, strict=True)]
    return tuple(total)


LOOP = """\
m = X.shape[1]; total = [0.0] * 4; count = 0
    for i in range(0, m, size):
        X_k, Y_k = X[:, i : i + size], Y[:, i : i + size]; m_k = X_k.shape[1]; count += 1
        g = backward(params, forward(params, X_k), X_k, Y_k)
        """
MISTAKES = [
    (
        LOOP + "total = [t + d for t, d in zip(total, g)]\n"
        "    return tuple(t / count for t in total)",
        "All parts count alike",
    ),
    (LOOP + "total = [t + d for t, d in zip(total, g)]\n    return total", "without any weights"),
    (
        LOOP + "total = [t + m_k * d for t, d in zip(total, g)]\n    return total",
        "never divide by all",
    ),
    (
        LOOP + "total = [t + size / m * d for t, d in zip(total, g)]\n    return total",
        "weight of a full one",
    ),
    (LOOP + "total = g\n    return total", "last part alone"),
    (LOOP + "return g", "first part alone"),
    (
        LOOP + "total = [t + (m_k == size) * m_k / m * d for t, d in zip(total, g)]\n"
        "    return total",
        "left over",
    ),
    (LOOP + "total = [m_k / m * d for d in g]\n    return total", "last part's share"),
    ("return backward(params, forward(params, X[:, :size]), X[:, :size], Y)", "does not fit"),
]
"""Bodies of typical wrong answers, and words of the sentence that names each."""
