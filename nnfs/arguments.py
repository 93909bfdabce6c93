"""What callers pass, checked at the border of the package.

Every message names the argument, gives the shape or value that was found, says what was expected
and what to do. Nothing is changed in place; a check returns its argument as an array that the
rest of the package can rely on.
"""

import inspect
import operator
import os
import warnings
from collections.abc import Callable, Mapping, Sequence, Set
from contextlib import AbstractContextManager, nullcontext
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from nnfs.types import Array as Array

UNSCALED = 5
"""Root mean square from which inputs are taken for unscaled. Standardised inputs have 1, pixels in
[0, 1] less, and pixels in 0..255 some 10 even where a single one is lit."""
FARTHER, SMALLER = 3, 1 / 100
"""How far inputs may lie beyond what a network was trained on, in widths of that range, and how
small they may be beside it, if like pixels they are not negative."""

LONGEST = 120
"""Letters of a value in a message."""


class ScaleWarning(UserWarning):
    """Inputs are of another scale than training expects, or than the network was trained on."""


def shown(value: object) -> str:
    """Return a value as it is spelt in a message: on one line, and not all of what is long."""
    text = " ".join(repr(value).split())
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 3]}..."


def whole_number(value: object, name: str, *, at_least: int) -> int:
    """Return ``value`` as an int of at least ``at_least``; booleans and 3.0 are refused."""
    try:
        number = operator.index(value)  # type: ignore[arg-type]
    except TypeError:
        number = None
    if number is None or isinstance(value, bool) or number < at_least:
        raise ValueError(
            f"{name} must be a whole number of at least {at_least}, got {shown(value)}"
        )
    return number


def positive_number(value: object, name: str) -> float:
    """Return ``value`` as a positive, finite float."""
    return _real(value, name, "a positive, finite number", lambda number: 0 < number < np.inf)


def amount(value: object, name: str) -> float:
    """Return ``value`` as a finite float of at least 0."""
    return _real(value, name, "a finite number of at least 0", lambda number: 0 <= number < np.inf)


def share(value: object, name: str) -> float:
    """Return ``value`` as a float in [0, 1)."""
    return _real(value, name, "a number in [0, 1)", lambda number: 0 <= number < 1)


def _real(value: object, name: str, expected: str, holds: Callable[[float], bool]) -> float:
    try:
        number = float(value) if np.ndim(value) == 0 else np.nan  # type: ignore[arg-type]
    except (TypeError, ValueError, OverflowError):
        number = np.nan
    if isinstance(value, str | bytes | bool | np.bool_) or not holds(number):
        raise ValueError(f"{name} must be {expected}, got {shown(value)}")
    return number


def flag(value: object, name: str) -> bool:
    """Return ``value`` as a bool; only True and False are taken."""
    if not isinstance(value, bool | np.bool_):
        raise ValueError(f"{name} must be True or False, got {shown(value)}")
    return bool(value)


def function(value: object, name: str, *given: str, or_class: bool = False) -> None:
    """Refuse what is no function, or none that can be called with what it will be given.

    A class takes almost anything and makes an object of it. So where that object is not what is
    wanted, as the list of some arrays may be, the class itself is a mistake.
    """
    called = f"{name} must be a function of {', '.join(given)}"
    if not callable(value):
        raise ValueError(f"{called}; got {shown(value)}")
    if isinstance(value, type) and not or_class:
        raise ValueError(
            f"{called}; got {shown(value)}, a class, and not an object that was made of it"
        )
    try:
        inspect.signature(value).bind(*given)
    except TypeError as error:
        raise ValueError(f"{called}; got {shown(value)}, which does not fit: {error}") from None
    except ValueError:
        # Some functions have no signature to look at.
        return


def path(value: object, name: str) -> Path:
    """Return the name of a file or a folder, text or path-like, as a path."""
    try:
        text = os.fspath(value)  # type: ignore[call-overload]
    except TypeError:
        text = None
    if not isinstance(text, str) or not text or "\0" in text:
        advice = ": pass os.fsdecode of it" if isinstance(text, bytes) and text else ""
        raise ValueError(
            f"{name} must be the name of a file as text or a path, got {shown(value)}{advice}"
        )
    return Path(text)


