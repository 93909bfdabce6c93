"""An answer to the exercise `adjoint_gap`."""


def adjoint_gap(forward, backward, X_dot, G):
    """Return blame times move after the map, minus blame times move before it."""
    after = (G * forward(X_dot)).sum()
    before = (backward(G) * X_dot).sum()
    return after - before


MISTAKES = [
    ("return (backward(G) * X_dot).sum() - (G * forward(X_dot)).sum()", "wrong sign"),
    ("return abs((G * forward(X_dot)).sum() - (backward(G) * X_dot).sum())", "with its sign"),
    ("return (G * forward(X_dot)).sum()", "after the map alone"),
    ("return (backward(G) * X_dot).sum()", "before the map alone"),
    ("return (G.T @ forward(X_dot)).sum() - (backward(G).T @ X_dot).sum()", "entry by entry"),
    ("return (G @ forward(X_dot)).sum()", "These arrays do not fit"),
    ("return (G * forward(X_dot)).mean() - (backward(G) * X_dot).mean()", "You take means"),
    ("return (G * forward(X_dot)).sum() + (backward(G) * X_dot).sum()", "You add"),
]
"""Bodies of typical wrong answers, and words of the sentence that names each."""
