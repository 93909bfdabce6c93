"""One colour a quantity, in figures as on pages: activations, parameters, gradients, labels.

The colours are those of ``_static/colors.css`` in the light, since figures have white paper. Their
order tells them apart for readers who see few colours or none, and so do dashes and marks.
"""

from typing import Any

COLORS = {
    "activation": "#0068a8",
    "parameter": "#a34700",
    "gradient": "#a32a78",
    "label": "#006b4c",
    "accent": "#4b42a8",
}
DASHES = {"activation": "-", "parameter": ":", "gradient": "--", "label": "-.", "accent": "-"}
MARKS = {"activation": "o", "parameter": "s", "gradient": "^", "label": "D", "accent": "x"}
QUIET = "#5b5a57"
"""What stands beside a quantity and is none: axes, bounds, references."""


def drawn_as(quantity: str, *, marks: bool = False) -> dict[str, Any]:
    """Return how Matplotlib draws a quantity: colour and dashes, as the whole book has it.

    Parameters
    ----------
    quantity : str
        ``"activation"``, ``"parameter"``, ``"gradient"``, ``"label"``, or ``"accent"`` for what is
        none of them and is to be seen first.
    marks : bool
        Points instead of a line: the quantity's mark, and no dashes.

    Returns
    -------
    dict
        For ``axes.plot(x, y, **drawn_as("gradient"))``.

    Raises
    ------
    ValueError
        If the quantity has no colour.

    Examples
    --------
    >>> drawn_as("gradient")
    {'color': '#a32a78', 'linestyle': '--'}
    """
    if quantity not in COLORS:
        known = ", ".join(COLORS)
        raise ValueError(f"{quantity!r} has no colour of its own; expected one of {known}")
    if marks:
        return {"color": COLORS[quantity], "linestyle": "", "marker": MARKS[quantity]}
    return {"color": COLORS[quantity], "linestyle": DASHES[quantity]}
