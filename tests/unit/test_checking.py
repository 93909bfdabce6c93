"""The gradient check: it passes what is right, and finds what is wrong, where it is."""

import importlib
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import nnfs
from nnfs import layers, network
from nnfs.checking import GradientCheck
from nnfs.functions import affine, affine_gradients, cross_entropy, one_hot, softmax

BLOCKS = ("W1", "b1", "W2", "b2")


@pytest.mark.parametrize("seed", range(60))
def test_backward_agrees_with_differences_and_with_the_complex_step(seed):
    rng = np.random.default_rng(seed)
    params = nnfs.init_params(7, 5, 3, dtype=np.float64, seed=seed)
    report = nnfs.check_gradients(params, rng.normal(size=(7, 4)), rng.integers(3, size=4))
    assert report.differences.error <= 1e-8
    assert report.complex_step.error <= 1e-12
    assert report.checked == 58
    assert not report.kinks
    assert report.passed()


def planted(block: str, index: tuple[int, int], factor: float):
    def gradient(params, X, y):
        loss, correct, gradients = network.gradient(params, X, y)
        wrong = getattr(gradients, block).copy()
        wrong[index] += factor * np.abs(wrong).max()
        return loss, correct, gradients._replace(**{block: wrong})

    return gradient


@pytest.mark.parametrize("factor", [1e-3, -1e-3])
@pytest.mark.parametrize("block", BLOCKS)
def test_a_planted_error_is_found_with_its_place_and_size(params, X, y, block, factor):
    index = (1, 0)
    report = nnfs.check_gradients(params, X, y, gradient=planted(block, index, factor))
    assert not report.passed()
    for worst in (report.differences, report.complex_step, report.worst):
        assert (worst.block, worst.entry) == (block, index)
        assert worst.error == pytest.approx(1e-3, rel=2e-3)
    assert f"{block}[1, 0]" in str(report)


def test_an_error_that_only_the_complex_step_sees_does_not_pass(params, X, y):
    report = nnfs.check_gradients(params, X, y, gradient=planted("W2", (1, 0), 1e-10))
    assert report.differences.error < 1e-8
    assert report.complex_step.error == pytest.approx(1e-10, rel=0.01)
    assert not report.passed()


def test_the_worst_error_is_the_larger_of_the_two(params, X, y):
    report = nnfs.check_gradients(params, X, y)
    assert report.complex_step.error < report.differences.error
    assert report.worst == report.differences


def wrong(change):
    def gradient(params, X, y):
        loss, correct, gradients = network.gradient(params, X, y)
        return loss, correct, change(gradients, params, X, y)

    return gradient


MUTANTS = {
    "one bias gradient for all units": lambda g, p, X, y: g._replace(
        b1=np.full_like(g.b1, g.b1.sum())
    ),
    "1/m left out": lambda g, p, X, y: nnfs.Parameters(*(X.shape[1] * dP for dP in g)),
    "1/m twice": lambda g, p, X, y: nnfs.Parameters(*(dP / X.shape[1] for dP in g)),
    "a flipped sign": lambda g, p, X, y: g._replace(W2=-g.W2),
}


@pytest.mark.parametrize("name", MUTANTS)
def test_wrong_gradients_fail(params, X, y, name):
    assert not nnfs.check_gradients(params, X, y, gradient=wrong(MUTANTS[name])).passed()


def test_a_unit_exactly_at_its_bend_is_reported_apart(X, y):
    params = nnfs.init_params(7, 5, 3, dtype=np.float64, seed=1)
    W1, b1 = params.W1.copy(), params.b1.copy()
    W1[2], b1[2] = 0, 0
    report = nnfs.check_gradients(params._replace(W1=W1, b1=b1), X, y)
    places = {("b1", (2, 0)), *(("W1", (2, n)) for n in range(7))}
    assert set(report.kinks) == places
    assert report.passed()
    assert "8 at a kink" in str(report)


