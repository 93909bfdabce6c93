"""Functions of callers that do not take what they will be given, or return what is none."""

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import pytest

import nnfs
from nnfs import batches, early_stopping, engine, training
from nnfs.activations import Activation, register
from nnfs.optimizers import Optimizer
from nnfs.training import Run

RNG = np.random.default_rng(0)
X, Y = RNG.random((7, 4)), np.array([0, 2, 1, 2])
PARAMS = nnfs.init_params(7, 5, 3, dtype=np.float64)
train = partial(nnfs.train, X, Y, hidden=5, iterations=3)


def nothing() -> None: ...


def one_too_many(a: Any, b: Any, c: Any, d: Any, e: Any) -> None: ...


def by_name(*, step: int) -> float:
    return 0.1


def full_batch(gradient: Any) -> None:
    with engine.full_batch(gradient, X, Y) as objective:
        objective(PARAMS)


def optimised(init: Any, update: Any) -> None:
    train(optimizer=Optimizer(init, update))


CALLS: dict[str, tuple[Callable[[Any], Any], str]] = {
    "alpha": (lambda f: train(alpha=f), "alpha must be a function of step"),
    "callback": (lambda f: train(callback=f), "callback must be a function of step"),
    "gradient": (lambda f: train(gradient=f), "gradient must be a function of params, X, y"),
    "with dropout": (
        lambda f: train(gradient=f, dropout=0.5),
        "gradient must be a function of params, X, y, masks",
    ),
    "init": (
        lambda f: optimised(f, lambda params, gradients, state, alpha: (params, state)),
        "the optimizer's init must be a function of params",
    ),
    "update": (
        lambda f: optimised(lambda params: (), f),
        "the optimizer's update must be a function of params, gradients, state, alpha",
    ),
    "a plain pair": (
        lambda f: train(optimizer=(lambda params: (), f)),
        "the optimizer's update must be a function of params, gradients, state, alpha",
    ),
    "value": (
        lambda f: train(activation=Activation("mine", f, np.ones_like)),
        "the value of activation 'mine' must be a function of Z",
    ),
    "slope": (
        lambda f: register(Activation("mine", np.tanh, f)),
        "the slope of activation 'mine' must be a function of Z",
    ),
    "objective": (
        lambda f: list(training.steps(PARAMS, f, iterations=2, alpha=0.1)),
        "objective must be a function of params",
    ),
    "rate of steps": (
        lambda f: list(training.steps(PARAMS, lambda p: (1, 1, p), iterations=2, alpha=f)),
        "alpha must be a function of step",
    ),
    "checked": (
        lambda f: nnfs.check_gradients(PARAMS, X, Y, gradient=f),
        "gradient must be a function of params, X, y",
    ),
    "batches": (
        lambda f: batches.mini_batches(f, X, Y, batch_size=3),
        "gradient must be a function of params, X, y",
    ),
    "all examples": (full_batch, "gradient must be a function of params, X, y"),
    "score": (
        lambda f: early_stopping.stop_early([], f, every=1, patience=1),
        "score must be a function of params",
    ),
    "of a run": (lambda f: Run(X, Y).finish(callback=f), "callback must be a function of step"),
}


class Anything:
    def __init__(self, *given: Any) -> None: ...


@pytest.mark.parametrize("name", [name for name in CALLS if name != "init"])
def test_a_class_is_not_what_is_made_of_it(name):
    call, told = CALLS[name]
    for wrong in (int, np.float32, Anything):
        with pytest.raises(ValueError, match=f"^{told}.*; got <class '.*'>, a class, and not an"):
            call(wrong)


def test_the_state_of_an_optimizer_may_be_made_by_a_class():
    moved = Optimizer(list, lambda params, gradients, state, alpha: (params, state))
    assert train(optimizer=moved).history.loss.size == 3


@pytest.mark.parametrize("wrong", [nothing, one_too_many, by_name, partial(nothing)])
@pytest.mark.parametrize("name", CALLS)
def test_a_function_of_another_signature_is_told_by_its_argument(name, wrong):
    call, told = CALLS[name]
    with pytest.raises(ValueError, match=f"^{told}.*; got ") as error:
        call(wrong)
    assert "\n" not in str(error.value)


def test_functions_with_more_than_they_are_given_serve():
    def gradient(params: Any, X: Any, y: Any, scale: float = 1, *more: Any, **options: Any) -> Any:
        return nnfs.layers.gradient(params, X, y)

    assert nnfs.check_gradients(PARAMS, X, Y, gradient=gradient).passed()
    for callback in (lambda *arguments: None, lambda step, n=[]: n.append(1), [].append):
        assert train(gradient=gradient, alpha=lambda *step: 0.1, callback=callback).history


@pytest.mark.parametrize("part", ["value", "slope"])
@pytest.mark.parametrize(
    ("returns", "told"),
    [
        (lambda Z: None, "returned None"),
        (lambda Z: 1.0, "returned 1.0"),
        (lambda Z: Z.sum(axis=0), r"an array of shape \(3,\)"),
        (lambda Z: Z.T, r"an array of shape \(3, 2\)"),
        (lambda Z: np.full(Z.shape, "a"), "dtype <U1"),
    ],
)
def test_an_activation_is_a_function_of_every_entry(part, returns, told):
    functions = {"value": np.tanh, "slope": np.ones_like, part: returns}
    with pytest.raises(ValueError, match=f"the {part} of activation 'odd' returned .*{told[9:]}"):
        train(activation=Activation("odd", **functions))


def test_an_error_within_a_function_is_its_own():
    def broken(params: Any, X: Any, y: Any) -> Any:
        raise TypeError("mine")

    with pytest.raises(TypeError, match="mine"):
        train(gradient=broken, threads=1)


@pytest.mark.parametrize("batch_size", [None, 3])
@pytest.mark.parametrize(
    ("turned", "told"),
    [
        (lambda loss, correct, dP: (loss + 0j, correct, dP), "0j. as loss; expected a real number"),
        (lambda loss, correct, dP: (loss, correct, [G * 1j for G in dP]), "dW1 as .* real numbers"),
    ],
)
def test_a_real_run_takes_no_complex_numbers(turned, told, batch_size):
    def gradient(params: Any, X: Any, y: Any) -> Any:
        return turned(*nnfs.network.gradient(params, X, y))

    with pytest.raises(ValueError, match=f"^gradient returned .*{told}"):
        train(gradient=gradient, batch_size=batch_size, threads=1)


@pytest.mark.parametrize("iterations", [-1, 2.0, "3", None, True])
def test_steps_are_a_whole_number(iterations):
    steps = training.steps(PARAMS, lambda p: (1.0, 0.0, p), iterations=iterations, alpha=0.1)
    with pytest.raises(ValueError, match=r"^iterations must be a whole number of at least 0"):
        next(steps)


@pytest.mark.parametrize("value", [np.random.SeedSequence(1), np.zeros((9, 9)), [[1, 2]] * 999])
@pytest.mark.parametrize(
    "name", ["seed", "iterations", "alpha", "dropout", "batch_size", "n_classes"]
)
def test_whatever_is_given_the_message_is_one_line(name, value):
    with pytest.raises(ValueError, match=f"^{name} must be ") as error:
        nnfs.train(X, Y, **{name: value})
    assert "\n" not in str(error.value)
    assert len(str(error.value)) < 250
