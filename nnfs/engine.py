"""The gradient of the whole training set, from gradients of its parts.

The loss is a mean over m examples. Cut them into parts of m_k examples: the mean, and with it its
gradient, is the sum over the parts of m_k / m times the part's own mean. So the textbook gradient
can be called on parts, several at a time, and the results added.

Two more things make it quick, and neither changes what is computed. A pixel that is dark in all
images of a part meets only zeros, so a part keeps its lit pixels alone, and examples are sorted
such that few are lit in a part. And OpenBLAS multiplies small matrices in place, while it copies
large ones first; so a part lies in memory as a stack of small tiles. Both are for gradient
functions that say that they take tiles; any other is given ordinary arrays.

The parts and the order of the additions depend on the data only. Any number of threads gives the
same bits.
"""

import os
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from threading import Lock
from typing import Any, TypeAlias

import numpy as np

from nnfs import arguments, returned, tiles
from nnfs.tiles import TILE, taken_by
from nnfs.tiles import Tiles as Tiles
from nnfs.types import Array, Gradient
from nnfs.types import Evaluation as Evaluation

PART = 4096


def __getattr__(name: str) -> Any:
    """Return what has moved to `nnfs.tiles`, with a warning that says so."""
    if name in ("Transposed", "SMALL_PRODUCT"):
        warnings.warn(
            f"nnfs.engine.{name} is now nnfs.tiles.{name}; the old name goes in version 1.0",
            DeprecationWarning,
            stacklevel=2,
        )
        return getattr(tiles, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


Objective: TypeAlias = Callable[[Sequence[Array]], Evaluation]


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
        It is called on the examples of a part, in another order than here, and from several
        threads at once where ``threads`` is more than 1. Its X and y are ordinary arrays that
        cannot be written to; if `nnfs.tiles.takes_tiles` marks it, its X are `Tiles`.
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
        If part or threads is not a whole number of at least 1, gradient no such function, or y are
        not the labels of X.
    RuntimeError
        From the function, if it is called after the end of the context.

    Notes
    -----
    Book: :eq:`eq-weighted-mean`, :eq:`eq-any-order`, :eq:`eq-nested-mean`.
    """
    arguments.function(gradient, "gradient", "params", "X", "y")
    part = arguments.whole_number(part, "part", at_least=1)
    threads = arguments.whole_number(
        processors() if threads is None else threads, "threads", at_least=1
    )
    X, y = arguments.paired(X, y)
    chosen = cuts(X, part)
    with one_blas_thread(), mapping(min(threads, len(chosen))) as map_parts:
        parts = list(map_parts(lambda examples: formed(gradient, X, y, examples), chosen))
        ended = False

        def objective(params: Sequence[Array]) -> Evaluation:
            if ended:
                raise RuntimeError(
                    "this objective was called after its context ended: call it inside the with "
                    "block that opened it"
                )
            loss, correct, gradients = over_parts(gradient, params, parts, map_parts)
            return Evaluation(loss, correct / y.size, gradients)

        try:
            yield objective
        finally:
            ended = True


Part: TypeAlias = tuple[Any, Array]
"""X and y of a part of the examples, as a gradient function is given them."""

Mean: TypeAlias = tuple[float, int, list[Array]]
"""Loss, correct answers and gradients over some examples, as a gradient function returns them."""


def formed(gradient: Gradient, X: Array, y: Array, examples: Array) -> Part:
    """Return some of the examples as this gradient function takes them, `Tiles` or an array.

    Parameters
    ----------
    gradient : function (params, X, y) -> (loss, correct, gradients)
    X : (n, m) array
    y : (m,) integer labels
    examples : (m_k,) array of int, which

    Returns
    -------
    X, y : of the part; neither can be written to
    """
    rows = X.T[examples]
    kept = _tiles(rows) if taken_by(gradient) else _untouchable(rows).T
    return kept, _untouchable(y[examples])


def over_parts(
    gradient: Gradient,
    params: Sequence[Array],
    parts: Sequence[Part],
    map_parts: Callable[..., Iterator[Any]] = map,
) -> Mean:
    """Return loss, correct answers and gradients over all parts, from those of each.

    Parameters
    ----------
    gradient : function (params, X, y) -> (loss, correct, gradients)
    params : sequence of arrays
    parts : sequence of (X, y), such as `formed` returns
    map_parts : function like map, such as `mapping` opens

    Returns
    -------
    loss, correct, gradients

    Raises
    ------
    ValueError
        If the gradient function returns something else than three such things, or writes into its
        examples.
    """

    def evaluate(part: Part) -> Any:
        # Error states are a thread's own; what overflows here shows in the loss.
        with np.errstate(over="ignore", invalid="ignore"), _told_of_writing():
            return returned.gradient(gradient(params, *part), params, part[1].size)

    return weighted_mean(map_parts(evaluate, parts), [y.size for _, y in parts])


def cuts(X: Array, part: int = PART, multiple: int = 2) -> list[Array]:
    """Return which examples make up each part: neighbours in the order of their rarest lit input.

    An input that is lit in few examples is then lit in few parts. All parts but the last are of
    whole tiles.

    Parameters
    ----------
    X : (n, m) array
    part : int
        The most examples in a part.
    multiple : int
        Where there is more than one part their number is about a multiple of this, for the sake of
        as many processors or workers.

    Returns
    -------
    list of arrays of int
    """
    rows, m = X.T, X.shape[1]
    blocks = [slice(i, i + part) for i in range(0, m, part)]
    frequency = sum(np.count_nonzero(rows[block], axis=0) for block in blocks)
    by_rarity = np.argsort(frequency, kind="stable")
    by_rarity = by_rarity[np.asarray(frequency)[by_rarity] > 0]
    if by_rarity.size == 0:
        return np.array_split(np.arange(m), len(blocks))
    rarest = [(rows[block] != 0)[:, by_rarity].argmax(axis=1) for block in blocks]
    order = np.argsort(np.concatenate(rarest), kind="stable")
    count = -(-len(blocks) // multiple) * multiple
    step = part if m <= part else min(part, -(-m // (count * TILE)) * TILE)
    return np.split(order, range(step, m, step))


def _tiles(rows: Array) -> Tiles:
    return Tiles(rows, np.flatnonzero(rows.any(axis=0)))


def _untouchable(array: Array) -> Array:
    """Return an array of our own so that nobody writes to it: a part serves every step of a run."""
    array.flags.writeable = False
    return array


@contextmanager
def _told_of_writing() -> Iterator[None]:
    """Say what to do to who writes into the examples."""
    try:
        yield
    except ValueError as error:
        if "read-only" not in str(error):
            raise
        raise ValueError(
            f"the gradient function writes into the X or the y that it is given ({error}), which "
            "serve every step: write into a copy, such as X = X.copy()"
        ) from error


def weighted_mean(
    evaluations: Iterable[tuple[Any, int, Sequence[Array]]], sizes: Sequence[int]
) -> Mean:
    """Return loss, correct answers and gradients of all examples, from those of parts of them.

    Parameters
    ----------
    evaluations : iterable of (loss, correct, gradients)
        Of each part, a mean over its examples; they are added in this order.
    sizes : sequence of int
        Examples in each part.

    Returns
    -------
    loss, correct, gradients

    Notes
    -----
    Book: :eq:`eq-weighted-mean`, :eq:`eq-nested-mean`.
    """
    m = sum(sizes)
    loss, right, total = 0.0, 0, None
    for size, (part_loss, correct, gradients) in zip(sizes, evaluations, strict=True):
        weight = size / m
        loss += weight * float(part_loss)
        right += correct
        weighted = [weight * dP for dP in gradients]
        total = (
            weighted if total is None else [s + dP for s, dP in zip(total, weighted, strict=True)]
        )
    return loss, right, total or []


def processors() -> int:
    """Return how many processors this process may use, at most 8."""
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
        # Kept, since nothing can be imported when Python ends and closes what was left open.
        self.forget_the_thread: Callable[..., object] = _nothing

    def acquire(self) -> None:
        with self.lock:
            if self.held == 0:
                self.limiter = self._lowered()
            self.held += 1

    def release(self) -> None:
        with self.lock:
            self.held -= 1
            if self.held == 0 and self.limiter is not None:
                self._let_any_thread_set_limits()
                self.limiter.restore_original_limits()
                self._let_any_thread_set_limits()
                self.limiter = None

    def _lowered(self) -> Any:
        try:
            from threadpoolctl import OpenBLASController, ThreadpoolController
        except ImportError:
            return None
        # To look for the libraries of the process takes milliseconds, to set them microseconds.
        if self.controller is None:
            self.controller = ThreadpoolController()
            forget = getattr(OpenBLASController, "clear_controlling_thread", None)
            self.forget_the_thread = forget or _nothing
        self._let_any_thread_set_limits()
        return self.controller.limit(limits=1, user_api="blas")

    def _let_any_thread_set_limits(self) -> None:
        """Have threadpoolctl forget which thread set a limit last.

        From 3.7 on it ignores, without a word, what any other living thread asks of OpenBLAS. Here
        the first who came and the last who goes may be two threads.
        """
        self.forget_the_thread(force=True)

    def after_fork(self) -> None:
        # The thread that held the lock, or the limit, may be one that a child does not have.
        self.lock = Lock()


def _nothing(*, force: bool) -> None:
    """Do nothing: before 3.7 threadpoolctl remembers no thread."""


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


def keep_freed_memory() -> None:
    """Have the C library keep the memory that steps free, rather than hand it back to the system.

    Each page of it costs time when it returns. Once a large piece has been freed, glibc keeps what
    is smaller; from 32 MiB on it does not learn. Elsewhere this does nothing.
    """
    np.empty(31 * 2**20, np.uint8)


@contextmanager
def mapping(threads: int) -> Iterator[Callable[..., Iterator[Any]]]:
    """Open a function like map whose calls run on so many threads."""
    if threads == 1:
        yield map
        return
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(threads) as pool:
        yield pool.map
