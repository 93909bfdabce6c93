"""What callers' functions return, checked as what callers pass is.

A function handed to `nnfs.train` or `nnfs.check_gradients` is called far below, where a wrong
result would come to light as an error about something else, or not at all. So each kind of result
has its check here. A message names the function by the argument that it was given as, says what it
returned and what was expected.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from nnfs import arguments
from nnfs.types import Array, Evaluation

EVALUATED = "(loss, correct, gradients)"
OBJECTIVE = "(loss, accuracy, gradients)"


def gradient(result: Any, params: Sequence[Array], m: int) -> tuple[Any, int, Sequence[Array]]:
    """Return what a gradient function returned for m examples, if it is of the form expected.

    Parameters
    ----------
    result : what it returned
    params : sequence of arrays
        What it was given.
    m : int

    Returns
    -------
    loss : one number, complex where the parameters are
    correct : int in 0..m
    gradients : sequence of arrays of the shapes of params

    Raises
    ------
    ValueError
        If it is something else.
    """
    loss, correct, gradients = _three(result, "gradient", EVALUATED)
    _loss(loss, params, "gradient")
    # The sum over examples, not their mean: the parts of the data are put together by their sizes.
    counted = _is_number(correct, "fiub")
    if not counted or not 0 <= correct <= m or correct != int(correct):
        share = counted and 0 <= correct <= 1
        advice = ", not their share" if share else ""
        raise ValueError(
            f"gradient returned {_shown(correct)} as correct; expected how many of the {m} "
            f"examples are answered correctly, a whole number in 0..{m}{advice}"
        )
    return loss, int(correct), _gradients(gradients, params, "gradient")


def objective(result: Any, params: Sequence[Array]) -> tuple[Any, float, Sequence[Array]]:
    """Return what an objective returned, if it is of the form expected.

    Parameters
    ----------
    result : what it returned
    params : sequence of arrays
        What it was given.

    Returns
    -------
    loss : one number
    accuracy : one number
    gradients : sequence of arrays of the shapes of params

    Raises
    ------
    ValueError
        If it is something else.
    """
    if type(result) is Evaluation:
        # Those of this package are made of what `gradient` has checked.
        return result
    loss, accuracy, gradients = _three(result, "objective", OBJECTIVE)
    _loss(loss, params, "objective")
    _one_number(accuracy, "objective", "accuracy", "a share in [0, 1]")
    return loss, accuracy, _gradients(gradients, params, "objective")


def rate(value: Any, iteration: int) -> float:
    """Return the learning rate that a schedule gave for an iteration, if it is one, or 0.

    Raises
    ------
    ValueError
        If it is something else.
    """
    try:
        return arguments.amount(value, "the rate")
    except ValueError:
        raise ValueError(
            f"alpha at iteration {iteration} must be a positive, finite number, but the schedule "
            f"returned {_shown(value)}"
        ) from None


def moved(result: Any, params: Sequence[Array]) -> tuple[Any, Any]:
    """Return the parameters and the state that an optimizer returned for a step.

    Parameters
    ----------
    result : what its update returned
    params : sequence of arrays
        What it was given.

    Raises
    ------
    ValueError
        If it is not a pair (params, state), or the parameters are not of the shapes and the kind
        of number that they were.
    """
    if not isinstance(result, tuple) or len(result) != 2 or not isinstance(result[0], tuple | list):
        raise ValueError(
            f"the optimizer's update returned {_shown(result)}; expected a pair (params, state)"
        )
    new, state = result
    _same_shapes(new, params, "the optimizer's update", "parameters")
    for place, (P, Q) in enumerate(zip(params, new, strict=True)):
        if getattr(Q, "dtype", None) == P.dtype:
            continue
        if np.asarray(Q).dtype != P.dtype:
            raise ValueError(
                f"the optimizer's update returned {arguments.name(place)} of dtype "
                f"{np.asarray(Q).dtype}; expected {P.dtype}, as it was"
            )
    return new, state


def entries(result: Any, shape: tuple[int, ...], function: str) -> None:
    """Check what a function of every entry returned for an array of this shape.

    Raises
    ------
    ValueError
        If it is no array of that shape, or not of numbers.
    """
    if np.shape(result) != shape or np.asarray(result).dtype.kind not in "fiubc":
        raise ValueError(
            f"{function} returned {_shown(result)} for an array of shape {shape}; expected an "
            "array of numbers of the same shape"
        )


def score(value: Any) -> float:
    """Return what a score function returned, as a float; NaN is one.

    Raises
    ------
    ValueError
        If it is no real number.
    """
    if (
        isinstance(value, str | bytes)
        or np.ndim(value)
        or np.asarray(value).dtype.kind not in "fiub"
    ):
        raise ValueError(
            f"score returned {_shown(value)}; expected one number, the higher the better"
        )
    return float(value)


def _three(result: Any, function: str, expected: str) -> tuple[Any, Any, Any]:
    if not isinstance(result, tuple | list) or len(result) != 3:
        raise ValueError(f"{function} returned {_shown(result)}; expected three, {expected}")
    loss, second, gradients = result
    return loss, second, gradients


def _loss(value: Any, params: Sequence[Array], function: str) -> None:
    """Check that a loss is a number, and a real one where the parameters are real."""
    _one_number(value, function, "loss", "the mean over the examples")
    if np.iscomplexobj(value) and not any(map(np.iscomplexobj, params)):
        raise ValueError(
            f"{function} returned {_shown(value)} as loss; expected a real number, as the "
            "parameters are real"
        )


def _one_number(value: Any, function: str, name: str, meaning: str) -> None:
    if isinstance(value, float | np.inexact):
        return
    if (
        isinstance(value, str | bytes)
        or np.ndim(value)
        or np.asarray(value).dtype.kind not in "fiuc"
    ):
        raise ValueError(
            f"{function} returned {_shown(value)} as {name}; expected one number, {meaning}"
        )


def _is_number(value: Any, kinds: str) -> bool:
    if isinstance(value, int):
        return True
    return np.ndim(value) == 0 and np.asarray(value).dtype.kind in kinds


def _gradients(gradients: Any, params: Sequence[Array], function: str) -> Sequence[Array]:
    if not isinstance(gradients, tuple | list):
        raise ValueError(
            f"{function} returned {_shown(gradients)} as gradients; expected a tuple or list, one "
            f"array for each of the {len(params)} parameters"
        )
    _same_shapes(gradients, params, function, "gradients")
    return gradients


def _same_shapes(found: Sequence[Any], params: Sequence[Array], function: str, what: str) -> None:
    if len(found) != len(params):
        raise ValueError(
            f"{function} returned {len(found)} {what}; expected {len(params)}, one for each of "
            f"{', '.join(arguments.name(place) for place in range(len(params)))}"
        )
    for place, (G, P) in enumerate(zip(found, params, strict=True)):
        # The usual case, asked of every array of every step.
        known = "fiuc" if P.dtype.kind == "c" else "fiu"
        if isinstance(G, np.ndarray) and G.shape == P.shape and G.dtype.kind in known:
            continue
        name = f"{'d' if what == 'gradients' else ''}{arguments.name(place)}"
        if np.shape(G) != P.shape:
            raise ValueError(
                f"{function} returned {name} of shape {np.shape(G)}; {what} have shapes "
                f"{[np.shape(each) for each in found]}, expected those of params, "
                f"{[each.shape for each in params]}"
            )
        if np.asarray(G).dtype.kind not in known:
            real = "" if P.dtype.kind == "c" else "real "
            raise ValueError(f"{function} returned {name} as {_shown(G)}; expected {real}numbers")


def _shown(value: Any) -> str:
    """Return what a value is, short, for a message."""
    if isinstance(value, np.ndarray):
        return f"an array of shape {value.shape} and dtype {value.dtype}"
    if value is None or isinstance(value, bool | int | float | complex | str | np.generic):
        text = repr(value)
        return f"{text if len(text) <= 40 else text[:37] + '...'}"
    if isinstance(value, tuple | list):
        return f"{len(value)} value{'s' * (len(value) != 1)} in a {type(value).__name__}"
    return f"a {type(value).__name__}"
