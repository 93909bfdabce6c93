"""An answer to the exercise `share_right`."""

import numpy as np


def share_right(A2, labels):
    """Return the share of columns of A2 whose largest entry is in the row of the label."""
    answers = np.argmax(A2, axis=0)
    return np.mean(answers == labels)


ANSWERS = "answers = np.argmax(A2, axis=0); "
MISTAKES = [
    (ANSWERS + "return (answers == labels).sum()", "how many answers"),
    (ANSWERS + "return np.mean(answers != labels)", "wrong answers"),
    (ANSWERS + "return answers == labels", "one truth value"),
    (ANSWERS + "return answers", "answers themselves"),
    ("return np.max(A2, axis=0).mean()", "how sure"),
    ("return A2[labels, range(len(labels))].mean()", "mean probability of the true class"),
    (ANSWERS + "return (answers == labels).sum() / len(A2)", "number of classes"),
    ("return np.mean(np.argmax(A2) == labels)", "Without an axis"),
    ("return (np.argmax(A2, axis=1) - labels == 0).mean()", "each row"),
    ("return 0.625", "Where every answer is right"),
]
"""Bodies of typical wrong answers, and words of the sentence that names each."""
