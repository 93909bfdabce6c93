"""To go on with a run that was saved: when to save it, and what must be the same afterwards."""

import time
from collections.abc import Callable, Mapping
from os import PathLike
from typing import Any, Protocol

import numpy as np

from nnfs import activations, arguments, optimizers, schedules, storage
from nnfs.activations import Activation
from nnfs.arguments import Array

EVERY = 30.0
"""Seconds from one checkpoint to the next: a run that is killed loses less than a minute."""


class Saved(Protocol):
    """What can be saved to a file."""

    def save(self, path: str | PathLike[str], *, about: dict[str, Any] | None = None) -> None:
        """Write it, and what else is to be kept with it."""


class Checkpoints:
    """Save a run now and then: call it after every step.

    Parameters
    ----------
    run : nnfs.training.Run
    path : str or path-like
    every : float
        Seconds from one time to the next.
    about : dict, optional
        As for `nnfs.training.Run.save`.
    clock : function () -> float
        Seconds that pass.

    Raises
    ------
    ValueError
        If the path is none.
    OSError
        If no file can be written there: it is a folder, or its folder is missing or not to be
        written to.
    """

    def __init__(
        self,
        run: Saved,
        path: str | PathLike[str],
        *,
        every: float = EVERY,
        about: dict[str, Any] | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._run, self._path, self._about = run, arguments.path(path, "checkpoint"), about
        # Rather now than after half a minute's work.
        storage.check_replaceable(self._path)
        self._every, self._clock = every, clock
        self._last = clock()

    def __call__(self, step: object) -> None:
        """Save the run if it is time."""
        if self._clock() - self._last >= self._every:
            self._run.save(self._path, about=self._about)
            self._last = self._clock()


def fingerprint(X: Array, y: Array) -> str:
    """Return what two sets of examples share only if they are the same in the same order."""
    import hashlib  # here, so that importing nnfs does not pay for it

    digest = hashlib.blake2b(f"{X.shape} {X.dtype.name} {y.shape}".encode(), digest_size=16)
    for start in range(0, y.size, 4096):
        digest.update(X.T[start : start + 4096].tobytes())
    digest.update(y.astype(np.int64).tobytes())
    return digest.hexdigest()


def agreed(
    path: Any,
    told: Mapping[str, Any],
    *,
    alpha: Any,
    optimizer: Any,
    gradient: Any,
    activation: Any,
) -> dict[str, Any]:
    """Return rate, schedule, optimiser and activation of a saved run, if what is given agrees.

    Parameters
    ----------
    path : of the file, for messages
    told : dict, the settings of the saved run
    alpha, optimizer, gradient, activation : what is given, or None

    Returns
    -------
    dict with alpha, schedule, optimizer and activation

    Raises
    ------
    ValueError
        If something of the caller's own was forgotten, or contradicts the saved run.
    """
    saved, own_gradient = told["optimizer"], told["own_gradient"]
    if own_gradient and gradient is None:
        raise _forgotten(path, "a gradient function", "gradient=")
    if gradient is not None and not own_gradient:
        raise ValueError(f"{path}: the run has the gradient of nnfs; leave gradient out")
    if saved is None and optimizer is None:
        raise _forgotten(path, "an optimizer", "optimizer=")
    chosen = optimizer if saved is None else optimizers.rebuilt(saved)
    if None not in (saved, optimizer):
        _check_optimizer(path, saved, optimizer)
    rate, schedule = told["alpha"], told["schedule"]
    if alpha is None and rate is None:
        raise _forgotten(path, "a schedule", "alpha=")
    if alpha is not None:
        rate, schedule = alpha, "constant" if callable(alpha) else schedule
    elif isinstance(rate, dict):
        rate = schedules.rebuilt(rate)
    return {
        "alpha": rate,
        "schedule": schedule,
        "optimizer": chosen,
        "activation": _activation(path, told["activation"], activation),
    }


def _check_optimizer(path: Any, saved: Mapping[str, Any], given: Any) -> None:
    found, kept = optimizers.known(given)[0], optimizers.rebuilt(saved)
    description: Mapping[str, Any] = found.description or {"name": ""}
    # A name, or the function itself, says nothing of the settings.
    by_name = isinstance(given, str) or callable(given)
    names = [optimizers.kind_name(each) for each in (description, saved)]
    if description == saved or (by_name and names[0] == names[1]):
        return
    other = f"not {found!r}" if found.description else "not one of your own"
    raise ValueError(f"{path}: the run has the optimizer {kept!r}, {other}; leave optimizer out")


def _activation(path: Any, saved: str | None, given: Any) -> Activation:
    if saved is None:
        if given is None:
            raise _forgotten(path, "an activation", "activation=")
        return activations.checked(given)
    if given is not None and activations.checked(given).name != saved:
        raise ValueError(f"{path}: the run has the activation {saved!r}; leave activation out")
    if saved not in activations.KNOWN:
        raise ValueError(
            f"{path}: the run has the activation {saved!r}, which is not known here: import what "
            "gives it to nnfs.activations.register"
        )
    return activations.checked(saved)


def check_given(path: Any, saved: str | None, validation: object) -> None:
    """Check that a validation part is given if, and only if, the run has one."""
    if saved is None and validation is not None:
        raise ValueError(f"{path}: the run has no validation part; leave validation out")
    if saved is not None and validation is None:
        raise _forgotten(path, "a validation part", "validation=(X, y)")


def check_same(path: Any, what: str, saved: str | None, found: str | None) -> None:
    """Check that data have the fingerprint of those of the run."""
    if saved != found:
        raise ValueError(
            f"{path}: the {what} is not that of the run: give the same examples and labels, in the "
            "same order"
        )


def _forgotten(path: Any, what: str, argument: str) -> ValueError:
    return ValueError(
        f"{path}: the run has {what} of its own, which is not saved: pass it again as {argument}"
    )
