"""An answer to the exercise `weight_gradient`."""


def weight_gradient(dZ, A):
    """Return the gradient of the mean loss with respect to W, where Z = W A + b."""
    m = A.shape[1]
    return dZ @ A.T / m


MISTAKES = [
    ("return A @ dZ.T / A.shape[1]", "transpose of the right one"),
    ("return dZ @ A.T", "1/m is missing"),
    ("return dZ @ A.T / A.shape[1]**2", "divided by m twice"),
    ("return dZ @ A.T / len(dZ)", "number of outputs"),
    ("return dZ @ A.T / len(A)", "number of inputs"),
    ("return dZ @ A / A.shape[1]", "This product does not fit"),
    ("return np.dot(dZ, A)", "This product does not fit"),
]
"""Bodies of typical wrong answers, and words of the sentence that names each."""
