"""An answer to the exercise `numerical_gradient`."""

import numpy as np


def numerical_gradient(f, P, h):
    """Return the central difference of f, with the step h, for every entry of P."""
    slopes = np.zeros_like(P)
    for place in np.ndindex(P.shape):
        move = np.zeros_like(P)
        move[place] = h
        slopes[place] = (f(P + move) - f(P - move)) / (2 * h)
    return slopes


LOOP = """\
slopes = np.zeros_like(P)
    for place in np.ndindex(P.shape):
        move = np.zeros_like(P)
        move[place] = h
        slopes[place] = """

MISTAKES = [
    (LOOP + "(f(P + move) - f(P - move)) / h\n    return slopes", "2h apart"),
    (LOOP + "(f(P + move) - f(P - move)) / 2 * h\n    return slopes", "needs brackets"),
    (LOOP + "(f(P + move) - f(P)) / h\n    return slopes", "a forward difference"),
    (LOOP + "(f(P) - f(P - move)) / h\n    return slopes", "a backward difference"),
    (LOOP + "(f(P - move) - f(P + move)) / (2 * h)\n    return slopes", "sign is wrong"),
    (LOOP + "(f(P + move) - f(P - move)) / (2 * h)\n    return slopes.ravel()", "in a row"),
    ("return (f(P + h) - f(P - h)) / (2 * h)", "all entries at once"),
    (
        "moves = h * np.eye(P.size)\n"
        "    return np.array([(f(P + e) - f(P - e)) / (2 * h) for e in moves])",
        "any shape",
    ),
]
"""Bodies of typical wrong answers, and words of the sentence that names each."""
