"""A step over Dask's workers, against one process: time, bytes on the way, and where they part.

python benchmarks/cluster.py [--examples 600000] [--workers 1 2 4] [--width 10] [--steps 10]

The examples are the 60,000 digits for training, over and over, each time shifted by another pixel.
Besides steps on all of them it measures steps with nothing to compute. With nothing else running;
each worker keeps its share in memory, and home all examples, 3,136 bytes each.
"""

import argparse
import statistics
import time
from typing import Any

import machine
import numpy as np
import psutil

import nnfs
from nnfs import cluster, engine, network


def examples(count: int) -> tuple[np.ndarray, np.ndarray]:
    digits = nnfs.load_mnist("bundled", split="official")
    rows = digits.x_train.T.reshape(-1, 28, 28)
    kept = np.empty((count, 784), np.float32)
    for turn, first in enumerate(range(0, count, len(rows))):
        shifted = np.roll(rows, (turn // 3 - 1, turn % 3 - 1), axis=(1, 2))
        kept[first : first + len(rows)] = shifted.reshape(-1, 784)[: count - first]
    return kept.T, np.resize(digits.y_train, count)


def sent() -> int:
    """Return the bytes that this machine has sent to itself, 0 where it does not count them."""
    for name, addresses in psutil.net_if_addrs().items():
        if any(address.address == "127.0.0.1" for address in addresses):
            counters = psutil.net_io_counters(pernic=True).get(name)
            return counters.bytes_sent if counters else 0
    return 0


def measured(objective: Any, params: Any, steps: int) -> tuple[float, int]:
    """Return milliseconds of the median step, and the fewest bytes of one."""
    objective(params)
    times, counts = [], []
    for _ in range(steps):
        before, clock = sent(), time.perf_counter()
        objective(params)
        times.append(time.perf_counter() - clock)
        counts.append(sent() - before)
    return 1e3 * statistics.median(times), min(counts)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--examples", type=int, default=600_000)
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2, 4])
    parser.add_argument("--width", type=int, default=10)
    parser.add_argument("--steps", type=int, default=10)
    options = parser.parse_args()
    print(f"idle {100 * machine.idle_share():.0f} %, {engine.processors()} processors to use")
    X, y = examples(options.examples)
    params = nnfs.init_params(n_hidden=options.width)
    size = sum(P.nbytes for P in params)
    print(f"{y.size:,} examples, {X.nbytes / 1e6:,.0f} MB; parameters {size / 1e3:,.1f} kB")
    with engine.full_batch(network.gradient, X, y, threads=1) as objective:
        alone, _ = measured(objective, params, options.steps)
    print(f"one process, one thread: {alone:.1f} ms a step")
    print("workers    ms a step  of one process  empty step ms  sent kB  2 K s d kB  to open s")
    for K in options.workers:
        with cluster.connect("local", workers=K) as client:
            clock = time.perf_counter()
            with cluster.objective(client, network.gradient, X, y) as objective:
                objective(params)
                opened = time.perf_counter() - clock
                spent, counted = measured(objective, params, options.steps)
            with cluster.objective(client, network.gradient, X[:, :8], y[:8]) as objective:
                empty, _ = measured(objective, params, options.steps)
        print(
            f"{K:7} {spent:12.1f} {spent / alone:15.2f} {empty:14.1f} {counted / 1e3:8.0f} "
            f"{2 * K * size / 1e3:11.0f} {opened:10.1f}"
        )


if __name__ == "__main__":
    main()
