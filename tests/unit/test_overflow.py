"""Parameters and inputs that are finite, and too large for a forward pass: said, never silent."""

from functools import partial

import numpy as np
import pytest

import nnfs
from nnfs import layers, training

RNG = np.random.default_rng(0)
X, Y = RNG.random((7, 4)), np.array([0, 2, 1, 2])


def too_large(dtype: type, hidden: tuple[int, ...] = (5,)) -> tuple:
    """Return parameters whose logits overflow, with all entries finite."""
    params = nnfs.init_params(7, hidden, 3, dtype=dtype)
    factor = np.finfo(dtype).max ** 0.9
    large = [P * dtype(factor) for P in params]
    assert all(np.isfinite(P).all() for P in large)
    return nnfs.network.named(large)


CALLS = {
    "predict": nnfs.predict,
    "accuracy": partial(nnfs.accuracy, y=Y),
    "forward": layers.forward,
    "gradient": lambda params, X: layers.gradient(params, X, Y),
    "check": partial(nnfs.check_gradients, y=Y, gradient=layers.gradient),
}


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("hidden", [(5,), (5, 4)])
@pytest.mark.parametrize("name", CALLS)
def test_logits_that_overflow_are_told(name, hidden, dtype):
    told = f"^the logits of example 0 are not finite, they overflow in {dtype.__name__}: entries of"
    with pytest.raises(ValueError, match=told):
        CALLS[name](too_large(dtype, hidden), X.astype(dtype))


@pytest.mark.filterwarnings("error")
def test_the_first_example_whose_logits_overflow_is_named():
    params = nnfs.init_params(7, 5, 3, dtype=np.float64)
    far = X.copy()
    far[:, 2:] *= 1.7e308
    for function in (nnfs.forward, layers.forward, nnfs.predict):
        with pytest.raises(ValueError, match=r"^the logits of example [23] .* as large as 1.*e"):
            function(params, far)


@pytest.mark.filterwarnings("error")
def test_what_is_not_finite_from_the_start_is_told_as_what_it_is():
    params = nnfs.init_params(7, 5, 3, dtype=np.float64)
    with pytest.raises(ValueError, match=r"^W2 of shape .* not finite"):
        nnfs.forward(params._replace(W2=np.full((3, 5), np.inf)), X)
    with pytest.raises(ValueError, match=r"^X has entries that are not finite, and so are"):
        nnfs.forward(params, np.where(X > 0.9, np.nan, X))


@pytest.mark.filterwarnings("error")
def test_nothing_is_said_where_the_caller_looks_at_the_result():
    params = too_large(np.float64)
    with np.errstate(over="ignore", invalid="ignore"):
        assert np.isnan(nnfs.forward(params, X).A2).any()
        assert not np.isfinite(layers.forward(params, X)[1]).all()
        with pytest.raises(ValueError, match=r"overflow in float64"):
            nnfs.predict(params, X)
    with np.errstate(over="raise"), pytest.raises(FloatingPointError):
        nnfs.forward(params, X)


@pytest.mark.parametrize("batch_size", [None, 3])
def test_a_run_of_your_own_gradient_still_tells_where_it_diverged(batch_size):
    def gradient(params, X, y):
        return layers.gradient(params, X, y)

    with pytest.raises(nnfs.DivergenceError, match=r"diverged at iteration [0-9]"):
        nnfs.train(X, Y, alpha=1e300, iterations=5, gradient=gradient, batch_size=batch_size)
    params = nnfs.init_params(7, 5, 3, dtype=np.float64)
    with pytest.raises(nnfs.DivergenceError, match=r"diverged at iteration [0-9]"):
        list(
            training.steps(params, lambda params: gradient(params, X, Y), iterations=5, alpha=1e300)
        )
