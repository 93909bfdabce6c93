"""The marks: right answers pass, and what is usually wrong is called by its name."""

import ast
import importlib
import inspect

import numpy as np
import pytest

import nnfs
from kit.exercises.engine import marking as marks
from kit.exercises.engine.training import train_on_digits

NAMES = list(marks.exercises())
FILES = {path.stem for path in marks.FOLDER.glob("*.py")} - {"__init__"}
FUNCTIONS = {
    name: getattr(importlib.import_module(f"kit.exercises.answers.{name}"), name) for name in NAMES
}
ANSWERS = {name: inspect.getsource(function) for name, function in FUNCTIONS.items()}

SOFTMAX = "E = np.exp(Z2 - Z2.max(axis=0)); A2 = E / E.sum(axis=0)\n    "
UNPACK = "W1, b1, W2, b2 = params; Z1, A1, Z2, A2 = activations; m = X.shape[1]\n    "
LAYERS = "W1, b1, W2, b2 = params\n    "
BODIES = {
    "one_hot": [
        ("return np.eye(n_classes)[labels]", "transpose of the right one"),
        ("return np.eye(max(labels) + 1)[:, labels]", "from n_classes"),
        ("Y = np.zeros((n_classes, len(labels))); Y[labels] = 1; return Y", "whole rows"),
        ("return np.eye(n_classes)[:, np.array(labels) - 1]", "one row too high"),
        ("return np.zeros((n_classes, len(labels)))", "all zeros"),
        ("return np.eye(5)[:, labels]", "Without n_classes"),
    ],
    "softmax": [
        ("E = np.exp(Z); return E / E.sum(axis=1, keepdims=True)", "It should run over classes"),
        (
            "E = np.exp(Z - Z.max(axis=0)); return E / E.sum(axis=1, keepdims=True)",
            "It should run over classes",
        ),
        (
            "E = np.exp((Z - Z.max(axis=0)).astype(np.float32)); return E / E.sum(axis=0)",
            "nearly right. Compute in float64",
        ),
        ("E = np.exp(Z); return E / E.sum()", "whole matrix"),
        ("E = np.exp(Z); return E / E.sum(axis=0)", "subtract each column's largest"),
        ("E = np.exp(Z - Z.max()); return E / E.sum(axis=0)", "each column's own largest"),
        ("return np.exp(Z)", "not divided"),
        ("return np.exp(Z - Z.max(axis=0))", "not divided"),
        ("return Z / Z.sum(axis=0)", "exponential is missing"),
        ("Z -= Z.max(axis=0); E = np.exp(Z); return E / E.sum(axis=0)", "changes an array"),
        ("S = Z - Z.max(axis=0); return S - np.log(np.exp(S).sum(axis=0))", "logarithms"),
    ],
    "cross_entropy": [
        (SOFTMAX + "return -(Y * np.log(A2)).sum()", "divide by m"),
        (SOFTMAX + "return -(Y * np.log(A2)).mean()", "all entries"),
        (SOFTMAX + "return (Y * np.log(A2)).sum(axis=0).mean()", "sign is missing"),
        (SOFTMAX + "return -(Y * np.log(A2)).sum(axis=0).mean()", "infinite"),
        (SOFTMAX + "return -(Y * np.log(A2 + 1e-8)).sum(axis=0).mean()", "bends the loss"),
        (SOFTMAX + "return -np.log((Y * A2).sum(axis=0) + 1e-300).mean()", "bends the loss"),
        (SOFTMAX + "return -(Y * np.log(A2)).sum(axis=0)", "loss of each example"),
        (SOFTMAX + "return -(Y * np.log2(A2)).sum(axis=0).mean()", "base 2"),
        ("return -(Y * Z2).sum(axis=0).mean()", "left out the second part"),
        ("return np.abs((Y - softmax(Z2)).sum())", "and should be"),
    ],
    "cross_entropy_gradient": [
        ("return Y - A2", "wrong sign"),
        ("return (A2 - Y) / Y.shape[1]", "divided by m already"),
        ("return (A2 - Y) * A2 * (1 - A2)", "sigmoid"),
        ("return (A2 - Y)**2", "squared"),
        ("return -Y / A2", "through softmax"),
        ("return (A2 - Y).sum(axis=1, keepdims=True)", "a column for each"),
        ("A2 -= Y; return A2", "changes an array"),
    ],
    "weight_gradient": [
        ("return A @ dZ.T / A.shape[1]", "transpose of the right one"),
        ("return dZ @ A.T", "1/m is missing"),
        ("return dZ @ A.T / A.shape[1]**2", "divided by m twice"),
        ("return dZ @ A.T / len(dZ)", "number of outputs"),
        ("return dZ @ A.T / len(A)", "number of inputs"),
        ("return dZ @ A / A.shape[1]", "This product does not fit"),
        ("return np.dot(dZ, A)", "This product does not fit"),
    ],
    "bias_gradient": [
        ("return dZ.sum() / dZ.shape[1]", "It should run over examples only"),
        ("return np.full((len(dZ), 1), dZ.mean())", "It should run over examples only"),
        ("return dZ.mean(axis=0, keepdims=True)", "The sum runs over classes"),
        ("return dZ.sum(axis=0) / dZ.shape[1]", "The sum runs over classes"),
        ("return dZ.sum(axis=1, keepdims=True)", "1/m is missing"),
        ("return dZ.mean(axis=1)", "keepdims=True"),
        ("return dZ.mean(axis=1, keepdims=True) / dZ.shape[1]", "divided by m twice"),
    ],
    "affine_adjoint": [
        ("return W @ dZ", "the transpose of W"),
        ("return dZ.T @ W", "transpose of the right one"),
        ("return W.T @ dZ / dZ.shape[1]", "no 1/m here"),
        ("return np.linalg.pinv(W) @ dZ", "inverse"),
        ("return -W.T @ dZ", "wrong sign"),
    ],
    "relu": [
        ("return max(0, Z)", "np.maximum"),
        ("return np.max(Z)", "np.maximum, not np.max"),
        ("return Z > 0", "You return the mask"),
        ("return np.abs(Z)", "absolute value"),
        ("Z[Z < 0] = 0; return Z", "changes an array"),
        ("return np.where(Z > 0, Z, 0.01 * Z)", "leak"),
        ("return Z[Z > 0]", "left entries out"),
        ("return np.minimum(Z, 0)", "negative entries"),
    ],
    "relu_mask": [
        ("return Z >= 0", "Z > 0, and not Z >= 0"),
        ("return Z < 0", "turned round"),
        ("return np.maximum(Z, 0)", "ReLU itself"),
        ("return 1 if Z > 0 else 0", "entry by entry"),
        ("return np.ones_like(Z)", "nothing is masked"),
        ("return np.sign(Z)", "That is the sign"),
        ("return np.heaviside(Z, 0.5)", "one half"),
    ],
    "forward": [
        (
            LAYERS + "Z1 = W1 @ X; A1 = relu(Z1); Z2 = W2 @ A1; return Z1, A1, Z2, softmax(Z2)",
            "biases are missing",
        ),
        (
            LAYERS + "Z1 = W1 @ X + b1; Z2 = W2 @ Z1 + b2; return Z1, relu(Z1), Z2, softmax(Z2)",
            "fed with Z1",
        ),
        (
            LAYERS + "Z1 = W1 @ X + b1; Z2 = W2 @ Z1 + b2; return Z1, Z1, Z2, softmax(Z2)",
            "ReLU is missing",
        ),
        (
            LAYERS + "Z1 = W1 @ X + b1; A1 = relu(Z1); Z2 = W2 @ A1 + b2\n"
            "    return Z1, A1, Z2, relu(Z2)",
            "through softmax",
        ),
        (
            LAYERS + "Z1 = W1 @ X + b1; A1 = relu(Z1); Z2 = W2 @ A1 + b2\n"
            "    return A1, Z1, softmax(Z2), Z2",
            "another order",
        ),
        (LAYERS + "return X @ W1 + b1.T", "weights stand on the left"),
        (LAYERS + "Z1 = W1 @ X + b1; return relu(Z1)", "Return 4 arrays"),
    ],
    "backward": [
        (
            UNPACK + "dZ2 = A2 - Y; dZ1 = W2 @ dZ2 * (Z1 > 0); return dZ1, dZ1, dZ2, dZ2",
            "W2 is transposed",
        ),
        (
            UNPACK + "dZ2 = A2 - Y; dZ1 = W2.T @ dZ2 * (Z1 > 0)\n    return (dZ1 @ X.T / m, "
            "np.full_like(b1, dZ1.sum() / m), dZ2 @ A1.T / m, np.full_like(b2, dZ2.sum() / m))",
            "sum should run over examples only",
        ),
        (
            UNPACK + "dZ2 = A2 - Y; dZ1 = W2.T @ dZ2 * (A1 >= 0)\n    return (dZ1 @ X.T / m, "
            "bias_gradient(dZ1), dZ2 @ A1.T / m, bias_gradient(dZ2))",
            "Nothing is masked",
        ),
        (
            UNPACK + "dZ2 = (A2 - Y) / m; dZ1 = W2.T @ dZ2 * (Z1 > 0)\n    return (dZ1 @ X.T / m, "
            "bias_gradient(dZ1), dZ2 @ A1.T / m, bias_gradient(dZ2))",
            "divided by m twice",
        ),
        (
            UNPACK + "dZ2 = Y - A2; dZ1 = W2.T @ dZ2 * (Z1 > 0)\n    return (dZ1 @ X.T / m, "
            "bias_gradient(dZ1), dZ2 @ A1.T / m, bias_gradient(dZ2))",
            "dZ2 is A2 - Y",
        ),
        (
            UNPACK + "dZ2 = A2 - Y; dZ1 = W2.T @ dZ2 * (Z1 > 0)\n    return (dZ2 @ A1.T / m, "
            "bias_gradient(dZ2), dZ1 @ X.T / m, bias_gradient(dZ1))",
            "another order",
        ),
        (
            UNPACK + "dZ2 = A2 - Y; dZ1 = W2.T @ dZ2 * (Z1 > 0)\n    return (dZ1 @ X.T / m, "
            "bias_gradient(dZ1), dZ2 @ Z1.T / m, bias_gradient(dZ2))",
            "fed with A1",
        ),
    ],
    "init_params": [
        (
            "return (rng.normal(size=(n, hidden)), np.zeros((hidden, 1)), "
            "rng.normal(size=(hidden, classes)), np.zeros((classes, 1)))",
            "transpose of the right ones",
        ),
        (
            "return (rng.normal(size=(hidden, n)), np.zeros((hidden, 1)), "
            "rng.normal(size=(classes, hidden)), np.zeros((classes, 1)))",
            "no scale",
        ),
        (
            "return (2 / n * rng.normal(size=(hidden, n)), np.zeros((hidden, 1)), "
            "2 / hidden * rng.normal(size=(classes, hidden)), np.zeros((classes, 1)))",
            "its root",
        ),
        (
            "return (rng.random((hidden, n)) - 0.5, rng.random((hidden, 1)) - 0.5, "
            "rng.random((classes, hidden)) - 0.5, rng.random((classes, 1)) - 0.5)",
            "original's uniform interval",
        ),
        (
            "return (np.zeros((hidden, n)), np.zeros((hidden, 1)), np.zeros((classes, hidden)), "
            "np.zeros((classes, 1)))",
            "stay equal for ever",
        ),
        (
            "rng = np.random.default_rng(0); s = np.sqrt(2 / n), np.sqrt(2 / hidden)\n"
            "    return (s[0] * rng.normal(size=(hidden, n)), np.zeros((hidden, 1)), "
            "s[1] * rng.normal(size=(classes, hidden)), np.zeros((classes, 1)))",
            "draw from rng",
        ),
        (
            "s = np.sqrt(1 / n), np.sqrt(1 / hidden)\n"
            "    return (s[0] * rng.normal(size=(hidden, n)), np.zeros((hidden, 1)), "
            "s[1] * rng.normal(size=(classes, hidden)), np.zeros((classes, 1)))",
            "factor 2 is missing",
        ),
    ],
    "update": [
        ("return [P + alpha * d for P, d in zip(params, gradients)]", "Subtract"),
        ("return [P - d for P, d in zip(params, gradients)]", "learning rate is missing"),
        (
            "for P, d in zip(params, gradients):\n        P -= alpha * d\n    return params",
            "changes",
        ),
        ("return params - alpha * gradients", "no arithmetic"),
        ("return [alpha * d for d in gradients]", "the step alone"),
        ("return params", "Nothing has changed"),
    ],
    "train": [
        (
            "Y = one_hot(y, 3)\n    for _ in range(iterations):\n        a = forward(params, X)\n"
            "        return update(params, backward(params, a, X, Y), alpha)\n    return params",
            "return stands inside the loop",
        ),
        (
            "Y = one_hot(y, 3); a = forward(params, X); g = backward(params, a, X, Y)\n"
            "    for _ in range(iterations): params = update(params, g, alpha)\n    return params",
            "gradient of the start",
        ),
        (
            "Y = one_hot(y, 3)\n    for _ in range(iterations):\n        a = forward(params, X)\n"
            "        update(params, backward(params, a, X, Y), alpha)\n    return params",
            "Keep what update returns",
        ),
        (
            "Y = one_hot(y, 3)\n    for _ in range(1, iterations):\n"
            "        a = forward(params, X)\n"
            "        params = update(params, backward(params, a, X, Y), alpha)\n    return params",
            "One step is missing",
        ),
        (
            "Y = one_hot(y, 3)\n    for _ in range(iterations):\n        a = forward(params, X)\n"
            "        params = update(params, backward(params, a, X, Y), 0.1)\n    return params",
            "whatever alpha says",
        ),
    ],
}


def with_body(name, body):
    """Return the exercise's function with another body."""
    return f"{ANSWERS[name].splitlines()[0]}\n    {body}\n"


WRONG = [(name, body, words) for name, answers in BODIES.items() for body, words in answers]


@pytest.mark.parametrize("name", NAMES)
def test_the_answer_passes_alone_and_among_the_readers_others(name):
    for others in ({}, ANSWERS):
        verdict = marks.mark(name, ANSWERS[name], others)
        assert verdict == {"passed": True, "text": f"Passed. This is a right {name}."}


def test_every_exercise_has_three_typical_mistakes_at_least():
    assert list(BODIES) == NAMES
    assert all(len({words for _, words in answers}) >= 3 for answers in BODIES.values())


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
