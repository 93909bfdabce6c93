"""The single edits by which the unit tests are judged."""

import pytest

from tests import mutants
from tests.mutants import MATHEMATICS, ROOT, edits


@pytest.mark.parametrize(
    ("code", "edited"),
    [
        ("a + b", "(a - b)"),
        ("A @ B", "(B @ A)"),
        ("x ** 2", "(x * 2)"),
        ("a < b", "(a <= b)"),
        ("a is not b", "(a is b)"),
        ("a and b", "((a) or (b))"),
        ("-x", "(x)"),
        ("not x", "(x)"),
        ("Z.sum(axis=-1)", "Z.sum(axis=-(1 + 1))"),
        ("Z.sum(axis=-1)", "Z.sum(axis=(1))"),
        ("f(keepdims=True)", "f(keepdims=False)"),
        ("alpha = 0.1", "alpha = (0.1 * 0.9)"),
        ("W.T @ d", "W @ d"),
        ("a if c else b", "(b if c else a)"),
        ("x = a.copy()", "x = a"),
        ("np.sqrt(v)", "v"),
        ("π = 'é'; a + b", "π = 'é'; (a - b)"),
        ("if a:\n    x = 1\nelse:\n    x = b + c", "if a:\n    x = 1\nelse:\n    x = (b - c)"),
    ],
)
def test_an_expression_becomes_another(code, edited):
    assert edited in [edit.apply(code) for edit in edits(code)]


@pytest.mark.parametrize(
    "code",
    [
        '"""Words, 1 + 1."""',
        "x: Annotated[int, 3]",
        "def f() -> Literal[1]: ...",
        "raise ValueError(a + b)",
        "x = f'{a + b}'",
    ],
)
def test_words_types_and_messages_are_left_alone(code):
    assert edits(code) == []


def test_an_edit_names_its_line_before_and_after():
    source = "x = 1\nif True:\n    y = a * b\n"
    (edit,) = (edit for edit in edits(source) if "/" in edit.text)
    assert edit.describe(source) == "line 3: y = a * b  ->  y = (a / b)"


@pytest.mark.parametrize("module", MATHEMATICS)
def test_the_tests_of_a_module_are_found_its_own_first(module):
    found = mutants.tests_of(ROOT / module)
    assert found[0][0] == module
    every = [name for tests in found for name in tests][1:]
    assert every
    assert all((ROOT / name).is_file() for name in every)
    own = f"tests/unit/test_{(ROOT / module).stem}.py"
    assert (own in found[0]) == (ROOT / own).is_file()
