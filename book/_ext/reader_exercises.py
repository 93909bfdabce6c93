"""Exercises that mark the reader's code: hints, hidden checks, and what becomes of the answers.

A check runs the reader's function on a small network of uneven sizes (7-5-3, four examples) and
compares what it returns with the right result. If it is another, it is compared with the results
of mistakes that people make, and the one that agrees is named. What no known mistake explains is
told by the first entry that differs.

The module runs in the reader's browser, with NumPy and `nnfs` and nothing else. It does not contain
the answers, which stand in ``reader_solutions.py``.
"""

import ast
import re
import traceback
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

import nnfs
from kit.cells import wrong_gradients
from nnfs import functions, network
from pasted_notebook import about_character, without_prompts

Mistakes = Sequence[tuple[str, Any]]
"""Sentences that name a mistake, each with what the mistake returns."""


class FaultError(Exception):
    """What is wrong with a reader's function, as a sentence for the reader."""


@dataclass(frozen=True)
class Exercise:
    """One function that the reader writes.

    Attributes
    ----------
    name : str
        The function's name, in the answers as in the reader's code.
    page : str
        The page where it stands.
    task : str
        What to write, in a few words.
    hints : tuple of str
        From the gentle to the plain, in the book's markup.
    check : function
        Takes the reader's function; raises `FaultError`.
    """

    name: str
    page: str
    task: str
    hints: tuple[str, ...]
    check: Callable[[Callable[..., Any]], None]


# What the checks run on.

LABELS = np.array([2, 0, 1, 2])
ONE_HOT = np.eye(3)[:, LABELS]
PARAMS = nnfs.init_params(7, 5, 3, dtype=np.float64, seed=1)
PARAMS = PARAMS._replace(b1=np.linspace(-0.4, 0.5, 5)[:, None], b2=np.array([[0.3], [-0.2], [0.1]]))
X = np.random.default_rng(2).normal(size=(7, 4))
ACTIVATIONS = network.forward(PARAMS, X)
Z1, A1, Z2, A2 = ACTIVATIONS
DZ = np.random.default_rng(3).normal(size=(3, 4))
M = X.shape[1]


def call(function: Callable[..., Any], *arguments: Any) -> Any:
    """Call a reader's function on copies, and name what can be wrong with any function."""
    given = [_copy(argument) for argument in arguments]
    try:
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            result = function(*given)
    except (Exception, SystemExit) as error:
        shapes = " and ".join(str(a.shape) for a in arguments if isinstance(a, np.ndarray))
        on = f" on arrays of shape {shapes}" if shapes else ""
        raise FaultError(f"Your function stops{on}: {_told(error)}") from error
    if result is None or result is ...:
        raise FaultError("Your function returns nothing. It has to end with return.")
    for before, after in zip(arguments, given, strict=True):
        if not _same(before, after):
            raise FaultError(
                "Your function changes an array that it was given. Return a new one, "
                "since the caller may still need the old."
            )
    return result


