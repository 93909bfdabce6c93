"""Networks that several pages use, trained once for a state of code and data.

The arguments are settings and seeds, never arrays. Results are kept in the folder that the
environment variable BOOK_TRAINED_CACHE names, which the build sets beside the executed pages;
without it they are trained anew.
"""

import os
from typing import NamedTuple

import joblib
import numpy as np

import linear
import nnfs
from nnfs import network
from nnfs.arguments import Array
from nnfs.training import History, Training

memory = joblib.Memory(os.environ.get("BOOK_TRAINED_CACHE"), verbose=0)


class Job(NamedTuple):
    """A training run and its accuracies (0 to 1) on the training and the test part."""

    training: Training
    train_accuracy: float
    test_accuracy: float


@memory.cache
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
    training = nnfs.train(digits.x_train, digits.y_train, seed=start)
    return Job(
        training,
        nnfs.accuracy(training.params, digits.x_train, digits.y_train),
        nnfs.accuracy(training.params, digits.x_test, digits.y_test),
    )


@memory.cache
def linear_job(split: int) -> Training:
    """Run the original's job with the linear model, from zero: 41,000 images, 750 iterations.

    Parameters
    ----------
    split : int
        As in `original_job`.
    """
    digits = nnfs.load_mnist("bundled", seed=split)
    zero = np.zeros((10, 784), np.float32), np.zeros((10, 1), np.float32)
    return nnfs.train(digits.x_train, digits.y_train, params=zero, gradient=linear.gradient)


@memory.cache
def good_network(start: int) -> Job:
    """Train 784-128-10 on the 60,000 official training images, tested on the official 10,000.

    Parameters
    ----------
    start : int
        Seed of the random start and of the order of the images.
    """
    digits = nnfs.load_mnist("bundled", split="official")
    training = _in_batches(digits.x_train, digits.y_train, hidden=128, epochs=10, seed=start)
    return Job(
        training,
        nnfs.accuracy(training.params, digits.x_train, digits.y_train),
        nnfs.accuracy(training.params, digits.x_test, digits.y_test),
    )


def _in_batches(
    x: Array, y: Array, *, hidden: int, epochs: int, seed: int, batch: int = 128
) -> Training:
    """Train with Adam on batches of shuffled images; the step shrinks linearly to zero."""
    rng = np.random.default_rng(seed)
    params = nnfs.init_params(x.shape[0], hidden, scheme="he", seed=seed)
    mean, square = ([np.zeros_like(P) for P in params] for _ in range(2))
    starts = range(0, y.size, batch)
    loss, accuracy = np.zeros(epochs), np.zeros(epochs)
    t, last = 0, epochs * len(starts)
    for epoch in range(epochs):
        order = rng.permutation(y.size)
        for first in starts:
            part = order[first : first + batch]
            part_loss, correct, gradients = network.gradient(params, x[:, part], y[part])
            loss[epoch] += part.size / y.size * float(part_loss)
            accuracy[epoch] += correct / y.size
            t += 1
            step = 0.002 * (1 - t / last) * np.sqrt(1 - 0.999**t) / (1 - 0.9**t)
            for dP, m, v in zip(gradients, mean, square, strict=True):
                m += 0.1 * (dP - m)
                v += 0.001 * (dP * dP - v)
            moves = [m / (np.sqrt(v) + 1e-8) for m, v in zip(mean, square, strict=True)]
            if step > 0:
                params = nnfs.update(params, moves, step)
    return Training(params, History(loss, accuracy))
