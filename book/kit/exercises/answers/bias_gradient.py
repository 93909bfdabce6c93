"""An answer to the exercise `bias_gradient`."""


def bias_gradient(dZ):
    """Return the gradient of the mean loss with respect to b, where Z = W A + b."""
    return dZ.mean(axis=1, keepdims=True)


MISTAKES = [
    ("return dZ.sum() / dZ.shape[1]", "It should run over examples only"),
    ("return np.full((len(dZ), 1), dZ.mean())", "It should run over examples only"),
    ("return dZ.mean(axis=0, keepdims=True)", "The sum runs over classes"),
    ("return dZ.sum(axis=0) / dZ.shape[1]", "The sum runs over classes"),
    ("return dZ.sum(axis=1, keepdims=True)", "1/m is missing"),
    ("return dZ.mean(axis=1)", "keepdims=True"),
    ("return dZ.mean(axis=1, keepdims=True) / dZ.shape[1]", "divided by m twice"),
]
"""Bodies of typical wrong answers, and words of the sentence that names each."""
