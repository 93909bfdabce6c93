"""What cells use: checks with teeth, claims."""

import re
import sys

import numpy as np
import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st

from sphinx_equation_checks.cells import (
    check,
    check_bound,
    check_symbols,
    check_zero,
    claim,
    equal,
    inequality,
    symbols,
    zero,
)

rng = np.random.default_rng(0)
A, B = rng.random((7, 5)), rng.random((5, 4))


def test_a_true_equation_passes_with_its_error_and_bound(capsys):
    result = equal("eq-x", A @ B, np.einsum("ij,jk->ik", A, B), terms=5)
    assert 0 <= result.error <= result.bound == 10 * np.finfo(float).eps
    check("eq-x", A @ B, np.einsum("ij,jk->ik", A, B), terms=5)
    assert capsys.readouterr().out == f"{result}\n"


def test_a_false_equation_fails_with_its_label():
    with pytest.raises(AssertionError, match=r"eq-x fails: worst error 1\.0e-0"):
        equal("eq-x", A @ B * (1 + 1e-9), A @ B, terms=5)


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (
            lambda: equal("eq-x", [0, 435], [30, 465], terms=0),
            "worst error 6.5e-02, relative to the largest entry, 465; none is allowed",
        ),
        (
            lambda: equal("eq-x", [0.0, 2.0], [1.0, 2.0], terms=1, scale=50.0),
            "worst error 2.0e-02, relative to the terms, 50; the bound is 4.4e-16",
        ),
        (
            lambda: zero("eq-x", [0.0, 2.0], scale=[8, -40], terms=1),
            "worst error 5.0e-02, relative to the terms, up to 40; the bound is 4.4e-16",
        ),
        (
            lambda: inequality("eq-x", [1.0, 3.0], [2.0, -4.0], terms=1),
            "worst error 1.8e+00, relative to the largest entry, 4; the bound is 4.4e-16",
        ),
    ],
)
def test_an_error_says_what_it_is_relative_to(call, said):
    with pytest.raises(AssertionError) as refused:
        call()
    assert str(refused.value) == f"eq-x fails: {said}"


def test_one_wrong_entry_is_enough():
    C = A @ B
    C[6, 3] += 1e-12
    with pytest.raises(AssertionError, match="eq-x fails"):
        equal("eq-x", C, A @ B, terms=5)


def test_nan_never_passes():
    C = A @ B
    C[0, 0] = np.nan
    with pytest.raises(AssertionError, match="eq-x fails"):
        equal("eq-x", C, A @ B, terms=5)


def test_single_precision_has_its_own_bound():
    single = (A.astype(np.float32) @ B.astype(np.float32)).astype(np.float32)
    result = equal("eq-x", single, A @ B, terms=7)
    assert result.bound == 14 * np.finfo(np.float32).eps


def test_equality_can_be_demanded():
    equal("eq-x", np.cumsum([1, 1]), [1, 2], terms=0)
    with pytest.raises(AssertionError, match="fails"):
        equal("eq-x", [1.0, 2.0], [1.0, 2.0 + 1e-15], terms=0)


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
        equal("eq-x", left, right, terms=5)


def test_a_bound_too_wide_to_notice_a_perturbation_is_refused():
    with pytest.raises(AssertionError, match="does not notice a factor"):
        equal("eq-x", A, A.copy(), terms=10**12)


def test_the_perturbations_are_recorded():
    square = rng.random((4, 4))
    assert equal("eq-x", square, np.einsum("ij->ij", square).copy(), terms=1).noticed == (
        "a factor of 1.0001",
        "a flipped sign",
        "a transposition",
    )


def test_a_claim_holds_for_all_or_raises(capsys):
    claim(np.array([True, True]), "both")
    assert capsys.readouterr().out == ""
    with pytest.raises(AssertionError, match=r"not so: both \(1 of 2 hold\)"):
        claim(np.array([True, False]), "both")


