"""An answer to the exercise `weight_gradient`."""


def weight_gradient(dZ, A):
    """Return the gradient of the mean loss by W, where Z = W A + b."""
    m = A.shape[1]
    return dZ @ A.T / m
