"""An answer to the exercise `relu`."""

import numpy as np


def relu(Z):
    """Return the larger of 0 and z, entry by entry, in a new array."""
    return np.maximum(Z, 0)


MISTAKES = [
    ("return max(0, Z)", "np.maximum"),
    ("return np.max(Z)", "np.maximum, not np.max"),
    ("return Z > 0", "You return the mask"),
    ("return np.abs(Z)", "absolute value"),
    ("Z[Z < 0] = 0; return Z", "changes an array"),
    ("return np.where(Z > 0, Z, 0.01 * Z)", "leak"),
    ("return Z[Z > 0]", "left entries out"),
    ("return np.minimum(Z, 0)", "negative entries"),
]
"""Bodies of typical wrong answers, and words of the sentence that names each."""
