"""Networks that several pages use, trained once for a state of code and data.

One protocol of data holds through the book. MNIST's official test images are scored on the page
`train/evaluate` alone, for settings that were chosen before; ``tests/book/test_data_protocol.py``
has the pages that do more. All choices are made on validation images: images of MNIST's training
part, drawn at random, that the network was not trained on. A page that trains for itself takes them
from ``nnfs.load_mnist("bundled", n_test=5_000)``, or the usual 1,000; of a network of this module
they are `validation_digits`.

The arguments are settings and seeds, never arrays. Results are kept in the folder that the
environment variable BOOK_TRAINED_CACHE names, which the build sets beside the executed pages;
without it they are trained anew. In a browser the networks are trained on fewer images, for fewer
steps.
"""

import os
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from time import perf_counter
from typing import Any, NamedTuple, TypeVar

import joblib
import numpy as np

import nnfs
from kit.cells import linear
from kit.cells.shown import fewer
from nnfs import batches, network, optimizers, schedules, training
from nnfs.arguments import Array
from nnfs.network import Parameters
from nnfs.training import Step, Training

KEPT_BACK = 1_000  # of each draw of load_mnist
IMAGES, STEPS = fewer(41_000, browser=1_000), fewer(750, browser=100)
EPOCHS = fewer(10, browser=4)
CACHE = os.environ.get("BOOK_TRAINED_CACHE")
memory = joblib.Memory(CACHE, verbose=0)
Result = TypeVar("Result")


@contextmanager
def _alone(name: str) -> Iterator[None]:
    """Let other kernels that want the same network wait for it: pages run side by side."""
    if CACHE is None:
        yield
        return
    # A browser has no such library, and no cache either.
    from filelock import FileLock

    Path(CACHE).mkdir(parents=True, exist_ok=True)
    with FileLock(Path(CACHE, f"{name}.lock")):
        yield


def once(function: Callable[..., Result]) -> Callable[..., Result]:
    """Keep what a function of seeds returns, and compute it once for all pages of a build."""
    kept = memory.cache(function)

    @wraps(function)
    def kept_or_computed(*settings: Any, **more: Any) -> Result:
        with _alone(re.sub(r"\W+", "-", f"{function.__name__} {settings} {more}")):
            result: Result = kept(*settings, **more)
            return result

    return kept_or_computed


MOMENTS = (1, 2, 5, 10, 20, 50, 100, 200, 400, 750)
"""After how many steps the parameters of `original_job` are kept."""


class Job(NamedTuple):
    """A training run and its accuracies (0 to 1) on the training and the test part.

    Attributes
    ----------
    training : Training
    train_accuracy, test_accuracy : float
    moments : dict from a number of steps to the parameters after them
        Those of `MOMENTS`, where a run keeps them.
    """

    training: Training
    train_accuracy: float
    test_accuracy: float
    moments: Mapping[int, Parameters] | None = None


@once
def original_job(start: int, split: int) -> Job:
    """Run the original's job: 784-10-10, 41,000 images, 750 iterations, learning rate 0.1.

    Parameters
    ----------
    start : int
        Seed of the random start.
    split : int
        Seed of the draw of 42,000 images and of its division into 41,000 and 1,000.
    """
    digits = nnfs.load_mnist("bundled", seed=split)
    x, y = digits.x_train[:, :IMAGES], digits.y_train[:IMAGES]
    moments = {}

    def keep(step: Step) -> None:
        if step.iteration + 1 in MOMENTS:
            moments[step.iteration + 1] = step.params

    training = nnfs.train(x, y, iterations=STEPS, seed=start, callback=keep)
    return Job(
        training,
        nnfs.accuracy(training.params, x, y),
        nnfs.accuracy(training.params, digits.x_test, digits.y_test),
        moments,
    )


def validation_digits(split: int) -> tuple[Array, Array]:
    """Return all training images of MNIST that the jobs of a split were not trained on, 19,000.

    Parameters
    ----------
    split : int
        As in `original_job`.

    Returns
    -------
    X : (784, m) array of float32
        In random order: first the thousand that the split keeps back, then what it did not draw.
    y : (m,) array of intp
    """
    every = nnfs.load_mnist("bundled", split="official")
    order = np.random.default_rng(split).permutation(every.y_train.size)
    unseen = np.append(order[:KEPT_BACK], order[KEPT_BACK + IMAGES :])
    return every.x_train[:, unseen], every.y_train[unseen]