@pytest.mark.parametrize("condition", [1, "yes", None, np.array([], bool), np.array([1.0])])
def test_a_claim_needs_true_or_false(condition):
    with pytest.raises(AssertionError, match="needs true or false"):
        claim(condition, "text")


def test_what_cancels_is_measured_against_its_terms(capsys):
    left, right = A @ B, np.einsum("ij,jk->ik", A, B)
    result = zero("eq-x", left - right, scale=left, terms=6)
    assert result.kind == "zero"
    assert result.noticed == ("1e-4 of what cancels",)
    assert result.error <= result.bound == 12 * np.finfo(float).eps
    check_zero("eq-x", left - right, scale=left, terms=6)
    assert capsys.readouterr().out == f"{result}\n"


def test_what_does_not_cancel_fails():
    with pytest.raises(AssertionError, match="eq-x fails"):
        zero("eq-x", [0.0, 1e-12], scale=1.0, terms=6)


@pytest.mark.parametrize("scale", [0.0, np.inf, np.nan, [0.0, 0.0]])
def test_zero_needs_a_scale(scale):
    with pytest.raises(AssertionError, match="nothing to compare"):
        zero("eq-x", [0.0], scale=scale, terms=6)
    with pytest.raises(AssertionError, match="nothing to compare"):
        zero("eq-x", [], scale=1.0, terms=6)


def test_zero_refuses_a_bound_too_wide_to_notice():
    with pytest.raises(AssertionError, match=r"does not notice 1e-4 of what cancels"):
        zero("eq-x", [0.0, 0.0], scale=1.0, terms=10**12)


def test_an_inequality_shows_its_slack(capsys):
    result = inequality("eq-x", [1.0, 2.0], [4.0, 3.0], terms=1)
    assert result.kind == "bound"
    assert result.finding == "the tightest entry has 2.5e-01 to spare"
    assert result.noticed == ("the sides exchanged", "1e-4 beyond the limit")
    check_bound("eq-x", [1.0, 2.0], [4.0, 3.0], terms=1)
    assert capsys.readouterr().out == f"{result}\n"


def test_an_inequality_may_be_attained_but_not_everywhere():
    assert inequality("eq-x", [1.0, 2.0], [1.0, 3.0], terms=1).error == 0
    with pytest.raises(AssertionError, match="does not notice the sides exchanged"):
        inequality("eq-x", [1.0, 2.0], [1.0, 2.0], terms=1)


@pytest.mark.parametrize("low", [[1.0, 3.1], [np.nan, 1.0]])
def test_an_inequality_that_does_not_hold_fails(low):
    with pytest.raises(AssertionError, match="eq-x fails"):
        inequality("eq-x", low, [2.0, 3.0], terms=1)


def test_an_inequality_is_not_broadcast():
    with pytest.raises(AssertionError, match="shapes"):
        inequality("eq-x", [1.0], [2.0, 3.0], terms=1)


@given(st.floats(-1e6, 1e6), st.floats(1e-3, 1e6))
def test_an_inequality_holds_exactly_where_its_left_side_is_smaller(start, gap):
    inequality("eq-x", [start, start], [start + gap, start + 2 * gap], terms=1)
    with pytest.raises(AssertionError):
        inequality("eq-x", [start + gap, start + 2 * gap], [start, start], terms=1)


def test_symbols_are_compared_for_all_values(capsys):
    x, y = sympy.symbols("x y")
    result = symbols("eq-x", (x + y) ** 2, x**2 + 2 * x * y + y**2)
    assert result.kind == "symbols"
    assert result.noticed == ("a factor of 1.0001", "a flipped sign")
    check_symbols("eq-x", sympy.Matrix([x, y]), sympy.Matrix([x, y]) + sympy.Matrix([0, 0]))
    assert capsys.readouterr().out == "eq-x: symbols, the same for all values of the symbols\n"
    with pytest.raises(AssertionError, match="eq-x fails"):
        symbols("eq-x", x**2, x**3)


