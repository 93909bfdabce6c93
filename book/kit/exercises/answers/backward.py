"""An answer to the exercise `backward`."""

from kit.exercises.answers.affine_adjoint import affine_adjoint
from kit.exercises.answers.bias_gradient import bias_gradient
from kit.exercises.answers.cross_entropy_gradient import cross_entropy_gradient
from kit.exercises.answers.relu_mask import relu_mask
from kit.exercises.answers.weight_gradient import weight_gradient


def backward(params, activations, X, Y):
    """Return dW1, db1, dW2, db2, the gradients of the mean loss."""
    W2 = params[2]
    Z1, A1, _, A2 = activations
    dZ2 = cross_entropy_gradient(A2, Y)
    dZ1 = affine_adjoint(W2, dZ2) * relu_mask(Z1)
    return (
        weight_gradient(dZ1, X),
        bias_gradient(dZ1),
        weight_gradient(dZ2, A1),
        bias_gradient(dZ2),
    )


UNPACK = "W1, b1, W2, b2 = params; Z1, A1, Z2, A2 = activations; m = X.shape[1]\n    "
MISTAKES = [
    (
        UNPACK + "dZ2 = A2 - Y; dZ1 = W2 @ dZ2 * (Z1 > 0); return dZ1, dZ1, dZ2, dZ2",
        "W2 is transposed",
    ),
    (
        UNPACK + "dZ2 = A2 - Y; dZ1 = W2.T @ dZ2 * (Z1 > 0)\n    return (dZ1 @ X.T / m, "
        "np.full_like(b1, dZ1.sum() / m), dZ2 @ A1.T / m, np.full_like(b2, dZ2.sum() / m))",
        "sum should run over examples only",
    ),
    (
        UNPACK + "dZ2 = A2 - Y; dZ1 = W2.T @ dZ2 * (A1 >= 0)\n    return (dZ1 @ X.T / m, "
        "bias_gradient(dZ1), dZ2 @ A1.T / m, bias_gradient(dZ2))",
        "Nothing is masked",
    ),
    (
        UNPACK + "dZ2 = (A2 - Y) / m; dZ1 = W2.T @ dZ2 * (Z1 > 0)\n    return (dZ1 @ X.T / m, "
        "bias_gradient(dZ1), dZ2 @ A1.T / m, bias_gradient(dZ2))",
        "divided by m twice",
    ),
    (
        UNPACK + "dZ2 = Y - A2; dZ1 = W2.T @ dZ2 * (Z1 > 0)\n    return (dZ1 @ X.T / m, "
        "bias_gradient(dZ1), dZ2 @ A1.T / m, bias_gradient(dZ2))",
        "dZ2 is A2 - Y",
    ),
    (
        UNPACK + "dZ2 = A2 - Y; dZ1 = W2.T @ dZ2 * (Z1 > 0)\n    return (dZ2 @ A1.T / m, "
        "bias_gradient(dZ2), dZ1 @ X.T / m, bias_gradient(dZ1))",
        "another order",
    ),
    (
        UNPACK + "dZ2 = A2 - Y; dZ1 = W2.T @ dZ2 * (Z1 > 0)\n    return (dZ1 @ X.T / m, "
        "bias_gradient(dZ1), dZ2 @ Z1.T / m, bias_gradient(dZ2))",
        "fed with A1",
    ),
]
"""Bodies of typical wrong answers, and words of the sentence that names each."""
