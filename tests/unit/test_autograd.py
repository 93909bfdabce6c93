"""The tape agrees with the derivations to round-off, and with differences where there are none."""

import ast
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import nnfs
from nnfs import autograd, layers
from nnfs.autograd import Node, differentiate


@given(st.lists(st.integers(1, 6), max_size=3), st.integers(1, 5), st.integers(0, 2**32 - 1))
def test_the_tape_agrees_with_the_manual_gradients_at_every_depth(hidden, m, seed):
    rng = np.random.default_rng(seed)
    params = nnfs.init_params(7, hidden, 3, dtype=np.float64, seed=seed)
    X, y = rng.normal(size=(7, m)), rng.integers(3, size=m)
    loss, correct, gradients = autograd.gradient(params, X, y)
    expected = layers.gradient(params, X, y)
    assert loss == pytest.approx(expected[0], rel=1e-13)
    assert correct == expected[1]
    scale = max(np.abs(dP).max() for dP in expected[2])
    for dP, dQ in zip(gradients, expected[2], strict=True):
        assert dP.shape == dQ.shape
        np.testing.assert_allclose(dP, dQ, rtol=0, atol=1e-14 * max(scale, 1))


def test_it_passes_the_gradient_check_itself(params, X, y):
    assert nnfs.check_gradients(params, X, y, gradient=autograd.gradient).passed()


def test_large_logits_do_not_overflow(params, X, y):
    loud = [1000 * P for P in params]
    loss, correct, gradients = autograd.gradient(loud, X, y)
    expected = layers.gradient(loud, X, y)
    assert loss == pytest.approx(expected[0], rel=1e-13)
    assert correct == expected[1]
    for dP, dQ in zip(gradients, expected[2], strict=True):
        np.testing.assert_allclose(dP, dQ, rtol=1e-12, atol=1e-12 * np.abs(dQ).max())


def test_relu_has_slope_0_at_0():
    z = Node([[-1.0, 0.0, 2.0]])
    assert differentiate(z.relu().sum())[z].tolist() == [[0.0, 0.0, 1.0]]


def test_it_trains(X, y):
    ours = nnfs.train(X, y, n_classes=3, iterations=30, gradient=autograd.gradient)
    expected = nnfs.train(X, y, n_classes=3, iterations=30)
    for P, Q in zip(ours.params, expected.params, strict=True):
        np.testing.assert_allclose(P, Q, rtol=1e-9)


rng = np.random.default_rng(3)
A, B, COLUMN, C = (rng.normal(size=shape) for shape in ((3, 4), (3, 4), (3, 1), (4, 2)))
EXPRESSIONS = {
    "plain array minus": lambda a: (B - a).exp().sum(),
    "number minus": lambda a: (2 - a).exp().sum(),
    "minus plain array": lambda a: (a - B).exp().sum(),
    "quotient": lambda a: (a / (COLUMN * COLUMN + 1)).sum(),
    "quotient of two nodes": lambda a: (a / (a.exp() + 1)).sum(),
    "number over": lambda a: (2 / (a.exp() + 1)).sum(),
    "plain array over a column": lambda a: (B / (a.sum(axis=1).exp() + 1)).sum(),
    "over a plain array": lambda a: (a / (B * B + 1)).sum(),
    "square": lambda a: (a**2).sum(),
    "power": lambda a: ((a.exp() + 1) ** -1.5).sum(),
    "powers of each column": lambda a: (a ** np.arange(4)).sum(),
    "chain of uses": lambda a: ((a + a * a) * a - a / 3).sum(),
    "sum of two": lambda a: (a + B).sum(),
    "column added": lambda a: ((a + COLUMN) * (a + COLUMN)).sum(),
    "number added from the left": lambda a: ((2.0 + a) * a).sum(),
    "difference": lambda a: ((a - B) * (a - B)).sum(),
    "array minus": lambda a: ((-a + B) * B).sum(),
    "product": lambda a: (a * B * a).sum(),
    "number times": lambda a: (3.0 * a * a).sum(),
    "matrix product": lambda a: ((a @ C) * (a @ C)).sum(),
    "matrix product from the left": lambda a: ((B.T @ a) * (B.T @ a)).sum(),
    "exponential": lambda a: a.exp().sum(),
    "logarithm": lambda a: (a * a + 1.0).log().sum(),
    "relu": lambda a: (a.relu() * B).sum(),
    "sum along an axis": lambda a: (a.sum(axis=0) * a).sum(),
    "sum along the other": lambda a: (a.sum(axis=1) * a).exp().sum(),
    "used thrice": lambda a: (a * a.exp() + a).sum(),
}