def test_a_bend_within_the_step_is_reported_apart(X, y):
    params = nnfs.init_params(7, 5, 3, dtype=np.float64, seed=1)
    b1 = params.b1.copy()
    b1[3] -= (params.W1 @ X + params.b1)[3, 0] - 1e-6
    report = nnfs.check_gradients(params._replace(b1=b1), X, y)
    assert ("b1", (3, 0)) in report.kinks
    assert report.complex_step.error <= 1e-12


def test_a_bend_of_one_example_among_many_is_reported_apart():
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(7, 400)), rng.integers(3, size=400)
    params = nnfs.init_params(7, 5, 3, dtype=np.float64, seed=1)
    b1 = params.b1.copy()
    b1[3] -= (params.W1 @ X + params.b1)[3, 0] - 1e-6
    report = nnfs.check_gradients(params._replace(b1=b1), X, y)
    assert ("b1", (3, 0)) in report.kinks
    assert {(block, entry[0]) for block, entry in report.kinks} <= {("b1", 3), ("W1", 3)}
    assert report.passed()


def test_a_block_of_which_nothing_is_known_does_not_pass(X, y):
    params = nnfs.init_params(7, 5, 3, dtype=np.float64, seed=1)
    params = params._replace(W1=0 * params.W1, b1=0 * params.b1)
    report = nnfs.check_gradients(params, X, y)
    assert report.unchecked == ("W1", "b1")
    assert not report.passed()
    assert "nothing known of W1, b1" in str(report)


def test_dead_units_leave_a_zero_block_that_passes(X, y):
    params = nnfs.init_params(7, 5, 3, dtype=np.float64, seed=1)
    report = nnfs.check_gradients(params._replace(b1=params.b1 - 100), X, y)
    assert report.passed()


def test_a_sample_is_seeded_and_of_the_size_asked_for(params, X, y):
    seen = []

    def gradient(params, X, y):
        loss, correct, gradients = network.gradient(params, X, y)
        seen.append(np.concatenate([np.ravel(P) for P in params]))
        return loss, correct, gradients

    first = nnfs.check_gradients(params, X, y, gradient=gradient, sample=4, seed=1)
    moves, seen = seen[2:], []
    again = nnfs.check_gradients(params, X, y, gradient=gradient, sample=4, seed=1)
    assert first == again
    assert first.checked == 4 + 4 + 4 + 3
    np.testing.assert_array_equal(moves, seen[2:])
    start = np.concatenate([P.ravel() for P in params])
    moved = {int(np.flatnonzero(move != start)[0]) for move in moves}
    assert len(moved) == first.checked
    seen = []
    nnfs.check_gradients(params, X, y, gradient=gradient, sample=4, seed=2)
    assert {int(np.flatnonzero(move != start)[0]) for move in seen[2:]} != moved


def test_float32_gradients_are_judged_against_double_precision(params, X, y):
    single = nnfs.Parameters(*(P.astype(np.float32) for P in params))
    report = nnfs.check_gradients(single, X.astype(np.float32), y)
    assert 1e-9 < report.worst.error < 1e-5
    assert report.passed()
    assert not report.passed(differences=1e-8)
    assert not report.passed(complex_step=1e-12)


def test_a_fault_shows_in_single_precision_too(params, X, y):
    single = nnfs.Parameters(*(P.astype(np.float32) for P in params))

    def off(params, X, y):
        loss, correct, gradients = network.gradient(params, X, y)
        return loss, correct, gradients._replace(W1=np.float32(1.001) * gradients.W1)

    assert not nnfs.check_gradients(single, X.astype(np.float32), y, gradient=off).passed()


def test_parameters_may_be_lists(params, X, y):
    report = nnfs.check_gradients([P.tolist() for P in params], X, y, gradient=network.gradient)
    assert report.passed()


def linear(params, X, y):
    W, b = params
    Z, Y = affine(W, b, X), one_hot(y, b.shape[0])
    return cross_entropy(Z, Y), 0, affine_gradients(softmax(Z) - Y, X)


