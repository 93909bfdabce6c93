"""The marks: right answers pass, and what is usually wrong is called by its name."""

import ast
import builtins
import importlib
import inspect
import re
from symtable import symtable

import numpy as np
import pytest

import nnfs
from kit.exercises.engine import marking as marks
from kit.exercises.engine.training import train_on_digits

from .pages import all_pages, without_fences
from .visible_cells import seen

NAMES = list(marks.exercises())
FILES = {path.stem for path in marks.FOLDER.glob("*.py")} - {"__init__"}
MODULES = {name: importlib.import_module(f"kit.exercises.answers.{name}") for name in NAMES}
FUNCTIONS = {name: getattr(module, name) for name, module in MODULES.items()}
UNPACK = "W1, b1, W2, b2 = params; Z1, A1, Z2, A2 = activations; m = X.shape[1]\n    "
LAYERS = "W1, b1, W2, b2 = params\n    "
ANSWERS = {name: inspect.getsource(function) for name, function in FUNCTIONS.items()}


def with_body(name, body):
    """Return the exercise's function with another body."""
    return f"{ANSWERS[name].splitlines()[0]}\n    {body}\n"


WRONG = [(name, body, words) for name, module in MODULES.items() for body, words in module.MISTAKES]


@pytest.mark.parametrize("name", NAMES)
def test_the_answer_passes_alone_and_among_the_readers_others(name):
    for others in ({}, ANSWERS):
        verdict = marks.mark(name, ANSWERS[name], others)
        assert verdict == {"passed": True, "text": f"Passed. This is a right {name}."}


@pytest.mark.parametrize("name", NAMES)
def test_every_exercise_has_three_typical_mistakes_at_least(name):
    assert len({words for _, words in MODULES[name].MISTAKES}) >= 3


@pytest.mark.parametrize(("name", "body", "words"), WRONG)
def test_a_typical_mistake_is_called_by_its_name(name, body, words):
    verdict = marks.mark(name, with_body(name, body), {})
    assert not verdict["passed"]
    assert words in verdict["text"]
    assert verdict["text"][-1] == "."


@pytest.mark.parametrize("name", NAMES)
def test_whatever_a_function_returns_there_is_one_sentence(name):
    for body in ("...", "return 3", "return 'a'", "return None", "1 / 0", "return np.nan, 1"):
        verdict = marks.mark(name, with_body(name, body), {})
        assert not verdict["passed"]
        assert verdict["text"]


def test_code_that_is_no_function_is_told_apart():
    def text(source):
        return marks.mark("relu", source, {})["text"]

    assert (
        text("def relu(Z)\n    return Z") == "Python cannot read line 1 of your code: expected ':'."
    )
    assert text("def relu(Z):\n    return Z –\u00a01").endswith("type - in its place.")
    assert text(">>> def relu(Z):\n...     return Z").endswith(
        "Leave out the prompts, such as >>>."
    )
    assert (
        text("from nnfs.functions import relu")
        == "This is the book's own relu. Write one yourself."
    )
    assert text("exit()") == "Your code stops: SystemExit (line 1 of your relu)."
    assert text("def relu(Z):\n    exit()").endswith("SystemExit (line 2 of your relu).")
    assert text("x = 3") == "Your code defines no function relu."
    assert text("import torch_of_mine") == (
        "Your code stops: ModuleNotFoundError: No module named 'torch_of_mine' "
        "(line 1 of your relu)."
    )
    assert "(line 3 of your relu)" in text("def relu(Z):\n    a = 1\n    return a + b\n")
    assert "returns nothing" in text("def relu(Z):\n    return\n")


def test_what_has_passed_is_what_later_functions_call():
    source = "def relu_mask(Z):\n    return relu(Z) > 0\n"
    assert marks.mark("relu_mask", source, {"relu": ANSWERS["relu"]})["passed"]
    upside_down = {"relu": "def relu(Z):\n    return np.minimum(Z, 0)\n"}
    assert not marks.mark("relu_mask", source, upside_down)["passed"]


def test_the_answers_together_are_a_small_nnfs():
    X, y = np.random.default_rng(0).normal(size=(7, 4)), np.array([2, 0, 1, 2])
    params = FUNCTIONS["init_params"](7, 5, 3, np.random.default_rng(1))
    mine = FUNCTIONS["train"](params, X, y, 0.3, 20)
    books = nnfs.train(X, y, params=params, alpha=0.3, iterations=20).params
    for own, book in zip(mine, books, strict=True):
        np.testing.assert_allclose(own, book, rtol=1e-12, atol=1e-14)