def generator(seed: object) -> "np.random.Generator":
    """Return a generator of its own for a seed: a whole number of at least 0."""
    return np.random.default_rng(whole_number(seed, "seed", at_least=0))


def widths(value: object, name: str) -> tuple[int, ...]:
    """Return one width, or a sequence or array of them, as a tuple of whole numbers."""
    if isinstance(value, Mapping | Set):
        raise ValueError(
            f"{name} must be a whole number of at least 1, or a sequence of them, got "
            f"{shown(value)}"
        )
    several = np.iterable(value) and not isinstance(value, str | bytes)
    items = list(value) if several else [value]  # type: ignore[call-overload]
    return tuple(whole_number(item, name, at_least=1) for item in items)


def array(value: ArrayLike, name: str) -> Array:
    """Return ``value`` as an array; rows of different lengths and masked entries are refused."""
    if hasattr(value, "toarray") and not isinstance(value, np.ndarray):
        raise ValueError(f"{name} is a sparse {type(value).__name__}: pass {name}.toarray()")
    if np.ma.is_masked(value):
        raise ValueError(
            f"{name} has masked entries, which would be taken for numbers: remove these examples, "
            f"or pass {name}.filled(...)"
        )
    try:
        return np.asarray(value)
    except ValueError as error:
        raise ValueError(f"{name} is no array: its rows must have the same length") from error


def matrix(X: ArrayLike) -> Array:
    """Return X as it is if it has a matrix transpose, as an array has, else as an array."""
    multiplies: Any = X
    # An array of one axis has no mT, and says so by another error than others do.
    known = isinstance(X, np.ndarray) or hasattr(X, "mT")
    return multiplies if known else np.asarray(X)


def examples(X: ArrayLike, name: str = "X") -> Array:
    """Return X (n, m) as finite float32 or float64; whole numbers and halves become float32."""
    x = array(X, name)
    if x.ndim != 2 or x.size == 0:
        advice = {
            1: f": pass {name}[:, np.newaxis]",
            3: f": pass {name}.reshape(len({name}), -1).T",
        }
        raise ValueError(
            f"{name} has shape {x.shape}; expected (inputs, examples), one example a column"
            + (advice.get(x.ndim, "") if x.size else "")
        )
    if x.dtype.kind not in "fiub":
        hint = f": if they are, pass np.asarray({name}, float)" if x.dtype.kind in "OUS" else ""
        raise ValueError(f"{name} has dtype {x.dtype}; expected real numbers{hint}")
    if x.dtype not in (np.float32, np.float64):
        x = x.astype(np.float64 if x.dtype.kind == "f" and x.itemsize > 4 else np.float32)
    if not np.isfinite(x).all():
        row, column = np.argwhere(~np.isfinite(x))[0]
        raise ValueError(
            f"{name}[{row}, {column}] is {x[row, column]}; expected finite numbers: "
            "remove or replace the example"
        )
    return x


def labels(y: ArrayLike, n_classes: int, m: int | None = None) -> Array:
    """Return labels y (m,) as an integer array with every entry in 0..n_classes-1."""
    y = array(y, "labels")
    if y.ndim != 1:
        advice = ""
        if y.ndim == 2 and 1 in y.shape:
            advice = ": pass np.ravel(y)"
        elif y.ndim == 2 and y.shape in ((n_classes, m), (m, n_classes)):
            axis = 0 if y.shape == (n_classes, m) else 1
            advice = f": if they are one-hot, pass np.argmax(y, axis={axis})"
        raise ValueError(
            f"labels have shape {y.shape}; expected ({'m' if m is None else m},){advice}"
        )
    if y.dtype.kind not in "iu" and y.size > 0:
        # How many classes there are may itself have been read from the labels.
        raise ValueError(f"labels have dtype {y.dtype}; expected integers from 0 on: {_whole(y)}")
    if m is not None and y.size != m:
        raise ValueError(
            f"{y.size} labels for {m} examples; X is (inputs, examples), one example a column: "
            "if examples are rows, pass X.T"
        )
    outside = (y < 0) | (y >= n_classes)
    if outside.any():
        place = int(outside.argmax())
        raise ValueError(f"label {y[place]} at {place}; expected 0..{n_classes - 1}")
    return y.astype(np.intp, copy=False)


