"""Against learning by heart: a penalty on large weights, and dropout."""

from typing import Any

import numpy as np

from nnfs import arguments, returned
from nnfs.tiles import takes_the_same
from nnfs.types import Array, Gradient


def penalised(gradient: Gradient, strength: float) -> Gradient:
    """Return the gradient function of the loss plus ``strength / 2`` times the squared weights.

    The biases are not penalised. The weighted mean over parts of the data holds for the sum too,
    since the penalty is the same in every part.

    Parameters
    ----------
    gradient : function (params, X, y) -> (loss, correct, gradients)
    strength : float
        At least 0; the gradient with respect to W grows by ``strength * W``.

    Returns
    -------
    function of the same form; its loss includes the penalty

    Raises
    ------
    ValueError
        If strength is not a finite number of at least 0.

    Notes
    -----
    Book: :eq:`eq-penalty-gradient`.

    Source: Krogh and Hertz, A simple weight decay can improve generalization (NIPS 1991).
    """
    strength = arguments.amount(strength, "strength")

    def penalised_gradient(params: Any, X: Array, y: Array, *masks: Any) -> Any:
        params = arguments.blocks(params)
        result = gradient(params, X, y, *masks)
        loss, correct, gradients = returned.gradient(result, params, np.shape(X)[-1])
        weights = arguments.weights(params)
        penalty = strength / 2 * sum((W * W).sum() for W in weights)
        pairs = zip(weights, arguments.weights(gradients), strict=True)
        pulled = [dW + strength * W for W, dW in pairs]
        penalised = arguments.with_weights(gradients, pulled)
        return loss + penalty, correct, arguments.rebuilt(params, penalised)

    return takes_the_same(penalised_gradient, gradient)


def dropout_masks(params: Any, m: int, rate: float, rng: "np.random.Generator") -> list[Array]:
    """Return a mask for each hidden layer: 0 with probability ``rate``, else 1 / (1 - rate).

    The factor keeps the mean of every activation, so that nothing is rescaled where the network
    is used (inverted dropout).

    Parameters
    ----------
    params : sequence W1, b1, ..., WL, bL
    m : int
        Examples.
    rate : float
        The probability, in [0, 1), that a unit is left out for an example.
    rng : Generator

    Returns
    -------
    list of L - 1 arrays (h_l, m) of the dtype of the weights

    Raises
    ------
    ValueError
        If rate is not in [0, 1), m no whole number, or rng no Generator.

    Notes
    -----
    Book: :eq:`eq-dropout-mean`, :eq:`eq-dropout-variance`.

    Source: Srivastava, Hinton, Krizhevsky, Sutskever and Salakhutdinov, Dropout (JMLR, 2014).
    """
    rate, m = arguments.share(rate, "rate"), arguments.whole_number(m, "m", at_least=0)
    if not isinstance(rng, np.random.Generator):
        raise ValueError(
            f"rng must be a generator, such as np.random.default_rng(0), got {arguments.shown(rng)}"
        )
    params = arguments.blocks(params)
    hidden = arguments.weights(params)[:-1]
    kept = [rng.random((W.shape[-2], m), np.float32) >= rate for W in hidden]
    return [mask.astype(params[0].dtype) / (1 - rate) for mask in kept]
