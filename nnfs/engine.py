"""The gradient of the whole training set, from gradients of its parts.

The loss is a mean over m examples. Cut them into parts of m_k examples: the mean, and with it its
gradient, is the sum over the parts of m_k / m times the part's own mean. So the textbook gradient
can be called on parts, several at a time, and the results added.

Two more things make it quick, and neither changes what is computed. A pixel that is dark in all
images of a part meets only zeros, so a part keeps its lit pixels alone, and examples are sorted
such that few are lit in a part. And OpenBLAS multiplies small matrices in place, while it copies
large ones first; so a part lies in memory as a stack of small tiles.

The parts and the order of the additions depend on the data only. Any number of threads gives the
same bits.
"""

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from threading import Lock
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numpy.lib.mixins import NDArrayOperatorsMixin

from nnfs import arguments, returned
from nnfs.arguments import Array
from nnfs.types import Gradient

PART = 4096
TILE = 64
SMALL_PRODUCT = 10**6
"""Multiplications up to which OpenBLAS does not copy its operands."""


class Evaluation(NamedTuple):
    """Loss (mean, nats), accuracy (0 to 1) and gradients at one set of parameters."""

    loss: float
    accuracy: float
    gradients: list[Array]


Objective: TypeAlias = Callable[[Sequence[Array]], Evaluation]


class Tiles(NDArrayOperatorsMixin):
    """A matrix of examples (n, m) that keeps lit inputs only, in tiles.

    ``W @ X`` and ``dZ @ X.mT`` take the short way. For everything else it is an array: NumPy
    converts it back.

    Parameters
    ----------
    rows : (m, n) array
        One example a row.
    lit : (k,) array of int
        The inputs that are not zero in all rows.

    Notes
    -----
    Book: :eq:`eq-lit`. Source: Goto and van de Geijn, Anatomy of high-performance matrix
    multiplication (2008), on what copying costs.
    """

    def __init__(self, rows: Array, lit: Array) -> None:
        m, n = rows.shape
        count = -(-m // TILE)
        tile = -(-m // count)
        kept = np.zeros((count * tile, lit.size), rows.dtype)
        np.take(rows, lit, axis=1, out=kept[:m])
        self.tiles, self.lit = kept.reshape(count, tile, lit.size), lit
        self.shape, self.ndim, self.dtype = (n, m), 2, rows.dtype

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Array:
        _check_copy(copy)
        full = np.zeros(self.shape, self.dtype if dtype is None else dtype)
        full[self.lit] = self._flat()[: self.shape[1]].T
        return full

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **options: Any) -> Any:
        if ufunc is np.matmul and method == "__call__" and inputs[1] is self and not options:
            return self._times(np.asarray(inputs[0]))
        arrays = (np.asarray(x) if isinstance(x, Tiles | Transposed) else x for x in inputs)
        return getattr(ufunc, method)(*arrays, **options)

    def __getitem__(self, key: Any) -> Any:
        return np.asarray(self)[key]

    @property
    def mT(self) -> "Transposed":
        """The transpose (m, n)."""
        return Transposed(self)

    T = mT

    def _flat(self) -> Array:
        return self.tiles.reshape(-1, self.lit.size)

    def _small(self, factor: Array) -> bool:
        return factor.ndim == 2 and len(factor) * self.tiles[0].size <= SMALL_PRODUCT

    def _times(self, W: Array) -> Array:
        """Return ``W X``, (..., n) times (n, m)."""
        W = W[..., self.lit]
        if self._small(W):
            product = (W @ self.tiles.mT).swapaxes(0, 1).reshape(len(W), -1)
        else:
            product = W @ self._flat().T
        return np.asarray(product[..., : self.shape[1]])

    def transposed_times(self, dZ: Array) -> Array:
        """Return ``dZ X^T``, (..., m) times (m, n)."""
        count, tile, _ = self.tiles.shape
        if spare := count * tile - self.shape[1]:
            dZ = np.pad(dZ, [(0, 0)] * (dZ.ndim - 1) + [(0, spare)])
        if self._small(dZ):
            product = (dZ.reshape(-1, count, tile).swapaxes(0, 1) @ self.tiles).sum(axis=0)
        else:
            product = dZ @ self._flat()
        full = np.zeros((*dZ.shape[:-1], self.shape[0]), product.dtype)
        full[..., self.lit] = product
        return full


class Transposed(NDArrayOperatorsMixin):
    """The transpose (m, n) of `Tiles`."""

    def __init__(self, tiles: Tiles) -> None:
        self.mT = self.T = tiles
        self.shape, self.ndim, self.dtype = tiles.shape[::-1], 2, tiles.dtype

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Array:
        _check_copy(copy)
        return np.asarray(self.mT, dtype).T

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **options: Any) -> Any:
        if ufunc is np.matmul and method == "__call__" and inputs[1] is self and not options:
            return self.mT.transposed_times(np.asarray(inputs[0]))
        return self.mT.__array_ufunc__(ufunc, method, *inputs, **options)

    def __getitem__(self, key: Any) -> Any:
        return np.asarray(self)[key]


def _check_copy(copy: bool | None) -> None:
    if copy is False:
        raise ValueError("tiles hold no array of their shape, so copy=False cannot be met")


