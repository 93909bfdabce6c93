"""The learning rates of the chapter on optimisers, chosen anew.

python benchmarks/rates.py [--only sizes|race]

Every rate of a grid with factors of two is tried with four seeds, and judged on images that are
neither trained on nor judged on in the book. What comes out best stands in `kit.cells.trained` as
`ENTRANTS` and `BATCH_RATES`. It takes some minutes.
"""

import argparse
from collections.abc import Callable, Sequence

import numpy as np

import nnfs
from kit.cells import trained
from nnfs import optimizers

SEEDS = 10, 11, 12, 13
IMAGES, HIDDEN = 25_000, 64
SMALL, SMALL_HIDDEN = 4_096, 16
STEPS_OF_BATCHES = {1: 4_096, 8: 1_024, 64: 320, 512: 96, 4_096: 40}
SHORT, LONG = (16,), (1_173,)
SGD, MOMENTUM, ADAM = optimizers.SGD, optimizers.momentum(), optimizers.adam()
TRIALS = {  # optimiser, rates, images a step takes, steps
    "plain": (SGD, [0.2, 0.4, 0.8], 64, LONG),
    "momentum": (MOMENTUM, [0.05, 0.1, 0.2], 64, LONG),
    "Adam": (ADAM, [0.008, 0.016, 0.032], 64, LONG),
    "full batch, plain": (SGD, [0.4, 0.8, 1.6], None, SHORT),
    "full batch, momentum": (MOMENTUM, [0.2, 0.4, 0.8], None, SHORT),
    "full batch, Adam": (ADAM, [0.005, 0.01, 0.02], None, SHORT),
}


def told(name: str, rates: Sequence[float], trial: Callable[[float, int], float]) -> None:
    """Print the mean over the seeds for every rate."""
    means = [np.mean([trial(rate, seed) for seed in SEEDS]) for rate in rates]
    trials = (f"{rate:g}: {mean:.4f}" for rate, mean in zip(rates, means, strict=True))
    print(f"{name:32}", *trials, flush=True)


def sizes() -> None:
    """Print the loss of plain descent at the end of its run, for every size of batch."""
    digits = nnfs.load_mnist("bundled", split="official")
    x, y = digits.x_train[:, :SMALL], digits.y_train[:SMALL]
    x_held, y_held = digits.x_train[:, trained.CHOSEN_ON], digits.y_train[trained.CHOSEN_ON]
    Y_held = nnfs.one_hot(y_held, 10)
    for size, steps in STEPS_OF_BATCHES.items():

        def loss(rate: float, seed: int, size: int = size, steps: int = steps) -> float:
            run = nnfs.train(
                *(x, y),
                params=nnfs.init_params(784, SMALL_HIDDEN, scheme="he", seed=seed),
                iterations=steps,
                batch_size=size,
                alpha=rate,
                seed=seed,
            )
            Z2 = nnfs.forward(run.params, x_held).Z2
            return float(nnfs.cross_entropy(Z2, Y_held))

        near = trained.BATCH_RATES[size]
        told(f"batches of {size}: loss", [near / 4, near / 2, near, 2 * near, 4 * near], loss)


def race() -> None:
    """Print the accuracy at the end of the run, for every entrant of the race."""
    digits = nnfs.load_mnist("bundled", split="official")
    images = digits.x_train[:, :IMAGES], digits.y_train[:IMAGES]
    held_out = digits.x_train[:, trained.CHOSEN_ON], digits.y_train[trained.CHOSEN_ON]
    for name, (optimizer, rates, size, steps) in TRIALS.items():
        for falls in (True, False):
            entrant = trained.Entrant(optimizer, 0.0, size, falls)

            def accuracy(
                rate: float,
                seed: int,
                entrant: trained.Entrant = entrant,
                steps: tuple[int, ...] = steps,
            ) -> float:
                tried = entrant._replace(alpha=rate)
                marks = trained.raced(tried, seed, HIDDEN, images, held_out, steps)
                return float(marks[-1, 2])

            told(f"{name}, {'falling' if falls else 'constant'}", rates, accuracy)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", choices=["sizes", "race"])
    only = parser.parse_args().only
    for part in (sizes, race):
        if only in (None, part.__name__):
            part()


if __name__ == "__main__":
    main()
