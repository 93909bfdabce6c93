"""An answer to the exercise `softmax`."""

import numpy as np


def softmax(Z):
    """Return the probabilities of logits Z, classes in rows and examples in columns."""
    E = np.exp(Z - Z.max(axis=0))
    return E / E.sum(axis=0)
