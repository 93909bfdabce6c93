"""An answer to the exercise `adjoints`."""


def adjoints(tape):
    """Return a dictionary from each name on the tape to its adjoint."""
    found = {name: 0.0 for name, _ in tape}
    found[tape[-1][0]] = 1.0
    for name, origins in reversed(tape):
        for operand, slope in origins:
            found[operand] += slope * found[name]
    return found


ZERO = "found = {name: 0.0 for name, _ in tape}\n    "
ONE = "found[tape[-1][0]] = 1.0\n    "
BACK = "for name, origins in reversed(tape):\n        for operand, slope in origins:\n            "
RETURN = "\n    return found"
MISTAKES = [
    (ZERO + ONE + BACK + "found[operand] = slope * found[name]" + RETURN, "used twice"),
    (
        ZERO + ONE + BACK.replace("reversed(tape)", "tape") + "found[operand] += "
        "slope * found[name]" + RETURN,
        "Begin at the loss",
    ),
    (ZERO + ONE + BACK + "found[operand] += slope + found[name]" + RETURN, "multiplied by"),
    (ZERO + ONE + BACK + "found[operand] += slope" + RETURN, "leave out the adjoint"),
    (ZERO + BACK + "found[operand] += slope * found[name]" + RETURN, "Everything is zero"),
    ("found = {}; " + ONE + BACK + "found[operand] += slope * found[name]" + RETURN, "not in your"),
    (ZERO + ONE + BACK + "found[operand] += slope * found[name]\n    return list(found)", "not a"),
]
"""Bodies of typical wrong answers, and words of the sentence that names each."""
