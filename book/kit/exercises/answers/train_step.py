"""An answer to the exercise `train_step`."""

from kit.exercises.answers.backward import backward
from kit.exercises.answers.forward import forward


def train_step(params, X, Y, alpha):
    """Return W1, b1, W2, b2 after one step against the gradients."""
    activations = forward(params, X)
    gradients = backward(params, activations, X, Y)
    return tuple(P - alpha * dP for P, dP in zip(params, gradients, strict=True))


BEGIN = (
    "W1, b1, W2, b2 = params; Z1, A1, Z2, A2 = forward(params, X); m = X.shape[1]; dZ2 = A2 - Y\n"
    "    dW2 = dZ2 @ A1.T / m; db2 = dZ2.sum(axis=1, keepdims=True) / m\n    "
)
EARLY = "W2 = W2 - alpha * dW2; b2 = b2 - alpha * db2\n    dZ1 = (W2.T @ dZ2) * (Z1 > 0)\n    "
LATE = "dZ1 = (W2.T @ dZ2) * (Z1 > 0)\n    W2 = W2 - alpha * dW2; b2 = b2 - alpha * db2\n    "
FIRST = "W1 = W1 - alpha * dZ1 @ X.T / m\n    "
COLUMN = "b1 = b1 - alpha * dZ1.sum(axis=1, keepdims=True) / m\n    "
RETURN = "return W1, b1, W2, b2"
MISTAKES = [
    (BEGIN + EARLY + FIRST + COLUMN + RETURN, "too soon"),
    (BEGIN + EARLY + FIRST + RETURN, "b1 has not moved"),
    (BEGIN + LATE + FIRST + RETURN, "nobody reads"),
    (
        BEGIN + LATE + FIRST + "b1 = b1 - alpha * dZ1.sum(axis=1) / m\n    " + RETURN,
        "5 × 5",
    ),
    ("forward(params, X); return params", "Nothing has moved"),
]
"""Bodies of typical wrong answers, and words of the sentence that names each."""
