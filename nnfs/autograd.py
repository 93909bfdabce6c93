"""Derivatives without derivations: what was computed is written down, and read backwards.

>>> w = Node([[2.0, -3.0]])
>>> loss = (w @ [[1.0], [1.0]]).exp().sum()
>>> differentiate(loss)[w].round(4).tolist()
[[0.3679, 0.3679]]

Every operation makes a `Node` that remembers its operands, and for each operand a function from
the gradient with respect to the result to that with respect to the operand: the operation's
adjoint. Nothing here comes from the rest of the package: it judges the gradients that were derived
by hand.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike


class Node:
    """An array, and where it came from.

    Attributes
    ----------
    value : array of any shape
    origins : pairs of an operand and the function from the gradient with respect to this node to
        that with respect to the operand
    """

    # NumPy leaves array @ node, array + node and the like to the methods below.
    __array_ufunc__ = None

    def __init__(self, value: Any, *origins: tuple["Node", Callable[[Any], Any]]) -> None:
        self.value, self.origins = np.asarray(value), origins

    def __add__(self, other: Any) -> "Node":
        a, b = self, _node(other)
        return Node(a.value + b.value, (a, lambda g: _folded(g, a)), (b, lambda g: _folded(g, b)))

    def __mul__(self, other: Any) -> "Node":
        a, b = self, _node(other)
        to_a, to_b = (lambda g: _folded(g * b.value, a)), (lambda g: _folded(g * a.value, b))
        return Node(a.value * b.value, (a, to_a), (b, to_b))

    def __matmul__(self, other: Any) -> "Node":
        a, b = self, _node(other)
        return Node(a.value @ b.value, (a, lambda g: g @ b.value.mT), (b, lambda g: a.value.mT @ g))

    def __rmatmul__(self, other: Any) -> "Node":
        return _node(other) @ self

    def __neg__(self) -> "Node":
        return self * -1

    def __sub__(self, other: Any) -> "Node":
        return self + -_node(other)

    def __rsub__(self, other: Any) -> "Node":
        return _node(other) + -self

    def __truediv__(self, other: Any) -> "Node":
        return self * _node(other) ** -1

    def __rtruediv__(self, other: Any) -> "Node":
        return _node(other) * self**-1

    def __pow__(self, power: Any) -> "Node":
        if isinstance(power, Node):
            raise TypeError("the power of a node must be a number, not a node")
        n = np.asarray(power, np.result_type(self.value, np.float32))[()]
        slope = n * self.value ** (n - 1)
        return Node(self.value**n, (self, lambda g: _folded(g * slope, self)))

    __radd__, __rmul__ = __add__, __mul__

    def exp(self) -> "Node":
        """Return e to the power of every entry."""
        result = np.exp(self.value)
        return Node(result, (self, lambda g: g * result))

    def log(self) -> "Node":
        """Return the natural logarithm of every entry."""
        return Node(np.log(self.value), (self, lambda g: g / self.value))

    def relu(self) -> "Node":
        """Return every positive entry, and 0 for the others."""
        positive = self.value > 0
        return Node(np.where(positive, self.value, 0), (self, lambda g: g * positive))

    def sum(self, axis: int | None = None) -> "Node":
        """Return the sum of all entries, or of those along an axis, which stays with length 1.

        Parameters
        ----------
        axis : int, optional
        """
        total = self.value.sum(axis=axis, keepdims=axis is not None)
        return Node(total, (self, lambda g: np.broadcast_to(g, self.value.shape)))


def _node(value: Any) -> Node:
    return value if isinstance(value, Node) else Node(value)


def _folded(g: Any, operand: Node) -> Any:
    """Sum a gradient over what was repeated to fit: the adjoint of broadcasting."""
    shape = operand.value.shape
    g = g.sum(axis=tuple(range(g.ndim - len(shape))))
    return g.sum(axis=tuple(i for i, length in enumerate(shape) if length == 1), keepdims=True)


def differentiate(loss: Node) -> dict[Node, Any]:
    """Return the gradient of a loss with respect to every node that it was made from.

    Parameters
    ----------
    loss : Node of one number

    Returns
    -------
    dict from Node to array of the shape of its value

    Raises
    ------
    ValueError
        If the loss is more than one number.

    Notes
    -----
    Book: :eq:`eq-reverse-mode`, :eq:`eq-unbroadcast`. Source: Griewank and Walther (2008), 3.2.
    """
    if loss.value.size != 1:
        raise ValueError(f"the loss has shape {loss.value.shape}; expected one number")
    gradients = {loss: np.ones_like(loss.value)}
    for node in _backwards(loss):
        for operand, pullback in node.origins:
            gradients[operand] = gradients.get(operand, 0) + pullback(gradients[node])
    return gradients


def _backwards(loss: Node) -> list[Node]:
    """Return the nodes that a loss was made from, each after all that was made from it.

    When its turn comes its gradient is whole. Each is entered once and left when all of its
    operands were.
    """
    left: dict[Node, None] = {}
    entered, path = {loss}, [(loss, iter(loss.origins))]
    while path:
        node, operands = path[-1]
        operand = next((operand for operand, _ in operands if operand not in entered), None)
        if operand is None:
            left[node] = None
            path.pop()
        else:
            entered.add(operand)
            path.append((operand, iter(operand.origins)))
    return list(reversed(left))


def gradient(params: Sequence[ArrayLike], X: ArrayLike, y: Any) -> tuple[Any, int, list[Any]]:
    """Return loss, correct answers and gradients of a ReLU network, in the form of `nnfs.train`.

    Parameters
    ----------
    params : sequence of W1, b1, ..., WL, bL
    X : (n, m) array
    y : (m,) integer labels

    Returns
    -------
    loss (mean cross-entropy, nats), correct (int), gradients (list of the shapes of params)
    """
    nodes = [Node(P) for P in params]
    Z = nodes[0] @ X + nodes[1]
    for W, b in zip(nodes[2::2], nodes[3::2], strict=True):
        Z = W @ Z.relu() + b
    Z_shifted = Z - Z.value.real.max(axis=0)
    of_label = Z_shifted * np.eye(len(Z.value), dtype=Z.value.dtype)[:, y]
    losses = Z_shifted.exp().sum(axis=0).log() - of_label.sum(axis=0)
    loss = losses.sum() * (1 / np.size(y))
    gradients = differentiate(loss)
    correct = int(np.count_nonzero(Z.value.argmax(axis=0) == y))
    return loss.value, correct, [gradients[node] for node in nodes]