@contextmanager
def full_batch(
    gradient: Gradient, X: Array, y: Array, *, part: int = PART, threads: int | None = None
) -> Iterator[Objective]:
    """Open the function from parameters to loss, accuracy and gradients of all examples.

    Within the context BLAS runs on one thread and the parts run on ``threads`` of our own; at
    its end, also after an error or an interrupt, the threads are gone and BLAS is as it was. The
    function serves within the context only. Contexts may overlap, in threads too.

    Parameters
    ----------
    gradient : function (params, X, y) -> (loss, correct, gradients)
        Its X are the examples of a part, as `Tiles`, in another order than here.
    X : (n, m) array
    y : (m,) integer labels
    part : int
        The most examples in a part.
    threads : int, optional
        By default the number of processors that this process may use, at most 8.

    Yields
    ------
    function (params) -> Evaluation

    Raises
    ------
    ValueError
        If part or threads is not a whole number of at least 1.
    RuntimeError
        From the function, if it is called after the end of the context.

    Notes
    -----
    Book: :eq:`eq-weighted-mean`, :eq:`eq-any-order`, :eq:`eq-nested-mean`.
    """
    part = arguments.whole_number(part, "part", at_least=1)
    threads = arguments.whole_number(
        _processors() if threads is None else threads, "threads", at_least=1
    )
    m = y.size
    cuts = _cuts(X.T, part)
    with one_blas_thread(), _mapping(min(threads, len(cuts))) as map_parts:
        parts = list(map_parts(lambda chosen: (_tiles(X.T[chosen]), y[chosen]), cuts))
        ended = False

        def objective(params: Sequence[Array]) -> Evaluation:
            if ended:
                raise RuntimeError(
                    "this objective was called after its context ended: call it inside the with "
                    "block that opened it"
                )

            def evaluate(part: tuple[Any, Array]) -> Any:
                # Error states are a thread's own; what overflows here shows in the loss.
                with np.errstate(over="ignore", invalid="ignore"):
                    return returned.gradient(gradient(params, *part), params, part[1].size)

            evaluations = map_parts(evaluate, parts)
            return _weighted_mean(evaluations, [y_k.size / m for _, y_k in parts], m)

        try:
            yield objective
        finally:
            ended = True


def _cuts(rows: Array, part: int) -> list[Array]:
    """Return which examples make up each part: neighbours in the order of their rarest lit input.

    An input that is lit in few examples is then lit in few parts. Their number is even, for the
    sake of two processors, and all but the last are of whole tiles.
    """
    m = len(rows)
    blocks = [slice(i, i + part) for i in range(0, m, part)]
    frequency = sum(np.count_nonzero(rows[block], axis=0) for block in blocks)
    by_rarity = np.argsort(frequency, kind="stable")
    by_rarity = by_rarity[np.asarray(frequency)[by_rarity] > 0]
    if by_rarity.size == 0:
        return np.array_split(np.arange(m), len(blocks))
    rarest = [(rows[block] != 0)[:, by_rarity].argmax(axis=1) for block in blocks]
    order = np.argsort(np.concatenate(rarest), kind="stable")
    count = len(blocks) + len(blocks) % 2
    step = part if m <= part else min(part, -(-m // (count * TILE)) * TILE)
    return np.split(order, range(step, m, step))


def _tiles(rows: Array) -> Tiles:
    return Tiles(rows, np.flatnonzero(rows.any(axis=0)))


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


class _BlasLimit:
    """BLAS on one thread while anyone wants it so.

    The number of threads belongs to the process. So the first to come notes and lowers it, and
    the last to go sets it back, in whatever order others come and go in between.
    """

    def __init__(self) -> None:
        self.lock, self.held = Lock(), 0
        self.controller: Any = None
        self.limiter: Any = None

    def acquire(self) -> None:
        with self.lock:
            if self.held == 0:
                self.limiter = self._lowered()
            self.held += 1

    def release(self) -> None:
        with self.lock:
            self.held -= 1
            if self.held == 0 and self.limiter is not None:
                _let_any_thread_set_limits()
                self.limiter.restore_original_limits()
                _let_any_thread_set_limits()
                self.limiter = None

    def _lowered(self) -> Any:
        try:
            from threadpoolctl import ThreadpoolController
        except ImportError:
            return None
        # To look for the libraries of the process takes milliseconds, to set them microseconds.
        if self.controller is None:
            self.controller = ThreadpoolController()
        _let_any_thread_set_limits()
        return self.controller.limit(limits=1, user_api="blas")

    def after_fork(self) -> None:
        # The thread that held the lock, or the limit, may be one that a child does not have.
        self.lock = Lock()


def _let_any_thread_set_limits() -> None:
    """Have threadpoolctl forget which thread set a limit last.

    From 3.7 on it ignores, without a word, what any other living thread asks of OpenBLAS. Here the
    first who came and the last who goes may be two threads.
    """
    from threadpoolctl import OpenBLASController

    if hasattr(OpenBLASController, "clear_controlling_thread"):
        OpenBLASController.clear_controlling_thread(force=True)


_blas = _BlasLimit()
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_blas.after_fork)


@contextmanager
def one_blas_thread() -> Iterator[None]:
    """Let BLAS run on one thread within the context, so that results have the same bits everywhere.

    Contexts may be nested and may overlap in several threads; when the last of them has ended, BLAS
    has as many threads as before the first. Without threadpoolctl nothing is limited.
    """
    _blas.acquire()
    try:
        yield
    finally:
        _blas.release()


@contextmanager
def _mapping(threads: int) -> Iterator[Callable[..., Iterator[Any]]]:
    if threads == 1:
        yield map
        return
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(threads) as pool:
        yield pool.map
