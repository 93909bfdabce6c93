"""An answer to the exercise `rescale`."""


def rescale(params, s):
    """Return new parameters of the same function; s has a positive factor for each unit."""
    W1, b1, W2, b2 = params
    return s[:, None] * W1, s[:, None] * b1, W2 / s, b2


LAYERS = "W1, b1, W2, b2 = params; c = s[:, None]\n    "
MISTAKES = [
    (LAYERS + "return c * W1, b1, W2 / s, b2", "come in as well"),
    (LAYERS + "return c * W1, c * b1, W2 * s, b2", "Divide it"),
    (LAYERS + "return c * W1, c * b1, W2, b2", "has not changed"),
    (LAYERS + "return W1 / c, b1 / c, W2 * s, b2", "turn it round"),
    (LAYERS + "return s * W1, s * b1, W2 / s, b2", "belongs to its row"),
    (LAYERS + "return c * W1, c * b1, W2 / c, b2", "belongs to its row"),
]
"""Bodies of typical wrong answers, and words of the sentence that names each."""
