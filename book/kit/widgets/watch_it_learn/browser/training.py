"""A training that a page drives a few steps at a time, for the widget "Watch it learn".

What trains is a `nnfs.training.Run`; here is what a page may set, and what it is told. The module
imports no Sphinx, so that a browser's Python and tests can load it.
"""

import itertools
import math
import time
from functools import cache
from typing import Any

import numpy as np

import nnfs
from kit.cells.wrong_gradients import missing_mask
from nnfs import initialise, network, training
from nnfs.arguments import Array

IMAGES = 2_000
"""Training images; the page's Python has a part of MNIST only."""

LAST = 750
"""Steps after which the training ends, as many as the original's."""

PICTURES = 10
"""Hidden units, from the first, whose weights are shown."""

RATES = 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0
WIDTHS = 1, 2, 3, 5, 10, 20, 40
SCHEMES = tuple(initialise.SCHEMES)


@cache
def digits() -> tuple[Array, Array]:
    """Return the images (784, m) as float64 in [0, 1] and their labels (m,)."""
    everything = nnfs.load_mnist("bundled")
    return everything.x_train[:, :IMAGES].astype(np.float64), everything.y_train[:IMAGES]


class Watched:
    """A training from its random start on.

    Parameters
    ----------
    X : (784, m) array, float64
    y : (m,) integer labels
    alpha : float
        The learning rate.
    scheme : str
        The start, as `nnfs.init_params` knows it.
    width : int
        Hidden units.
    mask : bool
        Whether the gradient has ReLU's mask, or one that is true everywhere.
    seed : int
        Of the start.
    """

    def __init__(
        self,
        X: Array,
        y: Array,
        *,
        alpha: float,
        scheme: str,
        width: int,
        mask: bool,
        seed: int = 0,
    ) -> None:
        # One thread: a page has no other, and a few images are not worth one.
        run = training.Run(
            X,
            y,
            hidden=width,
            scheme=scheme,
            seed=seed,
            gradient=network.gradient if mask else missing_mask,
            alpha=alpha,
            iterations=LAST,
            data_range=(0, 1),
            threads=1,
        )
        self.params, self._steps = run.params, iter(run)
        self._start = self._weights()

    def advance(self, *, steps: int | None = None, seconds: float = math.inf) -> dict[str, Any]:
        """Go on for some steps, or until some time is over, and report.

        Parameters
        ----------
        steps : int, optional
        seconds : float
            The step during which they pass is the last.

        Returns
        -------
        dict
            ``loss`` (nats) and ``accuracy`` (0 to 1), float64, before each step taken; ``weights``
            and ``start`` (k, 784), of the first hidden units after the last step and before the
            first; ``problem``, why it cannot go on, or an empty string.
        """
        begin = time.perf_counter()
        loss, accuracy, problem = [], [], ""
        try:
            for step in itertools.islice(self._steps, steps):
                self.params = step.params
                loss.append(float(step.loss))
                accuracy.append(float(step.accuracy))
                if time.perf_counter() - begin >= seconds:
                    break
        except training.DivergenceError as error:
            problem = str(error)
        return {
            "loss": np.array(loss, np.float64),
            "accuracy": np.array(accuracy, np.float64),
            "weights": self._weights(),
            "start": self._start,
            "problem": problem,
        }

    def _weights(self) -> Array:
        weights: Array = self.params[0][:PICTURES].copy()
        return weights
