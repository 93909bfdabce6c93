"""What stands between the affine maps: a function of every entry, beside its derivative.

To add one, write the two functions, `register` them as a pair, and test them; nothing else has to
know of it. `nnfs.init_params` and `nnfs.train` take it by its name, parameters remember it, and
files keep its name.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from nnfs import arguments, returned
from nnfs.functions import relu, relu_mask
from nnfs.types import Array


class Activation(NamedTuple):
    """A function of every entry and its derivative, both from what came before the function.

    Attributes
    ----------
    name : str
        Under which it is known, and saved.
    value : function (Z) -> array of the shape of Z
        Where it is analytic it has to accept complex Z for the complex step.
    slope : function (Z) -> array of the shape of Z
        Its derivative at the same Z.
    """

    name: str
    value: Callable[[Array], Array]
    slope: Callable[[Array], Array]


TRIED = np.array([[0.5, -0.5, 2.0], [1.0, 0.0, -1.0]])
"""What the functions of an activation are tried on before they are taken."""

KNOWN: dict[str, Activation] = {}


def register(activation: Activation) -> Activation:
    """Make an activation known by its name, and return it.

    Parameters
    ----------
    activation : Activation
        Where a name is registered again, the later one counts.

    Returns
    -------
    Activation

    Raises
    ------
    ValueError
        If it is no pair of functions with a name.
    """
    KNOWN[activation.name] = checked(activation)
    return activation


def checked(activation: Any) -> Activation:
    """Return an activation, given as one or by its name.

    Raises
    ------
    ValueError
        If the name is not known, or it is no activation: a name and two functions that return an
        array of the shape of Z.
    """
    if isinstance(activation, str):
        if activation not in KNOWN:
            raise ValueError(
                f"activation {activation!r} is not known; expected one of {', '.join(KNOWN)}, or "
                "one that nnfs.activations.register was given before"
            )
        return KNOWN[activation]
    if (
        not isinstance(activation, Activation)
        or not isinstance(activation.name, str)
        or not callable(activation.value)
        or not callable(activation.slope)
    ):
        raise ValueError(
            f"activation must be a name or nnfs.activations.Activation(name, value, slope), a pair "
            f"of functions of Z, got {activation!r}"
        )
    for part in ("value", "slope"):
        name = f"the {part} of activation {activation.name!r}"
        function = getattr(activation, part)
        arguments.function(function, name, "Z")
        with np.errstate(all="ignore"):
            returned.entries(function(TRIED.copy()), TRIED.shape, name)
    return activation


def is_known(activation: Activation) -> bool:
    """Whether the name of an activation leads back to it."""
    # A copy, or one that was pickled, is as good.
    return KNOWN.get(activation.name) == activation


def of(params: Any, given: Activation | str | None = None) -> Activation:
    """Return the activation that is given, else that of the parameters, else ReLU."""
    if given is not None:
        return checked(given)
    found = getattr(params, "activation", None)
    return RELU if found is None else found


RELU = register(Activation("relu", relu, relu_mask))
