"""Claims know both sides of their comparisons, and mean what they meant."""

import ast
import json
import math

import numpy as np
import pytest
from IPython.core.interactiveshell import InteractiveShell

from sphinx_equation_checks.cells import claim, comparing, margins

SETTING = """
import math
import numpy as np
seen = []

def n(x):
    seen.append(x)
    return x

a, b = np.array([1.0, 2.0, 3.0]), np.array([2.0, 2.5, 2.9])
counts = np.array([3, 5])
flag = True
"""

CONDITIONS = {
    # condition: margin of its tightest entry, or None where the sides are not known
    "n(1) < n(3)": 2,
    "n(3) < n(1)": -2,
    "n(1.5) >= n(1.0)": 0.5,
    "n(2) == n(2)": 0,
    "n(2) == n(5)": -3,
    "n(2) != n(5)": 3,
    "n(1) < n(2) < n(4)": 1,
    "n(3) < n(2) < n(4)": -1,
    "n(1) < n(9) < n(4)": -5,
    "n(1) < n(3) and n(2) < n(3)": 1,
    "n(1) > n(3) and n(2) < n(3)": -2,
    "n(1) > n(3) or n(2) < n(3)": 1,
    "n(1) < n(3) or n(2) < n(3)": 2,
    "not n(1) < n(3)": -2,
    "not n(3) < n(1)": 2,
    "not (n(1) < n(3) and n(5) < n(2))": 3,
    "a < b": -0.1,
    "a < b + 1": 0.9,
    "(a < b).any()": 1,
    "(a < b).all()": -0.1,
    "(a < b + 1).all(axis=0)": 0.9,
    "np.all(a < b + 1)": 0.9,
    "np.any([a > b])": 0.1,
    "(a < b) & (a > 0)": -0.1,
    "(a < b) | (a > 2)": 0.5,
    "~(a > b + 1)": 0.9,
    "(a < b)[:2]": 0.5,
    "np.logical_and(a < 5, a > 0)": 1,
    "[x < 4 for x in counts]": -1,
    "[x < 9 for x in a]": 6,
    "[np.all(a > x) for x in (0.5, 0.25)]": 0.5,
    "all(n(x) < 3 for x in (1, 4, 2))": -1,
    "any(n(x) < 3 for x in (1, 4, 2))": 2,
    "all(n(x) < 3 for x in ())": None,
    "(n(1) < n(2), n(5) < n(9))": 1,
    "counts.sum() == 8": 0,
    "a.shape == (3,)": 0,
    "np.isclose(a, a + 1e-9, rtol=0, atol=1e-8)": 9e-9,
    "np.allclose(a, b, rtol=0, atol=1)": 0,
    "np.allclose(a, b, 0, 0.5)": -0.5,
    "math.isclose(2.0, 2.1, abs_tol=0.3, rel_tol=0.0)": 0.2,
    "np.array_equal(counts, [3, 5])": 0,
    "np.array_equal(counts, [3, 9])": -4,
    "np.greater(counts, 1)": 2,
    "bool(n(1) < n(2))": 1,
    "(a > 2).sum() >= 1": 0,
    "abs(a - b).max() < 1.5": 0.5,
    "(a < b).all() and flag": -0.1,
    "n(1) < n(2) if flag else n(3) < n(2)": 1,
    "(1j == 1j)": 0,
    "np.allclose([1.0, np.nan], [1.0, 1.0])": math.nan,
    "flag": None,
    "np.isfinite(a)": None,
    "'x' < 'y'": None,
    "n(1) in (1, 2)": None,
    "{1} < {1, 2}": None,
    "[1, 2] < [1, 3]": None,
    "[1, 2] == [1, 2]": 0,
    "(y := 3) < 4": None,
    "np.float32(0.5) < np.inf": math.inf,
    "np.nan < 1": math.nan,
    "[] == []": None,
}
"""Conditions of every form that a claim may have, in the words of a cell."""


def evaluated(condition, *, watched):
    """Return the condition as the claim gets it, and the operands in the order of evaluation."""
    kept = []

    def claim(value, text):
        kept.append(value)

    claim.takes_sides = watched
    tree = ast.parse(f"{SETTING}\nclaim({condition}, 'text')")
    names = {"claim": claim}
    exec(compile(comparing.visible(tree) if watched else tree, "cell", "exec"), names)
    return kept[0], names["seen"]


@pytest.mark.parametrize("condition", CONDITIONS)
def test_a_condition_means_what_it_meant(condition):
    expected, order = evaluated(condition, watched=False)
    found, order_found = evaluated(condition, watched=True)
    assert order_found == order
    result = comparing.plain(found)
    assert type(result) is type(expected)
    np.testing.assert_array_equal(result, expected)
    np.testing.assert_array_equal(comparing.read(found)[0], np.asarray(expected))


@pytest.mark.parametrize("condition", CONDITIONS)
def test_of_large_arrays_the_sides_are_not_noted(condition, monkeypatch):
    expected, order = evaluated(condition, watched=False)
    monkeypatch.setattr(comparing, "MOST_ENTRIES", 1)
    found, order_found = evaluated(condition, watched=True)
    assert order_found == order
    np.testing.assert_array_equal(comparing.plain(found), expected)
    holds, tightest = comparing.read(found)
    np.testing.assert_array_equal(holds, np.asarray(expected))
    assert np.size(expected) == 1 or tightest is None


@pytest.mark.parametrize(("condition", "margin"), CONDITIONS.items())
def test_the_margin_is_that_of_the_tightest_entry(condition, margin):
    _, tightest = comparing.read(evaluated(condition, watched=True)[0])
    if margin is None:
        assert tightest is None
    else:
        assert tightest.margin == pytest.approx(margin, rel=1e-6, nan_ok=True)


