"""Every exhibit of the gallery is caught, and each by what the gallery says."""

import numpy as np
import pytest

import nnfs
from kit.cells.wrong_gradients import (
    OTHER_FAULTS,
    WRONG_GRADIENTS,
    batch_maximum,
    flat_biases,
    naive_softmax,
    sum_of_differences,
    with_exponentials,
    wrong_name,
)
from nnfs import network

rng = np.random.default_rng(0)
ODD = nnfs.init_params(7, 5, 3, dtype=np.float64), rng.normal(size=(7, 4)), np.array([0, 2, 1, 2])
SQUARE = nnfs.init_params(7, 3, 3, dtype=np.float64), ODD[1], ODD[2]
every_wrong_one = pytest.mark.parametrize("fault", WRONG_GRADIENTS, ids=lambda f: f.__name__)


def test_there_are_at_least_eight_wrong_gradients_and_three_other_faults():
    assert len(WRONG_GRADIENTS) >= 8
    names = {fault.__name__ for fault in OTHER_FAULTS}
    assert names == {"naive_softmax", "batch_maximum", "sum_of_differences"}


@every_wrong_one
def test_the_gradient_check_catches_it_on_odd_sizes(fault):
    if fault.__name__ == "lost_transpose":
        with pytest.raises(ValueError, match="mismatch"):
            nnfs.check_gradients(*ODD, gradient=fault)
    else:
        report = nnfs.check_gradients(*ODD, gradient=fault)
        assert not report.passed()
        assert report.worst.error > 0.01


@every_wrong_one
def test_the_gradient_check_catches_it_where_w2_is_square(fault):
    report = nnfs.check_gradients(*SQUARE, gradient=fault)
    assert not report.passed()
    assert report.worst.error > 0.01


@every_wrong_one
def test_it_has_the_shapes_of_a_gradient_where_w2_is_square(fault):
    _, _, gradients = fault(*SQUARE)
    assert [dP.shape for dP in gradients] == [P.shape for P in SQUARE[0]]


@every_wrong_one
def test_it_can_be_trained_in_place_of_the_right_one(fault):
    params, history = nnfs.train(*SQUARE[1:], params=SQUARE[0], iterations=3, gradient=fault)
    assert np.isfinite(history.loss).all()
    right, _ = nnfs.train(*SQUARE[1:], params=SQUARE[0], iterations=3)
    assert not all(np.allclose(P, Q, rtol=1e-6) for P, Q in zip(params, right, strict=True))


def test_the_right_gradient_is_not_caught():
    assert nnfs.check_gradients(*ODD).passed()
    assert nnfs.check_gradients(*SQUARE).passed()


@pytest.mark.parametrize("fault", [naive_softmax, batch_maximum], ids=lambda f: f.__name__)
def test_an_unsafe_softmax_passes_the_gradient_check_and_fails_on_large_logits(fault):
    params, X, y = ODD
    assert nnfs.check_gradients(*ODD, gradient=fault).passed()
    loud = [1000 * P for P in params]
    with np.errstate(all="ignore"):
        assert not np.isfinite(fault(loud, X, y)[0])
    assert np.isfinite(network.gradient(loud, X, y)[0])


@pytest.mark.parametrize("shift", [0.0, 3.0, [[1.0, -2.0, 5.0, 0.5]]])
def test_any_shift_that_an_examples_classes_share_gives_the_right_gradient(shift):
    shifted = with_exponentials(lambda Z: np.exp(Z - np.array(shift)))
    for ours, theirs in zip(shifted(*ODD)[2], network.gradient(*ODD)[2], strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-14)
    assert shifted(*ODD)[:2] == pytest.approx(network.gradient(*ODD)[:2], rel=1e-13)


def test_a_shift_that_differs_between_classes_gives_another_gradient():
    shifted = with_exponentials(lambda Z: np.exp(Z - np.array([[0.0], [1.0], [2.0]])))
    assert np.abs(shifted(*ODD)[2].b2 - network.gradient(*ODD)[2].b2).max() > 0.1


def test_the_softmax_of_exponentials_has_their_name_and_words():
    assert naive_softmax.__name__ == "naive_softmax"
    assert batch_maximum.__doc__.startswith("Subtract the largest logit of the whole batch")


def test_the_sum_of_differences_is_zero_and_is_refused_by_the_gradient_check():
    loss, correct, gradients = sum_of_differences(*ODD)
    assert loss < 1e-12
    _, right, theirs = network.gradient(*ODD)
    assert correct == right
    assert all(np.allclose(P, Q, atol=1e-13) for P, Q in zip(gradients, theirs, strict=True))
    with pytest.raises(ValueError, match="not complex"):
        nnfs.check_gradients(*ODD, gradient=sum_of_differences)


def test_scalar_db_gives_nothing_to_b2_and_one_number_to_b1():
    scalar_db = WRONG_GRADIENTS[0]
    _, _, gradients = scalar_db(*ODD)
    assert np.abs(gradients.b2).max() < 1e-13
    assert np.ptp(gradients.b1) == 0


def test_one_loud_example_silences_the_others_where_the_batch_has_one_maximum():
    params, X, y = ODD
    X = X.copy()
    X[:, 1] *= 1e4
    with np.errstate(all="ignore"):
        assert not np.isfinite(batch_maximum(params, X, y)[0])
    assert np.isfinite(network.gradient(params, X, y)[0])


def test_the_wrong_name_moves_weights_and_no_biases():
    params = ODD[0]
    gradients = network.gradient(*ODD)[2]
    after, right = wrong_name(params, gradients, 0.1), nnfs.update(params, gradients, 0.1)
    for name in ("W1", "W2"):
        np.testing.assert_allclose(getattr(after, name), getattr(right, name), rtol=1e-13)
    for name in ("b1", "b2"):
        np.testing.assert_array_equal(getattr(after, name), getattr(params, name))


def test_flat_bias_gradients_make_squares_of_columns():
    after = flat_biases(ODD[0], network.gradient(*ODD)[2], 0.1)
    assert (after.b1.shape, after.b2.shape) == ((5, 5), (3, 3))
