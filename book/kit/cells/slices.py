"""A plane through the parameters of a network: its loss there, and optimisers that walk in it."""

from typing import Any, NamedTuple

import numpy as np

from nnfs import network
from nnfs.optimizers import Optimizer
from nnfs.types import Array

AHEAD = 0.05
"""How far apart the gradients are taken whose difference tells where the loss bends most."""


class Slice(NamedTuple):
    """A plane, and the images on which its loss is taken.

    Attributes
    ----------
    origin : Parameters
    plane : (2, size of all parameters) array, of length one and at right angles
    X, y : images and labels
    """

    origin: Any
    plane: Array
    X: Array
    y: Array

    def at(self, place: Any) -> Any:
        """Return the parameters at a place (u, v)."""
        moved = _vector(self.origin) + np.asarray(place) @ self.plane
        parts = np.split(moved, np.cumsum([P.size for P in self.origin])[:-1])
        shapes = [P.shape for P in self.origin]
        return type(self.origin)(*(p.reshape(s) for p, s in zip(parts, shapes, strict=True)))

    def loss(self, place: Any) -> float:
        """Return the loss of all images at a place."""
        return float(network.gradient(self.at(place), self.X, self.y)[0])

    def slope(self, place: Any, chosen: Any = slice(None)) -> Array:
        """Return the part of the gradient that lies in the plane, of some of the images."""
        gradients = network.gradient(self.at(place), self.X[:, chosen], self.y[chosen])[2]
        slopes: Array = self.plane @ _vector(gradients)
        return slopes

    def walk(
        self, optimizer: Optimizer, alpha: float, start: Any, steps: int, batch_size: int | None
    ) -> Array:
        """Return the places (steps + 1, 2) of a walk; batches are drawn anew at every step."""
        rng, here = np.random.default_rng(1), (np.array(start, float),)
        state, places = optimizer.init(here), [here[0]]
        for _ in range(steps):
            chosen: Any = slice(None)
            if batch_size is not None:
                chosen = rng.choice(self.y.size, batch_size, replace=False)
            here, state = optimizer.update(here, [self.slope(here[0], chosen)], state, alpha)
            places.append(here[0])
        return np.array(places)


def along_valley(origin: Any, goal: Any, X: Array, y: Array, looked: float = 0.3) -> Slice:
    """Return the plane from one network to another, and across, where the loss bends most.

    Parameters
    ----------
    origin, goal : Parameters
    X, y : images and labels
    looked : float
        At which part of the way the sharpest direction is looked for.
    """
    along = _vector(goal) - _vector(origin)
    far = np.linalg.norm(along)
    along = along / far
    across = np.random.default_rng(0).normal(size=along.size)
    for _ in range(10):  # power iteration, at right angles to the way
        across = _unit(across - across @ along * along)
        plane = Slice(origin, np.stack([along, across]), X, y)
        ahead, behind = (
            _vector(network.gradient(plane.at((looked * far, v)), X, y)[2]) for v in (AHEAD, -AHEAD)
        )
        across = ahead - behind
    return Slice(origin, np.stack([along, _unit(across - across @ along * along)]), X, y)


def _vector(arrays: Any) -> Array:
    return np.concatenate([np.ravel(array) for array in arrays])


def _unit(direction: Array) -> Array:
    unit: Array = direction / np.linalg.norm(direction)
    return unit
