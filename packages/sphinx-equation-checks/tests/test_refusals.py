"""Checks that could not have failed are refused, and sound ones are not."""

import copy
import linecache
import subprocess
import sys

import numpy as np
import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st

from sphinx_equation_checks.cells import (
    Check,
    UnreadCodeWarning,
    check,
    equal,
    inequality,
    symbols,
    zero,
)

NAMES = {"np": np, "copy": copy, "sympy": sympy}
FUNCTIONS = {"equal": equal, "inequality": inequality, "symbols": symbols, "zero": zero}
SETTING = """
a = np.array([[1.0, 2.0, 3.0], [0.5, 0.25, 8.0]])
b = a.copy()
once = np.sin(a)
again = np.sin(a)
def f(x):
    return 2 * x
x, y = sympy.symbols("x y")
"""


def run(call: str, setting: str = SETTING) -> Check:
    """Run a call as a cell does: its code can be seen by the name of its file."""
    source = f"{setting}\nresult = {call}\n"
    name = f"<cell {abs(hash(source))}>"
    linecache.cache[name] = (len(source), None, source.splitlines(keepends=True), name)
    names = {"__name__": "__main__", **NAMES, **FUNCTIONS}
    exec(compile(source, name, "exec"), names)
    return names["result"]


@pytest.mark.parametrize(
    "sides",
    [
        "a, a.copy()",
        "a, b",
        "a, b[:]",
        "b, a",
        "a, np.array(a)",
        "a, np.asarray(a) + 0",
        "a, copy.deepcopy(a)",
        "a, 1 * a",
        "a / 1, a - 0",
        "a.tolist(), a",
        "list(a), a.copy()",
        "a, +a",
        "f(a), f(a)",
        "f(a), f(a).copy()",
        "once, np.sin(a)",
        "once, again",
        "[1.0, 2.0], [1.0, 2.0]",
        "right=a, left=a.copy()",
    ],
)
@pytest.mark.parametrize("terms", [0, 7])
def test_sides_that_are_one_by_construction_are_refused(sides, terms):
    with pytest.raises(AssertionError, match="eq-x: both sides are"):
        run(f"equal('eq-x', {sides}, terms={terms})")


@pytest.mark.parametrize(
    "sides",
    [
        "f(a), a + b",
        "np.sin(a) ** 2, 1 - np.cos(a) ** 2",
        "a.T.copy().T, np.einsum('ij->ij', a)",
        "a[::-1][::-1].copy(), np.flip(np.flip(a, 0), 0)",
        "np.cumsum(a[0]), [1.0, 3.0, 6.0]",
    ],
)
def test_sides_from_two_computations_are_compared(sides):
    assert run(f"equal('eq-x', {sides}, terms=7)").kind == "equal"


@pytest.mark.parametrize(
    "change",
    [
        "a += 1; a -= 1",
        "a[0] = 0.0",
        "np.copyto(a, [0.0, 1.0, 2.0, 3.0])",
        "np.add(a, 0.0, out=a)",
        "a.sort()",
        "c = a; c += 0",
        "c = np.asarray(a); c += 0",
        "g(a)",
        "before.sort()",
        "for a[0] in (0.0,): pass",
        "a.flat = [0.0, 1.0, 2.0, 3.0]",
    ],
)
def test_a_copy_made_before_its_source_was_changed_is_no_copy_of_it(change):
    setting = f"def g(x):\n    x.sort()\na = np.arange(4.0)\nbefore = a.copy()\n{change}\n"
    assert run("equal('eq-x', a, before, terms=7)", setting).error == 0


def test_a_symmetric_matrix_equals_its_transpose_and_another_does_not():
    symmetric = np.array([[1.0, 2.0], [2.0, 5.0]])
    assert equal("eq-x", symmetric, symmetric.T, terms=1).error == 0
    with pytest.raises(AssertionError, match="fails"):
        equal("eq-x", symmetric * [1, 2], (symmetric * [1, 2]).T, terms=1)