def _whole(y: Array) -> str:
    """Return what to do with labels that are not of integers."""
    try:
        numbers = y.astype(float)
    except (TypeError, ValueError):
        return "to number the classes, pass np.unique(y, return_inverse=True)[1]"
    wrong = np.flatnonzero(~np.isfinite(numbers) | (numbers != np.floor(numbers)))
    if wrong.size:
        return f"label {y[wrong[0]]} at {wrong[0]} is no whole number; remove the example"
    return f"pass np.asarray(y, {'float).astype(int' if y.dtype.kind in 'US' else 'int'})"


def parameters(params: Any) -> Any:
    """Return params, if they can be W1, b1, ..., WL, bL and not what holds them."""
    if isinstance(params, tuple | list) and not hasattr(params, "params"):
        return params
    advice = ""
    if hasattr(params, "params"):
        advice = f", got the {type(params).__name__} that has them: pass its .params"
    elif isinstance(params, str | bytes | PathLike):
        advice = ", got the name of a file: pass nnfs.load_parameters(...) of it"
    elif isinstance(params, Mapping) or not isinstance(params, Sequence):
        advice = f", a tuple or a list, got {type(params).__name__}"
    if advice:
        raise ValueError(f"params must be W1, b1, ..., WL, bL{advice}")
    return params


def shapes(params: Sequence[Array], X: Array) -> None:
    """Check that W1, b1, ..., WL, bL are affine maps that fit each other and X (..., n, m)."""
    if len(params) == 0 or len(params) % 2:
        raise ValueError(f"{len(params)} parameters; expected W1, b1, ..., WL, bL")
    fan_in, source = X.shape[-2] if len(X.shape) >= 2 else None, f"X of shape {X.shape}"
    for layer, (W, b) in enumerate(zip(weights(params), biases(params), strict=True), start=1):
        if W.ndim < 2 or W.shape[-1] != fan_in:
            rows = layer == 1 and len(X.shape) >= 2 and W.shape[-1:] == X.shape[-1:]
            column = layer == 1 and W.shape[-1:] == X.shape
            advice = "; if examples are rows, pass X.T" if rows else ""
            advice = "; one example is a column: pass X[:, np.newaxis]" if column else advice
            raise ValueError(
                f"W{layer} of shape {W.shape} does not multiply {source}; "
                f"expected (..., units, {fan_in or 'inputs'}){advice}"
            )
        if b.ndim < 2 or b.shape[-2:] != (W.shape[-2], 1):
            raise ValueError(
                f"b{layer} has shape {b.shape}; expected (..., {W.shape[-2]}, 1), a column"
            )
        fan_in, source = W.shape[-2], f"the {W.shape[-2]} units of layer {layer}"


def weights(params: Sequence[Array]) -> Sequence[Array]:
    """Return W1, ..., WL of W1, b1, ..., WL, bL."""
    return params[::2]


def biases(params: Sequence[Array]) -> Sequence[Array]:
    """Return b1, ..., bL of W1, b1, ..., WL, bL."""
    return params[1::2]


def with_weights(params: Sequence[Array], weights: Sequence[Array]) -> Any:
    """Return W1, b1, ..., WL, bL with other weights, in the kind of tuple that they are."""
    changed = list(params)
    changed[::2] = weights
    return rebuilt(params, changed)


def name(place: int) -> str:
    """Return the name of a parameter by its place in W1, b1, ..., WL, bL."""
    return f"{'Wb'[place % 2]}{place // 2 + 1}"


