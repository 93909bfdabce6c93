"""Seconds per iteration of nnfs.train against the original's form, interleaved in one run.

python benchmarks/original_job.py [--iterations 50] [--legs 5]

The original's form takes the whole matrix at once, in double precision, with BLAS's own threads.
Run it with nothing else on the machine.
"""

import argparse
import statistics
import time
from collections.abc import Callable

import numpy as np

import nnfs
from nnfs.data import MNIST


def original(digits: MNIST, iterations: int) -> None:
    X, Y = digits.x_train.astype(np.float64), nnfs.one_hot(digits.y_train).astype(np.float64)
    params = nnfs.init_params(dtype=np.float64)
    for _ in range(iterations):
        activations = nnfs.forward(params, X)
        nnfs.cross_entropy(activations.Z2, Y)
        gradients = nnfs.backward(params, activations, X, Y)
        params = nnfs.update(params, gradients, 0.1)


def ours(digits: MNIST, iterations: int) -> None:
    nnfs.train(digits.x_train, digits.y_train, iterations=iterations)


def seconds(run: Callable[[MNIST, int], None], digits: MNIST, iterations: int) -> float:
    clock = time.perf_counter()
    run(digits, iterations)
    return (time.perf_counter() - clock) / iterations


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--iterations", type=int, default=50)
    parser.add_argument("--legs", type=int, default=5)
    options = parser.parse_args()
    digits = nnfs.load_mnist("bundled")
    times: dict[str, list[float]] = {"original's form": [], "nnfs.train": []}
    for _ in range(options.legs):
        times["original's form"].append(seconds(original, digits, options.iterations))
        times["nnfs.train"].append(seconds(ours, digits, options.iterations))
    medians = {name: statistics.median(values) for name, values in times.items()}
    for name, median in medians.items():
        spread = max(times[name]) - min(times[name])
        print(f"{name:16} {1000 * median:6.1f} ms an iteration, range {1000 * spread:.1f} ms")
    ratio = medians["nnfs.train"] / medians["original's form"]
    print(f"ratio {ratio:.2f}")


if __name__ == "__main__":
    main()
