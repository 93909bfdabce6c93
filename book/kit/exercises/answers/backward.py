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
