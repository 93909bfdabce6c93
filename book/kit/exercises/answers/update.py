"""An answer to the exercise `update`."""


def update(params, gradients, alpha):
    """Return new parameters, one step against the gradients; the old ones stay."""
    return tuple(P - alpha * dP for P, dP in zip(params, gradients, strict=True))


MISTAKES = [
    ("return [P + alpha * d for P, d in zip(params, gradients)]", "Subtract"),
    ("return [P - d for P, d in zip(params, gradients)]", "learning rate is missing"),
    (
        "for P, d in zip(params, gradients):\n        P -= alpha * d\n    return params",
        "changes",
    ),
    ("return params - alpha * gradients", "no arithmetic"),
    ("return [alpha * d for d in gradients]", "the step alone"),
    ("return params", "Nothing has changed"),
]
"""Bodies of typical wrong answers, and words of the sentence that names each."""
