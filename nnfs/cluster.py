"""The gradient of a step from many machines: the workers of a Dask cluster, each with its examples.

The loss is a mean, so the gradient of all examples is the weighted mean of what each worker says of
its own. The examples are sent once and stay where they are; in a step parameters go out, and
gradients come back. All else of a run, such as the optimiser and the order of the batches, stays
here. Which worker has a share of the examples makes no difference: that of one that is lost goes to
another, and the run goes on.

Dask sends, waits, notices what is lost and starts workers anew. It is imported where a cluster is
used and nowhere else.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from nnfs import arguments, batches, engine, interrupts
from nnfs.engine import Evaluation, Mean, Objective, Part
from nnfs.types import Array, Gradient

LOCAL = "local"
"""In place of an address: worker processes on this machine."""
SECONDS = 10
"""How long to wait for a scheduler, and for its first worker."""
PATIENCE = 30
"""How long to wait for a worker in place of one that is lost, which is often started anew."""
TRIES = 5
"""How often workers may be lost in one step."""
LARGE = 2**22
"""From so many bytes on parameters are sent once, and the workers have them from each other."""
NOISY = ("distributed", "tornado", "asyncio")
QUIET = 51
"""A level of logging above all."""
DEAF = "import signal; signal.signal(signal.SIGINT, signal.SIG_IGN)"
"""What worker processes do first: Ctrl-C, which a terminal sends to all, is for their master."""


class ClusterError(ConnectionError):
    """A cluster that does not answer, or is lost."""


@contextmanager
def connect(address: str, *, workers: int | None = None) -> Iterator[Any]:
    """Open a client of a Dask cluster, for `nnfs.train`, and let Dask be silent meanwhile.

    Parameters
    ----------
    address : str
        Of the cluster's scheduler, such as ``tcp://10.0.0.5:8786``, or "local" for worker processes
        on this machine, which end with the context. Whoever can reach a scheduler can run code on
        its workers, so let it be one that you trust, in a network that you trust.
    workers : int, optional
        How many local processes; by default the number of processors, at most 8.

    Yields
    ------
    distributed.Client

    Raises
    ------
    ClusterError
        If nothing answers within ten seconds, there is no worker, or its workers lack this version
        of the package.
    ValueError
        If the address is none, or workers are asked for that are not local.
    ModuleNotFoundError
        If Dask is not installed.

    Notes
    -----
    Local workers are fresh Pythons, which import the script that started them. So in a script this
    stands below ``if __name__ == "__main__":``. Each has one processor. There is no dashboard, and
    Ctrl-C is ignored while they start.

    Examples
    --------
    >>> import numpy as np, nnfs
    >>> from nnfs.cluster import connect
    >>> X, y = np.random.default_rng(0).random((7, 40)), np.arange(40) % 3
    >>> def spread():
    ...     with connect("local", workers=2) as client:
    ...         return nnfs.train(X, y, hidden=5, iterations=20, cluster=client)
    """
    dask = _dask()
    if not isinstance(address, str) or not address.strip():
        raise ValueError(f"address must be that of a scheduler or 'local', got {address!r}")
    if address != LOCAL and workers is not None:
        raise ValueError(f"workers={workers} are for {LOCAL!r}: a cluster at {address} has its own")
    with _quiet(), ExitStack() as opened:
        if address == LOCAL:
            cluster = opened.enter_context(_local(dask, workers))
            client = dask.Client(cluster, timeout=SECONDS, set_as_default=False)
        else:
            client = _remote(dask, address)
        opened.enter_context(client)
        _check_workers(client)
        yield client


def _dask() -> Any:
    try:
        import distributed
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError(
            f"to train over a cluster needs Dask ({error}): pip install '.[cluster]' in the "
            "repository, or 'dask[distributed]' anywhere",
            name=error.name,
        ) from None
    return distributed


@contextmanager
def _quiet() -> Iterator[None]:
    """Have Dask and what it stands on write nothing to the screen."""
    import logging

    known = [*logging.root.manager.loggerDict, *NOISY]
    loggers = {name: logging.getLogger(name) for name in known if name.split(".")[0] in NOISY}
    levels = {name: logger.level for name, logger in loggers.items()}
    for logger in loggers.values():
        logger.setLevel(QUIET)
    try:
        yield
    finally:
        for name, logger in loggers.items():
            logger.setLevel(levels[name])


@contextmanager
def _local(dask: Any, workers: int | None) -> Iterator[Any]:
    """Open a cluster of worker processes on this machine."""
    import multiprocessing

    count = engine.processors() if workers is None else workers
    count = arguments.whole_number(count, "workers", at_least=1)
    if getattr(multiprocessing.current_process(), "_inheriting", False):
        # This is such a process, and imports a script that starts more of them; its master says so.
        raise SystemExit(1)
    with _environment():
        try:
            with interrupts.unheard():
                cluster = dask.LocalCluster(
                    n_workers=count,
                    threads_per_worker=1,
                    processes=True,
                    memory_limit=None,
                    dashboard_address="127.0.0.1:0",
                    scheduler_kwargs={"dashboard": False},
                    silence_logs=QUIET,
                    preload=[DEAF],
                )
        except (RuntimeError, OSError) as error:
            raise ClusterError(
                f"worker processes could not be started ({_first_line(error)}); in a script, what "
                'starts them stands below if __name__ == "__main__":'
            ) from None
        with cluster:
            try:
                yield cluster
            finally:
                _close(dask, cluster)


def _close(dask: Any, cluster: Any) -> None:
    """Close workers and scheduler, and see to it that a cluster that lost a worker ends, too."""
    try:
        cluster.close()
    except KeyError:
        # All is closed by then but Dask's own list, which may hear that a worker left that it did
        # not know of: one that died while another took its place. Its numbers are there already.
        cluster.status = dask.Status.closed


@contextmanager
def _environment() -> Iterator[None]:
    """Set what processes begin with, and leave our own environment as it was, which Dask does not.

    By Dask's own setting a worker gives freed memory back at once, and takes it anew in every step:
    twice the time.
    """
    import os

    from dask import config

    place = "distributed.nanny.pre-spawn-environ"
    before = {name: os.environ.get(name) for name in (*config.get(place), "PYTHONHASHSEED")}
    try:
        with config.set({f"{place}.MALLOC_TRIM_THRESHOLD_": None}):
            yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def _remote(dask: Any, address: str) -> Any:
    """Connect to a scheduler, once something is seen to answer that is one."""
    import asyncio
    from concurrent.futures import ThreadPoolExecutor

    from distributed.comm.addressing import get_address_host_port

    full = address if "://" in address else f"tcp://{address}"
    try:
        host, port = get_address_host_port(full, strict=True)
        fitting = bool(host) and 0 < port < 2**16
    except ValueError:
        fitting = False
    if not fitting:
        raise ValueError(
            f"{address!r} is no address of a scheduler; expected one such as "
            f"tcp://10.0.0.5:8786, or {LOCAL!r}"
        )
    # A thread of its own, since there may be a loop here already, as in notebooks.
    with ThreadPoolExecutor(1) as apart:
        kind = apart.submit(asyncio.run, _kind(dask, full)).result()
    if kind is None:
        raise ClusterError(
            f"no scheduler answers at {address} within {SECONDS} seconds; dask scheduler starts "
            "one, and dask worker with its address a worker"
        )
    if kind != "Scheduler":
        raise ClusterError(
            f"what answers at {address} is no scheduler of Dask but {kind}; expected "
            "the address that dask scheduler prints"
        )
    return dask.Client(full, timeout=SECONDS, set_as_default=False)


async def _kind(dask: Any, address: str) -> str | None:
    """Return what says to be at an address, or None if nothing answers in time."""
    import asyncio

    async def ask() -> str:
        async with dask.rpc(address, timeout=SECONDS) as there:
            kind = str((await there.identity())["type"])
            return kind if kind == "Scheduler" else f"a {kind.lower()}"

    try:
        return await asyncio.wait_for(ask(), SECONDS)
    except OSError:
        return None
    except Exception:  # what Dask makes of the words of a stranger has no common kind
        return "something else"


def _check_workers(client: Any) -> None:
    """Check that there is a worker, and that all of them have this package."""
    with suppress(TimeoutError):
        client.wait_for_workers(1, timeout=SECONDS)
    if not client.nthreads():
        raise ClusterError(_none(client))
    here = version()
    try:
        versions = set(client.run(version).values())
    except Exception as error:  # what a worker says that cannot import has no common kind
        raise ClusterError(
            f"a worker of the cluster at {_name(client)} cannot use nnfs {here} "
            f"({_first_line(error)}); install the same version there"
        ) from error
    if other := versions - {here}:
        raise ClusterError(
            f"a worker of the cluster at {_name(client)} has nnfs {other.pop()}; here it is "
            f"{here}, install the same version there"
        )


def version() -> str:
    """Return the version of the package that this process has."""
    import nnfs

    return nnfs.__version__


def checked(client: Any) -> Any:
    """Return a client of a cluster, if it is one.

    Raises
    ------
    ValueError
        If it is something else, or one that is to be awaited.
    ModuleNotFoundError
        If Dask is not installed.
    """
    if not isinstance(client, _dask().Client):
        raise ValueError(
            "cluster must be a distributed.Client, such as nnfs.cluster.connect opens, got "
            f"{arguments.shown(client)}"
        )
    if client.asynchronous:
        raise ValueError("cluster must be a client that is not asynchronous")
    return client


class Share:
    """What a worker keeps: a gradient function, and its share of the examples, in parts.

    Where batches are drawn it is a single part, an array.

    Parameters
    ----------
    gradient : function (params, X, y) -> (loss, correct, gradients)
    parts : sequence of (X, y), such as `nnfs.engine.formed` returns
    """

    def __init__(self, gradient: Gradient, parts: Sequence[Part]) -> None:
        self.gradient, self.parts = gradient, list(parts)
        for part in self.parts:
            for array in part:
                if isinstance(array, np.ndarray):
                    array.flags.writeable = False

    def __reduce__(self) -> tuple[Any, ...]:
        # By the constructor, since arrays that arrive can be written to.
        return Share, (self.gradient, self.parts)

    def __sizeof__(self) -> int:
        # What is small Dask may move to another worker.
        kept: list[Any] = self.parts
        return int(sum(getattr(X, "tiles", X).nbytes + y.nbytes for X, y in kept))


@dataclass
class Point:
    """Parameters as they are: Dask would take a named tuple apart, and what is noted with it."""

    params: Any


def answer(
    share: Share, point: Point, chosen: Array | None = None, masks: tuple[Any, ...] = ()
) -> Mean:
    """Return loss, correct answers and gradients over a share: what a worker does in a step.

    Parameters
    ----------
    share : Share
    point : Point
    chosen : array of int, optional
        Which examples of the share's one part; by default all of all.
    masks : tuple
        Those of dropout for these examples, as a gradient function takes them.

    Returns
    -------
    loss, correct, gradients

    Raises
    ------
    ValueError
        If the gradient function returns something else than three such things.
    """
    if chosen is not None:
        ((X, y),) = share.parts
        loss, correct, gradients = batches.over_chosen(
            share.gradient, X.T, y, chosen, point.params, *masks
        )
        return float(loss), correct, list(gradients)
    threads = min(_dask().get_worker().state.nthreads, len(share.parts))
    with engine.one_blas_thread(), engine.mapping(threads) as map_parts:
        return engine.over_parts(share.gradient, point.params, share.parts, map_parts)


class Shares:
    """Shares of the examples on the workers of a cluster: sent once, and again where one is lost.

    Parameters
    ----------
    client : distributed.Client
    made : sequence of functions () -> Share
        They stay here, so that what is lost can be made again.
    """

    def __init__(self, client: Any, made: Sequence[Callable[[], Share]]) -> None:
        self.client, self.made = client, made
        self.kept: list[Any] = [None] * len(made)
        self.homes = [""] * len(made)
        self.ended = False

    def ask(
        self, params: Any, places: Sequence[int], sizes: Sequence[int], *about: Sequence[Any]
    ) -> Mean:
        """Return loss, correct answers and gradients over what is asked of some shares.

        Parameters
        ----------
        params : sequence of arrays
        places : sequence of int, which shares
        sizes : sequence of int, about how many examples of each
        about : for each argument that `answer` takes beyond, one for each share

        Returns
        -------
        loss, correct, gradients

        Raises
        ------
        ClusterError
            If the scheduler or all workers are lost, or some over and over.
        RuntimeError
            If this is asked after the end of the context.
        """
        if self.ended:
            raise RuntimeError(
                "this objective was called after its context ended: call it inside the with block "
                "that opened it"
            )
        from concurrent.futures import CancelledError

        from distributed import KilledWorker
        from distributed.comm.core import CommClosedError

        lost = (CancelledError, TimeoutError, CommClosedError, KilledWorker)
        for _ in range(TRIES):
            try:
                self._send()
                point = self._sent(params)
                futures = [
                    self._asked(place, point, *each)
                    for place, *each in zip(places, *about, strict=True)
                ]
                return engine.weighted_mean(self.client.gather(futures), sizes)
            except lost as error:
                cause = error
        raise ClusterError(
            f"the cluster at {_name(self.client)} lost workers {TRIES} times in one step; each "
            "needs memory for its share of the examples"
        ) from cause

    def _send(self) -> None:
        """Send the shares that no worker has, each to one with few of them."""
        if self.client.status != "running":
            raise ClusterError(f"the scheduler at {_name(self.client)} is lost")
        lost = [
            place
            for place, future in enumerate(self.kept)
            if future is None or future.status != "finished"
        ]
        if not lost:
            return
        with suppress(TimeoutError):
            self.client.wait_for_workers(len(self.kept), timeout=PATIENCE)
        load = dict.fromkeys(self.client.nthreads(), 0)
        if not load:
            raise ClusterError(_none(self.client))
        there = [future for place, future in enumerate(self.kept) if place not in lost]
        for addresses in self.client.who_has(there).values() if there else ():
            for address in addresses:
                load[address] = load.get(address, 0) + 1
        for place in lost:
            address = min(load, key=load.__getitem__)
            load[address] += 1
            share = self.made[place]()
            self.kept[place] = self.client.scatter(share, workers=[address], hash=False)
            self.homes[place] = address

    def _asked(self, place: int, *what: Any) -> Any:
        # Small shares Dask would otherwise carry to whoever is free.
        where = {"workers": [self.homes[place]], "allow_other_workers": True}
        return self.client.submit(answer, self.kept[place], *what, **where, pure=False)

    def _sent(self, params: Any) -> Any:
        point = Point(params)
        if sum(P.nbytes for P in params) < LARGE:
            return point
        return self.client.scatter(point, hash=False)

    def end(self) -> None:
        """Let the workers forget their shares."""
        self.ended = True
        self.kept.clear()


@contextmanager
def objective(
    client: Any,
    gradient: Gradient,
    X: Array,
    y: Array,
    *,
    batch_size: int | None = None,
    seed: int = 0,
    dropout: float = 0,
) -> Iterator[Objective]:
    """Open the function from parameters to loss, accuracy and gradients that a cluster computes.

    It is that of `nnfs.batches.objective`, to rounding, and takes the same batches. Every worker
    that the cluster has at the start gets a share of the examples. That of a worker that is lost
    goes to another, whose results have the same bits where the machines are of one kind.

    Parameters
    ----------
    client : distributed.Client
        Such as `connect` opens. Its workers can import this package, and what the gradient function
        needs.
    gradient, X, y, batch_size, seed, dropout : as for `nnfs.batches.objective`

    Yields
    ------
    function (params) -> Evaluation
        It raises ClusterError if the scheduler or all workers are lost.

    Raises
    ------
    ClusterError
        If the scheduler is lost, or there is no worker.
    ValueError
        If an argument is out of its range, gradient no such function, client none, or y are not
        the labels of X.

    Notes
    -----
    Book: :eq:`eq-weighted-mean`, :eq:`eq-nested-mean`.
    """
    X, y = arguments.paired(X, y)
    workers = len(checked(client).nthreads())
    if not workers:
        raise ClusterError(_none(client))
    cut = _in_parts if batch_size is None and not dropout else _in_rows
    pieces, made = cut(gradient, X, y, workers)
    shares = Shares(client, made)
    sizes = [sum(map(len, piece)) for piece in pieces]
    try:
        if cut is _in_parts:
            arguments.function(gradient, "gradient", "params", "X", "y")

            def whole(params: Sequence[Array]) -> Evaluation:
                loss, correct, gradients = shares.ask(params, range(len(sizes)), sizes)
                return Evaluation(loss, correct / y.size, gradients)

            yield whole
        else:
            yield batches.MiniBatches(
                gradient,
                X,
                y,
                batch_size=y.size if batch_size is None else batch_size,
                seed=seed,
                dropout=dropout,
                over=partial(_over, shares, np.cumsum(sizes)),
            )
    finally:
        shares.end()


def _in_parts(gradient: Gradient, X: Array, y: Array, workers: int) -> Any:
    """Cut the examples as `engine.full_batch` does, and deal the parts out."""
    part = min(engine.PART, -(-y.size // workers))
    chosen = engine.cuts(X, part, max(2, workers))
    dealt = [chosen[k::workers] for k in range(min(workers, len(chosen)))]

    def made(pieces: list[Array]) -> Share:
        return Share(gradient, [engine.formed(gradient, X, y, piece) for piece in pieces])

    return dealt, [partial(made, pieces) for pieces in dealt]


def _in_rows(gradient: Gradient, X: Array, y: Array, workers: int) -> Any:
    """Cut the examples in runs, from which batches are drawn."""
    runs = np.array_split(np.arange(y.size), min(workers, y.size))

    def made(run: Array) -> Share:
        return Share(gradient, [(batches.by_rows(X[:, run]).T, y[run])])

    return [[run] for run in runs], [partial(made, run) for run in runs]


def _over(shares: Shares, ends: Array, chosen: Array, params: Any, *masks: Any) -> Mean:
    """Return loss, correct answers and gradients over the examples chosen, of whatever shares."""
    places = np.searchsorted(ends, chosen, side="right")
    starts = np.concatenate([[0], ends])
    asked: list[int] = np.unique(places).tolist()
    here = [np.flatnonzero(places == place) for place in asked]
    return shares.ask(
        params,
        asked,
        [found.size for found in here],
        [chosen[found] - starts[place] for place, found in zip(asked, here, strict=True)],
        [tuple([M[:, found] for M in mask] for mask in masks) for found in here],
    )


def _name(client: Any) -> str:
    scheduler = client.scheduler
    return str(scheduler.address if scheduler is not None else "an address that is lost")


def _none(client: Any) -> str:
    return f"the cluster at {_name(client)} has no worker; start some by dask worker"


def _first_line(error: BaseException) -> str:
    lines = str(error).strip().splitlines()
    return lines[0] if lines else type(error).__name__