@pytest.mark.parametrize("sides", [(sympy.Integer(2), sympy.Integer(2)), (0, 0)])
def test_symbols_need_symbols(sides):
    with pytest.raises(AssertionError, match="no symbol"):
        symbols("eq-x", *sides)


def test_symbols_of_other_shapes_are_refused():
    x = sympy.Symbol("x")
    with pytest.raises(AssertionError, match="shapes"):
        symbols("eq-x", sympy.Matrix([x, x]), x)


def test_a_truncation_widens_the_bound_by_its_own_size():
    left, right = np.array([1.0, 2.0]), np.array([1.0, 2.0 + 1e-6])
    with pytest.raises(AssertionError, match="eq-x fails"):
        equal("eq-x", left, right, terms=3)
    result = equal("eq-x", left, right, terms=3, truncation=2e-6)
    assert result.bound == pytest.approx(1e-6 + 6 * np.finfo(float).eps)
    with pytest.raises(AssertionError, match="does not notice a factor"):
        equal("eq-x", left, right, terms=3, truncation=1e-3)


def test_a_scale_of_the_terms_takes_the_place_of_the_largest_entry():
    small = np.array([1e-12, 2e-12])
    with pytest.raises(AssertionError, match="eq-x fails"):
        equal("eq-x", small + 1e-17, small, terms=1)
    with pytest.raises(AssertionError, match="does not notice"):
        equal("eq-x", small + 1e-17, small, terms=1, scale=1.0)


def test_a_record_can_be_read_back_from_its_html():
    from xml.etree import ElementTree

    result = equal("eq-x", np.cumsum([1, 1]), [1, 2], terms=0)
    data = ElementTree.fromstring(result._repr_html_())
    assert data.attrib["class"] == "equation-check"
    assert data.attrib["data-label"] == "eq-x"
    assert float(data.attrib["data-bound"]) == 0
    assert data.attrib["data-noticed"] == "a factor of 1.0001; a flipped sign"
    assert data.text == f"eq-x {result.outcome}"
    assert type(result).from_html(result._repr_html_()) == result
    with_truncation = equal("eq-x", [1.0, 2.0001], [1.0, 2.0], terms=1, truncation=0.00015)
    assert type(result).from_html(with_truncation._repr_html_()) == with_truncation


def test_a_finding_says_what_may_have_caused_it():
    plain = equal("eq-x", np.cumsum([1.0, 1.0]), [1, 2], terms=2)
    assert re.fullmatch(r"no difference at all; rounding alone could cause \S+", plain.finding)
    off = equal("eq-x", [1.0, 4.0 + 1e-15], [1.0, 4.0], terms=2)
    assert off.finding.startswith("largest difference 2.2e-16, relative to the largest entry; ")
    of_terms = equal("eq-x", [1.0, 4.0 + 1e-15], [1.0, 4.0], terms=2, scale=8.0)
    assert of_terms.finding.startswith("largest difference 1.1e-16, relative to the terms; ")
    assert type(of_terms).from_html(of_terms._repr_html_()) == of_terms
    far = equal("eq-x", [1.0, 2.0001], [1.0, 2.0], terms=2, truncation=0.00015)
    assert re.fullmatch(r".*; truncation and rounding could cause 7.5e-05", far.finding)
    tiny = np.array([0.0, 1e-17])
    left = zero("eq-x", tiny.sum(keepdims=True), scale=1.0, terms=2)
    assert left.finding.startswith("largest remainder 1.0e-17, relative to the terms; rounding")
    low = np.array([1.0 + 2e-16, 2.0])
    assert inequality("eq-x", low, [1.0, 5.0], terms=4).finding.startswith("over by ")


def test_a_claim_reports_in_a_browser_and_raises_elsewhere(monkeypatch, capsys):
    monkeypatch.setattr(sys, "platform", "emscripten")
    claim(np.array([True, False]), "both")
    assert capsys.readouterr().out == "not so here: both (1 of 2 hold)\n"
    with pytest.raises(AssertionError, match="needs true or false"):
        claim("yes", "both")
