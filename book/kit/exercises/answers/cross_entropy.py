"""An answer to the exercise `cross_entropy`."""

import numpy as np


def cross_entropy(Z2, Y):
    """Return the mean over the examples of -log p(true class), from logits Z2."""
    S = Z2 - Z2.max(axis=0)
    log_p = S - np.log(np.exp(S).sum(axis=0))
    return -(Y * log_p).sum(axis=0).mean()
