"""How well logits agree with labels. Conventions are those of `nnfs.functions`."""

import numpy as np

from nnfs.arguments import Array


def count_correct(Z: Array, y: Array) -> int:
    """Return how many columns have their largest logit, of equals the first, at the true class.

    Parameters
    ----------
    Z : (classes, m) logits
    y : (m,) integer labels

    Returns
    -------
    int
    """
    largest = np.equal(Z, Z.max(axis=-2, keepdims=True))
    if np.count_nonzero(largest) == y.size:
        return int(np.count_nonzero(largest[y, np.arange(y.size)]))
    # Equals, or NaN. This line alone would do; the others take a tenth of its time.
    return int(np.count_nonzero(Z.argmax(axis=-2) == y))