@pytest.mark.parametrize(
    "call", [lambda s: [s, s], lambda s: [s, s[:]], lambda s: [[s, 1.0], [s, 1.0]]]
)
def test_one_object_is_refused_however_it_is_handed_over(call):
    pair = call(np.array([1.0, 2.0]))
    pair = pair if isinstance(pair[0], np.ndarray) else [pair[0][:1], pair[1][:1]]
    with pytest.raises(AssertionError, match="the same memory"):
        equal("eq-x", *pair, terms=3)
    numbers = [1.0, 2.0]
    with pytest.raises(AssertionError, match="the same memory"):
        equal("eq-x", *(numbers, numbers), terms=3)


@pytest.mark.parametrize(
    "sides",
    ["x, x", "x + y, x + y", "(x + y)**2, (x + y)**2", "sympy.Matrix([x]), sympy.Matrix([x])"],
)
def test_one_expression_of_symbols_is_refused(sides):
    with pytest.raises(AssertionError, match="eq-x: both sides are one expression"):
        run(f"symbols('eq-x', {sides})")


def test_one_object_of_symbols_is_refused_where_the_code_does_not_show_the_sides():
    x = sympy.Symbol("x")
    with pytest.raises(AssertionError, match="eq-x: both sides are the same object, x"):
        symbols("eq-x", *(x, x))


def test_equal_expressions_of_symbols_from_two_computations_are_compared():
    assert run("symbols('eq-x', sympy.diff(x**2 / 2, x), x)").noticed
    assert run("symbols('eq-x', sympy.expand((x + y)**2), x**2 + 2*x*y + y**2)").noticed


@pytest.mark.parametrize(
    "values", ["a - a", "a - b", "f(a) - f(a)", "[0.0, 0.0]", "0.0", "once - again", "-(-0.0)"]
)
def test_what_is_zero_as_it_is_written_is_refused(values):
    with pytest.raises(AssertionError, match="zero as it is written"):
        run(f"zero('eq-x', {values}, scale=1.0, terms=7)")
    assert run("zero('eq-x', f(a) - a - b, scale=a, terms=7)").noticed


def test_one_expression_is_no_inequality():
    with pytest.raises(AssertionError, match="eq-x: the check does not notice the sides exchanged"):
        run("inequality('eq-x', a, a.copy(), terms=7)")


@pytest.mark.parametrize(
    ("left", "right", "place"),
    [
        ([1e6, 1e-9, -3e-9], [1e6, 5e-9, 7e-9], 1),
        ([1e6, 2.0, 1e-9], [1e6, 2.0, -1e-9], 2),
        ([1e-8, 1.0, 1e6], [3e-8, 1.0, 1e6], 0),
    ],
)
def test_a_bound_within_which_a_small_entry_could_be_anything_is_refused(left, right, place):
    with pytest.raises(AssertionError, match=rf"does not notice what the entry at \[{place}\] is"):
        equal("eq-x", left, right, terms=100)
    with pytest.raises(AssertionError, match=r"does not notice what the entry at \[\d\] is"):
        zero("eq-x", np.subtract(left, right), scale=np.abs(right), terms=100)


def test_a_small_entry_that_goes_beyond_an_inequality_is_not_hidden_by_a_large_one():
    with pytest.raises(AssertionError, match=r"does not notice what the entry at \[1\] is"):
        inequality("eq-x", [1e6, 5e-9], [2e6, 1e-9], terms=100)
    assert inequality("eq-x", [1e6, 1e-9], [2e6, 5e-9], terms=100).noticed


def test_small_entries_that_agree_by_their_own_size_and_rounding_beside_zero_are_fine():
    assert equal("eq-x", [1e6, 1e-9, 0.0], [1e6, 1e-9 * (1 + 1e-6), 1e-9], terms=100).noticed