def _copy(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        return value.copy()
    if isinstance(value, tuple):
        return tuple(map(_copy, value))
    return value


def _same(before: Any, after: Any) -> bool:
    if isinstance(before, tuple):
        return all(_same(b, a) for b, a in zip(before, after, strict=True))
    return not isinstance(before, np.ndarray) or np.array_equal(before, after)


def _told(error: BaseException) -> str:
    own = [f for f in traceback.extract_tb(error.__traceback__) if f.filename.startswith("<your")]
    line = f" (line {own[-1].lineno} of {own[-1].filename.strip('<>')})" if own else ""
    words = (
        f"{type(error).__name__}: {error}"
        if str(error) not in ("", "None")
        else type(error).__name__
    )
    return f"{words}{line}."


def compare(got: Any, right: Any, mistakes: Mistakes, what: str = "The result") -> None:
    """Raise the sentence of the mistake that gives this result, if it is not the right one."""
    try:
        result = np.asarray(got, dtype=np.float64)
    except (TypeError, ValueError):
        raise FaultError(
            f"{what} should be an array of numbers, and is a {type(got).__name__}."
        ) from None
    right = np.asarray(right, dtype=np.float64)
    if result.shape == right.shape and np.allclose(result, right, rtol=1e-9, atol=1e-12):
        return
    for sentence, wrong in mistakes:
        wrong = np.asarray(wrong, dtype=np.float64)
        if result.shape == wrong.shape and np.allclose(result, wrong, rtol=1e-9, atol=1e-12):
            raise FaultError(sentence)
    if result.shape != right.shape:
        raise FaultError(f"{what} has the shape {result.shape}. It should have {right.shape}.")
    if not np.isfinite(result).all():
        raise FaultError(f"{what} has entries that are not finite numbers.")
    first = tuple(int(i) for i in np.argwhere(~np.isclose(result, right, rtol=1e-9, atol=1e-12))[0])
    place = f"{what} is" if not first else f"{what} has at {list(first)}"
    was, wanted = (f"{value[first]:.4g}" for value in (result, right))
    if was != wanted:
        raise FaultError(f"{place} {was}, and should be {wanted}.")
    was, wanted = (f"{value[first]:.12g}" for value in (result, right))
    single = getattr(np.asarray(got), "dtype", None) in (np.float32, np.float16)
    why = " Compute in float64, NumPy's own precision." if single else ""
    raise FaultError(f"{place} {was}, and should be {wanted}: nearly right.{why}")


def compare_each(got: Any, right: Sequence[Any], names: str, mistakes: Mistakes) -> None:
    """Compare several results, each by its name; mistakes give all of them at once."""
    listed = names.split()
    if not isinstance(got, tuple | list) or len(got) != len(listed):
        raise FaultError(f"Return {len(listed)} arrays: {', '.join(listed)}.")
    for sentence, wrong in mistakes:
        if all(_close(a, b) for a, b in zip(got, wrong, strict=True)):
            raise FaultError(sentence)
    for name, result, expected in zip(listed, got, right, strict=True):
        compare(result, expected, (), name)


def _close(a: Any, b: Any) -> bool:
    return np.shape(a) == np.shape(b) and bool(np.allclose(a, b, rtol=1e-9, atol=1e-12))


def unstable(got: Any, right: Any, sentence: str) -> None:
    """Raise the sentence if a result on extreme logits is not the right one."""
    if np.shape(got) != np.shape(right) or not np.allclose(got, right, rtol=1e-9, atol=1e-12):
        raise FaultError(sentence)


# One check for each function.


def check_one_hot(one_hot: Callable[..., Any]) -> None:
    """Compare on five classes, of which the last does not occur, and on the default ten."""
    labels = np.array([2, 0, 3, 2])
    right = functions.one_hot(labels, 5)
    rows, shifted = np.zeros((5, 4)), np.zeros((5, 4))
    rows[labels] = 1
    shifted[labels - 1, np.arange(4)] = 1
    transposed = "Your matrix is the transpose of the right one: a column for each example."
    counted = (
        "Your matrix has as many rows as the largest label asks for, so a batch without the last "
        "class would lose a row. Take the number of rows from n_classes."
    )
    mistakes = (
        (transposed, right.T),
        (counted, right[:4]),
        (f"{transposed} And its size should come from n_classes.", right[:4].T),
        (
            "Your assignment fills whole rows. Name a column beside each row: "
            "Y[labels, np.arange(m)].",
            rows,
        ),
        ("Your ones stand one row too high: label 0 belongs in row 0.", shifted),
        ("Your matrix is still all zeros: put a 1 into every column.", np.zeros((5, 4))),
    )
    compare(call(one_hot, labels, 5), right, mistakes, "The matrix")
    compare(call(one_hot, labels), functions.one_hot(labels), (), "Without n_classes, the matrix")


def check_softmax(softmax: Callable[..., Any]) -> None:
    """Compare on ordinary logits, then on logits that overflow in either of two ways."""
    E, stable = np.exp(Z2), np.exp(Z2 - Z2.max(axis=0))
    not_divided = "You have not divided by the sum of the column: probabilities add up to 1."
    mistakes = (
        (
            "The sum runs over examples. It should run over classes, down each column.",
            E / E.sum(axis=1, keepdims=True),
        ),
        (
            "The sum runs over examples. It should run over classes, down each column.",
            stable / stable.sum(axis=1, keepdims=True),
        ),
        ("The sum runs over the whole matrix. Each column needs its own.", E / E.sum()),
        (not_divided, E),
        (not_divided, stable),
        (not_divided, np.exp(Z2 - Z2.max())),
        ("The exponential is missing: np.exp comes before the sum.", Z2 / Z2.sum(axis=0)),
        ("These are logarithms of probabilities. Take np.exp of them.", functions.log_softmax(Z2)),
        (
            "Your result is the transpose of the right one: classes stay in rows.",
            functions.softmax(Z2).T,
        ),
    )
    compare(call(softmax, Z2), functions.softmax(Z2), mistakes, "The matrix of probabilities")
    unstable(
        call(softmax, Z2 + 1000),
        functions.softmax(Z2),
        "Large logits overflow: subtract each column's largest before np.exp.",
    )
    far = Z2 - np.array([0, 2000, 0, 0])
    unstable(
        call(softmax, far),
        functions.softmax(far),
        "You subtract one number from the whole matrix, so a column far below it becomes 0/0. "
        "Subtract each column's own largest.",
    )


def check_cross_entropy(cross_entropy: Callable[..., Any]) -> None:
    """Compare on ordinary logits, then on an answer that is sure and wrong."""
    log_p = functions.log_softmax(Z2)
    right = functions.cross_entropy(Z2, ONE_HOT)
    across = functions.log_softmax(Z2.T).T
    with np.errstate(invalid="ignore"):
        of_logits = -(ONE_HOT * np.log(Z2)).sum() / M
    mistakes = (
        ("You add the losses of the examples up. The loss is their mean: divide by m.", right * M),
        ("You divided by m twice.", right / M),
        (
            "You divided by the number of all entries. The mean runs over examples: divide by m.",
            right / 3,
        ),
        ("The sign is missing: the loss is minus the logarithm, and never negative.", -right),
        (
            "Softmax runs over examples here. It should run over classes, down each column.",
            -(ONE_HOT * across).sum() / M,
        ),
        (
            "You add up the logarithms of all classes. Only the true one counts: times Y.",
            -log_p.sum() / M,
        ),
        ("This logarithm has the base 2. The book's loss is in nats: np.log.", right / np.log(2)),
        ("This logarithm has the base 10. The book's loss is in nats: np.log.", right / np.log(10)),
        ("You return the loss of each example. Take their mean.", -(ONE_HOT * log_p).sum(axis=0)),
        ("Z2 are logits, not probabilities: softmax comes before the logarithm.", of_logits),
        (
            "The logarithm of softmax is z - log(sum(exp(z))). You have left out the second part.",
            -(ONE_HOT * Z2).sum() / M,
        ),
    )
    got = call(cross_entropy, Z2, ONE_HOT)
    loosely = np.shape(got) == () and abs(float(got) - float(right)) < 1e-2
    if loosely and not np.isclose(got, right, rtol=1e-9):
        raise FaultError(ADDED)
    compare(got, right, mistakes, "The loss")
    wrong_and_sure = np.array([[0.0, 900.0], [1000.0, 0.0], [-5.0, 3.0]])
    Y = np.eye(3)[:, [0, 1]]
    got = call(cross_entropy, wrong_and_sure, Y)
    if np.shape(got) == () and np.isfinite(got) and got < 900:
        raise FaultError(ADDED)
    unstable(
        got,
        functions.cross_entropy(wrong_and_sure, Y),
        "A sure and wrong answer makes your loss infinite, because its probability rounds to 0. "
        "Compute the logarithm from logits: subtract each column's largest, then log-sum-exp.",
    )


ADDED = (
    "A small number added to the probability bends the loss, and hides how wrong a sure answer "
    "is. Compute the logarithm from logits instead."
)


def check_cross_entropy_gradient(cross_entropy_gradient: Callable[..., Any]) -> None:
    """Compare with A2 - Y."""
    D = A2 - ONE_HOT
    mistakes = (
        ("Your gradient has the wrong sign: with it, every step goes up.", -D),
        (
            "You divided by m already. Each column is the gradient of its own example's loss; "
            "1/m comes where the examples are added up.",
            D / M,
        ),
        (
            "The factor A2 (1 - A2) is a habit from sigmoid units. Cross-entropy has cancelled it.",
            D * A2 * (1 - A2),
        ),
        ("That is the difference squared. Leave its sign and its size as they are.", D**2),
        ("A gradient has a sign: leave the absolute value out.", np.abs(D)),
        (
            "That is the derivative by the probabilities. Go on through softmax to the logits.",
            -ONE_HOT / A2,
        ),
        ("You have added up the examples. Keep a column for each.", D.sum(axis=1, keepdims=True)),
    )
    compare(call(cross_entropy_gradient, A2, ONE_HOT), D, mistakes, "The gradient")


def check_weight_gradient(weight_gradient: Callable[..., Any]) -> None:
    """Compare on a layer with five inputs and three outputs."""
    right = DZ @ A1.T / M
    mistakes = (
        ("Your gradient is the transpose of the right one. It has the shape of W.", right.T),
        ("The factor 1/m is missing: this is the gradient of the sum, not of the mean.", right * M),
        ("You divided by m twice.", right / M),
        ("You divided by the number of outputs. The mean runs over the m examples.", right * M / 3),
        ("You divided by the number of inputs. The mean runs over the m examples.", right * M / 5),
        ("Your gradient has the wrong sign.", -right),
    )
    got = hint(
        call,
        weight_gradient,
        DZ,
        A1,
        sentence="This product does not fit. dZ has a column for each example and A too: "
        "the examples have to meet in the middle of the product, so one of the two is transposed.",
    )
    compare(got, right, mistakes, "The gradient")


def check_bias_gradient(bias_gradient: Callable[..., Any]) -> None:
    """Compare on three outputs and four examples."""
    right = DZ.mean(axis=1, keepdims=True)
    everything = (
        "The sum runs over everything, so all biases get the same gradient. "
        "It should run over examples only, along each row."
    )
    classes = "The sum runs over classes. It should run over examples, along each row."
    flat = "The values are right, the shape is not: keep b a column, with keepdims=True."
    mistakes = (
        *((everything, np.full((3, 1), DZ.sum()) / f) for f in (1, M, DZ.size)),
        *((everything, DZ.sum() / f) for f in (1, M, DZ.size)),
        *((everything, DZ.sum().reshape(1, 1) / f) for f in (1, M, DZ.size)),
        *((classes, DZ.sum(axis=0, keepdims=True) / f) for f in (1, 3, M)),
        *((classes, DZ.sum(axis=0) / f) for f in (1, 3, M)),
        (flat, right[:, 0]),
        ("The factor 1/m is missing: this is the gradient of the sum, not of the mean.", right * M),
        (
            "The factor 1/m is missing, and b is a column: keepdims=True.",
            right[:, 0] * M,
        ),
        ("You divided by m twice.", right / M),
        ("You divided by the number of outputs. The mean runs over the m examples.", right * M / 3),
        ("Your gradient is the transpose of the right one: b is a column.", right.T),
        ("Your gradient has the wrong sign.", -right),
    )
    compare(call(bias_gradient, DZ), right, mistakes, "The gradient")


def check_affine_adjoint(affine_adjoint: Callable[..., Any]) -> None:
    """Compare on weights that are not square."""
    W = PARAMS.W2
    right = W.T @ DZ
    mistakes = (
        ("Your result is the transpose of the right one: examples stay in columns.", right.T),
        ("There is no 1/m here. It belongs where examples are added up: at parameters.", right / M),
        ("Your result has the wrong sign.", -right),
        (
            "This is the inverse of the map, not its adjoint. On the way back W is transposed, "
            "nothing is solved.",
            np.linalg.pinv(W) @ DZ,
        ),
    )
    got = hint(
        call,
        affine_adjoint,
        W,
        DZ,
        sentence="This product does not fit. W leads from A to Z; on the way back it is the "
        "transpose of W that multiplies, from the left.",
    )
    compare(got, right, mistakes, "The result")


def check_relu(relu: Callable[..., Any]) -> None:
    """Compare on entries of either sign and zero."""
    Z = np.array([[-2.0, 0.0, 0.5, 3.0], [1.5, -0.25, 0.0, -1.0]])
    mistakes = (
        ("You return the mask, 1 or 0. ReLU keeps the size of what is positive.", Z > 0),
        ("You keep the negative entries. ReLU keeps the positive ones.", np.minimum(Z, 0)),
        ("That is the absolute value. ReLU makes negative entries 0.", np.abs(Z)),
        ("Nothing has changed: negative entries have to become 0.", Z),
        ("You return one number. Compare entry by entry: np.maximum, not np.max.", Z.max()),
        ("You have left entries out. The result has the shape of Z.", Z[Z > 0]),
        *(
            ("Your negative entries leak. ReLU makes them 0.", np.where(Z > 0, Z, slope * Z))
            for slope in (0.01, 0.1, 0.2)
        ),
    )
    got = hint(
        call,
        relu,
        Z,
        sentence="An array has no single truth value, so if and max cannot compare it. "
        "Compare entry by entry: np.maximum.",
        when="truth value",
    )
    compare(got, np.maximum(Z, 0), mistakes, "The result")


def check_relu_mask(relu_mask: Callable[..., Any]) -> None:
    """Compare on entries of either sign and zero."""
    Z = np.array([[-2.0, 0.0, 0.5, 3.0], [1.5, -0.25, 0.0, -1.0]])
    mistakes = (
        (
            "Your mask is 1 at the bend. The book's is 0 there: Z > 0, and not Z >= 0. After ReLU, "
            ">= would be true everywhere.",
            Z >= 0,
        ),
        ("Your mask is turned round: it is 1 where Z is positive.", Z < 0),
        ("Your mask is turned round: it is 1 where Z is positive.", Z <= 0),
        ("That is ReLU itself. Its slope is 1 or 0, whatever the size of z.", np.maximum(Z, 0)),
        ("Your mask is 1 everywhere, so nothing is masked.", np.ones_like(Z)),
        ("That is the sign. The slope of ReLU is 0 where Z is negative.", np.sign(Z)),
        ("At the bend the book chooses 0, and not one half.", np.heaviside(Z, 0.5)),
    )
    got = hint(
        call,
        relu_mask,
        Z,
        sentence="An array has no single truth value. Compare entry by entry: Z > 0.",
        when="truth value",
    )
    compare(got, Z > 0, mistakes, "The mask")


def check_forward(forward: Callable[..., Any]) -> None:
    """Compare all four arrays, 7-5-3, and the probabilities of large logits."""
    W1, b1, W2, b2 = PARAMS
    mistakes = (
        ("The biases are missing.", _forward(W1 @ X, W2)),
        ("The bias b1 is missing.", _forward(W1 @ X, W2, b2)),
        ("The bias b2 is missing.", _forward(W1 @ X + b1, W2)),
        (
            "The second layer is fed with Z1. It should get A1, after ReLU.",
            (Z1, A1, W2 @ Z1 + b2, functions.softmax(W2 @ Z1 + b2)),
        ),
        (
            "ReLU is missing between the layers.",
            (Z1, Z1, W2 @ Z1 + b2, functions.softmax(W2 @ Z1 + b2)),
        ),
        (
            "The output goes through ReLU. It should go through softmax.",
            (Z1, A1, Z2, functions.relu(Z2)),
        ),
        ("A2 should be the softmax of Z2, and is Z2 itself.", (Z1, A1, Z2, Z2)),
        (
            "ReLU stands before softmax as well. Logits may be negative.",
            (Z1, A1, functions.relu(Z2), functions.softmax(functions.relu(Z2))),
        ),
        ("The arrays come in another order: return Z1, A1, Z2, A2.", (A1, Z1, A2, Z2)),
        ("The arrays come in another order: return Z1, A1, Z2, A2.", (Z1, Z2, A1, A2)),
    )
    got = hint(
        call,
        forward,
        tuple(PARAMS),
        X,
        sentence="A product does not fit. The weights stand on the left, W1 @ X, since each column "
        "of X is an example.",
        when="matmul|aligned",
    )
    compare_each(got, ACTIVATIONS, "Z1 A1 Z2 A2", mistakes)


def _forward(Z1: Any, W2: Any, b2: Any = 0.0) -> tuple[Any, ...]:
    A1 = functions.relu(Z1)
    return Z1, A1, W2 @ A1 + b2, functions.softmax(W2 @ A1 + b2)


BACKWARD_MISTAKES = {
    "scalar_db": "A bias gradient sums over everything, so all biases of a layer get the same. "
    "The sum should run over examples only.",
    "mask_always_true": "Nothing is masked. Take the mask from Z1 > 0; A1 >= 0 is true everywhere.",
    "averaged_twice": "You divided by m twice, in dZ2 and where the examples are added up.",
    "never_averaged": "The factor 1/m is missing everywhere: these are gradients of the sum.",
    "flipped_sign": "The first layer's gradients have the wrong sign.",
    "sigmoid_slope": "The factor A2 (1 - A2) is a habit from sigmoid units. "
    "With cross-entropy, dZ2 is A2 - Y.",
    "before_relu": "dW2 is made with Z1. The second layer was fed with A1.",
}
"""What to say to readers whose gradients agree with those of a function of `wrong_gradients`."""


def check_backward(backward: Callable[..., Any]) -> None:
    """Compare with the gallery of wrong gradients, then with slopes of the loss alone."""
    right = network.backward(PARAMS, ACTIVATIONS, X, ONE_HOT)
    dW1, db1, dW2, db2 = right
    mistakes = [
        (sentence, getattr(wrong_gradients, name)(PARAMS, X, LABELS)[2])
        for name, sentence in BACKWARD_MISTAKES.items()
    ]
    another = "The gradients come in another order: return dW1, db1, dW2, db2."
    mistakes += [
        (another, (dW2, db2, dW1, db1)),
        (another, (dW1, dW2, db1, db2)),
        ("All gradients have the wrong sign: dZ2 is A2 - Y.", tuple(-g for g in right)),
        ("The weight gradients are transposed.", (dW1.T, db1, dW2.T, db2)),
        (
            "The bias gradients are flat. Keep them columns: keepdims=True.",
            (dW1, db1[:, 0], dW2, db2[:, 0]),
        ),
    ]
    got = hint(
        call,
        backward,
        tuple(PARAMS),
        tuple(ACTIVATIONS),
        X,
        ONE_HOT,
        sentence="A product does not fit. On the way back W2 is transposed: it has to lead from "
        "three outputs to five hidden units.",
        when="matmul|aligned",
    )
    compare_each(got, right, "dW1 db1 dW2 db2", mistakes)

    def gradient(params: Any, X: Any, y: Any) -> Any:
        loss, correct, right = network.gradient(params, X, y)
        if np.iscomplexobj(np.asarray(loss)):
            return loss, correct, right
        return loss, correct, backward(tuple(params), tuple(network.forward(params, X)), X, ONE_HOT)

    checked = nnfs.check_gradients(PARAMS, X, LABELS, gradient=gradient)
    if not checked.passed():
        raise FaultError(f"The gradient check finds an error of {checked.worst}.")


def check_init_params(init_params: Callable[..., Any]) -> None:
    """Look at shapes, biases, and the scale of many weights."""
    n, hidden, classes = 700, 50, 30
    got = call(init_params, n, hidden, classes, np.random.default_rng(5))
    if not isinstance(got, tuple | list) or len(got) != 4:
        raise FaultError("Return 4 arrays: W1, b1, W2, b2.")
    shapes = tuple(map(np.shape, got))
    expected = ((hidden, n), (hidden, 1), (classes, hidden), (classes, 1))
    if shapes == ((n, hidden), (hidden, 1), (hidden, classes), (classes, 1)):
        raise FaultError(
            "The weights are the transpose of the right ones: a row for each unit, a column for "
            "each of its inputs."
        )
    for name, shape, wanted in zip(("W1", "b1", "W2", "b2"), shapes, expected, strict=True):
        if shape != wanted:
            raise FaultError(f"{name} has the shape {shape}. It should have {wanted}.")
    W1, b1, W2, b2 = map(np.asarray, got)
    for name, W, fan_in, fan_out in (("W1", W1, n, hidden), ("W2", W2, hidden, classes)):
        _check_scale(name, W, fan_in, fan_out)
    if np.any(b1) or np.any(b2):
        raise FaultError("The biases should start at zero. Random weights break the symmetry.")
    again = call(init_params, n, hidden, classes, np.random.default_rng(5))
    if not np.array_equal(W1, again[0]):
        raise FaultError(
            "The same generator gives other weights each time: draw from rng, so that a run can "
            "be repeated."
        )
    other = call(init_params, n, hidden, classes, np.random.default_rng(6))
    if np.array_equal(W1, other[0]):
        raise FaultError("Every generator gives the same weights: draw from rng, not a seed.")


def _check_scale(name: str, W: Any, fan_in: int, fan_out: int) -> None:
    spread = float(W.std())
    if spread == 0:
        raise FaultError(f"All weights of {name} are equal, so all its units stay equal for ever.")
    if abs(W.mean()) > spread / 4:
        raise FaultError(f"The weights of {name} are not centred: their mean should be zero.")
    scales = (
        ("2/n is He's variance. The factor is its root, the standard deviation.", 2 / fan_in),
        ("The weights have no scale. He's standard deviation is the root of 2/n.", 1.0),
        ("The factor 2 is missing: it makes up for the half that ReLU cuts away.", fan_in**-0.5),
        ("n is the number of a unit's inputs, not of the layer's units.", (2 / fan_out) ** 0.5),
        ("This is the original's uniform interval. He's weights are normal, scaled.", 12**-0.5),
    )
    right = (2 / fan_in) ** 0.5
    if abs(spread / right - 1) < 0.1:
        return
    for sentence, scale in scales:
        if abs(spread / scale - 1) < 0.1:
            raise FaultError(f"{name}: {sentence}")
    raise FaultError(
        f"The weights of {name} have the standard deviation {spread:.3g}. It should be the root "
        f"of 2/{fan_in}, {right:.3g}."
    )


def check_update(update: Callable[..., Any]) -> None:
    """Compare one step with a learning rate of 0.25."""
    gradients = tuple(network.backward(PARAMS, ACTIVATIONS, X, ONE_HOT))
    pairs = list(zip(PARAMS, gradients, strict=True))
    mistakes = (
        (
            "You step along the gradient, and the loss goes up. Subtract.",
            [P + 0.25 * g for P, g in pairs],
        ),
        ("The learning rate is missing.", [P - g for P, g in pairs]),
        ("You divided by the learning rate. Multiply.", [P - g / 0.25 for P, g in pairs]),
        ("The order is turned round: parameters minus the step.", [0.25 * g - P for P, g in pairs]),
        ("You return the step alone. Take it from the parameters.", [0.25 * g for _, g in pairs]),
        ("You return the step alone. Take it from the parameters.", [-0.25 * g for _, g in pairs]),
        ("Nothing has changed: return the new parameters.", list(PARAMS)),
    )
    got = hint(
        call,
        update,
        tuple(PARAMS),
        gradients,
        0.25,
        sentence="Parameters are a tuple of four arrays, and a tuple has no arithmetic: take them "
        "one by one, for example with zip.",
        when="unsupported operand|can't multiply",
    )
    right = [P - 0.25 * g for P, g in pairs]
    compare_each(got, right, "W1 b1 W2 b2", mistakes)


def check_train(train: Callable[..., Any]) -> None:
    """Compare five steps, and none, with those of `nnfs.train`."""

    def after(steps: int, alpha: float = 0.25) -> Any:
        return nnfs.train(X, LABELS, params=PARAMS, iterations=steps, alpha=alpha).params

    gradients = network.backward(PARAMS, ACTIVATIONS, X, ONE_HOT)
    up = PARAMS
    for _ in range(5):
        backwards = network.backward(up, network.forward(up, X), X, ONE_HOT)
        up = network.Parameters(*(P + 0.25 * g for P, g in zip(up, backwards, strict=True)))
    mistakes = (
        (
            "Only one step is taken. Either return stands inside the loop, or every step starts "
            "from the first parameters.",
            after(1),
        ),
        ("One step is missing: take as many as iterations says.", after(4)),
        ("One step is too many: take as many as iterations says.", after(6)),
        ("You return the parameters of the start. Keep what update returns.", PARAMS),
        (
            "Every step uses the gradient of the start. Compute forward and backward again, "
            "inside the loop.",
            [P - 5 * 0.25 * g for P, g in zip(PARAMS, gradients, strict=True)],
        ),
        ("Your steps go up the loss.", up),
        ("You take the learning rate 0.1, whatever alpha says.", after(5, 0.1)),
    )
    got = call(train, tuple(PARAMS), X, LABELS, 0.25, 5)
    compare_each(got, after(5), "W1 b1 W2 b2", mistakes)
    got = call(train, tuple(PARAMS), X, LABELS, 0.25, 0)
    compare_each(got, PARAMS, "W1 b1 W2 b2", ())


def hint(
    calling: Callable[..., Any], *arguments: Any, sentence: str, when: str = "matmul|aligned"
) -> Any:
    """Call, and say a sentence of the exercise's own where the error fits the pattern."""
    try:
        return calling(*arguments)
    except FaultError as fault:
        if re.search(when, str(fault)):
            raise FaultError(f"{sentence} Python says: {fault.__cause__}.") from fault
        raise


EXERCISES = (
    Exercise(
        "one_hot",
        "derive/softmax",
        "the one-hot matrix of labels",
        (
            "Start with zeros of the right shape: a row for each class, a column for each label.",
            "Two arrays as an index, `Y[rows, columns]`, name one entry for each pair. Label `i` "
            "is the row, `i` the column.",
        ),
        check_one_hot,
    ),
    Exercise(
        "softmax",
        "derive/softmax",
        "the probabilities of logits, column by column",
        (
            "Classes stand in rows. Which axis runs down a column?",
            "Only differences of logits matter. What may you subtract from a column, so that no "
            "exponential is larger than 1?",
        ),
        check_softmax,
    ),
    Exercise(
        "cross_entropy",
        "derive/softmax",
        "the mean loss, from logits",
        (
            "The logarithm of softmax is $z - \\ln \\sum_k e^{z_k}$. It never needs the "
            "probability.",
            "Multiply by `Y` to keep the true class, add down each column, and take the mean over "
            "the columns. Mind the sign.",
        ),
        check_cross_entropy,
    ),
    Exercise(
        "cross_entropy_gradient",
        "derive/a2-minus-y",
        "the gradient by the logits, from probabilities",
        (
            "The chapter derives it on three roads. All end in the same difference.",
            "The loss of an example goes down when the probability of its true class goes up. "
            "Which sign does that entry have? And is there a $1/m$ in it?",
        ),
        check_cross_entropy_gradient,
    ),
    Exercise(
        "weight_gradient",
        "derive/layer-gradients",
        "the gradient of the mean loss by the weights",
        (
            "It has the shape of $W$: as many rows as `dZ`, as many columns as `A` has rows.",
            "Examples are added up by the product itself, if they stand in its middle. Then "
            "comes the mean.",
        ),
        check_weight_gradient,
    ),
    Exercise(
        "bias_gradient",
        "derive/layer-gradients",
        "the gradient of the mean loss by the biases",
        (
            "The bias was repeated along the examples. So its gradient is summed along them, "
            "and along nothing else.",
            "`keepdims=True` keeps the result a column.",
        ),
        check_bias_gradient,
    ),
    Exercise(
        "affine_adjoint",
        "derive/layer-gradients",
        "what reaches the layer's input on the way back",
        (
            "It has the shape of $A$. Of what shape is $W$?",
            "The adjoint of “multiply by $W$” is “multiply by its transpose”.",
        ),
        check_affine_adjoint,
    ),
    Exercise(
        "relu",
        "derive/relu",
        "the rectifier",
        (
            "`np.max` is the largest entry of one array. You want the larger of two, entry by "
            "entry.",
            "That is `np.maximum`.",
        ),
        check_relu,
    ),
    Exercise(
        "relu_mask",
        "derive/relu",
        "the slope of the rectifier",
        (
            "A comparison of an array with a number gives an array of truth values, and NumPy "
            "multiplies with them as with 1 and 0.",
            "The book chooses 0 at the bend.",
        ),
        check_relu_mask,
    ),
    Exercise(
        "forward",
        "derive/backpropagation",
        "the way from pixels to probabilities",
        (
            "Unpack the parameters first: `W1, b1, W2, b2 = params`.",
            "Weights stand on the left of what they multiply, and a column `b` is added to every "
            "column. ReLU in the middle, softmax at the end.",
        ),
        check_forward,
    ),
    Exercise(
        "backward",
        "derive/backpropagation",
        "the six lines of backpropagation",
        (
            "Begin at the end, with `dZ2`. It gives `dW2` and `db2`.",
            "Through the second layer with `affine_adjoint`, through ReLU with the mask of `Z1`: "
            "that is `dZ1`. The rest is as for the second layer, with `X` for `A1`.",
        ),
        check_backward,
    ),
    Exercise(
        "init_params",
        "train/initialise",
        "He's parameters to start from",
        (
            "`rng.normal(size=...)` draws numbers with standard deviation 1.",
            "The variance is $2/n$, where $n$ counts the inputs of a unit: the columns of $W$. "
            "Biases are columns of zeros.",
        ),
        check_init_params,
    ),
    Exercise(
        "update",
        "train/original-job",
        "one step of gradient descent",
        (
            "Parameters and gradients are tuples in the same order. `zip` pairs them.",
            "`P -= ...` would change the caller's array. Make a new one.",
        ),
        check_update,
    ),
    Exercise(
        "train",
        "train/original-job",
        "the training loop",
        (
            "The labels become one-hot once, before the loop. The number of classes is the "
            "length of $b_2$.",
            "Forward, backward, update; and the new parameters take the place of the old.",
        ),
        check_train,
    ),
)
"""All exercises, in the order in which the chapters come to them."""


# What a page asks for.


def the_books_functions() -> dict[str, Any]:
    """Return the function of every exercise as the book has it, under the exercise's name."""

    def init_params(n: int, hidden: int, classes: int, rng: Any) -> Any:
        seed = int(rng.integers(2**31))
        return nnfs.init_params(n, hidden, classes, scheme="he", seed=seed, dtype=np.float64)

    def train(params: Any, X: Any, y: Any, alpha: float, iterations: int) -> Any:
        return nnfs.train(X, y, params=params, alpha=alpha, iterations=iterations).params

    def backward(params: Any, activations: Any, X: Any, Y: Any) -> Any:
        return network.backward(params, network.Activations(*activations), X, Y)

    shared = "one_hot softmax cross_entropy cross_entropy_gradient affine_adjoint relu relu_mask"
    return {
        **{name: getattr(functions, name) for name in shared.split()},
        "weight_gradient": lambda dZ, A: functions.affine_gradients(dZ, A)[0],
        "bias_gradient": lambda dZ: functions.affine_gradients(dZ, dZ)[1],
        "forward": network.forward,
        "backward": backward,
        "init_params": init_params,
        "update": nnfs.update,
        "train": train,
    }


def namespace(answers: Mapping[str, str]) -> dict[str, Any]:
    """Return names for a reader's code: NumPy, the reader's functions, and the book's for the rest.

    Parameters
    ----------
    answers : dict of str
        The reader's code, by the name of its exercise.
    """
    names = {"__name__": "my_nnfs", "np": np, **the_books_functions()}
    for exercise in EXERCISES:
        if exercise.name in answers:
            _execute(answers[exercise.name], exercise.name, names)
    return names


def _execute(source: str, name: str, names: dict[str, Any]) -> None:
    exec(compile(ast.parse(source, f"<your {name}>"), f"<your {name}>", "exec"), names)


def mark(name: str, source: str, answers: Mapping[str, str]) -> dict[str, Any]:
    """Mark a reader's code for an exercise.

    Parameters
    ----------
    name : str
        The exercise.
    source : str
        The reader's code.
    answers : dict of str
        Code that has passed, by exercise; the code to be marked can call these functions.

    Returns
    -------
    dict
        ``passed``, and ``text``, a sentence or two.
    """
    exercise = next(exercise for exercise in EXERCISES if exercise.name == name)
    try:
        names = namespace({key: code for key, code in answers.items() if key != name})
        the_books = names.pop(name)
        _execute(source, name, names)
        bound = name in names
        function = names.setdefault(name, the_books)
        if function is the_books and bound:
            raise FaultError(f"This is the book's own {name}. Write one yourself.")
        if function is the_books or not callable(function):
            raise FaultError(f"Your code defines no function {name}.")
        exercise.check(function)
    except FaultError as fault:
        return {"passed": False, "text": str(fault)}
    except SyntaxError as error:
        text = f"Python cannot read line {error.lineno} of your code: {error.msg}."
        prompts = without_prompts(source)[0] != source
        more = "Leave out the prompts, such as >>>." if prompts else about_character(error)
        return {"passed": False, "text": f"{text} {more}".rstrip()}
    except (Exception, SystemExit) as error:
        return {"passed": False, "text": f"Your code stops: {_told(error)}"}
    return {"passed": True, "text": f"Passed. This is a right {name}."}


def gradient_of(names: Mapping[str, Any]) -> Callable[..., Any]:
    """Return the gradient function that `nnfs.train` takes, made of the reader's parts.

    Parameters
    ----------
    names : dict
        As `namespace` returns them.
    """
    last: list[Any] = [None, None]

    def gradient(params: Any, X: Any, y: Any) -> tuple[Any, int, Any]:
        # `nnfs.train` hands out its images in tiles, which know the products of the book's code and
        # little else. A reader's code may do to them whatever it does to an array.
        if X is not last[0]:
            last[:] = X, np.asarray(X)
        X = last[1]
        Y = names["one_hot"](y, len(params[3]))
        activations = names["forward"](params, X)
        loss = names["cross_entropy"](activations[2], Y)
        correct = int(np.count_nonzero(np.argmax(activations[2], axis=0) == y))
        gradients = names["backward"](params, activations, X, Y)
        return loss, correct, network.Parameters(*gradients)

    return gradient


def train_on_digits(
    answers: Mapping[str, str], *, hidden: int = 10, alpha: float = 0.2, rounds: int = 10
) -> Iterator[dict[str, Any]]:
    """Train with the reader's functions on the digits, twenty steps a round.

    Parameters
    ----------
    answers : dict of str
        The reader's code, by the name of its exercise.
    hidden : int
        Hidden units.
    alpha : float
        The learning rate.
    rounds : int

    Yields
    ------
    dict
        ``steps`` so far, ``of`` how many, ``loss`` in nats before the last of them, and
        ``accuracy`` on test images, 0 to 1.
    """
    names = namespace(answers)
    digits = nnfs.load_mnist("bundled")
    drawn = names["init_params"](784, hidden, 10, np.random.default_rng(0))
    params: Any = network.Parameters(*(np.asarray(P, dtype=np.float64) for P in drawn))
    for number in range(1, rounds + 1):
        training = nnfs.train(
            digits.x_train,
            digits.y_train,
            params=params,
            gradient=gradient_of(names),
            alpha=alpha,
            iterations=20,
        )
        params = training.params
        yield {
            "steps": 20 * number,
            "of": 20 * rounds,
            "loss": float(training.history.loss[-1]),
            "accuracy": nnfs.accuracy(params, digits.x_test, digits.y_test),
        }