def finite(params: Sequence[Array], *, kinds: str = "f") -> None:
    """Check that the parameters are floating-point numbers, or of other kinds, and all finite."""
    for place, P in enumerate(params):
        if P.dtype.kind not in kinds:
            raise ValueError(f"{name(place)} has dtype {P.dtype}; expected floating-point numbers")
        if not np.isfinite(P).all():
            raise ValueError(f"{name(place)} of shape {P.shape} has entries that are not finite")


def overflow_to_be_told() -> AbstractContextManager[object]:
    """Return a context without NumPy's warnings for a forward pass that `finite_logits` judges."""
    # To have NumPy raise an error of its own stays possible.
    if np.geterr()["over"] != "warn":
        return nullcontext()
    return np.errstate(over="ignore", invalid="ignore")


def finite_logits(Z: Array, params: Sequence[Array], X: Array) -> None:
    """Check that the logits of a forward pass are finite, and say why they are not.

    As with NumPy's own warnings, nothing is said within ``np.errstate(invalid="ignore")``: a
    training looks at its loss instead.

    Parameters
    ----------
    Z : (..., c, m) array
    params, X : what the logits were computed from
    """
    if np.geterr()["invalid"] == "ignore" or Z.dtype.kind not in "fc":
        return
    wrong = ~np.isfinite(Z)
    if not wrong.any():
        return
    finite(params, kinds="fc")
    example = int(np.argwhere(wrong)[0, -1])
    where = f"the logits of example {example}"
    if isinstance(X, np.ndarray) and not np.isfinite(X).all():
        raise ValueError(f"X has entries that are not finite, and so are {where}: remove these")
    largest = max(float(np.abs(P).max()) for P in (*params, X) if isinstance(P, np.ndarray))
    raise ValueError(
        f"{where} are not finite, they overflow in {Z.dtype}: entries of params or X are as large "
        f"as {largest:.3g}; train with a smaller learning rate, and scale X to about [0, 1]"
    )


def blocks(params: Any) -> Any:
    """Return params with every block as an array, in the kind of tuple that they are."""
    params = parameters(params)
    for P in params:
        if not isinstance(P, np.ndarray):
            return rebuilt(params, [array(Q, name(place)) for place, Q in enumerate(params)])
    return params


def start(params: Any) -> Any:
    """Return the parameters that a run starts at, as arrays of its own.

    They are matrices of float32 or a wider kind. Bytes are in the order of this machine, as those
    are that the steps lead to.
    """
    given = blocks(params)
    for place, P in enumerate(given):
        if P.ndim != 2:
            raise ValueError(f"{name(place)} has shape {P.shape}; expected a matrix")
        if P.dtype == np.float16:
            raise ValueError(
                f"{name(place)} has dtype {P.dtype}; expected float32 or float64, since its own "
                "steps are too coarse to train with"
            )
    return rebuilt(given, [P.astype(P.dtype.newbyteorder("=")) for P in given])


def numbers(params: Sequence[Array], gradients: Sequence[Array]) -> None:
    """Check that parameters can be moved by gradients: real ones by real ones, and no integers."""
    for place, (P, dP) in enumerate(zip(params, gradients, strict=True)):
        if P.dtype.kind not in "fc":
            raise ValueError(f"{name(place)} has dtype {P.dtype}; expected floating-point numbers")
        if dP.dtype.kind not in ("fiubc" if P.dtype.kind == "c" else "fiub"):
            raise ValueError(
                f"the gradient of {name(place)} has dtype {dP.dtype}; expected real numbers, as "
                "those of the parameter"
            )


def converted(X: Array, dtype: "np.dtype[Any]", name: str = "X") -> Array:
    """Return finite numbers in another dtype, if they are finite there too."""
    with np.errstate(over="ignore"):
        Y = X.astype(dtype, copy=False)
    if Y.dtype.itemsize < X.dtype.itemsize and not np.isfinite(Y).all():
        row, column = np.argwhere(~np.isfinite(Y))[0]
        raise ValueError(
            f"{name}[{row}, {column}] is {X[row, column]:g}, too large for {Y.dtype}, the dtype of "
            f"params: scale {name} to about [0, 1]"
        )
    return Y