def test_the_readers_functions_train_on_digits(monkeypatch):
    whole = nnfs.load_mnist("bundled")
    part = nnfs.MNIST(whole.x_train[:, :300], whole.y_train[:300], whole.x_test, whole.y_test)
    monkeypatch.setattr(nnfs, "load_mnist", lambda *_: part)
    reports = list(train_on_digits(ANSWERS, rounds=3))
    assert [report["steps"] for report in reports] == [20, 40, 60]
    assert reports[-1]["loss"] < reports[0]["loss"] < np.log(10)
    assert reports[-1]["accuracy"] > 0.5
    backwards = ANSWERS["cross_entropy_gradient"].replace("A2 - Y", "Y - A2")
    wrong = list(train_on_digits({**ANSWERS, "cross_entropy_gradient": backwards}, rounds=1))
    assert wrong[0]["loss"] > np.log(10), "it is the reader's gradient that trains"


def test_every_file_is_an_exercise_with_an_answer():
    assert set(NAMES) == FILES
    assert {path.stem for path in (marks.FOLDER / "answers").glob("*.py")} == FILES | {"__init__"}
    numbers = [exercise.number for exercise in marks.exercises().values()]
    assert len(set(numbers)) == len(numbers)


@pytest.mark.parametrize("name", NAMES)
def test_an_exercise_has_all_that_its_page_shows(name):
    exercise = marks.exercises()[name]
    assert exercise.name == name
    assert exercise.task
    assert exercise.task[-1].isalpha()
    assert len(exercise.hints) >= 2
    assert callable(exercise.books)


def test_what_is_sent_to_a_browser_has_none_of_the_answers():
    sent = [*marks.FOLDER.glob("*.py"), *(marks.FOLDER / "engine").glob("*.py")]
    for tree in [ast.parse(path.read_text("utf8")) for path in sent]:
        functions = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
        assert not functions & set(NAMES)
        modules = {n.module for n in ast.walk(tree) if isinstance(n, ast.ImportFrom)}
        assert not any("answers" in str(module) for module in modules)


PAGES = {page.docname: page for page in all_pages()}
READ = list(PAGES)


def place(name):
    """Where a reader meets an exercise: the page in the order of the contents, and how far down."""
    page = marks.exercises()[name].page
    return READ.index(page), PAGES[page].body.index(f"```{{marked-exercise}} {name}\n")


def from_outside(source):
    """Names that code takes from neither itself nor Python."""
    scopes = [symtable(source, "an answer", "exec")]
    for scope in scopes:
        scopes.extend(scope.get_children())
    used = {s.get_name() for t in scopes for s in t.get_symbols() if s.is_global()}
    own = {s.get_name() for s in scopes[0].get_symbols() if s.is_assigned()}
    return used - own - set(dir(builtins))


def inline_code(page):
    """The code in a page's sentences."""
    return " ".join(re.findall(r"`([^`\n]+)`", without_fences(page.body)))


def not_yet_known(name, source, hints=()):
    """What a solution or a hint asks for that a reader does not have when they come to it.

    There is NumPy, as far as this page or one before it has a visible cell or a sentence that uses
    the function, or a hint names it. There are the functions of exercises that stand before this
    one. Functions of cells are not there, since the marker does not run them.
    """
    had = {other for other in NAMES if place(other) < place(name)}
    had |= {name, *inspect.signature(FUNCTIONS[name]).parameters}
    unknown = from_outside(source) - had - {"np"}
    for quoted in re.findall(r"`([^`]+)`", " ".join(hints)):
        unknown |= set(re.findall(r"\w+", quoted)) & set(NAMES) - had
    page = marks.exercises()[name].page
    pages = [PAGES[docname] for docname in READ[: READ.index(page) + 1]]
    shown = [cell.code for one in pages for cell in seen(one).cells]
    words = "\n".join([*shown, *hints, *(inline_code(one) for one in pages)])
    functions = set(re.findall(r"\bnp\.\w+(?:\.\w+)?", source))
    return unknown | {one for one in functions if not re.search(rf"{re.escape(one)}\b", words)}


@pytest.mark.parametrize("name", NAMES)
def test_an_exercise_can_be_solved_with_what_this_and_earlier_pages_have(name):
    assert not_yet_known(name, ANSWERS[name], marks.exercises()[name].hints) == set()


@pytest.mark.parametrize(
    ("name", "body", "hints", "missing"),
    [
        ("weight_gradient", "return backward(dZ, A)[0]", (), {"backward"}),
        ("relu", "return Z * relu_mask(Z)", (), {"relu_mask"}),
        ("relu_mask", "return relu(Z) > 0", (), set()),
        ("one_hot", "return nnfs.one_hot(labels, n_classes)", (), {"nnfs"}),
        ("one_hot", "rows = [row(k) for k in labels]\n    return rows", (), {"row"}),
        ("one_hot", "def row(k): return len(labels)\n    return row(0)", (), set()),
        ("share_right", "return np.einsum('ij->j', A2)", (), {"np.einsum"}),
        ("share_right", "return np.einsum('ij->j', A2)", ("Take `np.einsum`.",), set()),
        ("softmax", "return Z", ("Your `forward(params, X)` needs it.",), {"forward"}),
    ],
)
def test_what_comes_too_late_is_found(name, body, hints, missing):
    assert not_yet_known(name, with_body(name, body), hints) == missing


