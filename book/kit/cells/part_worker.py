"""What a worker process of the chapter on speed does: it keeps a part of the images.

A process that is started afresh, as on Windows and macOS, can only call functions that it can
import, so they are not in a cell.
"""

from collections.abc import Sequence

from nnfs import network
from nnfs.arguments import Array

_part: tuple[Array, Array] | None = None


def keep(X: Array, y: Array) -> None:
    """Keep a part of the examples in this process.

    Parameters
    ----------
    X : (n, m) array
    y : (m,) integer labels
    """
    global _part
    _part = X, y


def gradients(params: Sequence[Array]) -> Sequence[Array]:
    """Return the gradients of the mean loss over the part that this process keeps.

    Raises
    ------
    RuntimeError
        If it keeps none.
    """
    if _part is None:
        raise RuntimeError("this process keeps no part of the examples: call keep first")
    return network.gradient(params, *_part)[2]
