"""The exercise `deep_gradients`: the recursion through any number of layers."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

import nnfs
from kit.exercises.engine.calling import call, hint
from kit.exercises.engine.comparing import compare_each
from kit.exercises.engine.exercise import Exercise, FaultError
from kit.exercises.engine.sample import ONE_HOT, X
from nnfs import layers

DEPTHS: tuple[tuple[int, ...], ...] = ((), (5,), (5, 4), (5, 4, 6))
M = X.shape[1]


def _network(hidden: tuple[int, ...]) -> tuple[Any, ...]:
    """Return a network with biases that are not zero, so that no relu can be told from none."""
    drawn = nnfs.init_params(7, hidden, 3, scheme="he", dtype=np.float64, seed=len(hidden))
    shifts = np.random.default_rng(5)
    return tuple(P if i % 2 == 0 else shifts.normal(size=P.shape) for i, P in enumerate(drawn))


def books(params: Sequence[Any], X: Any, Y: Any) -> Any:
    """Return the book's gradients."""
    inputs, Z = layers.forward(params, X)
    return layers.backward(params, inputs, Z, Y)


def _wrong(params: Sequence[Any], *, masked: bool = True, relu_at_the_end: bool = False) -> Any:
    """Return the gradients of a recursion that masks wrongly, or puts ReLU behind the last sums."""
    W, b, A, sums = params[::2], params[1::2], [X], []
    for layer, (weights, bias) in enumerate(zip(W, b, strict=True)):
        sums.append(weights @ A[layer] + bias)
        A.append(np.maximum(sums[-1], 0))
    found: list[Any] = []
    dZ = nnfs.softmax(A[-1] if relu_at_the_end else sums[-1]) - ONE_HOT
    for layer in reversed(range(len(W))):
        found = [dZ @ A[layer].T / M, dZ.sum(axis=1, keepdims=True) / M, *found]
        if layer > 0:
            dZ = W[layer].T @ dZ * ((sums[layer - 1] > 0) if masked else 1)
    return tuple(found)


def check(deep_gradients: Callable[..., Any]) -> None:
    """Compare at depths one to four, all widths different."""
    for hidden in DEPTHS:
        params = _network(hidden)
        right = books(params, X, ONE_HOT)
        at_the_end = _wrong(params, relu_at_the_end=True)
        swapped = tuple(right[i ^ 1] for i in range(len(right)))
        mistakes = [
            ("You take ReLU of the last sums, too. Softmax wants them as they are.", at_the_end),
            ("The factor 1/m is missing: these are gradients of the sum.", [M * g for g in right]),
            ("You divided by m twice.", [g / M for g in right]),
            ("All gradients have the wrong sign: begin with softmax minus Y.", [-g for g in right]),
            ("In each layer the weights come first, then the biases.", swapped),
        ]
        if hidden:
            mistakes += [
                (
                    "Nothing is masked. On the way down multiply by the mask of that layer's own "
                    "sums.",
                    _wrong(params, masked=False),
                ),
                (
                    "The layers come in the wrong order: return dW1, db1, dW2, db2 and so on.",
                    _last_first(right),
                ),
            ]
        got = hint(
            call,
            deep_gradients,
            params,
            X,
            ONE_HOT,
            sentence=f"With {len(hidden) + 1} layers a product does not fit. Going down from layer "
            "l + 1, multiply by the transpose of the weights of layer l + 1.",
            when="matmul|aligned",
        )
        if not isinstance(got, tuple | list) or len(got) != len(right):
            raise FaultError(
                f"With {len(hidden) + 1} layers return {len(right)} arrays, dW1, db1 and so on, in "
                "a tuple or a list."
            )
        names = " ".join(f"dW{layer} db{layer}" for layer in range(1, len(hidden) + 2))
        compare_each(got, right, names, mistakes)


def _last_first(gradients: Sequence[Any]) -> tuple[Any, ...]:
    """Return the gradients with the last layer's in front."""
    pairs = zip(gradients[::2], gradients[1::2], strict=True)
    return tuple(dP for pair in reversed(list(pairs)) for dP in pair)


EXERCISE = Exercise(
    name="deep_gradients",
    page="beyond/deeper",
    number=160,
    task="the gradients of a network of any depth",
    hints=(
        "`params[::2]` are the weights and `params[1::2]` the biases. On the way forward keep two "
        "lists: what feeds each layer, beginning with `X`, and the sums.",
        "Begin with `cross_entropy_gradient(softmax(Z), Y)`. Then, for the layers from the last to "
        "the first: `weight_gradient` and `bias_gradient`; and, unless it is the first, through "
        "its weights with `affine_adjoint` and through `relu_mask` of the sums below.",
    ),
    books=books,
    check=check,
)
