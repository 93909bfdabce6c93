"""An answer to the exercise `relu`."""

import numpy as np


def relu(Z):
    """Return the larger of 0 and z, entry by entry, in a new array."""
    return np.maximum(Z, 0)
