"""What a page shows: numbers and words of this build, spreads over seeds, the style of figures.

The module imports no Sphinx, so kernels, tests and a browser can load it.
"""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


def glue(**values: object) -> None:
    """Make plain numbers and words of this build available to the sentences of the page.

    Raises
    ------
    ValueError
        If a value is empty, not finite, or neither a number nor a word.
    """
    from myst_nb import glue as glue_one

    for name, value in values.items():
        glue_one(name, _plain(name, value), display=False)


class Words(str):
    """Text that a notebook shows as it is, without quotation marks."""

    __slots__ = ()

    def __repr__(self) -> str:
        return str(self)


def _plain(name: str, value: object) -> int | float | str:
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise ValueError(f"{name} is {type(value).__name__}; expected a number or a word")
    if value == "" or (isinstance(value, float) and not math.isfinite(value)):
        raise ValueError(f"{name} is {value!r}: nothing to print in a sentence")
    return Words(value) if isinstance(value, str) else value


def spread(values: Sequence[float] | Array, scale: float = 1.0, digits: int = 9) -> str:
    """Return mean ± standard deviation, rounded to the first digit of the deviation.

    Parameters
    ----------
    values : at least two numbers, one for each seed
    scale : float
        100 turns shares into per cent.
    digits : int
        The most decimals to show; a smaller deviation is rounded up to the last of them.

    Examples
    --------
    >>> print(spread([0.8731, 0.8702, 0.8764], scale=100))
    87.3 ± 0.3
    """
    numbers = np.asarray(values, float) * scale
    deviation = float(numbers.std(ddof=1)) if numbers.size > 1 else 0.0
    if not deviation > 0:
        raise ValueError(f"a spread needs at least two different values, got {values!r}")
    needed = max(0, -math.floor(math.log10(deviation)))
    if round(deviation, needed) >= 10.0 ** (1 - needed):
        needed = max(0, needed - 1)
    shown = min(needed, digits)
    deviation = max(deviation, 10.0**-shown if shown < needed else 0.0)
    return f"{numbers.mean():.{shown}f}\u00a0±\u00a0{deviation:.{shown}f}"


def figure_style() -> None:
    """Set Matplotlib to the book's style: sharp vectors on white, legible at phone width."""
    import matplotlib as mpl
    from matplotlib_inline.backend_inline import set_matplotlib_formats

    set_matplotlib_formats("svg")
    mpl.rcParams.update(
        {
            "figure.figsize": (6.4, 3.6),
            "figure.facecolor": "white",
            "font.size": 12,
            "axes.spines.top": False,
            "axes.spines.right": False,
            "lines.linewidth": 2,
            "legend.frameon": False,
            "svg.hashsalt": "nnfs",
            "image.cmap": "gray_r",
        }
    )
