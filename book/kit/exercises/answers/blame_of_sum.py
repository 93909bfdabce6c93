"""An answer to the exercise `blame_of_sum`."""


def blame_of_sum(u, v, dz):
    """Return the blame of a hidden unit's sum u, given its weights v and the blame dz."""
    gathered = 0
    for weight, blame in zip(v, dz, strict=True):
        gathered += weight * blame
    return gathered if u > 0 else 0


PRODUCTS = "sum(weight * blame for weight, blame in zip(v, dz))"

MISTAKES = [
    (f"return {PRODUCTS}", "This unit is off"),
    (f"return {PRODUCTS} if u >= 0 else 0", "keeps the gate shut"),
    (f"return {PRODUCTS} if u <= 0 else 0", "turned round"),
    (f"return max(0, u) * {PRODUCTS}", "passes blame whole"),
    ("return sum(v) * sum(dz) if u > 0 else 0", "multiply each pair"),
    ("return sum(dz) if u > 0 else 0", "leave out the weights"),
    ("return sum(v) if u > 0 else 0", "leave out the blame"),
    (f"return {PRODUCTS} / len(v) if u > 0 else 0", "no mean"),
    ("return v[0] * dz[0] if u > 0 else 0", "first class alone"),
    (f"return -{PRODUCTS} if u > 0 else 0", "sign is turned"),
    ("return v * dz if u > 0 else 0", "These are lists"),
]
"""Bodies of typical wrong answers, and words of the sentence that names each."""
