"""Compares what a reader's function returns with the right result, and with those of mistakes.

What no known mistake explains is told by the first entry that differs.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from kit.exercises.engine.exercise import FaultError, Mistakes


def compare(got: Any, right: Any, mistakes: Mistakes, what: str = "The result") -> None:
    """Raise the sentence of the mistake that gives this result, if it is not the right one."""
    try:
        result = np.asarray(got, dtype=np.float64)
    except (TypeError, ValueError):
        raise FaultError(
            f"{what} should be an array of numbers, and is a {type(got).__name__}."
        ) from None
    right = np.asarray(right, dtype=np.float64)
    if result.shape == right.shape and np.allclose(result, right, rtol=1e-9, atol=1e-12):
        return
    for sentence, wrong in mistakes:
        wrong = np.asarray(wrong, dtype=np.float64)
        if result.shape == wrong.shape and np.allclose(result, wrong, rtol=1e-9, atol=1e-12):
            raise FaultError(sentence)
    if result.shape != right.shape:
        raise FaultError(f"{what} has the shape {result.shape}. It should have {right.shape}.")
    if not np.isfinite(result).all():
        raise FaultError(f"{what} has entries that are not finite numbers.")
    first = tuple(int(i) for i in np.argwhere(~np.isclose(result, right, rtol=1e-9, atol=1e-12))[0])
    place = f"{what} is" if not first else f"{what} has at {list(first)}"
    was, wanted = (f"{value[first]:.4g}" for value in (result, right))
    if was != wanted:
        raise FaultError(f"{place} {was}, and should be {wanted}.")
    was, wanted = (f"{value[first]:.12g}" for value in (result, right))
    single = getattr(np.asarray(got), "dtype", None) in (np.float32, np.float16)
    why = " Compute in float64, NumPy's own precision." if single else ""
    raise FaultError(f"{place} {was}, and should be {wanted}: nearly right.{why}")


def compare_each(got: Any, right: Sequence[Any], names: str, mistakes: Mistakes) -> None:
    """Compare several results, each by its name; mistakes give all of them at once."""
    listed = names.split()
    if not isinstance(got, tuple | list) or len(got) != len(listed):
        raise FaultError(f"Return {len(listed)} arrays: {', '.join(listed)}.")
    for sentence, wrong in mistakes:
        if all(_close(a, b) for a, b in zip(got, wrong, strict=True)):
            raise FaultError(sentence)
    for name, result, expected in zip(listed, got, right, strict=True):
        compare(result, expected, (), name)


def _close(a: Any, b: Any) -> bool:
    return np.shape(a) == np.shape(b) and bool(np.allclose(a, b, rtol=1e-9, atol=1e-12))


def unstable(got: Any, right: Any, sentence: str) -> None:
    """Raise the sentence if a result on extreme logits is not the right one."""
    if np.shape(got) != np.shape(right) or not np.allclose(got, right, rtol=1e-9, atol=1e-12):
        raise FaultError(sentence)
