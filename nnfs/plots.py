"""The figures that the command line and the book share.

Every function returns a Matplotlib figure that belongs to nobody: no window is opened and no global
state is touched. Figures are 6.4 inches wide, carry no title, and can be read without colour.
"""

import math
from collections.abc import Mapping
from itertools import cycle

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from nnfs import arguments
from nnfs.digit_files import spelt, square
from nnfs.types import Array

WIDTH = 6.4
DASHES = ("-", "--", "-.", ":")


def curves(runs: Mapping[str, ArrayLike], ylabel: str, *, chance: float | None = None) -> Figure:
    """Draw curves by iteration: the mean over seeds, and a band from the lowest to the highest.

    Parameters
    ----------
    runs : mapping from a name to (iterations,) or (seeds, iterations) array
    ylabel : str
        What is drawn, with its unit, such as "loss (nats)".
    chance : float, optional
        A level to mark by a thin dotted line.

    Returns
    -------
    Figure
    """
    figure = Figure(figsize=(WIDTH, 3.6), layout="constrained")
    axes = figure.add_subplot()
    for (name, values), dashes in zip(runs.items(), cycle(DASHES), strict=False):
        band = np.atleast_2d(np.asarray(values))
        iterations = np.arange(band.shape[1])
        (line,) = axes.plot(iterations, band.mean(axis=0), dashes, label=name)
        if len(band) > 1:
            axes.fill_between(
                iterations,
                band.min(axis=0),
                band.max(axis=0),
                alpha=0.3,
                linewidth=0,
                color=line.get_color(),
            )
    if chance is not None:
        axes.axhline(chance, color="black", linestyle=":", linewidth=1, label="chance")
    axes.set(xlabel="iteration", ylabel=ylabel)
    axes.margins(x=0)
    axes.spines[["top", "right"]].set_visible(False)
    if len(axes.lines) > 1:
        axes.legend(frameon=False)
    return figure


def predictions(
    X: ArrayLike,
    probabilities: ArrayLike,
    y: ArrayLike,
    *,
    columns: int = 4,
    shape: tuple[int, int] | None = None,
) -> Figure:
    """Draw single images with the answer above and its probability; mistakes are framed.

    A mistake has a thick frame, a cross before the answer and the true label after it.

    Parameters
    ----------
    X : (n, k) array
        Images, one a column, in [0, 1].
    probabilities : (classes, k) array
        Such as ``nnfs.forward(params, X).A2``.
    y : (k,) integer labels
    columns : int
        Images in a row.
    shape : (rows, columns), optional
        Of an image; by default it is square.

    Returns
    -------
    Figure

    Raises
    ------
    ValueError
        If the images have no such shape, or the numbers of images, probabilities and labels differ.
    """
    images, A2 = arguments.examples(X), np.asarray(probabilities)
    if A2.ndim != 2 or A2.shape[1] != images.shape[1]:
        raise ValueError(
            f"images have shape {images.shape} and probabilities {A2.shape}; "
            "expected (pixels, k) and (classes, k)"
        )
    pixels = _stacked(images, shape)
    truth = arguments.labels(y, A2.shape[0], images.shape[1])
    rows = -(-truth.size // columns)
    figure = Figure(figsize=(WIDTH, 1.95 * rows), layout="constrained")
    for place, axes in enumerate(np.ravel(figure.subplots(rows, columns, squeeze=False))):
        if place < truth.size:
            _prediction(axes, pixels[place], A2[:, place], int(truth[place]))
        else:
            axes.axis("off")
    return figure


def _stacked(images: Array, shape: tuple[int, int] | None) -> Array:
    """Return images (n, k) as (k, rows, columns)."""
    n = images.shape[0]
    found = square(n) if shape is None else shape
    if found is None or math.prod(found) != n:
        raise ValueError(
            f"images of {n} pixels are not {'square' if found is None else spelt(found)}: pass "
            "their rows and columns as shape=(rows, columns)"
        )
    return images.T.reshape(-1, *found)


def _prediction(axes: Axes, image: Array, probabilities: Array, truth: int) -> None:
    answer = int(probabilities.argmax())
    wrong = answer != truth
    axes.imshow(image, cmap="gray_r", vmin=0, vmax=1, interpolation="nearest")
    words = f"{'✗ ' if wrong else ''}{answer} · {100 * probabilities[answer]:.0f} %"
    axes.set_title(words, fontsize=13, fontweight="bold" if wrong else "normal")
    axes.set_xlabel(f"it is a {truth}" if wrong else "", fontsize=12, labelpad=3)
    axes.set(xticks=[], yticks=[])
    for spine in axes.spines.values():
        spine.set(visible=True, linewidth=2 if wrong else 0.5)
