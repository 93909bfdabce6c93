"""One recipe for a training run: what it is made of, how it goes on, and where it stands.

`train` is a `Run` to its end. The command line, the book and the benchmarks use the same two.
"""

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from os import PathLike
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from nnfs import (
    activations,
    arguments,
    batches,
    checkpoints,
    divergence,
    initialise,
    layers,
    network,
    optimizers,
    progress,
    regularise,
    resuming,
    schedules,
)
from nnfs import (
    cluster as clusters,
)
from nnfs.activations import Activation
from nnfs.cluster import ClusterError
from nnfs.descent import History as History
from nnfs.descent import Step as Step
from nnfs.descent import steps as steps
from nnfs.descent import steps_from
from nnfs.divergence import DivergenceError as DivergenceError
from nnfs.early_stopping import Best, Judge
from nnfs.engine import Objective
from nnfs.optimizers import SGD, Optimizer
from nnfs.schedules import Schedule
from nnfs.types import Array, Gradient

ITERATIONS = 750
DIGIT_INPUTS, DIGITS = 784, 10
HIDDEN, SCHEME = (10,), "uniform"
LOOK = 1000
"""At most so many examples tell where a run ends."""
MOST_CLASSES = 100_000
"""More are taken for labels that are no numbers of classes."""


class _Result(NamedTuple):
    params: Any
    history: History


class Training(_Result):
    """The result of `train`, a named tuple of two: parameters and history.

    Attributes
    ----------
    params : Parameters, or for another depth than two DeepParameters
        Those after the last step; with a validation part those with the best score on it.
    history : History
    data_range : (smallest, largest) entry of the data, which params carry
    best : Best or None
        With a validation part: the best parameters, the step that led to them, and all scores.
    """

    best: Best | None = None

    @property
    def data_range(self) -> tuple[float, float] | None:
        """The smallest and the largest entry of the data, or None where params do not say."""
        return getattr(self.params, "data_range", None)


class _Now(NamedTuple):
    """Where a run stands. It is set as a whole, so an interrupt cannot leave half of it."""

    iteration: int
    params: Any
    optimizer: Any
    order: batches.Order | None


