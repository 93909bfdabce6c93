"""An answer to the exercise `forward`."""

from kit.exercises.answers.relu import relu
from kit.exercises.answers.softmax import softmax


def forward(params, X):
    """Return Z1, A1, Z2, A2 of the network with ReLU and softmax."""
    W1, b1, W2, b2 = params
    Z1 = W1 @ X + b1
    A1 = relu(Z1)
    Z2 = W2 @ A1 + b2
    A2 = softmax(Z2)
    return Z1, A1, Z2, A2


LAYERS = "W1, b1, W2, b2 = params\n    "
MISTAKES = [
    (
        LAYERS + "Z1 = W1 @ X; A1 = relu(Z1); Z2 = W2 @ A1; return Z1, A1, Z2, softmax(Z2)",
        "biases are missing",
    ),
    (
        LAYERS + "Z1 = W1 @ X + b1; Z2 = W2 @ Z1 + b2; return Z1, relu(Z1), Z2, softmax(Z2)",
        "fed with Z1",
    ),
    (
        LAYERS + "Z1 = W1 @ X + b1; Z2 = W2 @ Z1 + b2; return Z1, Z1, Z2, softmax(Z2)",
        "ReLU is missing",
    ),
    (
        LAYERS + "Z1 = W1 @ X + b1; A1 = relu(Z1); Z2 = W2 @ A1 + b2\n"
        "    return Z1, A1, Z2, relu(Z2)",
        "through softmax",
    ),
    (
        LAYERS + "Z1 = W1 @ X + b1; A1 = relu(Z1); Z2 = W2 @ A1 + b2\n"
        "    return A1, Z1, softmax(Z2), Z2",
        "another order",
    ),
    (LAYERS + "return X @ W1 + b1.T", "weights stand on the left"),
    (LAYERS + "Z1 = W1 @ X + b1; return relu(Z1)", "Return 4 arrays"),
]
"""Bodies of typical wrong answers, and words of the sentence that names each."""
