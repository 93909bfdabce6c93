"""An answer to the exercise `relu_mask`."""


def relu_mask(Z):
    """Return the slope of ReLU at every entry: 1 or 0, and 0 at the bend."""
    return Z > 0


MISTAKES = [
    ("return Z >= 0", "Z > 0, and not Z >= 0"),
    ("return Z < 0", "turned round"),
    ("return np.maximum(Z, 0)", "ReLU itself"),
    ("return 1 if Z > 0 else 0", "entry by entry"),
    ("return np.ones_like(Z)", "nothing is masked"),
    ("return np.sign(Z)", "That is the sign"),
    ("return np.heaviside(Z, 0.5)", "one half"),
]
"""Bodies of typical wrong answers, and words of the sentence that names each."""
