"""Networks on their way into a page: weights as half-precision numbers in base64.

Half precision is enough to read with and halves the size. The module imports no Sphinx, so kernels
and tests can load it.
"""

import base64
import json
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

import nnfs

Array = NDArray[Any]
LARGEST_HALF = float(np.finfo(np.float16).max)
GOOD_NETWORK = "good-network.js"


def widths(params: Sequence[Array]) -> list[int]:
    """Return the widths of a network's layers, the input first: [784, 10, 10]."""
    return [params[0].shape[1], *(W.shape[0] for W in params[::2])]


def _hidden(params: Sequence[Array]) -> str:
    return " and ".join(map(str, widths(params)[1:-1]))


def encoded(params: Sequence[Array]) -> str:
    """Return W1, b1, W2, b2, ... row by row as little-endian float16 in base64.

    Raises
    ------
    ValueError
        If a parameter is not finite or beyond what half precision holds.
    """
    numbers = np.concatenate([np.ravel(P) for P in params])
    if not np.all(np.abs(numbers) <= LARGEST_HALF):
        raise ValueError(f"parameters must be finite and at most {LARGEST_HALF:g} in size")
    return base64.b64encode(numbers.astype("<f2").tobytes()).decode("ascii")


def rounded(params: Sequence[Array]) -> list[Array]:
    """Return the parameters that a page gets from `encoded`, as float64 arrays."""
    return [P.astype(np.float16).astype(np.float64) for P in params]


def script(params: Sequence[Array]) -> str:
    """Return the script that hands the good network's weights to the widget."""
    return f'drawADigit.deliver("{GOOD_NETWORK}", "{encoded(params)}");\n'


class Networks:
    """The networks of the widget "Draw a digit", as the output of a cell.

    Parameters
    ----------
    small : Parameters
        Its weights become part of the page.
    good : Parameters
        Its weights come from a script that the extension `draw_a_digit` writes.
    x : (n, m) array
        Test images, on which both networks, rounded as in the page, are scored.
    y : (m,) integer labels
    trained_on : (int, int), optional
        How many images the small and the good network have learned from.
    called : str
        What the test images are, for readers; their number is put before it.
    """

    def __init__(
        self,
        small: Sequence[Array],
        good: Sequence[Array],
        x: Array,
        y: Array,
        *,
        trained_on: tuple[int, int] | None = None,
        called: str = "test images",
    ) -> None:
        learned = [f", trained on {n:,} images" for n in trained_on or ()] or ["", ""]
        sources = {"weights": encoded(small)}, {"script": GOOD_NETWORK}
        self.described = [
            {
                "widths": widths(params),
                "accuracy": nnfs.accuracy(rounded(params), x, y),
                "described": f"{_hidden(params)} hidden units{words}",
                "tested": f"{y.size:,} {called}",
                **source,
            }
            for params, words, source in zip((small, good), learned, sources, strict=True)
        ]

    def _repr_html_(self) -> str:
        data = json.dumps(self.described).replace("</", "<\\/")
        return f'<script type="application/json" class="draw-a-digit-networks">{data}</script>'