def test_other_networks_are_checked_too(X, y):
    rng = np.random.default_rng(6)
    report = nnfs.check_gradients(
        (rng.normal(size=(3, 7)), np.zeros((3, 1))), X, y, gradient=linear
    )
    assert report.passed()
    assert report.checked == 24


def test_arguments_are_left_as_they_were(params, X, y):
    before = [P.copy() for P in (*params, X, y)]
    nnfs.check_gradients(params, X, y)
    for old, new in zip(before, (*params, X, y), strict=True):
        np.testing.assert_array_equal(old, new)


def test_a_loss_that_drops_the_imaginary_part_is_refused(params, X, y):
    def gradient(params, X, y):
        loss, correct, gradients = network.gradient(params, X, y)
        return float(loss.real), correct, gradients

    with pytest.raises(ValueError, match=r"float, not complex: remove float\(\)"):
        nnfs.check_gradients(params, X, y, gradient=gradient)


def test_gradients_of_another_shape_are_refused(params, X, y):
    change = wrong(lambda g, p, X, y: g._replace(W2=g.W2.T))
    with pytest.raises(ValueError, match=r"\(5, 3\).*expected those of params"):
        nnfs.check_gradients(params, X, y, gradient=change)


def test_a_loss_that_is_not_finite_is_refused(params, X, y):
    change = wrong(lambda g, p, X, y: g._replace(b2=g.b2 * np.nan))
    with pytest.raises(ValueError, match="not finite"):
        nnfs.check_gradients(params, X, y, gradient=change)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"y": [0, 1, 2]}, "3 labels for 4 examples"),
        ({"y": [0, 1, 2, 3]}, "label 3 at 3"),
        ({"X": np.zeros((6, 4))}, r"W1 of shape \(5, 7\)"),
        ({"sample": 0}, "sample must be a whole number of at least 1"),
        ({"seed": 1.5}, "seed must be a whole number"),
    ],
)
def test_bad_arguments_are_refused(params, X, y, change, message):
    with pytest.raises(ValueError, match=message):
        nnfs.check_gradients(params, **{"X": X, "y": y, **change})


def test_integer_parameters_are_refused(params, X, y):
    with pytest.raises(ValueError, match="b1 has dtype int64"):
        nnfs.check_gradients(params._replace(b1=np.zeros((5, 1), int)), X, y)


def test_the_report_is_a_value(params, X, y):
    report = nnfs.check_gradients(params, X, y)
    assert isinstance(report, GradientCheck)
    with pytest.raises(AttributeError):
        report.checked = 0


def times(factor: float, gradient=layers.gradient):
    def changed(params, X, y):
        loss, correct, gradients = gradient(params, X, y)
        return loss, correct, tuple(factor * dP for dP in gradients)

    return changed


@pytest.mark.filterwarnings("ignore::nnfs.ScaleWarning")
@settings(max_examples=15)
@given(
    st.sampled_from([np.float32, np.float64]),
    st.sampled_from([1, 4, 30]),
    st.sampled_from([0.01, 1, 255]),
    st.sampled_from([[], 5, [5, 4]]),
    st.sampled_from([0, 40]),
    st.integers(0, 10**6),
)
def test_what_is_right_passes_and_what_is_wrong_by_a_hundredth_does_not(
    dtype, m, scale, hidden, iterations, seed
):
    rng = np.random.default_rng(seed)
    X, y = (scale * rng.random((7, m))).astype(dtype), rng.integers(3, size=m)
    params = nnfs.init_params(7, hidden, 3, seed=seed, dtype=dtype)
    rate = 0.5 / max(1, scale) ** 2
    params = nnfs.train(X, y, params=params, iterations=iterations, alpha=rate).params
    assert nnfs.check_gradients(params, X, y, gradient=layers.gradient).passed()
    gradients = layers.gradient(params, X, y)[2]
    if max(np.abs(dP).max() for dP in gradients) > 1e-3:
        for factor in (1.01, 0.99):
            assert not nnfs.check_gradients(params, X, y, gradient=times(factor)).passed()