@pytest.mark.parametrize("name", EXPRESSIONS)
def test_every_operation_agrees_with_the_complex_step(name):
    expression, a = EXPRESSIONS[name], Node(A)
    found = differentiate(expression(a))[a]
    assert found.shape == A.shape
    for place in np.ndindex(A.shape):
        moved = A.astype(complex)
        moved[place] += 1e-30j
        slope = expression(Node(moved)).value.imag / 1e-30
        assert found[place] == pytest.approx(slope, rel=1e-12, abs=1e-14)


@pytest.mark.parametrize("shape", [(), (1,), (4,), (1, 1), (1, 4), (3, 1), (3, 4)])
def test_what_was_broadcast_is_summed(shape):
    small = Node(np.ones(shape))
    gradient = differentiate((Node(A) * small).sum())[small]
    assert gradient.shape == shape
    expected = A.sum(axis=tuple(range(2 - len(shape))))
    axes = tuple(axis for axis, length in enumerate(shape) if length == 1)
    np.testing.assert_allclose(gradient, expected.sum(axis=axes, keepdims=True), rtol=1e-13)


def test_a_long_chain_needs_no_recursion():
    total = node = Node(1.0)
    for _ in range(3000):
        total = total + node * 0.5
    assert differentiate(total)[node] == 1501


def test_only_what_the_loss_was_made_from_has_a_gradient():
    a, b = Node(A), Node(B)
    loss, unused = (a * a).sum(), (a * b).sum()
    gradients = differentiate(loss)
    assert b not in gradients
    assert unused not in gradients
    np.testing.assert_array_equal(gradients[a], 2 * A)


def test_operands_and_gradients_are_left_as_they_were():
    a = Node(A.copy())
    loss = (a * a).sum()
    first, second = differentiate(loss)[a], differentiate(loss)[a]
    np.testing.assert_array_equal(first, second)
    np.testing.assert_array_equal(a.value, A)


def test_a_loss_of_many_numbers_is_refused():
    with pytest.raises(ValueError, match=r"shape \(3, 4\); expected one number"):
        differentiate(Node(A) * 2.0)


def test_it_owes_the_package_nothing():
    source = Path(autograd.__file__).read_text("utf8")
    modules = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.ImportFrom)]
    assert not any("nnfs" in str(node.module) for node in modules)


def test_a_long_and_a_wide_graph_take_no_time_that_grows_faster_than_they_do():
    """No recursion, and no search through all that waits: each node is entered once."""
    w = Node([[0.5]])
    total = w
    for _ in range(30_000):
        total = total + w
    assert differentiate(total.sum())[w] == 30_001


def test_the_order_of_making_does_not_matter():
    late, early = Node([[3.0]]), Node([[2.0]])
    product = late * early
    product.origins = product.origins[::-1]
    gradients = differentiate((product + early).sum())
    assert gradients[early] == 4
    assert gradients[late] == 2


def test_whole_numbers_have_powers_too():
    a = Node([[1, 2, 4]])
    assert (1 / a).value.tolist() == [[1.0, 0.5, 0.25]]
    assert differentiate((1 / a).sum())[a].tolist() == [[-1.0, -0.25, -0.0625]]


def test_a_power_that_is_a_node_is_refused():
    with pytest.raises(TypeError, match="must be a number, not a node"):
        Node([[2.0]]) ** Node([[2.0]])
