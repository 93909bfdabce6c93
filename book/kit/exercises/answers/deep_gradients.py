"""An answer to the exercise `deep_gradients`."""

from kit.exercises.answers.affine_adjoint import affine_adjoint
from kit.exercises.answers.bias_gradient import bias_gradient
from kit.exercises.answers.cross_entropy_gradient import cross_entropy_gradient
from kit.exercises.answers.relu import relu
from kit.exercises.answers.relu_mask import relu_mask
from kit.exercises.answers.softmax import softmax
from kit.exercises.answers.weight_gradient import weight_gradient


def deep_gradients(params, X, Y):
    """Return dW1, db1, ..., dWL, dbL for params W1, b1, ..., WL, bL."""
    W, b = params[::2], params[1::2]
    A, Z = [X], []
    for layer in range(len(W)):
        Z.append(W[layer] @ A[layer] + b[layer])
        A.append(relu(Z[layer]))
    dZ = cross_entropy_gradient(softmax(Z[-1]), Y)
    gradients = []
    for layer in reversed(range(len(W))):
        gradients += [bias_gradient(dZ), weight_gradient(dZ, A[layer])]
        if layer > 0:
            dZ = affine_adjoint(W[layer], dZ) * relu_mask(Z[layer - 1])
    return gradients[::-1]


UP = (
    "W, b, A, Z = params[::2], params[1::2], [X], []\n    for l in range(len(W)):\n        "
    "Z.append(W[l] @ A[l] + b[l]); A.append(relu(Z[l]))\n    m, found = X.shape[1], []\n    "
)
BEGIN = "dZ = softmax(Z[-1]) - Y\n    for l in reversed(range(len(W))):\n        "
KEEP = "found = [dZ @ A[l].T / m, bias_gradient(dZ), *found]\n        "
RETURN = "\n    return found"
DOWN = "if l: dZ = W[l].T @ dZ * (Z[l - 1] > 0)"
MISTAKES = [
    (UP + BEGIN + KEEP + "if l: dZ = W[l].T @ dZ" + RETURN, "Nothing is masked"),
    (
        UP + BEGIN.replace("Z[-1]", "A[-1]") + KEEP + DOWN + RETURN,
        "ReLU of the last sums",
    ),
    (
        UP + BEGIN + "found += [dZ @ A[l].T / m, bias_gradient(dZ)]\n        " + DOWN + RETURN,
        "wrong order",
    ),
    (
        UP + BEGIN.replace("softmax(Z[-1]) - Y", "Y - softmax(Z[-1])") + KEEP + DOWN + RETURN,
        "begin with softmax minus Y",
    ),
    (
        UP + BEGIN + KEEP + "if l: dZ = W[l - 1].T @ dZ * (Z[l - 1] > 0)" + RETURN,
        "transpose of the weights of layer l + 1",
    ),
    (UP + BEGIN + KEEP.replace(" / m, bias", ", m * bias") + DOWN + RETURN, "1/m is missing"),
    (
        "W1, b1, W2, b2 = params; Z1 = W1 @ X + b1; A1 = relu(Z1)\n    dZ2 = softmax(W2 @ A1 + b2)"
        " - Y; dZ1 = W2.T @ dZ2 * relu_mask(Z1)\n    return (weight_gradient(dZ1, X), "
        "bias_gradient(dZ1), weight_gradient(dZ2, A1), bias_gradient(dZ2))",
        "not enough values",
    ),
]
"""Bodies of typical wrong answers, and words of the sentence that names each."""