def test_the_defaults_of_a_user_pass():
    digits = nnfs.load_mnist()
    params = nnfs.init_params()
    X, y = digits.x_train[:, :20], digits.y_train[:20]
    assert nnfs.check_gradients(params, X, y, sample=3).passed()
    assert not nnfs.check_gradients(params, X, y, sample=3, gradient=times(1.01)).passed()


def test_a_network_that_is_right_about_everything_passes_too():
    """What is left of the gradient is then mostly rounding, which is no fault of the formula."""
    for dtype in (np.float32, np.float64):
        X, y = np.eye(3, dtype=dtype), [0, 1, 2]
        params = nnfs.Parameters(
            *(np.asarray(P, dtype) for P in (4 * np.eye(3), np.full((3, 1), 0.1)) * 2)
        )
        assert network.gradient(params, X, y)[0] < 1e-6
        assert nnfs.check_gradients(params, X, y).passed()
        assert not nnfs.check_gradients(params, X, y, gradient=times(1.01)).passed()


def test_an_error_that_single_precision_could_hide_is_found_in_double(params, X, y):
    single = nnfs.Parameters(*(P.astype(np.float32) for P in params))
    change = planted("W1", (1, 0), 1e-6)
    report = nnfs.check_gradients(single, X.astype(np.float32), y, gradient=change)
    assert report.worst.error < 1e-5
    assert not report.passed()
    assert "in double precision" in str(report)


def test_half_precision_is_refused(params, X, y):
    with pytest.raises(ValueError, match="b1 has dtype float16; expected float32 or float64"):
        nnfs.check_gradients(params._replace(b1=params.b1.astype(np.float16)), X, y)


def instead(loss=0.5, correct=1, gradients=lambda params: params):
    return lambda params, X, y: (loss, correct, gradients(params))


RETURNED = [
    (lambda *_: None, r"gradient returned None; expected three, \(loss, correct, gradients"),
    (lambda *_: (0.5, 1), "gradient returned 2 values in a tuple; expected three"),
    (instead(loss=np.ones(4)), r"an array of shape \(4,\) .* as loss; expected one number"),
    (instead(loss="1.5"), "returned '1.5' as loss; expected one number, the mean"),
    (instead(correct=0.25), "0.25 as correct; expected how many.*, not their share"),
    (instead(correct=9), "9 as correct; expected how many of the . examples"),
    (instead(correct=None), "None as correct; expected how many"),
    (instead(gradients=lambda p: None), "None as gradients; expected a tuple or list, one array"),
    (instead(gradients=lambda p: p[:3]), "returned 3 gradients; expected 4, .* W1, b1, W2, b2"),
    (instead(gradients=lambda p: [P.T for P in p]), r"dW1 of shape \(7, 5\).*those of params"),
    (instead(gradients=lambda p: [P.astype(object) for P in p]), "dW1 as an array.*numbers"),
]


@pytest.mark.parametrize(("gradient", "message"), RETURNED)
def test_what_a_gradient_function_returns_is_checked(params, X, y, gradient, message):
    with pytest.raises(ValueError, match=message):
        nnfs.check_gradients(params, X, y, gradient=gradient)
    for more in ({}, {"batch_size": 3}):
        with pytest.raises(ValueError, match=message):
            nnfs.train(X, y, params=params, iterations=2, gradient=gradient, **more)


def test_the_old_name_of_the_module_warns():
    sys.modules.pop("nnfs.gradients", None)
    with pytest.warns(DeprecationWarning, match="now called nnfs.checking") as seen:
        old = importlib.import_module("nnfs.gradients")
    assert len(seen) == 1
    assert old.check_gradients is nnfs.check_gradients
    sys.modules.pop("nnfs.gradients")
    vars(nnfs).pop("gradients", None)
    with pytest.warns(DeprecationWarning, match="goes in version 1.0"):
        assert nnfs.gradients.Gradient