def paired(X: ArrayLike, y: ArrayLike) -> tuple[Array, Array]:
    """Return X (n, m) and y (m,) as arrays, if they are of the same examples; no entry is read."""
    X, y = array(X, "X"), array(y, "labels")
    if X.ndim != 2:
        raise ValueError(
            f"X has shape {X.shape}; expected (inputs, examples), one example a column"
        )
    if y.shape != X.shape[1:] or y.dtype.kind not in "iu":
        raise ValueError(
            f"labels have shape {y.shape} and dtype {y.dtype}; expected integers of shape "
            f"{X.shape[1:]}, one for each example of X"
        )
    return X, y


def span(data_range: object) -> tuple[float, float]:
    """Return a range of data, two finite numbers of which the first is not the larger."""
    try:
        low, high = (float(end) for end in data_range)  # type: ignore[attr-defined]
    except (TypeError, ValueError):
        low, high = np.nan, np.nan
    if not -np.inf < low <= high < np.inf:
        raise ValueError(
            f"data_range must be two finite numbers, the smallest and the largest, got "
            f"{shown(data_range)}"
        )
    return low, high


def range_of(X: Array) -> tuple[float, float]:
    """Return the smallest and the largest entry of X."""
    return float(X.min()), float(X.max())


def warn_unscaled(X: Array, found: tuple[float, float], *, stacklevel: int) -> None:
    """Warn where the inputs are far too large for what training expects, about [0, 1]."""
    flat = X.ravel(order="K")
    root = float(np.sqrt(np.vdot(flat, flat) / X.size))
    if root <= UNSCALED:
        return
    low, high = found
    advice = "(X - X.mean()) / X.std()" if low < 0 else f"X / {255 if 16 < high <= 255 else high:g}"
    warnings.warn(
        f"X lies in [{low:g}, {high:g}], its root mean square is {root:.3g}; training expects "
        f"inputs of about [0, 1] and may learn nothing from these: pass {advice}, or "
        f"data_range=({low:g}, {high:g}) if you mean it",
        ScaleWarning,
        stacklevel=stacklevel + 1,
    )


def warn_other_scale(X: Array, trained_on: tuple[float, float], *, stacklevel: int) -> None:
    """Warn where the inputs are of another scale than those that a network was trained on."""
    (low, high), (least, most) = range_of(X), trained_on
    slack, size = FARTHER * (most - least), max(abs(low), abs(high))
    beyond = low < least - slack or high > most + slack
    # The ends of standardised data are set by few examples, and tell nothing of the others.
    below = least >= 0 and 0 < size < SMALLER * most
    if not beyond and not below:
        return
    advice = "scale X as the training data were"
    if least == 0 == low and most == 1 and 16 < high <= 255:
        advice = "pass X / 255"
    elif least == 0 == low and 16 < most <= 255 and high <= 1:
        advice = "pass 255 * X"
    warnings.warn(
        f"X lies in [{low:g}, {high:g}], but the network was trained on data in "
        f"[{least:g}, {most:g}]: {advice}",
        ScaleWarning,
        stacklevel=stacklevel + 1,
    )


def rebuilt(params: Any, blocks: Sequence[Array]) -> Any:
    """Return arrays in the kind of tuple that params are, such as `nnfs.Parameters`.

    They are then of a network with the same activation.
    """
    make: Any = type(params) if isinstance(params, tuple) else tuple
    new: Any = getattr(params, "_make", make)(blocks)
    if (activation := getattr(params, "activation", None)) is not None:
        new.activation = activation
    return new


def same_shapes(gradients: Sequence[Array], params: Sequence[Array]) -> None:
    """Check that each gradient has the shape of its parameter."""
    found, expected = ([np.shape(P) for P in blocks] for blocks in (gradients, params))
    if found != expected:
        raise ValueError(f"gradients have shapes {found}; expected those of params, {expected}")
