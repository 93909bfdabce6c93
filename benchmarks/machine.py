"""What this machine can do: share of idle time, multiplications and bytes a second.

python benchmarks/machine.py
"""

import time
from pathlib import Path

import numpy as np
from threadpoolctl import threadpool_limits


def idle_share(seconds: float = 1.0) -> float:
    """Return the share of all processors' time that nobody used, 0 to 1 (Linux only)."""

    def ticks() -> list[int]:
        return [
            int(field)
            for field in Path("/proc/stat").read_text("ascii").split("\n")[0].split()[1:9]
        ]

    before = ticks()
    time.sleep(seconds)
    spent = [after - earlier for earlier, after in zip(before, ticks(), strict=True)]
    return (spent[3] + spent[4]) / max(1, sum(spent))


def best(run: object, repetitions: int = 7) -> float:
    """Return the shortest of several runs in seconds."""
    times = []
    for _ in range(repetitions):
        clock = time.perf_counter()
        run()  # type: ignore[operator]
        times.append(time.perf_counter() - clock)
    return min(times)


def peak_flops(threads: int | None = None) -> float:
    """Return floating-point operations a second of a large float32 product."""
    n = 2000
    A = np.random.default_rng(0).random((n, n), dtype=np.float32)
    with threadpool_limits(threads, user_api="blas"):
        return 2 * n**3 / best(lambda: A @ A)


def read_bandwidth() -> float:
    """Return bytes a second of a product that reads a matrix of 400 MB once, on all threads."""
    A, x = np.ones((10_000, 10_000), np.float32), np.ones(10_000, np.float32)
    return A.nbytes / best(lambda: A @ x)


def main() -> None:
    print(f"idle {100 * idle_share():.0f} %")
    print(
        f"float32 products {peak_flops() / 1e9:.0f} GFLOP/s, one thread {peak_flops(1) / 1e9:.0f}"
    )
    print(f"reading {read_bandwidth() / 1e9:.1f} GB/s")


if __name__ == "__main__":
    main()
