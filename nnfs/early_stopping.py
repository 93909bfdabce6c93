"""Stop when a validation set says that nothing more is learned, and keep the best parameters."""

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

import numpy as np

from nnfs import arguments, returned
from nnfs.descent import Step
from nnfs.types import Array


class Best(NamedTuple):
    """What `stop_early` kept.

    Attributes
    ----------
    params : the parameters with the highest score
    iteration : int, the step that led to them
    score : float, theirs
    scores : (k,) float64 array of the k scores that were taken, in order
    """

    params: Any
    iteration: int
    score: float
    scores: Array


class Judge:
    """Scores of a run as it goes, and the best parameters so far.

    Parameters
    ----------
    score : function (params) -> float
        The higher the better.
    every : int
        The score is taken after this many steps, and again.
    patience : int, optional
        How many scores in a row may be no better than the best. Without it the run is not to stop.

    Attributes
    ----------
    best : Best
        Without parameters until there is a score that is a number.
    every, patience : as given
    stopped : bool
        Whether patience is at its end.
    """

    def __init__(
        self, score: Callable[[Any], float], *, every: int, patience: int | None = None
    ) -> None:
        self._score = score
        self.every = arguments.whole_number(every, "every", at_least=1)
        self.patience = (
            None if patience is None else arguments.whole_number(patience, "patience", at_least=1)
        )
        self._scores: list[float] = []
        self._best = Best(None, -1, -np.inf, np.empty(0))
        self.stopped = False

    @property
    def best(self) -> Best:
        """The best so far, with all scores."""
        return self._best._replace(scores=np.array(self._scores))

    def take(self, step: Step) -> bool:
        """Take the score after a step, if it is one's turn; return whether the run is to stop."""
        if (step.iteration + 1) % self.every:
            return self.stopped
        # The same step may come again, where an interrupt came between it and what follows.
        del self._scores[step.iteration // self.every :]
        self._scores.append(returned.score(self._score(step.params)))
        if self._scores[-1] > self._best.score:
            self._best = Best(step.params, step.iteration, self._scores[-1], np.empty(0))
        elif self.patience is not None:
            waited = (step.iteration - self._best.iteration) // self.every
            self.stopped = waited >= self.patience
        return self.stopped

    def go_on_from(self, best: Best, *, stopped: bool) -> None:
        """Take up the scores and the best of a run that was saved."""
        self._scores, self._best, self.stopped = best.scores.tolist(), best, stopped


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
        If steps are no such iterable, score is no such function, every or patience is not a whole
        number of at least 1, there was no score, or all scores are NaN.

    Notes
    -----
    Source: Prechelt, Early stopping - but when? (1998).
    """
    arguments.function(score, "score", "params")
    judge = Judge(score, every=every, patience=patience)
    if not isinstance(steps, Iterable):
        raise ValueError(f"steps must be an iterable of Step; got {arguments.shown(steps)}")
    for step in steps:
        if not isinstance(step, Step):
            raise ValueError(
                f"steps must be an iterable of Step, such as nnfs.training.steps yields; "
                f"among them is {arguments.shown(step)}"
            )
        if judge.take(step):
            break
    best = judge.best
    if best.iteration < 0 and best.scores.size:
        raise ValueError(
            f"no score was taken that is a number: all {best.scores.size} are like the first, "
            f"{best.scores[0]}; expected numbers, the higher the better"
        )
    if best.iteration < 0:
        raise ValueError(f"no score was taken; expected at least {every} steps")
    return best
