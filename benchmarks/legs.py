"""The original job in five libraries: 784-10-10, full batch, learning rate 0.1, loss and accuracy
of every iteration on record.

python benchmarks/legs.py NAME [--iterations 750] [--images 41000] [--hidden 10]

runs one of them in a process of its own and prints a line of JSON: seconds of training, seconds of
import and compilation apart, and the last loss. `race.py` calls this. Each peer is in its best
plain form: float32, examples as rows, its own threads on. scikit-learn records the loss only,
since its accuracy would cost a second pass.
"""

import argparse
import json
import time
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

import nnfs

ALPHA = 0.1
Start = nnfs.Parameters
Run = Callable[[int], float]
Leg = Callable[[Start, Any, Any], Run]


def original(start: Start, X: Any, y: Any) -> Run:
    """Write each line as the original program does: the whole matrix, in double precision."""
    X, Y, m = X.astype(np.float64), np.eye(10)[y].T, y.size

    def run(iterations: int) -> float:
        W1, b1, W2, b2 = (P.astype(np.float64) for P in start)
        losses, accuracies = [], []
        for _ in range(iterations):
            Z1 = W1 @ X + b1
            A1 = np.maximum(Z1, 0)
            Z2 = W2 @ A1 + b2
            E = np.exp(Z2 - Z2.max(axis=0))
            A2 = E / E.sum(axis=0)
            losses.append(-np.log(A2[y, np.arange(m)]).mean())
            accuracies.append((A2.argmax(axis=0) == y).mean())
            dZ2 = A2 - Y
            dZ1 = W2.T @ dZ2 * (Z1 > 0)
            W2 -= ALPHA * (dZ2 @ A1.T / m)
            b2 -= ALPHA * dZ2.mean(axis=1, keepdims=True)
            W1 -= ALPHA * (dZ1 @ X.T / m)
            b1 -= ALPHA * dZ1.mean(axis=1, keepdims=True)
        return float(losses[-1])

    return run


def ours(start: Start, X: Any, y: Any) -> Run:
    """Call `nnfs.train`, with its preparation and history."""

    def run(iterations: int) -> float:
        history = nnfs.train(X, y, params=start, iterations=iterations, alpha=ALPHA).history
        return float(history.loss[-1])

    return run


def scikit_learn(start: Start, X: Any, y: Any) -> Run:
    """Fit scikit-learn's perceptron with one batch of all images."""
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.neural_network import MLPClassifier

    rows, hidden = np.ascontiguousarray(X.T), start.W1.shape[0]

    def run(iterations: int) -> float:
        model = MLPClassifier(
            (hidden,),
            solver="sgd",
            alpha=0,
            batch_size=y.size,
            learning_rate_init=ALPHA,
            momentum=0,
            nesterovs_momentum=False,
            max_iter=iterations,
            n_iter_no_change=iterations + 1,
            tol=0,
            shuffle=False,
            random_state=0,
        )
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)
            model.fit(rows, y)
        return float(model.loss_curve_[-1])

    return run


def pytorch(start: Start, X: Any, y: Any) -> Run:
    """Train two linear layers by autograd and SGD."""
    import torch

    rows, labels = torch.from_numpy(np.ascontiguousarray(X.T)), torch.from_numpy(y)

    def run(iterations: int) -> float:
        n, h, c = start.W1.shape[1], start.W1.shape[0], start.W2.shape[0]
        model = torch.nn.Sequential(torch.nn.Linear(n, h), torch.nn.ReLU(), torch.nn.Linear(h, c))
        with torch.no_grad():
            for parameter, P in zip(model.parameters(), start, strict=True):
                parameter.copy_(torch.from_numpy(P.reshape(parameter.shape)))
        optimizer = torch.optim.SGD(model.parameters(), lr=ALPHA)
        losses, accuracies = [], []
        for _ in range(iterations):
            logits = model(rows)
            loss = torch.nn.functional.cross_entropy(logits, labels)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
            accuracies.append((logits.argmax(1) == labels).float().mean().item())
        return float(losses[-1])

    return run


def jax(start: Start, X: Any, y: Any) -> Run:
    """Compile one step of value and gradient, and repeat it."""
    import jax
    import jax.numpy as jnp

    rows, labels = jnp.asarray(np.ascontiguousarray(X.T)), jnp.asarray(y)

    def loss_of(params: Any) -> Any:
        W1, b1, W2, b2 = params
        logits = jnp.maximum(rows @ W1.T + b1.T, 0) @ W2.T + b2.T
        chosen = jnp.take_along_axis(jax.nn.log_softmax(logits), labels[:, None], axis=1)
        return -chosen.mean(), (logits.argmax(1) == labels).mean()

    @jax.jit
    def step(params: Any) -> Any:
        (loss, accuracy), gradients = jax.value_and_grad(loss_of, has_aux=True)(params)
        return [P - ALPHA * dP for P, dP in zip(params, gradients, strict=True)], loss, accuracy

    def run(iterations: int) -> float:
        params = [jnp.asarray(P) for P in start]
        losses, accuracies = [], []
        for _ in range(iterations):
            params, loss, accuracy = step(params)
            losses.append(float(loss))
            accuracies.append(float(accuracy))
        return losses[-1]

    return run


LEGS: dict[str, Leg] = {
    "nnfs": ours,
    "PyTorch": pytorch,
    "JAX": jax,
    "scikit-learn": scikit_learn,
    "original": original,
}


def data(images: int) -> tuple[Any, Any]:
    """Return (784, images) float32 and (images,) labels; 60,000 are all training images."""
    digits = nnfs.load_mnist("bundled", split="official" if images > 41_000 else "original")
    return digits.x_train.T[:images].T, digits.y_train[:images]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("name", choices=LEGS)
    parser.add_argument("--iterations", type=int, default=750)
    parser.add_argument("--images", type=int, default=41_000)
    parser.add_argument("--hidden", type=int, default=10)
    options = parser.parse_args()
    X, y = data(options.images)
    start = nnfs.init_params(n_hidden=options.hidden)
    clock = time.perf_counter()
    run = LEGS[options.name](start, X, y)
    imported = time.perf_counter()
    run(2)
    ready = time.perf_counter()
    loss = run(options.iterations)
    record = {
        "seconds": time.perf_counter() - ready,
        "import": imported - clock,
        "first two": ready - imported,
        "loss": loss,
    }
    print(json.dumps(record))


if __name__ == "__main__":
    main()
