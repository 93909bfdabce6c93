"""What cells use: checks with teeth, claims, glued values, spreads."""

import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "book" / "_ext"))

from checked import check, claim, compare, glue, spread

rng = np.random.default_rng(0)
A, B = rng.random((7, 5)), rng.random((5, 4))


def test_a_true_equation_passes_with_its_error_and_bound(capsys):
    result = compare("eq-x", A @ B, np.einsum("ij,jk->ik", A, B), terms=5)
    assert 0 <= result.error <= result.bound == 10 * np.finfo(float).eps
    check("eq-x", A @ B, np.einsum("ij,jk->ik", A, B), terms=5)
    assert capsys.readouterr().out == f"{result}\n"


def test_a_false_equation_fails_with_its_label():
    with pytest.raises(AssertionError, match=r"eq-x fails: worst error 1\.0e-0"):
        compare("eq-x", A @ B * (1 + 1e-9), A @ B, terms=5)


def test_one_wrong_entry_is_enough():
    C = A @ B
    C[6, 3] += 1e-12
    with pytest.raises(AssertionError, match="eq-x fails"):
        compare("eq-x", C, A @ B, terms=5)


def test_nan_never_passes():
    C = A @ B
    C[0, 0] = np.nan
    with pytest.raises(AssertionError, match="eq-x fails"):
        compare("eq-x", C, A @ B, terms=5)


def test_single_precision_has_its_own_bound():
    single = (A.astype(np.float32) @ B.astype(np.float32)).astype(np.float32)
    result = compare("eq-x", single, A @ B, terms=7)
    assert result.bound == 14 * np.finfo(np.float32).eps


def test_equality_can_be_demanded():
    compare("eq-x", [1, 2], [1, 2], terms=0)
    with pytest.raises(AssertionError):
        compare("eq-x", [1.0, 2.0], [1.0, 2.0 + 1e-15], terms=0)


@pytest.mark.parametrize(
    ("left", "right", "message"),
    [
        (A, A, "same memory"),
        (A, A[:, ::1], "same memory"),
        (A, A[:1].copy(), "shapes"),
        (np.zeros((2, 2)), np.zeros((2, 2)), "constant"),
        (np.full(4, 0.5), np.full(4, 0.5), "constant"),
        ([2.0], [2.0], "constant"),
    ],
)
def test_a_check_that_could_not_fail_is_refused(left, right, message):
    with pytest.raises(AssertionError, match=message):
        compare("eq-x", left, right, terms=5)


def test_a_bound_too_wide_to_notice_a_perturbation_is_refused():
    with pytest.raises(AssertionError, match="does not notice a factor"):
        compare("eq-x", A, A.copy(), terms=10**12)


def test_the_perturbations_are_recorded():
    square = rng.random((4, 4))
    assert compare("eq-x", square, square.copy(), terms=1).refused == (
        "a factor 1 + 1e-4",
        "a turned sign",
        "a transpose",
    )


def test_a_claim_holds_for_all_or_raises(capsys):
    claim(np.array([True, True]), "both")
    assert capsys.readouterr().out == "holds: both\n"
    with pytest.raises(AssertionError, match=r"not so: both \(1 of 2 hold\)"):
        claim(np.array([True, False]), "both")


@pytest.mark.parametrize("condition", [1, "yes", None, np.array([], bool), np.array([1.0])])
def test_a_claim_needs_true_or_false(condition):
    with pytest.raises(AssertionError, match="needs true or false"):
        claim(condition, "text")


@pytest.mark.parametrize("value", ["", np.nan, np.inf, None, True, [1.0], np.ones(2)])
def test_only_numbers_and_words_are_glued(value):
    with pytest.raises(ValueError, match="word"):
        glue(word=value)


def test_a_spread_is_rounded_to_its_first_digit():
    assert spread([0.8731, 0.8702, 0.8764], scale=100) == "87.3\u00a0±\u00a00.3"
    assert spread([1.0, 3.0, 5.0]) == "3\u00a0±\u00a02"
    assert spread([0.1, 0.100096]) == "0.10005\u00a0±\u00a00.00007"
    assert spread([10.0, 11.37]) == "11\u00a0±\u00a01"


@pytest.mark.parametrize("values", [[0.5], [0.5, 0.5], [], [0.5, np.nan]])
def test_a_spread_needs_different_values(values):
    with pytest.raises(ValueError, match="at least two different values"):
        spread(values)
