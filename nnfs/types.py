"""The kinds of things that the modules hand to each other."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, TypeAlias

from numpy.typing import NDArray

Array: TypeAlias = NDArray[Any]

Params: TypeAlias = Sequence[Array]
"""W1, b1, ..., WL, bL: `nnfs.Parameters`, or another tuple or list."""

Gradient: TypeAlias = Callable[..., tuple[Any, int, Sequence[Array]]]
"""A function (params, X, y) -> (loss, correct, gradients): the mean loss over the examples, how
many of them are answered correctly, and the gradient of the loss with respect to each parameter."""


class Evaluation(NamedTuple):
    """Loss, accuracy and gradients at one set of parameters.

    Attributes
    ----------
    loss : float, the mean over the examples, nats
    accuracy : float, 0 to 1
    gradients : list of arrays of the shapes of the parameters
    """

    loss: float
    accuracy: float
    gradients: list[Array]
