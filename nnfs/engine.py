"""The gradient of the whole training set, from gradients of its parts.

The loss is a mean over m examples. Cut them into parts of m_k examples: the mean, and with it its
gradient, is the sum over the parts of m_k / m times the part's own mean. So the textbook gradient
can be called on parts small enough for the processor's cache, several at a time, and the results
added.

The parts and the order of the additions depend on the data only. Any number of threads gives the
same bits.
"""

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, nullcontext
from typing import Any, NamedTuple, TypeAlias

import numpy as np

from nnfs import arguments
from nnfs.arguments import Array
from nnfs.gradients import Gradient

PART = 1024


class Evaluation(NamedTuple):
    """Loss (mean, nats), accuracy (0 to 1) and gradients at one set of parameters."""

    loss: float
    accuracy: float
    gradients: list[Array]


Objective: TypeAlias = Callable[[Sequence[Array]], Evaluation]


@contextmanager
def full_batch(
    gradient: Gradient, X: Array, y: Array, *, part: int = PART, threads: int | None = None
) -> Iterator[Objective]:
    """Open the function from parameters to loss, accuracy and gradients of all examples.

    Within the context BLAS runs on one thread and the parts run on ``threads`` of our own; at
    its end, also after an error or an interrupt, the threads are gone and BLAS is as it was.

    Parameters
    ----------
    gradient : function (params, X, y) -> (loss, correct, gradients)
    X : (n, m) array
    y : (m,) integer labels
    part : int
        Examples in a part; the last may be smaller.
    threads : int, optional
        By default the number of processors that this process may use, at most 8.

    Yields
    ------
    function (params) -> Evaluation

    Raises
    ------
    ValueError
        If part or threads is not a whole number of at least 1.

    Notes
    -----
    Book: :eq:`eq-weighted-mean`.
    """
    part = arguments.whole_number(part, "part", at_least=1)
    threads = arguments.whole_number(
        _processors() if threads is None else threads, "threads", at_least=1
    )
    m = X.shape[-1]
    parts = [(X[:, i : i + part], y[i : i + part]) for i in range(0, m, part)]
    with _one_blas_thread(), _mapping(min(threads, len(parts))) as map_parts:

        def objective(params: Sequence[Array]) -> Evaluation:
            def evaluate(part: tuple[Array, Array]) -> Any:
                # Error states are a thread's own; what overflows here shows in the loss.
                with np.errstate(over="ignore", invalid="ignore"):
                    return gradient(params, *part)

            evaluations = map_parts(evaluate, parts)
            return _weighted_mean(evaluations, [y_k.size / m for _, y_k in parts], m)

        yield objective


def _weighted_mean(
    evaluations: Iterator[tuple[Any, int, Sequence[Array]]], weights: list[float], m: int
) -> Evaluation:
    loss, right, total = 0.0, 0, None
    for weight, (part_loss, correct, gradients) in zip(weights, evaluations, strict=True):
        loss += weight * float(part_loss)
        right += correct
        weighted = [weight * dP for dP in gradients]
        total = (
            weighted if total is None else [s + dP for s, dP in zip(total, weighted, strict=True)]
        )
    return Evaluation(loss, right / m, total or [])


def _processors() -> int:
    available = getattr(os, "sched_getaffinity", None)
    return min(8, len(available(0)) if available else os.cpu_count() or 1)


def _one_blas_thread() -> Any:
    try:
        from threadpoolctl import threadpool_limits
    except ImportError:
        return nullcontext()
    return threadpool_limits(limits=1, user_api="blas")


@contextmanager
def _mapping(threads: int) -> Iterator[Callable[..., Iterator[Any]]]:
    if threads == 1:
        yield map
        return
    with ThreadPoolExecutor(threads) as pool:
        yield pool.map
