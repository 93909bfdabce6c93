"""Functions and their derivatives, against numbers worked by hand and against properties."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

import nnfs
from nnfs import functions

logits = arrays(
    np.float64,
    array_shapes(min_dims=2, max_dims=3, min_side=1, max_side=6),
    elements=st.floats(-700, 700),
)


def test_softmax_of_the_book_example():
    Z = np.array([[1.3], [5.1], [2.2]])
    np.testing.assert_allclose(nnfs.softmax(Z).ravel(), [0.0208, 0.9282, 0.0511], atol=5e-5)


def test_softmax_by_hand():
    Z = np.log([[1.0, 3.0], [2.0, 1.0], [5.0, 4.0]])
    expected = [[1 / 8, 3 / 8], [2 / 8, 1 / 8], [5 / 8, 4 / 8]]
    np.testing.assert_allclose(nnfs.softmax(Z), expected, rtol=1e-13)


@given(logits)
def test_softmax_columns_are_probabilities(Z):
    A = nnfs.softmax(Z)
    assert (A >= 0).all()
    np.testing.assert_allclose(A.sum(axis=-2), 1, rtol=1e-13)


@given(logits, st.floats(-1e3, 1e3))
def test_softmax_does_not_see_a_shift(Z, shift):
    np.testing.assert_allclose(nnfs.softmax(Z + shift), nnfs.softmax(Z), atol=1e-12)


@given(logits)
def test_log_softmax_is_the_logarithm_of_softmax(Z):
    A = nnfs.softmax(Z)
    safe = A > 1e-290
    np.testing.assert_allclose(nnfs.log_softmax(Z)[safe], np.log(A[safe]), rtol=1e-9, atol=1e-13)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("size", [1e4, 1e30])
def test_large_logits_overflow_nowhere(dtype, size):
    Z = np.array([[size, -size], [-size, 0.0]], dtype)
    np.testing.assert_array_equal(nnfs.softmax(Z), np.array([[1, 0], [0, 1]], dtype))
    np.testing.assert_allclose(nnfs.log_softmax(Z), [[0, -size], [-2 * size, 0]], rtol=1e-6)
    assert np.isfinite(nnfs.cross_entropy(Z, np.eye(2, dtype=dtype)[::-1]))


def test_cross_entropy_of_equal_logits_is_that_of_chance():
    Y = nnfs.one_hot([3, 0, 9, 9])
    assert nnfs.cross_entropy(np.full((10, 4), 2.5), Y) == pytest.approx(math.log(10), rel=1e-13)


def test_cross_entropy_by_hand():
    Z = np.log([[1.0, 3.0], [2.0, 1.0], [5.0, 4.0]])
    expected = -(math.log(5 / 8) + math.log(3 / 8)) / 2
    assert nnfs.cross_entropy(Z, nnfs.one_hot([2, 0], 3)) == pytest.approx(expected, rel=1e-13)


def test_cross_entropy_is_finite_where_the_probability_underflows():
    Z = np.array([[0.0], [1000.0]])
    assert nnfs.softmax(Z)[0, 0] == 0
    assert nnfs.cross_entropy(Z, nnfs.one_hot([0], 2)) == 1000


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_class_that_is_ruled_out_does_not_matter_to_the_loss(dtype):
    Z = np.array([[1, 2, 0], [-np.inf, 0, -np.inf], [3, -1, 0]], dtype)
    Y = np.eye(3, dtype=dtype)[:, [0, 1, 2]]
    without = functions.cross_entropy(Z[[0, 2]][:, [0, 2]], np.eye(2, dtype=dtype))
    assert functions.cross_entropy(Z[:, [0, 2]], Y[:, [0, 2]]) == pytest.approx(without)
    assert functions.cross_entropy(Z[:, [0, 2]], Y[:, [0, 1]]) == np.inf
    assert functions.cross_entropy(Z, Y).dtype == dtype


@pytest.mark.parametrize("column", [[np.inf, 0], [-np.inf, -np.inf], [np.nan, 0]])
def test_a_column_without_probabilities_is_nan_with_a_warning_and_spares_the_others(column):
    Z = np.array([column, [1.0, 0.0]]).T
    with np.errstate(invalid="ignore"):
        assert np.isnan(functions.softmax(Z)[:, 0]).all()
    if not np.isnan(column).any():
        with pytest.warns(RuntimeWarning, match="invalid value"):
            functions.softmax(Z)
    with np.errstate(invalid="ignore"):
        np.testing.assert_array_equal(functions.softmax(Z)[:, 1:], functions.softmax(Z[:, 1:]))


def test_cross_entropy_of_a_stack_is_that_of_each_matrix():
    rng = np.random.default_rng(0)
    Z, Y = rng.normal(size=(6, 3, 4)), np.stack([nnfs.one_hot(rng.integers(3, size=4), 3)] * 6)
    expected = [nnfs.cross_entropy(one, Y[0]) for one in Z]
    np.testing.assert_allclose(nnfs.cross_entropy(Z, Y), expected, rtol=1e-13)


def test_cross_entropy_refuses_labels_of_another_shape():
    with pytest.raises(ValueError, match=r"\(10, 4\).*\(4,\)"):
        nnfs.cross_entropy(np.zeros((10, 4)), np.zeros(4))


@pytest.mark.parametrize("function", [nnfs.softmax, nnfs.log_softmax])
def test_a_vector_of_logits_is_refused_with_advice(function):
    with pytest.raises(ValueError, match=r"\(3,\).*np\.newaxis"):
        function([1.0, 2.0, 3.0])


def test_the_gradient_of_cross_entropy_is_its_derivative():
    rng = np.random.default_rng(3)
    Z, Y = rng.normal(size=(3, 4)), nnfs.one_hot([1, 0, 2, 2], 3)
    dZ = functions.cross_entropy_gradient(nnfs.softmax(Z), Y)
    for k, i in np.ndindex(3, 4):
        moved = Z.astype(complex)
        moved[k, i] += 1e-30j
        slope = nnfs.cross_entropy(moved, Y).imag / 1e-30
        assert dZ[k, i] / 4 == pytest.approx(slope, rel=1e-12, abs=1e-14)
    np.testing.assert_allclose(dZ.sum(axis=0), 0, atol=1e-13)


def test_relu_and_its_mask():
    Z = np.array([[-1.5, 0.0, 2.0], [1e-300, -0.0, -1e-300]])
    np.testing.assert_array_equal(nnfs.relu(Z), [[0, 0, 2], [1e-300, 0, 0]])
    np.testing.assert_array_equal(nnfs.relu_mask(Z), [[False, False, True], [True, False, False]])
    np.testing.assert_array_equal(nnfs.relu_mask(nnfs.relu(Z)), nnfs.relu_mask(Z))
    assert nnfs.relu_mask(Z).dtype == bool


@given(arrays(np.float64, 5, elements=st.floats(-1e30, 1e30)))
def test_relu_is_the_larger_of_z_and_zero(Z):
    np.testing.assert_array_equal(nnfs.relu(Z), [max(z, 0.0) for z in Z])
    np.testing.assert_array_equal(nnfs.relu_mask(Z), [z > 0 for z in Z])


def test_relu_passes_nan_on():
    assert np.isnan(nnfs.relu(np.array([np.nan]))).all()


def test_affine_and_its_gradients_by_hand():
    W, b = np.array([[1.0, 2.0], [0.0, -1.0], [3.0, 1.0]]), np.array([[1.0], [0.0], [-1.0]])
    X = np.array([[1.0, 0.0], [2.0, 4.0]])
    np.testing.assert_array_equal(functions.affine(W, b, X), [[6, 9], [-2, -4], [4, 3]])
    dZ = np.array([[1.0, 1.0], [0.0, 2.0], [4.0, 0.0]])
    dW, db = functions.affine_gradients(dZ, X)
    np.testing.assert_array_equal(dW, [[0.5, 3.0], [0.0, 4.0], [2.0, 4.0]])
    np.testing.assert_array_equal(db, [[1.0], [1.0], [2.0]])
    np.testing.assert_array_equal(functions.affine_adjoint(W, dZ), [[13, 1], [6, 0]])


def test_the_adjoint_is_an_adjoint(X):
    rng = np.random.default_rng(4)
    W, dZ = rng.normal(size=(5, 7)), rng.normal(size=(5, 4))
    left = ((W @ X) * dZ).sum()
    assert left == pytest.approx((X * functions.affine_adjoint(W, dZ)).sum(), rel=1e-12)


@given(st.lists(st.integers(0, 6), min_size=1, max_size=20))
def test_one_hot_has_its_one_at_the_label(labels):
    Y = nnfs.one_hot(labels, 7)
    assert Y.shape == (7, len(labels))
    assert Y.dtype == np.float32
    np.testing.assert_array_equal(Y.argmax(axis=0), labels)
    np.testing.assert_array_equal(Y.sum(axis=0), 1)


def test_one_hot_keeps_its_width_when_the_last_class_is_missing():
    assert nnfs.one_hot([0, 1]).shape == (10, 2)
    assert nnfs.one_hot([]).shape == (10, 0)


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        ([0, 10], "label 10 at 1; expected 0..9"),
        ([0, -1, 3], "label -1 at 1; expected 0..9"),
        ([0.0, 1.0], "float64; expected integers"),
        (["3"], "expected integers"),
        ([[1, 2]], r"shape \(1, 2\)"),
        ([True, False], "bool; expected integers"),
    ],
)
def test_one_hot_refuses_what_is_no_label(labels, message):
    with pytest.raises(ValueError, match=message):
        nnfs.one_hot(labels)


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.complex128])
def test_functions_keep_the_dtype(dtype):
    Z, Y = np.ones((3, 4), dtype), nnfs.one_hot([0, 1, 2, 0], 3)
    for result in (nnfs.softmax(Z), nnfs.log_softmax(Z), nnfs.relu(Z), nnfs.cross_entropy(Z, Y)):
        assert result.dtype == dtype


def test_lists_of_numbers_are_arrays_too():
    assert nnfs.relu([-1, 2]).tolist() == [0, 2]
    assert nnfs.relu(-3.0) == 0
    np.testing.assert_allclose(nnfs.softmax([[0], [0]]), 0.5)


def test_cross_entropy_takes_lists():
    Z2, Y = [[1.0, 0.5], [2.0, -1.0]], [[0, 1], [1, 0]]
    assert functions.cross_entropy(Z2, Y) == functions.cross_entropy(np.array(Z2), np.array(Y))


@pytest.mark.parametrize("kind", ["u1", "i1", "i2", "u8", "?"])
def test_whole_numbers_as_logits_are_numbers_like_others(kind):
    Z = np.array([[127, 3, 0], [0, 5, 1], [1, 2, 255]]).astype(kind)
    Y = np.eye(3)
    for name in ("softmax", "log_softmax"):
        function = getattr(nnfs, name)
        np.testing.assert_array_equal(function(Z), function(Z.astype(float)))
    assert nnfs.cross_entropy(Z, Y) == nnfs.cross_entropy(Z.astype(float), Y)


@pytest.mark.parametrize("name", ["softmax", "log_softmax"])
@pytest.mark.parametrize("Z", [np.empty((0, 4)), np.array([["1"]]), np.array([[1, 2]], object)])
def test_logits_without_a_class_or_a_number_are_told(name, Z):
    with pytest.raises(ValueError, match=r"^logits have shape .* and dtype .*; expected numbers"):
        getattr(nnfs, name)(Z)


def test_the_mean_of_no_examples_is_refused():
    with pytest.raises(ValueError, match=r"\(3, 0\); expected one example at least"):
        nnfs.cross_entropy(np.empty((3, 0)), np.empty((3, 0)))
