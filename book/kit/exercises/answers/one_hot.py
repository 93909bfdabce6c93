"""An answer to the exercise `one_hot`."""

import numpy as np


def one_hot(labels, n_classes=10):
    """Return the (n_classes, m) matrix whose column i has a 1 in row labels[i]."""
    Y = np.zeros((n_classes, len(labels)))
    Y[labels, np.arange(len(labels))] = 1
    return Y


MISTAKES = [
    ("return np.eye(n_classes)[labels]", "transpose of the right one"),
    ("return np.eye(max(labels) + 1)[:, labels]", "from n_classes"),
    ("Y = np.zeros((n_classes, len(labels))); Y[labels] = 1; return Y", "whole rows"),
    ("return np.eye(n_classes)[:, np.array(labels) - 1]", "one row too high"),
    ("return np.zeros((n_classes, len(labels)))", "all zeros"),
    ("return np.eye(5)[:, labels]", "Without n_classes"),
]
"""Bodies of typical wrong answers, and words of the sentence that names each."""
