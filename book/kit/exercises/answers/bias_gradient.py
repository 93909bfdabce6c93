"""An answer to the exercise `bias_gradient`."""


def bias_gradient(dZ):
    """Return the gradient of the mean loss by the column b, where Z = W A + b."""
    return dZ.mean(axis=1, keepdims=True)
