"""An answer to the exercise `affine_adjoint`."""


def affine_adjoint(W, dZ):
    """Return dA, what reaches A on the way back from Z = W A + b."""
    return W.T @ dZ


MISTAKES = [
    ("return W @ dZ", "the transpose of W"),
    ("return dZ.T @ W", "transpose of the right one"),
    ("return W.T @ dZ / dZ.shape[1]", "no 1/m here"),
    ("return np.linalg.pinv(W) @ dZ", "inverse"),
    ("return -W.T @ dZ", "wrong sign"),
]
"""Bodies of typical wrong answers, and words of the sentence that names each."""