@given(st.integers(1, 6), st.floats(1e-3, 0.9), st.integers(0, 10))
def test_no_entry_of_any_size_may_be_anything(small, factor, seed):
    """Whatever the sizes, an entry that is not zero and far off is noticed."""
    rng = np.random.default_rng(seed)
    right = rng.uniform(1, 2, 9) * 10.0 ** rng.integers(-20, 6, 9)
    left = right.copy()
    left[small] *= -factor
    with pytest.raises(AssertionError):
        equal("eq-x", left, right, terms=50)


@given(st.integers(0, 100))
def test_rounding_is_never_refused(seed):
    rng = np.random.default_rng(seed)
    A, B = rng.normal(size=(7, 5)), rng.normal(size=(5, 4))
    loops = [[sum(A[i, k] * B[k, j] for k in range(5)) for j in range(4)] for i in range(7)]
    assert equal("eq-x", A @ B, loops, terms=5).noticed


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [
        ([0.0, 0.0], [0.0, 0.0], "both sides are zero throughout"),
        ([1.0, 2.0], [2.0, np.inf], r"the right side is inf at \[1\], not a finite number"),
        ([-np.inf, 2.0], [2.0, 3.0], r"the left side is -inf at \[0\], not a finite number"),
        ([1.0, np.nan], [2.0, 3.0], r"the left side is nan at \[1\]"),
        ([], [], "the left side is empty"),
        ([1j, 2j], [2j, 3j], "complex numbers have no order"),
    ],
)
def test_an_inequality_of_nothing_is_refused_in_words(low, high, words):
    with pytest.raises(AssertionError, match=f"eq-x.*{words}"):
        inequality("eq-x", low, high, terms=3)


@pytest.mark.parametrize("kind", [np.uint8, np.uint64, np.int8, np.bool_])
def test_numbers_that_wrap_around_are_compared_as_numbers(kind):
    low, high = np.array([0, 1, 0], kind), np.array([1, 1, 1], kind)
    assert inequality("eq-x", low, high, terms=1).noticed
    with pytest.raises(AssertionError, match="fails"):
        inequality("eq-x", high, low, terms=1)


def test_integers_that_differ_beyond_double_precision_differ():
    with pytest.raises(AssertionError, match="fails"):
        equal("eq-x", [2**60, 1], [2**60 + 1, 1], terms=0)
    with pytest.raises(AssertionError, match="more than 64 bits"):
        equal("eq-x", [2**70, 1], [2**70 + 1, 1], terms=0)


@pytest.mark.parametrize(
    ("side", "words"),
    [
        ([[1.0], [2.0, 3.0]], "parts with different shapes"),
        (["1", "2"], "not numbers"),
        ([sympy.Symbol("x"), 1], "compared by check_symbols"),
        ([None, 1.0], "not numbers|not a finite number"),
    ],
)
def test_what_is_no_array_of_numbers_is_said(side, words):
    for call in (
        lambda: equal("eq-x", side, [1.0, 2.0], terms=1),
        lambda: zero("eq-x", side, scale=1.0, terms=1),
        lambda: inequality("eq-x", side, [1.0, 2.0], terms=1),
    ):
        with pytest.raises(AssertionError, match=f"eq-x.*({words})"):
            call()


@pytest.mark.parametrize("side", ["x", None, np.ones(2), sympy.Eq(sympy.Symbol("x"), 1), ["x"]])
def test_what_is_no_expression_is_said(side):
    with pytest.raises(TypeError, match="eq-x: expected expressions or matrices of SymPy, got"):
        symbols("eq-x", sympy.Symbol("x"), side)


@pytest.mark.parametrize("scale", ["big", [1.0, "2"], [[1.0], [2.0, 3.0]]])
def test_a_scale_that_is_no_number_is_said(scale):
    with pytest.raises(AssertionError, match="eq-x: the scale "):
        zero("eq-x", [1e-17], scale=scale, terms=1)