class Run:
    """A training run: parameters, state of the optimiser, order of the batches, history.

    Iterating it makes the steps that are left and yields them; to leave the loop is no end: the
    next one goes on. `finish` goes to the end at once. `save` writes all of it to a file, and
    `load` goes on from there to the same bits as a run in one piece.

    Parameters
    ----------
    X, y, hidden, n_classes, scheme, activation, seed, params, iterations, epochs, batch_size,
    alpha, schedule, optimizer, weight_decay, dropout, gradient, validation, every, patience,
    threads, data_range, cluster
        As for `train`.

    Attributes
    ----------
    iterations : int
        How long the run is.

    Raises
    ------
    ValueError
        If an argument does not fit.

    Warns
    -----
    ScaleWarning
        As `train`.

    Examples
    --------
    >>> import numpy as np, nnfs
    >>> from nnfs.training import Run
    >>> X, y = np.array([[0.0, 0.0, 1.0, 1.0], [0.0, 1.0, 0.0, 1.0]]), [0, 1, 1, 0]
    >>> run = Run(X, y, alpha=0.5, iterations=500)
    >>> for step in run:
    ...     if step.loss < 0.5:
    ...         break
    >>> run.iteration < 500
    True
    >>> run.finish().history.loss.size
    500
    """

    def __init__(
        self,
        X: ArrayLike,
        y: ArrayLike,
        *,
        hidden: int | Sequence[int] | Array | None = None,
        n_classes: int | None = None,
        scheme: str | None = None,
        activation: Activation | str | None = None,
        seed: int = 0,
        params: Sequence[Array] | None = None,
        iterations: int | None = None,
        epochs: int | None = None,
        batch_size: int | None = None,
        alpha: float | Schedule | None = None,
        schedule: str = "constant",
        optimizer: Optimizer | str | Callable[..., Optimizer] = SGD,
        weight_decay: float = 0.0,
        dropout: float = 0.0,
        gradient: Gradient | None = None,
        validation: tuple[ArrayLike, ArrayLike] | None = None,
        every: int | None = None,
        patience: int | None = None,
        threads: int | None = None,
        data_range: tuple[float, float] | None = None,
        cluster: Any = None,
    ) -> None:
        X = arguments.examples(X)
        given = params is not None
        if params is None:
            params = _start(X, y, validation, hidden, n_classes, scheme, seed)
        before = getattr(params, "data_range", None)
        arguments.finite(arguments.blocks(params))
        params = arguments.start(params)
        arguments.shapes(params, X)
        if given:
            _check_start(params, hidden, n_classes, scheme, activation)
        if activation is not None:
            params = network.with_activation(params, activation)
        self._y = arguments.labels(y, params[-1].shape[-2], X.shape[-1])
        self._data_range = _data_range(X, data_range, before)
        self._X = arguments.converted(X, params[0].dtype)
        self._seed = arguments.whole_number(seed, "seed", at_least=0)
        self._batch_size = _optional(batch_size, "batch_size")
        self._threads = _optional(threads, "threads")
        self._cluster = None if cluster is None else clusters.checked(cluster)
        if cluster is not None and threads is not None:
            raise ValueError(
                f"threads={threads} are of this process: those of a cluster are its own"
            )
        self._dropout = arguments.share(dropout, "dropout")
        self.iterations = _length(iterations, epochs, self._y.size, self._batch_size)
        self._optimizer, self._penalty = optimizers.known(optimizer, weight_decay)
        self._schedule = schedule
        self._alpha = optimizers.usual_alpha(self._optimizer) if alpha is None else alpha
        self._rate = _rate(self._alpha, schedule, self.iterations)
        self._own = gradient
        if gradient is not None:
            masks = ["masks, as with dropout"] if self._dropout else []
            arguments.function(gradient, "gradient", "params", "X", "y", *masks)
        chosen = layers.gradient if gradient is None else gradient
        self._gradient = regularise.penalised(chosen, self._penalty) if self._penalty else chosen
        self._judge = self._judged(validation, every, patience, params)
        self._now = _Now(0, params, self._optimizer.init(params), None)
        self._loss: list[float] = []
        self._accuracy: list[float] = []
        self._digests: dict[str, str | None] = {}
        self._turn = 0

    def _judged(
        self, validation: Any, every: int | None, patience: int | None, params: Any
    ) -> Judge | None:
        if validation is None:
            for name, value in (("patience", patience), ("every", every)):
                if value is not None:
                    raise ValueError(
                        f"{name} is about the scores on a validation part: pass validation=(X, y)"
                    )
            self._validation: tuple[Array, Array] | None = None
            return None
        if not isinstance(validation, tuple | list) or len(validation) != 2:
            raise ValueError(
                f"validation must be a pair (X, y), got {type(validation).__name__}"
                + (f" of {len(validation)}" if isinstance(validation, tuple | list) else "")
            )
        X = arguments.examples(validation[0], "the validation part's X")
        if X.shape[0] != self._X.shape[0]:
            raise ValueError(
                f"the validation part's X has {X.shape[0]} inputs; expected {self._X.shape[0]}, as "
                "the examples to train on"
            )
        try:
            y = arguments.labels(validation[1], params[-1].shape[-2], X.shape[-1])
        except ValueError as error:
            raise ValueError(f"of the validation part, {error}") from None
        self._validation = arguments.converted(X, params[0].dtype, "the validation part's X"), y
        usual = batches.per_epoch(self._y.size, self._batch_size)
        return Judge(self._score, every=usual if every is None else every, patience=patience)

    def _score(self, params: Any) -> float:
        """Return the accuracy on the validation part."""
        if self._validation is None:
            return np.nan
        X, y = self._validation
        with np.errstate(over="ignore", invalid="ignore"):
            if self._own is not None:
                return float(self._own(params, X, y)[1] / y.size)
            return float(np.mean(layers.forward(params, X)[1].argmax(axis=-2) == y))

    @property
    def iteration(self) -> int:
        """Steps that were made."""
        return self._now.iteration

    @property
    def params(self) -> Any:
        """The parameters after the last step, with the range of the data."""
        return network.trained_on(self._now.params, self._data_range)

    @property
    def history(self) -> History:
        """Loss and accuracy before each step that was made."""
        done = self.iteration
        return History(np.array(self._loss[:done], float), np.array(self._accuracy[:done], float))

    @property
    def best(self) -> Best | None:
        """What did best on the validation part until now; None without one, or without a score."""
        if self._judge is None or self._judge.best.iteration < 0:
            return None
        best = self._judge.best
        return best._replace(params=network.trained_on(best.params, self._data_range))

    @property
    def ended(self) -> bool:
        """Whether no step is left: all were made, or patience is at its end."""
        stopped = self._judge is not None and self._judge.stopped
        return stopped or self.iteration >= self.iterations

    @property
    def result(self) -> Training:
        """Parameters and history until now; with a validation part, the best parameters."""
        best = self.best
        result = Training(self.params if best is None else best.params, self.history)
        result.best = best
        return result

    def __iter__(self) -> Iterator[Step]:
        """Make the steps that are left, one after another, and yield them."""
        self._turn += 1
        turn = self._turn
        if self.ended:
            self._check_end()
            return
        with self._opened() as objective:
            drawn = objective if isinstance(objective, batches.MiniBatches) else None
            done, params, state, order = self._now
            if drawn is not None and order is not None:
                drawn.state = order
            for step, after in steps_from(
                done, params, state, objective, self.iterations, self._rate, self._optimizer
            ):
                if turn != self._turn:
                    raise RuntimeError("this run went on in another loop, which has the steps now")
                self._keep(step)
                self._now = _Now(
                    step.iteration + 1, step.params, after, None if drawn is None else drawn.state
                )
                yield step
                if self.ended:
                    break
        if self.ended:
            self._check_end()

    def _opened(self) -> AbstractContextManager[Objective]:
        """Open what a step asks for loss and gradients, here or on a cluster."""
        about = (self._gradient, self._X, self._y)
        draw: dict[str, Any] = {
            "batch_size": self._batch_size,
            "seed": self._seed,
            "dropout": self._dropout,
        }
        if self._cluster is not None:
            return clusters.objective(self._cluster, *about, **draw)
        return batches.objective(*about, **draw, threads=self._threads)

    def _check_end(self) -> None:
        """Raise DivergenceError if the parameters, as they are now, show that the run led nowhere.

        What the history says of the last steps would mix them with better and worse ones before.
        """
        # Of other gradients the loss may be any, and to watch a wrong one lead nowhere is of use.
        if self._own not in (None, layers.gradient, network.gradient):
            return
        done, params = self.iteration, self._now.params
        guess = divergence.of_a_guess(self._y)
        if not done or (self.best is not None and self.best.score > guess):
            return
        # Examples may be sorted by their labels.
        every = -(-self._y.size // LOOK)
        X, y = self._X[:, ::every].copy(), self._y[::every].copy()
        with np.errstate(over="ignore", invalid="ignore"):
            loss, correct, _ = layers.gradient(params, X, y)
        divergence.check_end(
            self._loss[0],
            float(loss),
            correct / y.size,
            y=y,
            n_classes=params[-1].shape[-2],
            steps=done,
            alpha=self._rate(done - 1),
        )

    def _keep(self, step: Step) -> None:
        # An interrupt may come before the run counts the step, which is then made again.
        for values, value in ((self._loss, step.loss), (self._accuracy, step.accuracy)):
            del values[step.iteration :]
            values.append(float(value))
        if self._judge is not None:
            self._judge.take(step)

    def finish(
        self,
        *,
        callback: Callable[[Step], object] | None = None,
        progress: bool = False,
        checkpoint: str | PathLike[str] | None = None,
    ) -> Training:
        """Make the steps that are left, and return the result.

        Parameters
        ----------
        callback : function (Step), optional
            Called after every step; if it returns True the run stops there, and may go on later.
        progress : bool
            Whether to show a bar on a terminal, elsewhere a line now and then.
        checkpoint : path, optional
            The file that the run is saved to twice a minute, at its end, at an interrupt and where
            its cluster is lost.

        Returns
        -------
        Training

        Raises
        ------
        ValueError
            If callback is no function.
        DivergenceError
            If the loss or a parameter is no longer finite.
        """
        if callback is not None:
            arguments.function(callback, "callback", "step")
        progress = arguments.flag(progress, "progress")
        saved = None if checkpoint is None else resuming.Checkpoints(self, checkpoint)
        try:
            for step in _told(self, progress):
                if saved is not None:
                    saved(step)
                if callback is not None and _is_true(callback(step)):
                    break
        except (KeyboardInterrupt, ClusterError):
            if checkpoint is not None:
                self.save(checkpoint)
            raise
        if checkpoint is not None:
            self.save(checkpoint)
        return self.result

    def save(self, path: str | PathLike[str], *, about: dict[str, Any] | None = None) -> None:
        """Write the run to a file, from which `load` goes on.

        Data and functions are not saved. An optimiser or a schedule of `nnfs` is saved by its name
        and settings.

        Parameters
        ----------
        path : str or path-like
            The file is replaced as a whole, or left as it was.
        about : dict of numbers and text, optional
            More to keep with it; `about` of this module reads it.

        Raises
        ------
        ValueError
            If about is no dict, or it or the state of an optimiser of your own holds what cannot be
            saved.
        OSError
            If the file cannot be written.
        """
        if about is not None and not isinstance(about, dict):
            raise ValueError(f"about must be a dict of numbers and text, got {about!r}")
        done, params, state, order = self._now
        judge = self._judge
        best = None if judge is None else judge.best
        checkpoints.write(
            path,
            {
                "settings": self._settings(),
                "data": self._digest("data"),
                "validation": self._digest("validation"),
                "done": done,
                "params": tuple(params),
                "parameters": isinstance(params, network.Parameters),
                "optimizer": state,
                "order": None if order is None else order._asdict(),
                "loss": np.array(self._loss[:done], float),
                "accuracy": np.array(self._accuracy[:done], float),
                "best": None
                if best is None
                else {
                    "params": None if best.params is None else tuple(best.params),
                    "iteration": best.iteration,
                    "score": best.score,
                    "scores": best.scores,
                },
                "stopped": judge is not None and judge.stopped,
                "about": about or {},
            },
        )

    def _settings(self) -> dict[str, Any]:
        rate = self._alpha
        if isinstance(rate, schedules.Described):
            described: Any = {"name": rate.name, "settings": rate.settings}
        else:
            described = None if callable(rate) else float(rate)
        optimizer, activation = self._optimizer.description, activations.of(self._now.params)
        return {
            "iterations": self.iterations,
            "batch_size": self._batch_size,
            "seed": self._seed,
            "dropout": self._dropout,
            "weight_decay": self._penalty,
            "alpha": described,
            "schedule": self._schedule,
            "optimizer": None if optimizer is None else dict(optimizer),
            "own_gradient": self._own is not None,
            "every": None if self._judge is None else self._judge.every,
            "patience": None if self._judge is None else self._judge.patience,
            "data_range": self._data_range,
            "activation": activation.name if activations.is_known(activation) else None,
        }

    def _digest(self, name: str) -> str | None:
        """Return the fingerprint of the data or of the validation part, if there is one."""
        if name not in self._digests:
            part = (self._X, self._y) if name == "data" else self._validation
            self._digests[name] = None if part is None else resuming.fingerprint(*part)
        return self._digests[name]

    @classmethod
    def load(
        cls,
        path: str | PathLike[str],
        X: ArrayLike,
        y: ArrayLike,
        *,
        iterations: int | None = None,
        epochs: int | None = None,
        alpha: float | Schedule | None = None,
        optimizer: Optimizer | str | Callable[..., Optimizer] | None = None,
        gradient: Gradient | None = None,
        activation: Activation | str | None = None,
        validation: tuple[ArrayLike, ArrayLike] | None = None,
        threads: int | None = None,
        cluster: Any = None,
    ) -> "Run":
        """Return the run that was saved to a file, at the step where it was.

        To go on gives the same bits as one run without a break, on the same machine.

        Parameters
        ----------
        path : str or path-like
        X, y, validation : as the run had them
            They are not saved, but known again: other ones are refused.
        iterations, epochs : int, optional
            The length of the whole run, if it is to be another one. A schedule that was given by
            its name is then that of the new length, from the present step on; one that was given as
            a function stays as it is.
        alpha : float or function of the step, optional
            Another learning rate from here on. A function of your own is to be given again.
        optimizer, gradient, activation : optional
            Of your own, as the run had them; they are not saved.
        threads : int, optional
        cluster : distributed.Client, optional

        Raises
        ------
        FileNotFoundError
            If there is no such file.
        ValueError
            If the file is no saved run, or what is given does not go with it.
        """
        saved = checkpoints.read(path)
        told = saved["settings"]
        given = resuming.agreed(
            path,
            told,
            alpha=alpha,
            optimizer=optimizer,
            gradient=gradient,
            activation=activation,
        )
        resuming.check_given(path, saved["validation"], validation)
        if iterations is None and epochs is None:
            iterations = told["iterations"]
        params = saved["params"]
        run = cls(
            X,
            y,
            params=network.Parameters(*params) if saved["parameters"] else params,
            gradient=gradient,
            validation=validation,
            iterations=iterations,
            epochs=epochs,
            threads=threads,
            cluster=cluster,
            data_range=told["data_range"],
            **{name: told[name] for name in ("batch_size", "seed", "dropout", "weight_decay")},
            **({name: told[name] for name in ("every", "patience")} if saved["validation"] else {}),
            **given,
        )
        if run.iterations < saved["done"]:
            raise ValueError(
                f"{path}: the run has made {saved['done']} iterations; expected at least as many, "
                f"got {run.iterations}"
            )
        resuming.check_same(path, "training part", saved["data"], run._digest("data"))
        resuming.check_same(path, "validation part", saved["validation"], run._digest("validation"))
        run._take_up(saved)
        return run

    def _take_up(self, saved: dict[str, Any]) -> None:
        params = self._now.params
        state = checkpoints.like(saved["optimizer"], self._now.optimizer)
        order = None if saved["order"] is None else batches.Order(**saved["order"])
        self._now = _Now(saved["done"], params, state, order)
        self._loss, self._accuracy = saved["loss"].tolist(), saved["accuracy"].tolist()
        if self._judge is not None and saved["best"] is not None:
            best = Best(**saved["best"])
            if best.params is not None:
                best = best._replace(params=arguments.rebuilt(params, best.params))
            self._judge.go_on_from(best, stopped=saved["stopped"])


def about(path: str | PathLike[str]) -> dict[str, Any]:
    """Return what was kept with a saved run, without going on with it.

    Parameters
    ----------
    path : path
        Where `Run.save` wrote it.

    Returns
    -------
    dict
        ``iterations``, ``done``, and what `Run.save` was given as about.

    Raises
    ------
    FileNotFoundError, ValueError
        As `Run.load`.
    """
    saved = checkpoints.read(path)
    kept = dict(saved["about"])
    return {**kept, "iterations": saved["settings"]["iterations"], "done": saved["done"]}


def train(
    X: ArrayLike,
    y: ArrayLike,
    *,
    hidden: int | Sequence[int] | Array | None = None,
    n_classes: int | None = None,
    scheme: str | None = None,
    activation: Activation | str | None = None,
    seed: int = 0,
    params: Sequence[Array] | None = None,
    iterations: int | None = None,
    epochs: int | None = None,
    batch_size: int | None = None,
    alpha: float | Schedule | None = None,
    schedule: str = "constant",
    optimizer: Optimizer | str | Callable[..., Optimizer] = SGD,
    weight_decay: float = 0.0,
    dropout: float = 0.0,
    gradient: Gradient | None = None,
    validation: tuple[ArrayLike, ArrayLike] | None = None,
    every: int | None = None,
    patience: int | None = None,
    threads: int | None = None,
    data_range: tuple[float, float] | None = None,
    callback: Callable[[Step], object] | None = None,
    progress: bool = False,
    checkpoint: str | PathLike[str] | None = None,
    cluster: Any = None,
) -> Training:
    """Train a network by gradient descent, by default on all examples at once.

    Parameters
    ----------
    X : (n, m) array
        One example a column. float32 and float64 are used as they are, other real numbers as
        float32. Pixels are expected in [0, 1]; other inputs may be standardised.
    y : (m,) integer labels in 0..n_classes-1
    hidden : int, or sequence or array of int, optional
        Hidden units, of each hidden layer in turn; by default 10. An empty sequence is none of
        them, the linear model, which is softmax regression.
    n_classes : int, optional
        By default as many as the labels name, 0 to the largest; for 784 inputs, which are digits,
        ten at least.
    scheme : {"uniform", "glorot", "he"}, optional
        The scale of the random start, as `nnfs.init_params` knows it; by default "uniform".
    activation : Activation, or the name of one that `nnfs.activations` knows, optional
        Of the hidden layers; by default that of params, else ReLU.
    seed : int
        Of the random start, the order of the examples and the dropout. The same arguments give the
        same bits on one machine, whatever the number of threads.
    params : Parameters, optional
        Where to start, instead of at random: a scheme is then refused, and so are hidden, n_classes
        and activation that say something else than the parameters. X is converted to their dtype.
        It is a new run from there: the optimiser, the schedule and the
        order of the examples begin anew, so that only plain descent on all examples goes on as if
        it had not stopped. `Run.save` and `Run.load` go on with everything.
    iterations : int, optional
        Steps; by default 750.
    epochs : int, optional
        Times through all examples, instead of iterations.
    batch_size : int, optional
        Examples of a step, as `nnfs.batches.mini_batches` draws them; by default all.
    alpha : float, or function of the step such as `nnfs.schedules.cosine` returns, optional
        The learning rate; by default 0.1, with Adam and AdamW 0.001.
    schedule : {"constant", "step", "cosine"}
        The course of alpha over the run, where it is a number: "step" takes a tenth after each
        third, "cosine" rises over a twentieth of the run and falls to 0.
    optimizer : a name in `nnfs.optimizers.KINDS` such as "sgd" or "adam", or Optimizer
        What a step does with the gradient; see `nnfs.optimizers`.
    weight_decay : float
        Decoupled with "adamw", else the strength of an L2 penalty, which the loss then includes.
    dropout : float
        The share of hidden units, in [0, 1), that is left out for an example.
    gradient : function (params, X, y) -> (loss, correct, gradients), optional
        By default that of the two-layer network, or of `nnfs.layers` for another depth. It is
        called on parts of the examples, from several threads at once unless threads is 1. Its X is
        an ordinary array, which it is not to write to; `nnfs.tiles.takes_tiles` marks one that goes
        faster. With dropout it is called with the masks as a fourth argument.
    validation : (X, y), optional
        Examples to score by, which are not trained on. The params of the result are then those
        with the best accuracy on them.
    every : int, optional
        Steps from one score to the next; by default an epoch.
    patience : int, optional
        How many scores in a row may be no better than the best before the run stops.
    threads : int, optional
        Of steps on all examples; by default the number of processors, at most 8.
    data_range : (float, float), optional
        The smallest and the largest value that data of this kind take, by default those in X. To
        give it says that the scale is meant, and stops the warning.
    callback : function (Step), optional
        Called after every step; if it returns True the run stops there.
    progress : bool
        Whether to show a bar on a terminal, elsewhere a line now and then.
    checkpoint : path, optional
        The file that the run is saved to twice a minute and at its end, for `Run.load`.
    cluster : distributed.Client, optional
        Of a Dask cluster whose workers compute the gradients, such as `nnfs.cluster.connect` opens.

    Returns
    -------
    Training
        ``params`` after the last step and ``history``, loss and accuracy on the step's examples
        before every step. The params remember the range of the data.

    Raises
    ------
    ValueError
        If an argument does not fit; the message gives the shapes.
    DivergenceError
        If the loss or a parameter is no longer finite, or the run ends with a loss that is far
        above that of the start and answers no better than a guess; after less than ten steps, very
        far above. The latter is not asked of a run
        with a gradient function of your own, such as a wrong one that is to be watched.
    ClusterError
        If the cluster is lost, or all of its workers are.

    Warns
    -----
    ScaleWarning
        If X is far larger than training expects, such as pixels in 0..255, or of another scale
        than what params were trained on.

    Examples
    --------
    >>> import numpy as np, nnfs
    >>> X = np.array([[0.0, 0.0, 1.0, 1.0], [0.0, 1.0, 0.0, 1.0]])
    >>> training = nnfs.train(X, [0, 1, 1, 0], alpha=0.5, iterations=500)
    >>> nnfs.predict(training.params, X).tolist()
    [0, 1, 1, 0]
    """
    run = Run(
        X,
        y,
        hidden=hidden,
        n_classes=n_classes,
        scheme=scheme,
        activation=activation,
        seed=seed,
        params=params,
        iterations=iterations,
        epochs=epochs,
        batch_size=batch_size,
        alpha=alpha,
        schedule=schedule,
        optimizer=optimizer,
        weight_decay=weight_decay,
        dropout=dropout,
        gradient=gradient,
        validation=validation,
        every=every,
        patience=patience,
        threads=threads,
        data_range=data_range,
        cluster=cluster,
    )
    training = run.finish(callback=callback, progress=progress, checkpoint=checkpoint)
    if not run.ended:
        # Nobody has the run to go on with, so this is its end.
        run._check_end()
    return training


def _start(
    X: Array,
    y: ArrayLike,
    validation: Any,
    hidden: Any,
    n_classes: int | None,
    scheme: str | None,
    seed: int,
) -> Any:
    """Return random parameters for these examples."""
    hidden = HIDDEN if hidden is None else arguments.widths(hidden, "hidden")
    scheme = SCHEME if scheme is None else scheme
    if n_classes is None:
        n_classes = _classes(X, y, validation)
    return initialise.init_params(
        X.shape[0], hidden, n_classes, scheme=scheme, seed=seed, dtype=X.dtype
    )


def _check_start(
    params: Any, hidden: Any, n_classes: int | None, scheme: str | None, activation: Any
) -> None:
    """Raise ValueError where what is given of the start contradicts the parameters to start at."""
    *found, outputs = map(len, arguments.biases(params))
    if scheme is not None:
        raise ValueError(
            f"scheme={scheme!r} is about a random start, and params say where to start: give one "
            "of the two"
        )
    if hidden is not None and list(arguments.widths(hidden, "hidden")) != found:
        raise _contradicted(f"hidden={hidden!r}", f"hidden layers of {found} units")
    if n_classes is not None:
        wanted = arguments.whole_number(n_classes, "n_classes", at_least=1)
        if wanted != outputs:
            raise _contradicted(f"n_classes={n_classes}", f"{outputs} classes")
    # ReLU is not noted with parameters, so that those without a note may be of any network.
    noted = getattr(params, "activation", None)
    given = None if activation is None else activations.checked(activation)
    if noted is not None and given is not None and given != noted:
        raise _contradicted(f"activation={given.name!r}", f"the activation {noted.name!r}")


def _contradicted(given: str, found: str) -> ValueError:
    return ValueError(f"{given}, but params are those of a network with {found}: leave it out")


def _classes(X: Array, y: ArrayLike, validation: Any) -> int:
    """Return how many classes the labels name. A few digits need not show all ten."""
    n_classes = _named(y)
    if n_classes > MOST_CLASSES:
        raise ValueError(
            f"the largest label is {n_classes - 1}, which would mean {n_classes} classes: to "
            "number those that there are, pass np.unique(y, return_inverse=True)[1], or say "
            "n_classes"
        )
    n_classes = max(n_classes, DIGITS if X.shape[0] == DIGIT_INPUTS else 1)
    if isinstance(validation, tuple | list) and len(validation) == 2:
        wanted = _named(validation[1])
        if wanted > n_classes:
            raise ValueError(
                f"the validation part has the label {wanted - 1}, which no example to train on "
                f"has; if the class is meant, pass n_classes={wanted}"
            )
    return n_classes


def _named(y: ArrayLike) -> int:
    """Return one more than the largest label; labels that are none are told later."""
    y = arguments.array(y, "labels")
    if y.ndim == 2:
        return int(min(y.shape))
    if y.dtype.kind not in "iuf" or not np.isfinite(y).any():
        return 1
    return max(int(y[np.isfinite(y)].max()) + 1, 1)


def _optional(value: int | None, name: str) -> int | None:
    return None if value is None else arguments.whole_number(value, name, at_least=1)


def _length(iterations: int | None, epochs: int | None, m: int, batch_size: int | None) -> int:
    """Return the number of steps of a run."""
    if epochs is None:
        steps = ITERATIONS if iterations is None else iterations
        return arguments.whole_number(steps, "iterations", at_least=0)
    if iterations is not None:
        raise ValueError(
            f"the run is {iterations} iterations or {epochs} epochs long: give one of the two"
        )
    epochs = arguments.whole_number(epochs, "epochs", at_least=0)
    return epochs * batches.per_epoch(m, batch_size)


def _rate(alpha: float | Schedule, schedule: str, iterations: int) -> Schedule:
    """Return the learning rate as a function of the step."""
    makers: list[Any] = [schedules.constant, schedules.stepwise, schedules.cosine]
    if any(alpha is maker for maker in makers):
        raise ValueError(
            "alpha is the function that makes a schedule: call it, such as "
            f"nnfs.schedules.cosine(0.1, steps={iterations}), or pass a number and "
            "schedule='cosine'"
        )
    if not callable(alpha):
        return schedules.planned(schedule, alpha, iterations)
    if schedule != "constant":
        raise ValueError(
            f"alpha is a function of the step, and schedule={schedule!r} another: give one of them"
        )
    arguments.function(alpha, "alpha", "step")
    return alpha


def _told(run: Run, wanted: bool) -> Iterator[Step]:
    return progress.shown(iter(run), run.iterations, first=run.iteration) if wanted else iter(run)


def _is_true(value: object) -> bool:
    # What a function returns by the way, such as a number, is no request to stop.
    return isinstance(value, bool | np.bool_) and bool(value)


def _data_range(
    X: Array, given: tuple[float, float] | None, before: tuple[float, float] | None
) -> tuple[float, float]:
    """Return the range that the data of a training have, and warn if it is an odd one.

    Parameters
    ----------
    X : (n, m) array
    given : what the caller says
    before : what the parameters were trained on until now
    """
    found = arguments.range_of(X)
    if given is not None:
        given = arguments.span(given)
    elif before is not None:
        arguments.warn_other_scale(X, before, stacklevel=_level())
    else:
        arguments.warn_unscaled(X, found, stacklevel=_level())
    ranges = [kept for kept in (given or found, before) if kept is not None]
    return min(low for low, _ in ranges), max(high for _, high in ranges)


def _level() -> int:
    """Return the stacklevel, seen from who calls this, of the line that called this package."""
    here, frame, level = str(Path(__file__).parent), sys._getframe(1), 1
    while frame.f_back is not None and str(Path(frame.f_code.co_filename).parent) == here:
        frame, level = frame.f_back, level + 1
    return level
