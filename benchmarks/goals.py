"""Accuracies on the official split: width 10, one hidden layer of 128, two hidden layers.

python benchmarks/goals.py             # five seeds each, the test set opened once
python benchmarks/goals.py --validate  # scored on the last 10,000 training images instead

Choose settings by --validate, which never looks at the test images. Weights and data are float32,
nothing is augmented. Run it with nothing else on the machine.
"""

import argparse
import os
import statistics
import time
from dataclasses import dataclass

import nnfs
from nnfs import batches, optimizers, schedules
from nnfs.data import MNIST

SEEDS = range(5)
N_VALID = 10_000


@dataclass(frozen=True)
class Goal:
    """A network, how it is trained, and the mean test accuracy (%) that it has to reach."""

    hidden: tuple[int, ...]
    at_least: float
    epochs: int
    batch_size: int
    alpha: float
    weight_decay: float = 0.0
    penalty: float = 0.0
    dropout: float = 0.0


GOALS = {
    "width 10": Goal((10,), 94.2, epochs=30, batch_size=64, alpha=0.005),
    "width 128": Goal((128,), 98.1, epochs=20, batch_size=128, alpha=0.004, weight_decay=0.1),
    "two layers": Goal(
        (512, 256), 98.5, epochs=20, batch_size=128, alpha=0.002, weight_decay=0.1, dropout=0.3
    ),
}


def parts(digits: MNIST, *, validate: bool) -> MNIST:
    """Return the official parts, or the training part divided in two."""
    if not validate:
        return digits
    X, y = digits.x_train, digits.y_train
    return MNIST(X[:, :-N_VALID], y[:-N_VALID], X[:, -N_VALID:], y[-N_VALID:])


def run(goal: Goal, digits: MNIST, seed: int) -> tuple[float, float]:
    """Train once and return accuracy (%) on the part that was not trained on, and seconds."""
    clock = time.perf_counter()
    iterations = goal.epochs * batches.per_epoch(digits.y_train.size, goal.batch_size)
    training = nnfs.train(
        digits.x_train,
        digits.y_train,
        hidden=goal.hidden,
        scheme="he",
        epochs=goal.epochs,
        batch_size=goal.batch_size,
        seed=seed,
        alpha=schedules.cosine(goal.alpha, steps=iterations, warmup=iterations // 20),
        optimizer=optimizers.adamw(goal.weight_decay),
        weight_decay=goal.penalty,
        dropout=goal.dropout,
    )
    seconds = time.perf_counter() - clock
    return 100 * nnfs.accuracy(training.params, digits.x_test, digits.y_test), seconds


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("goals", nargs="*", help=f"some of: {', '.join(GOALS)}")
    parser.add_argument("--validate", action="store_true", help="score on training images held out")
    options = parser.parse_args()
    digits = parts(nnfs.load_mnist("bundled", split="official"), validate=options.validate)
    print(
        f"{digits.y_train.size} images to train on, {digits.y_test.size} to score, "
        f"{os.cpu_count()} processors"
    )
    for name in options.goals or GOALS:
        goal = GOALS[name]
        print(f"{name}: {goal}")
        scores, times = zip(*(run(goal, digits, seed) for seed in SEEDS), strict=True)
        print("  accuracies (%)  " + "  ".join(f"{score:.2f}" for score in scores))
        mean, spread = statistics.mean(scores), statistics.stdev(scores)
        print(
            f"  mean {mean:.2f}, deviation {spread:.2f}, goal {goal.at_least}: "
            f"{'reached' if mean >= goal.at_least else 'missed'}"
        )
        print(
            f"  seconds a run   {statistics.median(times):.1f}, "
            f"from {min(times):.1f} to {max(times):.1f}"
        )


if __name__ == "__main__":
    main()
