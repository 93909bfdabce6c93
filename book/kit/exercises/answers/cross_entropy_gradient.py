"""An answer to the exercise `cross_entropy_gradient`."""


def cross_entropy_gradient(A2, Y):
    """Return dZ2; column i is the gradient of example i's own loss with respect to its scores."""
    return A2 - Y


MISTAKES = [
    ("return Y - A2", "wrong sign"),
    ("return (A2 - Y) / Y.shape[1]", "divided by m already"),
    ("return (A2 - Y) * A2 * (1 - A2)", "sigmoid"),
    ("return (A2 - Y)**2", "squared"),
    ("return -Y / A2", "through softmax"),
    ("return (A2 - Y).sum(axis=1, keepdims=True)", "a column for each"),
    ("A2 -= Y; return A2", "changes an array"),
]
"""Bodies of typical wrong answers, and words of the sentence that names each."""
