"""The gradient of a few examples at a time, drawn without replacement until all have had a turn.

A batch is far smaller than what tiles pay for, so the gradient function is called on it as it is.
"""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import numpy as np

from nnfs import arguments, engine, regularise, returned
from nnfs.arguments import Array
from nnfs.engine import Evaluation, Objective
from nnfs.types import Gradient

KEPT = 31 * 2**20  # bytes; from 32 MiB on glibc does not learn


def mini_batches(
    gradient: Gradient, X: Array, y: Array, *, batch_size: int, seed: int = 0, dropout: float = 0
) -> Objective:
    """Return the function from parameters to loss, accuracy and gradients of the next batch.

    Every call takes the next batch. An epoch goes once through all examples in a new random
    order; its last batch is shorter where ``batch_size`` does not divide m. BLAS runs on one thread
    within a call.

    Parameters
    ----------
    gradient : function (params, X, y) -> (loss, correct, gradients)
        With dropout it is called with the masks as a fourth argument, as `nnfs.layers.gradient`
        takes them.
    X : (n, m) array
    y : (m,) integer labels
    batch_size : int
        Examples in a batch; more than m mean all of them.
    seed : int
        Of the order of the examples and of the masks.
    dropout : float
        The probability, in [0, 1), that a hidden unit is left out for an example.

    Returns
    -------
    function (params) -> Evaluation

    Raises
    ------
    ValueError
        If batch_size, seed or dropout is out of its range.

    Notes
    -----
    Book: :eq:`eq-batch-unbiased`, :eq:`eq-batch-variance`.

    Source: Robbins and Monro, A stochastic approximation method (1951); Bottou, Curtis and Nocedal,
    Optimization methods for large-scale machine learning (SIAM Review, 2018).
    """
    batch_size = arguments.whole_number(batch_size, "batch_size", at_least=1)
    dropout = arguments.share(dropout, "dropout")
    # Streams of their own: dropout changes no order, and neither repeats the draws of the start.
    order_rng, mask_rng = arguments.generator(seed).spawn(2)
    # One example in one piece of memory, so that a batch is gathered by copying whole rows.
    rows = np.ascontiguousarray(X.T)
    # The C library hands free memory back to the system after every step, and each page of it costs
    # time when it returns. Once a large piece has been freed, glibc keeps what is smaller.
    np.empty(KEPT, np.uint8)
    upcoming = _batches(y.size, batch_size, order_rng)

    def objective(params: Any) -> Evaluation:
        chosen = next(upcoming)
        masks: tuple[Any, ...] = ()
        if dropout:
            masks = (regularise.dropout_masks(params, chosen.size, dropout, mask_rng),)
        # The bits of a product may depend on the number of threads that BLAS shares it among.
        with engine.one_blas_thread(), np.errstate(over="ignore", invalid="ignore"):
            result = gradient(params, rows[chosen].T, y[chosen], *masks)
        loss, correct, gradients = returned.gradient(result, params, chosen.size)
        return Evaluation(float(loss), correct / chosen.size, list(gradients))

    return objective


def _batches(m: int, batch_size: int, rng: "np.random.Generator") -> Iterator[Array]:
    while True:
        order = rng.permutation(m)
        yield from (order[start : start + batch_size] for start in range(0, m, batch_size))


def per_epoch(m: int, batch_size: int | None) -> int:
    """Return how many batches an epoch has: the whole set at once if there is no batch size.

    Parameters
    ----------
    m : int
        Examples.
    batch_size : int or None
        Examples in a batch.

    Returns
    -------
    int

    Raises
    ------
    ValueError
        If an argument is not a whole number of at least 1.

    Notes
    -----
    Book: :eq:`eq-steps-per-epoch`.
    """
    m = arguments.whole_number(m, "m", at_least=1)
    size = m if batch_size is None else batch_size
    return -(-m // arguments.whole_number(size, "batch_size", at_least=1))


def objective(
    gradient: Gradient,
    X: Array,
    y: Array,
    *,
    batch_size: int | None = None,
    seed: int = 0,
    dropout: float = 0,
    threads: int | None = None,
) -> AbstractContextManager[Objective]:
    """Open `mini_batches`, or `nnfs.engine.full_batch` where no batch size and no dropout is given.

    Parameters
    ----------
    gradient, X, y, batch_size, seed, dropout : as for `mini_batches`
    threads : as for `nnfs.engine.full_batch`
    """
    if batch_size is None and not dropout:
        return engine.full_batch(gradient, X, y, threads=threads)
    size = y.size if batch_size is None else batch_size
    return _limited(mini_batches(gradient, X, y, batch_size=size, seed=seed, dropout=dropout))


@contextmanager
def _limited(objective: Objective) -> Iterator[Objective]:
    """Limit BLAS once for a whole run, rather than in every call."""
    with engine.one_blas_thread():
        yield objective
