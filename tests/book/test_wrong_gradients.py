"""Every exhibit of the gallery is caught, and each by what the gallery says."""

import numpy as np
import pytest

import nnfs
from kit.cells.wrong_gradients import (
    OTHER_FAULTS,
    WRONG_GRADIENTS,
    naive_softmax,
    sum_of_differences,
)
from nnfs import network

rng = np.random.default_rng(0)
ODD = nnfs.init_params(7, 5, 3, dtype=np.float64), rng.normal(size=(7, 4)), np.array([0, 2, 1, 2])
SQUARE = nnfs.init_params(7, 3, 3, dtype=np.float64), ODD[1], ODD[2]
every_wrong_one = pytest.mark.parametrize("fault", WRONG_GRADIENTS, ids=lambda f: f.__name__)


def test_there_are_at_least_eight_wrong_gradients_and_two_other_faults():
    assert len(WRONG_GRADIENTS) >= 8
    assert {fault.__name__ for fault in OTHER_FAULTS} == {"naive_softmax", "sum_of_differences"}


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


def test_naive_softmax_passes_the_gradient_check_and_fails_on_large_logits():
    params, X, y = ODD
    assert nnfs.check_gradients(*ODD, gradient=naive_softmax).passed()
    loud = [1000 * P for P in params]
    with np.errstate(all="ignore"):
        assert not np.isfinite(naive_softmax(loud, X, y)[0])
    assert np.isfinite(network.gradient(loud, X, y)[0])


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
