"""An answer to the exercise `init_params`."""

import numpy as np


def init_params(n, hidden, classes, rng):
    """Return W1, b1, W2, b2: weights normal with He's variance, biases zero."""
    W1 = rng.normal(size=(hidden, n)) * np.sqrt(2 / n)
    W2 = rng.normal(size=(classes, hidden)) * np.sqrt(2 / hidden)
    return W1, np.zeros((hidden, 1)), W2, np.zeros((classes, 1))


MISTAKES = [
    (
        "return (rng.normal(size=(n, hidden)), np.zeros((hidden, 1)), "
        "rng.normal(size=(hidden, classes)), np.zeros((classes, 1)))",
        "transpose of the right ones",
    ),
    (
        "return (rng.normal(size=(hidden, n)), np.zeros((hidden, 1)), "
        "rng.normal(size=(classes, hidden)), np.zeros((classes, 1)))",
        "no scale",
    ),
    (
        "return (2 / n * rng.normal(size=(hidden, n)), np.zeros((hidden, 1)), "
        "2 / hidden * rng.normal(size=(classes, hidden)), np.zeros((classes, 1)))",
        "its root",
    ),
    (
        "return (rng.random((hidden, n)) - 0.5, rng.random((hidden, 1)) - 0.5, "
        "rng.random((classes, hidden)) - 0.5, rng.random((classes, 1)) - 0.5)",
        "original's uniform interval",
    ),
    (
        "return (np.zeros((hidden, n)), np.zeros((hidden, 1)), np.zeros((classes, hidden)), "
        "np.zeros((classes, 1)))",
        "stay equal for ever",
    ),
    (
        "rng = np.random.default_rng(0); s = np.sqrt(2 / n), np.sqrt(2 / hidden)\n"
        "    return (s[0] * rng.normal(size=(hidden, n)), np.zeros((hidden, 1)), "
        "s[1] * rng.normal(size=(classes, hidden)), np.zeros((classes, 1)))",
        "draw from rng",
    ),
    (
        "s = np.sqrt(1 / n), np.sqrt(1 / hidden)\n"
        "    return (s[0] * rng.normal(size=(hidden, n)), np.zeros((hidden, 1)), "
        "s[1] * rng.normal(size=(classes, hidden)), np.zeros((classes, 1)))",
        "factor 2 is missing",
    ),
]
"""Bodies of typical wrong answers, and words of the sentence that names each."""
