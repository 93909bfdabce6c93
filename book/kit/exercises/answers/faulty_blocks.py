"""An answer to the exercise `faulty_blocks`."""

import numpy as np


def faulty_blocks(found, measured):
    """Return the names of the blocks W1, b1, W2, b2 that are off by over 1e-6 of their largest."""
    wrong = []
    for name, dP, slope in zip(("W1", "b1", "W2", "b2"), found, measured, strict=True):
        if np.abs(dP - slope).max() > 1e-6 * np.abs(slope).max():
            wrong.append(name)
    return wrong


EACH = "names = 'W1', 'b1', 'W2', 'b2'\n    trios = list(zip(names, found, measured))\n    return "
MISTAKES = [
    (EACH + "[n for n, d, s in trios if (d != s).any()]", "never exact"),
    (EACH + "[n for n, d, s in trios if abs((d - s).mean()) > 0.2 * abs(s).max()]", "One entry"),
    (
        EACH + "[n for n, d, s in trios if abs(abs(d) - abs(s)).max() > 1e-6 * abs(s).max()]",
        "wrong sign everywhere",
    ),
    (EACH + "[n for n, d, s in trios if (d - s).max() > 1e-6 * abs(s).max()]", "take np.abs"),
    (EACH + "[n for n, d, s in trios if abs(d - s).max() > 1e-6]", "all slopes are tiny"),
    (EACH + "[n for n, d, s in trios[::-1] if abs(d - s).max() > 1e-6 * abs(s).max()]", "order"),
    (EACH + "any(abs(d - s).max() > 1e-6 * abs(s).max() for n, d, s in trios)", "list of names"),
]
"""Bodies of typical wrong answers, and words of the sentence that names each."""
