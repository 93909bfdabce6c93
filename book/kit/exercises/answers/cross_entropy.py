"""An answer to the exercise `cross_entropy`."""

import numpy as np


def cross_entropy(Z2, Y):
    """Return the mean over the examples of -log p(true class), from logits Z2."""
    S = Z2 - Z2.max(axis=0)
    log_p = S - np.log(np.exp(S).sum(axis=0))
    return -(Y * log_p).sum(axis=0).mean()


SOFTMAX = "E = np.exp(Z2 - Z2.max(axis=0)); A2 = E / E.sum(axis=0)\n    "
MISTAKES = [
    (SOFTMAX + "return -(Y * np.log(A2)).sum()", "divide by m"),
    (SOFTMAX + "return -(Y * np.log(A2)).mean()", "all entries"),
    (SOFTMAX + "return (Y * np.log(A2)).sum(axis=0).mean()", "sign is missing"),
    (SOFTMAX + "return -(Y * np.log(A2)).sum(axis=0).mean()", "infinite"),
    (SOFTMAX + "return -(Y * np.log(A2 + 1e-8)).sum(axis=0).mean()", "bends the loss"),
    (SOFTMAX + "return -np.log((Y * A2).sum(axis=0) + 1e-300).mean()", "bends the loss"),
    (SOFTMAX + "return -(Y * np.log(A2)).sum(axis=0)", "loss of each example"),
    (SOFTMAX + "return -(Y * np.log2(A2)).sum(axis=0).mean()", "base 2"),
    ("return -(Y * Z2).sum(axis=0).mean()", "left out the second part"),
    ("return np.abs((Y - softmax(Z2)).sum())", "and should be"),
]
"""Bodies of typical wrong answers, and words of the sentence that names each."""
