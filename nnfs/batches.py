"""The gradient of a few examples at a time, drawn without replacement until all have had a turn.

A batch is far smaller than what tiles pay for, so the gradient function is called on it as it is.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from typing import Any, NamedTuple

import numpy as np

from nnfs import arguments, engine, regularise, returned
from nnfs.engine import Evaluation, Objective
from nnfs.types import Array, Gradient


class Order(NamedTuple):
    """Where the draw of the batches stands, enough to go on with the same ones.

    Attributes
    ----------
    generator : state of the generator that orders the examples, before it ordered this epoch
    taken : int, examples of this epoch that have had their turn
    masks : state of the generator of the masks, or None without dropout
    """

    generator: dict[str, Any]
    taken: int
    masks: dict[str, Any] | None


class MiniBatches:
    """The function from parameters to loss, accuracy and gradients of the next batch.

    See `mini_batches`. Its ``state`` may be read between two calls and be set, also on another one
    of the same data and options, which then goes on with the same batches and masks. ``over`` says
    how to evaluate a batch, if not here: it is called with the examples chosen, parameters and
    masks, and returns what a gradient function does.

    Attributes
    ----------
    state : Order
        Where the order of the examples and the generators are.
    """

    def __init__(
        self,
        gradient: Gradient,
        X: Array,
        y: Array,
        *,
        batch_size: int,
        seed: int,
        dropout: float,
        over: Callable[..., tuple[Any, int, Any]] | None = None,
    ) -> None:
        X, y = arguments.paired(X, y)
        self._m = y.size
        self._batch_size = arguments.whole_number(batch_size, "batch_size", at_least=1)
        self._dropout = arguments.share(dropout, "dropout")
        masks = ["masks, as with dropout"] if self._dropout else []
        arguments.function(gradient, "gradient", "params", "X", "y", *masks)
        # Streams of their own: dropout changes no order, and neither repeats draws of the start.
        self._order_rng, self._mask_rng = arguments.generator(seed).spawn(2)
        if over is None:
            rows = by_rows(X)
            over = partial(over_chosen, gradient, rows, y)
        self._over = over
        self._begin_epoch()

    def __call__(self, params: Any) -> Evaluation:
        """Return loss, accuracy and gradients of the next batch at these parameters."""
        chosen = self._next()
        masks: tuple[Any, ...] = ()
        if self._dropout:
            masks = (regularise.dropout_masks(params, chosen.size, self._dropout, self._mask_rng),)
        loss, correct, gradients = self._over(chosen, params, *masks)
        return Evaluation(float(loss), correct / chosen.size, list(gradients))

    @property
    def state(self) -> Order:
        """Where the draw stands."""
        masks = self._mask_rng.bit_generator.state if self._dropout else None
        return Order(self._epoch, self._taken, masks)  # type: ignore[arg-type]

    @state.setter
    def state(self, state: Order) -> None:
        self._order_rng.bit_generator.state = state.generator
        self._begin_epoch()
        self._taken = state.taken
        if state.masks is not None:
            self._mask_rng.bit_generator.state = state.masks

    def _begin_epoch(self) -> None:
        self._epoch: Any = self._order_rng.bit_generator.state
        self._order, self._taken = self._order_rng.permutation(self._m), 0

    def _next(self) -> Array:
        if self._taken >= self._m:
            self._begin_epoch()
        chosen = self._order[self._taken : self._taken + self._batch_size]
        self._taken += chosen.size
        return chosen


def by_rows(X: Array) -> Array:
    """Return examples in rows, each in one piece of memory, so that a batch is copied by rows."""
    return np.ascontiguousarray(X.T)


def over_chosen(
    gradient: Gradient, rows: Array, y: Array, chosen: Array, params: Any, *masks: Any
) -> tuple[Any, int, Any]:
    """Return loss, correct answers and gradients over some of the examples.

    Parameters
    ----------
    gradient : function (params, X, y) -> (loss, correct, gradients)
    rows : (m, n) array
        The examples as `by_rows` returns them.
    y : (m,) integer labels
    chosen : array of int, which examples
    params : sequence of arrays
    masks : with dropout, as a gradient function takes them

    Returns
    -------
    loss, correct, gradients

    Raises
    ------
    ValueError
        If the gradient function returns something else than three such things.
    """
    # The bits of a product may depend on the number of threads that BLAS shares it among.
    with engine.one_blas_thread(), np.errstate(over="ignore", invalid="ignore"):
        result = gradient(params, rows[chosen].T, y[chosen], *masks)
    return returned.gradient(result, params, chosen.size)


def mini_batches(
    gradient: Gradient, X: Array, y: Array, *, batch_size: int, seed: int = 0, dropout: float = 0
) -> MiniBatches:
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
        A `MiniBatches`, whose ``state`` says where the draw stands.

    Raises
    ------
    ValueError
        If batch_size, seed or dropout is out of its range, gradient no such function, or y are not
        the labels of X.

    Notes
    -----
    Book: :eq:`eq-batch-unbiased`, :eq:`eq-batch-variance`.

    Source: Robbins and Monro, A stochastic approximation method (1951); Bottou, Curtis and Nocedal,
    Optimization methods for large-scale machine learning (SIAM Review, 2018).
    """
    return MiniBatches(gradient, X, y, batch_size=batch_size, seed=seed, dropout=dropout)


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

    Returns
    -------
    context manager
        Of the function from parameters to `nnfs.engine.Evaluation`.
    """
    if batch_size is None and not dropout:
        return engine.full_batch(gradient, X, y, threads=threads)
    size = y.size if batch_size is None else batch_size
    return _limited(mini_batches(gradient, X, y, batch_size=size, seed=seed, dropout=dropout))


@contextmanager
def _limited(objective: Objective) -> Iterator[Objective]:
    """Limit BLAS once for a whole run, rather than in every call."""
    engine.keep_freed_memory()
    with engine.one_blas_thread():
        yield objective
