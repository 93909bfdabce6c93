"""Kinds of number and orders of bytes that NumPy has: taken with the same result, or refused."""

import numpy as np
import pytest

import nnfs
from nnfs import optimizers, training

OTHER = ">" if np.little_endian else "<"


def trained(params, X, y, **options):
    return nnfs.train(X, y, params=params, iterations=3, threads=1, **options)


@pytest.mark.parametrize("width", [4, 8])
@pytest.mark.parametrize("name", optimizers.KINDS)
def test_bytes_in_the_other_order_are_the_same_numbers(params, X, y, width, name):
    native = [P.astype(f"f{width}") for P in params]
    swapped = [P.astype(f"{OTHER}f{width}") for P in params]
    expected = trained(native, X, y, optimizer=name)
    found = trained(swapped, X.astype(f"{OTHER}f8"), y.astype(f"{OTHER}i2"), optimizer=name)
    assert found.params[0].dtype.isnative
    np.testing.assert_array_equal(found.history.loss, expected.history.loss)
    for P, Q in zip(found.params, expected.params, strict=True):
        np.testing.assert_array_equal(P, Q)
    checks = [nnfs.check_gradients(start, X, y) for start in (native, swapped)]
    assert checks[0] == checks[1]


def test_a_run_starts_at_arrays_of_its_own(params, X, y):
    before = [P.copy() for P in params]

    def writes(params, X, y):
        params[0][0, 0] = 9
        return nnfs.network.gradient(params, X, y)

    trained(params, X, y, gradient=writes)
    unmoved = nnfs.train(X, y, params=params, iterations=0).params
    for P, Q, start in zip(params, unmoved, before, strict=True):
        np.testing.assert_array_equal(P, start)
        assert not np.shares_memory(P, Q)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        (lambda P: P.astype(np.float16), "W1 has dtype float16; expected float32 or float64"),
        (lambda P: P.astype(int), "W1 has dtype int64; expected floating-point"),
        (lambda P: P[np.newaxis], r"W1 has shape \(1, 5, 7\); expected a matrix"),
        (lambda P: P[:, 0], r"W1 has shape \(5,\); expected a matrix"),
    ],
)
def test_what_cannot_be_trained_is_refused(params, X, y, changed, message):
    start = [changed(np.asarray(P)).astype(changed(P).dtype) for P in params]
    for attempt in (trained, nnfs.check_gradients):
        with pytest.raises(ValueError, match=f"^{message}"):
            attempt(start, X, y)


def test_what_does_not_fit_into_the_dtype_of_the_parameters_is_told(params, X, y):
    large = X.copy()
    large[2, 1] = 1e300
    single = [P.astype(np.float32) for P in params]
    with pytest.raises(ValueError, match=r"^X\[2, 1\] is 1e\+300, too large for float32"):
        trained(single, large, y, data_range=(0, 1))
    with pytest.raises(ValueError, match=r"^the validation part's X\[2, 1\] is 1e\+300, too large"):
        trained(single, X, y, validation=(large, y))


@pytest.mark.parametrize("name", optimizers.KINDS)
def test_no_optimizer_moves_integers_or_along_complex_numbers(name):
    optimizer = optimizers.known(name)[0]
    whole, real, imaginary = (np.array([[1, 2]]).astype(kind) for kind in "ifD")
    for P, dP, message in (
        (whole, real, "^W1 has dtype int.*; expected floating-point"),
        (real, imaginary, "^the gradient of W1 has dtype complex128; expected real"),
    ):
        with pytest.raises(ValueError, match=message):
            optimizer.update((P,), (dP,), optimizer.init((P,)), 0.1)


def test_steps_do_not_take_integers_for_parameters():
    start = [np.array([[1]])]
    steps = training.steps(start, lambda p: (1.0, 0.0, [np.array([[0.5]])]), iterations=1, alpha=1)
    with pytest.raises(ValueError, match=r"^W1 has dtype int"):
        next(steps)