@pytest.mark.parametrize("terms", [-1, float("nan"), "five", None])
def test_a_number_of_terms_is_not_negative(terms):
    for call in (
        lambda: equal("eq-x", [1.0, 2.0], [1.0, 1.0 + 1.0], terms=terms),
        lambda: zero("eq-x", [1e-17], scale=1.0, terms=terms),
        lambda: inequality("eq-x", [1.0], [2.0], terms=terms),
    ):
        with pytest.raises(ValueError, match="eq-x: terms must be zero or more"):
            call()
    with pytest.raises(ValueError, match="eq-x: truncation must be zero or more"):
        equal("eq-x", [1.0, 2.0], [1.0, 1.0 + 1.0], terms=1, truncation=-1e-3)


@pytest.mark.parametrize("label", [np.ones(3), 3, None, " "])
def test_a_forgotten_label_is_said(label):
    for call in (
        lambda: check(label, [1.0, 2.0], [1.0, 2.0], terms=1),
        lambda: zero(label, [1.0, 2.0], scale=1, terms=1),
        lambda: inequality(label, [1.0, 2.0], [1.0, 3.0], terms=1),
        lambda: symbols(label, 1, 2),
    ):
        with pytest.raises(TypeError, match="the label of an equation, such as 'eq-softmax'"):
            call()


UNREAD = {
    "equal": "equal('eq-x', np.sin(a), np.sin(a), terms=1)",
    "zero": "zero('eq-x', a - a, scale=1.0, terms=1)",
    "inequality": "inequality('eq-x', a, a + 1, terms=1)",
    "symbols": "symbols('eq-x', sympy.Symbol('x') + 1, 1 + sympy.Symbol('x') * 1)",
}


@pytest.mark.parametrize("kind", UNREAD)
def test_code_that_cannot_be_read_is_compared_by_its_values_and_said(kind):
    names = {"a": np.arange(3.0), **NAMES, **FUNCTIONS}
    words = "eq-x: the code of this check, line 2 of <text>, cannot be read as it runs"
    code = compile(f"\nresult = {UNREAD[kind]}", "<text>", "exec")
    with pytest.warns(UnreadCodeWarning, match=words) as caught:
        exec(code, names)
    assert [(warning.filename, warning.lineno) for warning in caught] == [("<text>", 2)]
    assert names["result"].noticed


def test_each_check_in_code_that_cannot_be_read_is_named():
    calls = "".join(f"equal('eq-{n}', a, 2 * a / 2, terms=2)\n" for n in range(3))
    with pytest.warns(UnreadCodeWarning) as caught:
        exec(calls, {"a": np.arange(3.0), **FUNCTIONS})
    assert [str(warning.message).partition(":")[0] for warning in caught] == [
        *("eq-0", "eq-1", "eq-2")
    ]


def test_a_file_that_says_something_else_by_now_cannot_be_read(tmp_path):
    path = tmp_path / "module.py"
    code = compile("result = equal('eq-x', a, a.copy(), terms=1)\n", str(path), "exec")
    path.write_text("# shorter\n", encoding="utf8")
    with pytest.warns(UnreadCodeWarning, match=r"line 1 of .*module\.py, cannot be read"):
        exec(code, {"a": np.arange(3.0), **FUNCTIONS})


@pytest.mark.parametrize("option", [["-c"], ["-X", "no_debug_ranges", "-c"], ["-"]])
def test_a_script_without_a_file_shows_its_check_and_says_that_it_was_not_read(option):
    """Python can be told to keep no columns of the code; some releases keep that of ``-c``."""
    code = (
        "from sphinx_equation_checks.cells import check; check('eq-a', [1 + 1, 3], [2, 3], terms=0)"
    )
    command = [sys.executable, *option, *([code] if "-c" in option else [])]
    result = subprocess.run(command, input=code, capture_output=True, encoding="utf8", check=False)
    assert (result.returncode, result.stdout.partition(":")[0]) == (0, "eq-a")
    if option != ["-c"]:
        assert result.stderr.count("UnreadCodeWarning: eq-a: the code of this check") == 1
