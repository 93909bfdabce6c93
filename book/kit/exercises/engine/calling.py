"""Calls a reader's function, and says in a sentence what can be wrong with any function."""

import re
import traceback
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

from kit.exercises.engine.exercise import FaultError


def call(function: Callable[..., Any], *arguments: Any) -> Any:
    """Call a reader's function on copies, and name what can be wrong with any function."""
    given = [_copy(argument) for argument in arguments]
    try:
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            result = function(*given)
    except (Exception, SystemExit) as error:
        shapes = " and ".join(str(a.shape) for a in arguments if isinstance(a, np.ndarray))
        on = f" on arrays of shape {shapes}" if shapes else ""
        raise FaultError(f"Your function stops{on}: {told(error)}") from error
    if result is None or result is ...:
        raise FaultError("Your function returns nothing. It has to end with return.")
    for before, after in zip(arguments, given, strict=True):
        if not _same(before, after):
            raise FaultError(
                "Your function changes an array that it was given. Return a new one, "
                "since the caller may still need the old."
            )
    return result


def _copy(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        return value.copy()
    if isinstance(value, tuple):
        return tuple(map(_copy, value))
    return value


def _same(before: Any, after: Any) -> bool:
    if isinstance(before, tuple):
        return all(_same(b, a) for b, a in zip(before, after, strict=True))
    return not isinstance(before, np.ndarray) or np.array_equal(before, after)


def told(error: BaseException) -> str:
    """Return an error in words, with the line of the reader's code."""
    own = [f for f in traceback.extract_tb(error.__traceback__) if f.filename.startswith("<your")]
    line = f" (line {own[-1].lineno} of {own[-1].filename.strip('<>')})" if own else ""
    words = (
        f"{type(error).__name__}: {error}"
        if str(error) not in ("", "None")
        else type(error).__name__
    )
    return f"{words}{line}."


def hint(
    calling: Callable[..., Any], *arguments: Any, sentence: str, when: str = "matmul|aligned"
) -> Any:
    """Call, and say a sentence of the exercise's own where the error fits the pattern."""
    try:
        return calling(*arguments)
    except FaultError as fault:
        if re.search(when, str(fault)):
            raise FaultError(f"{sentence} Python says: {fault.__cause__}.") from fault
        raise
