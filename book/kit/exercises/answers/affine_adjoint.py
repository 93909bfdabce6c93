"""An answer to the exercise `affine_adjoint`."""


def affine_adjoint(W, dZ):
    """Return dA, what reaches A on the way back from Z = W A + b."""
    return W.T @ dZ
