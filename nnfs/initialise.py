"""Where training starts: random parameters of a scale that suits the widths of the layers.

Weights and biases are drawn from one generator, in the order W1, b1, ..., WL, bL. The same seed
gives the same bits, and NumPy's global generator is not touched.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import DTypeLike

from nnfs import arguments, room
from nnfs.activations import Activation
from nnfs.network import Parameters, with_activation
from nnfs.types import Array

# The limit of the weights of a layer, from its fan in and fan out.
SCHEMES: dict[str, Callable[[int, int], float]] = {
    "uniform": lambda fan_in, fan_out: 0.5,
    "glorot": lambda fan_in, fan_out: math.sqrt(6 / (fan_in + fan_out)),
    "he": lambda fan_in, fan_out: math.sqrt(6 / fan_in),
}


def init_params(
    n_inputs: int = 784,
    n_hidden: int | Sequence[int] | Array = 10,
    n_classes: int = 10,
    *,
    scheme: str = "uniform",
    seed: int = 0,
    dtype: DTypeLike = np.float32,
    activation: Activation | str = "relu",
) -> Any:
    """Return random parameters, every weight uniform in [-limit, limit].

    Parameters
    ----------
    n_inputs, n_classes : int
        The widths n and c.
    n_hidden : int, or sequence or array of int
        The width h, or that of each hidden layer in turn: none of them is the linear model.
    scheme : {"uniform", "glorot", "he"}
        "uniform" is the original's: limit 1/2, for the biases too. "glorot" takes
        sqrt(6 / (fan in + fan out)) and "he" sqrt(6 / fan in); their biases are 0.
    seed : int
        The same seed gives the same bits. NumPy's global generator is not touched.
    dtype : float32 or float64
    activation : Activation, or the name of one that `nnfs.activations` knows
        Of the hidden layers. The parameters remember it.

    Returns
    -------
    params : Parameters, or for another depth than two a tuple W1, b1, ..., WL, bL

    Raises
    ------
    ValueError
        If a width, the scheme, the seed, the dtype or the activation is not one of these, or there
        is no memory for a network of these widths.

    Notes
    -----
    Book: :eq:`eq-glorot` and :eq:`eq-he`. Sources: Glorot and Bengio (AISTATS 2010), equation 16;
    He, Zhang, Ren and Sun (ICCV 2015), equation 10.
    """
    hidden = arguments.widths(n_hidden, "n_hidden")
    n_inputs = arguments.whole_number(n_inputs, "n_inputs", at_least=1)
    widths = [n_inputs, *hidden, arguments.whole_number(n_classes, "n_classes", at_least=1)]
    try:
        kind = None if dtype is None else np.dtype(dtype)
    except TypeError:
        kind = None
    if kind not in (np.float32, np.float64):
        raise ValueError(f"dtype {kind or repr(dtype)}; expected float32 or float64")
    if not isinstance(scheme, str) or scheme not in SCHEMES:
        raise ValueError(f"scheme {scheme!r} is not known; expected one of {', '.join(SCHEMES)}")
    drawn = np.dtype(np.float64).itemsize * sum(h * (n + 1) for n, h in pairwise(widths))
    with room.needed(drawn, f"a network of widths {_spelt(widths)}", "take smaller ones"):
        params = [P.astype(dtype) for P in _drawn(widths, scheme, arguments.generator(seed))]
    return with_activation((Parameters._make if len(hidden) == 1 else tuple)(params), activation)


def _drawn(widths: Sequence[int], scheme: str, rng: "np.random.Generator") -> Iterator[Array]:
    """Yield W1, b1, ..., WL, bL of layers of these widths, in float64."""
    for fan_in, fan_out in pairwise(widths):
        limit = SCHEMES[scheme](fan_in, fan_out)
        W, b = (rng.uniform(-limit, limit, (fan_out, k)) for k in (fan_in, 1))
        yield W
        yield b if scheme == "uniform" else np.zeros_like(b)


def _spelt(widths: Sequence[int]) -> str:
    """Return widths as 784-10-10, those in the middle of a deep network left out."""
    names = list(map(str, widths))
    return "-".join(names if len(names) <= 8 else [*names[:4], "...", *names[-3:]])
