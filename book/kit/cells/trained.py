"""Networks that several pages use, trained once for a state of code and data.

The arguments are settings and seeds, never arrays. Results are kept in the folder that the
environment variable BOOK_TRAINED_CACHE names, which the build sets beside the executed pages;
without it they are trained anew. In a browser the networks are trained on fewer images, for fewer
steps.
"""

import os
import re
from collections.abc import Callable, Iterator
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
from nnfs.training import Training

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


class Job(NamedTuple):
    """A training run and its accuracies (0 to 1) on the training and the test part."""

    training: Training
    train_accuracy: float
    test_accuracy: float


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
    training = nnfs.train(x, y, iterations=STEPS, seed=start)
    return Job(
        training,
        nnfs.accuracy(training.params, x, y),
        nnfs.accuracy(training.params, digits.x_test, digits.y_test),
    )


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


METHODS = {  # optimiser and largest learning rate
    "full batch": (optimizers.momentum(), 0.2),
    "plain": (optimizers.SGD, 0.5),
    "momentum": (optimizers.momentum(), 0.1),
    "Adam": (optimizers.adam(), 0.004),
}


@once
def race(
    method: str, seed: int, hidden: int, held_out: int, batch_size: int | None, iterations: int
) -> Array:
    """Train by one of METHODS on MNIST's training images and judge twenty times on held-out ones.

    Parameters
    ----------
    method : str
    seed : int
        Of the start and of the order of the images.
    hidden : int
        Hidden units.
    held_out : int
        How many of the 60,000 images, the last ones, are held out.
    batch_size : int or None
    iterations : int

    Returns
    -------
    (20, 3) array
        Steps made, seconds that they took, accuracy (0 to 1) on the held-out images.
    """
    digits = nnfs.load_mnist("bundled", split="official")
    x, y = digits.x_train[:, :-held_out], digits.y_train[:-held_out]
    x_held, y_held = digits.x_train[:, -held_out:], digits.y_train[-held_out:]
    optimizer, alpha = METHODS[method]
    start = nnfs.init_params(784, hidden, scheme="he", seed=seed)
    judged = set(np.linspace(iterations / 20, iterations, 20).round().astype(int).tolist())
    marks, seconds = [], 0.0
    with batches.objective(network.gradient, x, y, batch_size=batch_size, seed=seed) as objective:
        steps = training.steps(
            start,
            objective,
            iterations=iterations,
            alpha=schedules.cosine(alpha, steps=iterations),
            optimizer=optimizer,
        )
        clock = perf_counter()
        for step in steps:
            if step.iteration + 1 in judged:
                seconds += perf_counter() - clock
                score = nnfs.accuracy(step.params, x_held, y_held)
                marks.append((step.iteration + 1, seconds, score))
                clock = perf_counter()
    return np.array(marks)
