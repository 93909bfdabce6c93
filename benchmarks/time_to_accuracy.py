"""Seconds to 97 % on the official test images, nnfs against PyTorch, interleaved in one run.

python benchmarks/time_to_accuracy.py [--target 97] [--hidden 128] [--batch-size 128]

Both train the same network from the same start with Adam on float32, five seeds each, one leg
after the other, every leg in a process of its own. Import, loading, preparation of the threads and
evaluation are not timed. PyTorch is optional: pip install torch==2.13.0. Run it with nothing else
on the machine.
"""

import argparse
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

import nnfs
from nnfs import batches
from nnfs.training import Run

SEEDS = range(5)
EVALUATE_EVERY = 50  # steps
MOST_EPOCHS = 30
ALPHA = 0.001
MISSING = 3  # the exit code of a leg whose library is not installed

Params = Any
Leg = Callable[[Params, Any, Any, int, int], Iterator[Callable[[], Params]]]


def ours(params: Params, X: Any, y: Any, batch_size: int, seed: int) -> Iterator[Any]:
    recipe = {"optimizer": "adam", "alpha": ALPHA, "batch_size": batch_size, "seed": seed}
    for step in Run(X, y, params=params, iterations=sys.maxsize, **recipe):
        yield lambda step=step: step.params


def pytorch(params: Params, X: Any, y: Any, batch_size: int, seed: int) -> Iterator[Any]:
    import torch

    torch.manual_seed(seed)
    linear = [torch.nn.Linear(W.shape[1], W.shape[0]) for W in params[::2]]
    with torch.no_grad():
        for layer, W, b in zip(linear, params[::2], params[1::2], strict=True):
            layer.weight.copy_(torch.from_numpy(W))
            layer.bias.copy_(torch.from_numpy(b[:, 0]))
    pieces = [piece for layer in linear for piece in (layer, torch.nn.ReLU())][:-1]
    model, loss = torch.nn.Sequential(*pieces), torch.nn.CrossEntropyLoss()
    optimizer = torch.optim.Adam(model.parameters(), lr=ALPHA)
    images, labels = torch.from_numpy(np.ascontiguousarray(X.T)), torch.from_numpy(y)

    def current() -> Params:
        tensors = [P.detach().numpy() for P in model.parameters()]
        return [P if P.ndim == 2 else P[:, np.newaxis] for P in tensors]

    while True:
        for chosen in torch.randperm(len(labels)).split(batch_size):
            optimizer.zero_grad()
            loss(model(images[chosen]), labels[chosen]).backward()
            optimizer.step()
            yield current


LEGS: dict[str, Leg] = {"nnfs": ours, "PyTorch": pytorch}


def timed_leg(name: str, options: argparse.Namespace, seed: int) -> dict[str, float]:
    """Train until the target is reached, and count seconds and steps without evaluation."""
    digits = nnfs.load_mnist("bundled", split="official")
    epoch = batches.per_epoch(digits.y_train.size, options.batch_size)
    start = nnfs.init_params(784, options.hidden, scheme="he", seed=seed)
    steps = LEGS[name](start, digits.x_train, digits.y_train, options.batch_size, seed)
    for _ in range(20):
        next(steps)  # threads start and caches fill
    steps = LEGS[name](start, digits.x_train, digits.y_train, options.batch_size, seed)
    seconds, done, accuracy = 0.0, 0, 0.0
    while accuracy < options.target / 100 and done < MOST_EPOCHS * epoch:
        clock = time.perf_counter()
        for _ in range(EVALUATE_EVERY):
            params = next(steps)
        seconds += time.perf_counter() - clock
        done += EVALUATE_EVERY
        accuracy = nnfs.accuracy(params(), digits.x_test, digits.y_test)
    reached = seconds if accuracy >= options.target / 100 else float("inf")
    return {"reached": reached, "epochs": done / epoch, "epoch": seconds * epoch / done}


def separate(name: str, options: argparse.Namespace, seed: int) -> dict[str, float] | None:
    """Run a leg in a process of its own; None if its library is missing."""
    command = [sys.executable, __file__, "--leg", name, "--seed", str(seed)]
    command += ["--target", str(options.target), "--batch-size", str(options.batch_size)]
    command += ["--hidden", *map(str, options.hidden)]
    result = subprocess.run(command, stdout=subprocess.PIPE, encoding="utf8", check=False)
    if result.returncode == MISSING:
        return None
    result.check_returncode()
    return dict(json.loads(result.stdout))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--target", type=float, default=97.0, help="accuracy in %%")
    parser.add_argument("--hidden", type=int, nargs="+", default=[128])
    parser.add_argument("--batch-size", type=int, default=128)
    parser.add_argument("--leg", choices=LEGS, help=argparse.SUPPRESS)
    parser.add_argument("--seed", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.leg:
        try:
            print(json.dumps(timed_leg(options.leg, options, options.seed)))
        except ModuleNotFoundError as error:
            print(f"{options.leg} is left out: {error}", file=sys.stderr)
            sys.exit(MISSING)
        return
    found: dict[str, list[dict[str, float]]] = {name: [] for name in LEGS}
    for seed in SEEDS:
        for name in list(found):
            result = separate(name, options, seed)
            if result is None:
                del found[name]
            else:
                found[name].append(result)
                print(
                    f"seed {seed}  {name:8} {result['reached']:6.2f} s to {options.target:g} %, "
                    f"{result['epochs']:.2f} epochs, {result['epoch']:.3f} s an epoch",
                    flush=True,
                )
    medians = {name: statistics.median(r["reached"] for r in runs) for name, runs in found.items()}
    for name, median in medians.items():
        epoch = statistics.median(r["epoch"] for r in found[name])
        print(f"{name:8} median {median:.2f} s, {epoch:.3f} s an epoch")
    if "PyTorch" in medians:
        print(f"ratio nnfs : PyTorch {medians['nnfs'] / medians['PyTorch']:.2f}")


if __name__ == "__main__":
    main()