@once
def linear_job(split: int) -> Training:
    """Run the original's job with the linear model, from zero: 41,000 images, 750 iterations.

    Parameters
    ----------
    split : int
        As in `original_job`.
    """
    digits = nnfs.load_mnist("bundled", seed=split)
    zero = np.zeros((10, 784), np.float32), np.zeros((10, 1), np.float32)
    return nnfs.train(
        digits.x_train[:, :IMAGES],
        digits.y_train[:IMAGES],
        iterations=STEPS,
        params=zero,
        gradient=linear.gradient,
    )


@once
def good_network(start: int) -> Job:
    """Train 784-128-10 on the 60,000 official training images, tested on the official 10,000.

    Parameters
    ----------
    start : int
        Seed of the random start and of the order of the images.
    """
    digits = nnfs.load_mnist("bundled", split="official")
    steps = EPOCHS * batches.per_epoch(digits.y_train.size, 128)
    training = nnfs.train(
        digits.x_train,
        digits.y_train,
        hidden=128,
        scheme="he",
        iterations=steps,
        batch_size=128,
        alpha=schedules.cosine(0.002, steps=steps),
        optimizer="adam",
        seed=start,
    )
    return Job(
        training,
        nnfs.accuracy(training.params, digits.x_train, digits.y_train),
        nnfs.accuracy(training.params, digits.x_test, digits.y_test),
    )


class Entrant(NamedTuple):
    """Who runs the race: an optimiser, its largest learning rate, and how many images a step takes.

    ``benchmarks/rates.py`` chooses the rates, on other images and seeds than those of the race.
    They fall along half a cosine, or do not fall.
    """

    optimizer: optimizers.Optimizer
    alpha: float
    batch_size: int | None
    falls: bool = True


ENTRANTS = {
    "plain": Entrant(optimizers.SGD, 0.4, 64, falls=False),
    "momentum": Entrant(optimizers.momentum(), 0.1, 64),
    "Adam": Entrant(optimizers.adam(), 0.016, 64),
    "full batch": Entrant(optimizers.adam(), 0.01, None, falls=False),
}
BATCH_RATES = {1: 0.02, 8: 0.1, 64: 0.2, 512: 0.4, 4096: 0.4}
"""The learning rate of plain descent for each size of batch, chosen likewise."""

CHOSEN_ON, JUDGED_ON = slice(-10_000, -5_000), slice(-fewer(5_000, browser=1_000), None)
"""Training images that no race trains on: for the choice of rates, and to judge by."""


def raced(
    entrant: Entrant,
    seed: int,
    hidden: int,
    images: tuple[Array, Array],
    held_out: tuple[Array, Array],
    judged_at: Sequence[int],
) -> Array:
    """Train on some images, and judge on others on the way.

    The clock stands still while the network is judged.

    Parameters
    ----------
    entrant : Entrant
    seed : int
        Of the start and of the order of the images.
    hidden : int
        Hidden units.
    images, held_out : pair of (784, m) array and (m,) labels
        To train on, and to judge on.
    judged_at : sequence of int
        After how many steps it is judged; the last is the length of the run.

    Returns
    -------
    (len(judged_at), 3) array
        Steps made, seconds that they took, accuracy (0 to 1) on the held-out images.
    """
    x, y = images
    start = nnfs.init_params(784, hidden, scheme="he", seed=seed)
    steps, marks, seconds = judged_at[-1], [], 0.0
    with batches.objective(
        network.gradient, x, y, batch_size=entrant.batch_size, seed=seed
    ) as objective:
        run = training.steps(
            start,
            objective,
            iterations=steps,
            alpha=schedules.cosine(entrant.alpha, steps=steps) if entrant.falls else entrant.alpha,
            optimizer=entrant.optimizer,
        )
        clock = perf_counter()
        for step in run:
            if step.iteration + 1 in judged_at:
                seconds += perf_counter() - clock
                score = nnfs.accuracy(step.params, *held_out)
                marks.append((step.iteration + 1, seconds, score))
                clock = perf_counter()
    return np.array(marks)


@once
def race(
    looks: tuple[tuple[str, tuple[int, ...]], ...], seeds: tuple[int, ...], images: int, hidden: int
) -> dict[str, list[Array]]:
    """Let ENTRANTS run, and judge them on images that had no part in any choice.

    Parameters
    ----------
    looks : tuple of pairs
        The name of an entrant, and after how many steps it is judged.
    seeds : tuple of int
    images : int
        How many training images, the first ones, they learn from.
    hidden : int

    Returns
    -------
    dict from name to a list with what `raced` returns for each seed
    """
    digits = nnfs.load_mnist("bundled", split="official")
    learnt = digits.x_train[:, :images], digits.y_train[:images]
    held_out = digits.x_train[:, JUDGED_ON], digits.y_train[JUDGED_ON]
    return {
        name: [raced(ENTRANTS[name], seed, hidden, learnt, held_out, judged_at) for seed in seeds]
        for name, judged_at in looks
    }
