"""Stop when a validation set says that nothing more is learned, and keep the best parameters."""

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

import numpy as np

from nnfs import arguments, returned
from nnfs.arguments import Array
from nnfs.training import Step


class Best(NamedTuple):
    """What `stop_early` kept.

    Attributes
    ----------
    params : the parameters with the highest score
    iteration : int, the step that led to them
    score : float, theirs
    scores : float64 array of all scores that were taken, in order
    """

    params: Any
    iteration: int
    score: float
    scores: Array


def stop_early(
    steps: Iterable[Step], score: Callable[[Any], float], *, every: int, patience: int
) -> Best:
    """Take steps until the score has not risen for a while, and return the best parameters.

    Parameters
    ----------
    steps : iterable of Step
        Such as `steps` yields.
    score : function (params) -> float
        The higher the better, such as the accuracy on a validation part, which is neither trained
        on nor the test part.
    every : int
        The score is taken after this many steps, and again.
    patience : int
        How many scores in a row may be no better than the best before the last step is taken.

    Returns
    -------
    Best
        The first of equally good ones.

    Raises
    ------
    ValueError
        If every or patience is not a whole number of at least 1, there was no score, or all
        scores are NaN.

    Notes
    -----
    Source: Prechelt, Early stopping - but when? (1998).
    """
    every = arguments.whole_number(every, "every", at_least=1)
    patience = arguments.whole_number(patience, "patience", at_least=1)
    scores: list[float] = []
    best = Best(None, -1, -np.inf, np.empty(0))
    for step in steps:
        if (step.iteration + 1) % every:
            continue
        scores.append(returned.score(score(step.params)))
        if scores[-1] > best.score:
            best = Best(step.params, step.iteration, scores[-1], best.scores)
        elif (step.iteration - best.iteration) // every >= patience:
            break
    if best.iteration < 0 and scores:
        raise ValueError(
            f"no score was taken that is a number: all {len(scores)} are like the first, "
            f"{scores[0]}; expected numbers, the higher the better"
        )
    if best.iteration < 0:
        raise ValueError(f"no score was taken; expected at least {every} steps")
    return best._replace(scores=np.array(scores))