@pytest.mark.parametrize(
    "condition", ["a < b and flag", "(a < b) < (1, 2)", "n(1) < 'x'", "1 / 0 < 2"]
)
def test_what_was_an_error_is_the_same_error(condition):
    with pytest.raises(Exception) as plain:  # noqa: PT011
        evaluated(condition, watched=False)
    with pytest.raises(type(plain.value)) as watched:
        evaluated(condition, watched=True)
    assert str(watched.value) == str(plain.value)


def test_another_function_of_that_name_gets_plain_values():
    names = {}
    tree = ast.parse(
        "def claim(x, text): return [type(part) for part in x]\nr = claim([1 < 2], '')"
    )
    exec(compile(comparing.visible(tree), "cell", "exec"), names)
    assert names["r"] == [bool]


class Notebook:
    """IPython, as a kernel runs it, with what its last cell raised."""

    def __init__(self, shell: InteractiveShell) -> None:
        self.shell = shell
        assert self.run("import numpy as np\nfrom sphinx_equation_checks.cells import claim, check")

    def run(self, cell: str) -> bool:
        result = self.shell.run_cell(cell, store_history=True)
        self.error = result.error_in_exec
        return result.success


@pytest.fixture
def notebook():
    shell = InteractiveShell.instance()
    comparing.watch()
    comparing.watch()
    yield Notebook(shell)
    InteractiveShell.clear_instance()


@pytest.mark.parametrize(
    ("condition", "finding"),
    [
        (
            "np.r_[np.ones(3), 0.9121, np.ones(5)] > 0.9123",
            "8 of 9 hold; at [3]: 0.9121 > 0.9123 misses by 0.0002",
        ),
        ("[4868 > 4866, 4866 > 4868]", "1 of 2 hold; at [1]: 4866 > 4868 misses by 2"),
        ("1.0 == 1.0 + 2**-50", "0 of 1 hold; 1 == 1.0000000000000009 misses by 8.9e-16"),
        ("0.5 > 0.5", "0 of 1 hold; 0.5 > 0.5 misses by 0"),
        ("not 3 < 4", "0 of 1 hold; 3 >= 4 misses by 1"),
        ("np.allclose(2.0, 3.0, atol=0.5)", "0 of 1 hold; 1 <= 0.5 misses by 0.5"),
        ("np.nan > 2.5", "0 of 1 hold; nan > 2.5 misses by nan"),
        ("[np.eye(2)[0] > -1, np.eye(2)[0] > 0.25]", "3 of 4 hold; at [1, 1]: 0 > 0.25"),
        ("bool(0)", "0 of 1 hold)"),
    ],
)
def test_a_claim_that_fails_shows_both_sides_and_what_it_misses_by(notebook, condition, finding):
    assert not notebook.run(f"claim({condition}, 'Adam ends above plain')")
    assert f"not so: Adam ends above plain ({finding}" in str(notebook.error)


def test_a_claim_within_a_loop_and_a_function_shows_its_sides(notebook):
    cell = "def f(bound):\n    for x in range(3):\n        claim(x < bound, 'small')\nf(3)\nf(2)"
    assert not notebook.run(cell)
    assert str(notebook.error).endswith("(0 of 1 hold; 2 < 2 misses by 0)")


def test_in_a_script_a_claim_works_without_sides():
    with pytest.raises(AssertionError, match=r"not so: more \(0 of 1 hold\)$"):
        claim(2 > 3, "more")


def records(folder):
    lines = [line for path in folder.iterdir() for line in path.read_text("utf8").splitlines()]
    return [json.loads(line) for line in lines]


def test_nothing_is_recorded_unless_asked(notebook, tmp_path, monkeypatch):
    monkeypatch.delenv(margins.FOLDER, raising=False)
    monkeypatch.chdir(tmp_path)
    notebook.run("claim(1 < 2, 'less')")
    assert list(tmp_path.iterdir()) == []


def test_claims_and_checks_are_recorded_with_sides_and_margins(notebook, tmp_path, monkeypatch):
    monkeypatch.setenv(margins.FOLDER, str(tmp_path / "margins"))
    notebook.run(
        "claim([3 < 5, 3 < 4], 'less')\ncheck('eq-x', np.sqrt([1, 4]), [1.0, 2.0], terms=1)"
    )
    notebook.run("claim(2.0 > 4.0, 'more')")
    notebook.run("check('eq-y', [1.0, 2.0], [1.0, 2.5], terms=1)")
    less, x, more, y = records(tmp_path / "margins")
    assert (less["kind"], less["statement"], less["holds"], less["of"]) == ("claim", "less", 2, 2)
    assert (less["left"], less["sign"], less["right"], less["place"]) == (3, "<", 4, [1])
    assert (less["margin"], less["relative"], less["whole"]) == (1, 0.25, True)
    assert (x["kind"], x["statement"], x["holds"]) == ("equal", "eq-x", 1)
    assert x["margin"] == x["right"] == 2 * np.finfo(float).eps
    assert (more["holds"], more["margin"], more["relative"], more["whole"]) == (0, -2, -0.5, False)
    assert (y["holds"], y["left"]) == (0, pytest.approx(0.2))


def test_a_measurement_goes_on_after_what_does_not_hold(notebook, tmp_path, monkeypatch):
    monkeypatch.setenv(margins.FOLDER, str(tmp_path))
    monkeypatch.setattr(margins, "go_on", True)
    notebook.run("claim(2 > 4, 'more')\ncheck('eq-y', [1.0, 2.0], [1.0, 2.5], terms=1)\nafter = 1")
    assert notebook.run("after")
    assert [record["holds"] for record in records(tmp_path)] == [0, 0]