def test_the_numbers_of_exercises_follow_the_pages():
    assert sorted(NAMES, key=place) == NAMES


LISTS = {
    "one_hot": "Y = np.zeros((n_classes, len(labels)), dtype=int)\n    for i, label in "
    "enumerate(labels): Y[label, i] = 1\n    return Y.tolist()",
    "forward": LAYERS
    + "X = X.copy(); X += 0\n    Z1 = np.vstack([w @ X + b for w, b in zip(W1, b1)])\n    "
    "A1 = np.where(Z1 > 0, Z1, 0); Z2 = np.einsum('ij,jk->ik', W2, A1) + b2\n    "
    "return [Z1.tolist(), A1, Z2.tolist(), softmax(Z2)]",
    "backward": UNPACK + "A2 = np.array(A2); A2[np.argmax(Y, axis=0), range(m)] -= 1\n    "
    "D = W2.T @ A2; D[np.array(Z1) <= 0] = 0\n    "
    "return [(D @ X.T / m).tolist(), D.mean(axis=1)[:, None].tolist(), A2 @ np.array(A1).T / m, "
    "A2.mean(axis=1, keepdims=True)]",
    "cross_entropy": "S = np.asarray(Z2) - np.max(Z2, axis=0)\n    "
    "p = S - np.log(np.exp(S).sum(axis=0))\n    "
    "return np.array(-np.sum(Y * p) / np.shape(Y)[1])",
    "init_params": "def layer(out, n): "
    "return [list(rng.normal(0, (2 / n) ** 0.5, n)) for _ in range(out)]\n    "
    "return layer(hidden, n), [[0]] * hidden, layer(classes, hidden), [[0]] * classes",
}


def test_lists_and_whole_numbers_that_pass_train_alone_and_together(monkeypatch):
    digits = nnfs.load_mnist("bundled")
    few = digits._replace(x_train=digits.x_train[:, :300], y_train=digits.y_train[:300])
    monkeypatch.setattr(nnfs, "load_mnist", lambda *_: few)
    sources = {name: with_body(name, body) for name, body in LISTS.items()}
    for name, source in sources.items():
        assert marks.mark(name, source, {}) == {"passed": True, "text": marks.PASSED.format(name)}
    for answers in ({}, sources, *({name: source} for name, source in sources.items())):
        (report,) = train_on_digits(answers, rounds=1)
        assert report["loss"] < np.log(10)


BACKWARD = """def backward(params, activations, X, Y):
    W1, b1, W2, b2 = params
    Z1, A1, Z2, A2 = activations
    {m}
    dZ2 = A2 - Y
    dZ1 = (W2.T @ dZ2) * (Z1 > 0)
    db1, db2 = (D.sum(axis=1, keepdims=True) / m for D in (dZ1, dZ2))
    return {dW1} / m, db1, dZ2 @ A1.T / m, db2
"""
WAYS = [
    ("m = len(X.T)", "dZ1 @ X.T"),
    ("m = X.size // X.shape[0]", "dZ1 @ X.T"),
    ("m = len(X[0])", "dZ1 @ X.transpose()"),
    ("m = sum(1 for column in X.T)", "np.dot(dZ1, X.T)"),
    ("m = X.shape[1]; assert isinstance(X, np.ndarray)", "np.einsum('ij,kj->ik', dZ1, X)"),
    ("m = X.mean(axis=0).size", "(X @ dZ1.T).T"),
    ("m = len(list(zip(*X[:1])))", "sum(np.outer(dZ1[:, i], X[:, i]) for i in range(m))"),
]


@pytest.mark.parametrize(("m", "dW1"), WAYS)
def test_what_has_passed_trains_on_the_digits_too(m, dW1, monkeypatch):
    digits = nnfs.load_mnist("bundled")
    few = digits._replace(x_train=digits.x_train[:, :600], y_train=digits.y_train[:600])
    monkeypatch.setattr(nnfs, "load_mnist", lambda *_: few)
    source = BACKWARD.format(m=m, dW1=dW1)
    assert marks.mark("backward", source, {})["passed"]
    (report,) = train_on_digits({"backward": source}, rounds=1)
    (books,) = train_on_digits({}, rounds=1)
    assert report["loss"] == pytest.approx(books["loss"], rel=1e-6)
