"""The original job, nnfs.train against its peers: medians and ratios of interleaved legs.

python benchmarks/race.py [--rounds 3] [--iterations 750] [--growth] [--draw race.png]

Every leg is a process of its own. Before each, the share of idle time is printed; below 90 % the
race waits, and gives up after a minute. Peers that are not installed are named
(pip install -r benchmarks/requirements.txt). With --growth the time an iteration takes is also
measured for 1,000 to 60,000 images and for 10 to 1,024 hidden units.
"""

import argparse
import importlib.util
import json
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

import machine
import numpy as np

MODULES = {"PyTorch": "torch", "JAX": "jax", "scikit-learn": "sklearn"}
NAMES = ("nnfs", "PyTorch", "JAX", "scikit-learn", "original")
GOALS = {"PyTorch": 0.45, "JAX": 0.36, "scikit-learn": 0.27, "original": 0.22}
LEGS = Path(__file__).with_name("legs.py")
IMAGES = (1_000, 4_000, 16_000, 41_000, 60_000)
WIDTHS = (10, 32, 128, 512, 1_024)


def installed() -> list[str]:
    missing = [n for n, module in MODULES.items() if importlib.util.find_spec(module) is None]
    if missing:
        print(f"not installed, left out: {', '.join(missing)}")
    return [name for name in NAMES if name not in missing]


def wait_until_idle(at_least: float) -> float:
    for _ in range(60):
        idle = machine.idle_share()
        if idle >= at_least:
            return idle
    sys.exit(f"the machine is busy: {100 * idle:.0f} % idle; {100 * at_least:.0f} % are needed")


def leg(name: str, at_least: float, **options: int) -> dict[str, float]:
    idle = wait_until_idle(at_least)
    arguments = [f"--{key}={value}" for key, value in options.items()]
    root = LEGS.parents[1]
    result = subprocess.run(
        [sys.executable, LEGS, name, *arguments],
        cwd=root,
        env={**os.environ, "PYTHONPATH": str(root)},
        capture_output=True,
        encoding="utf8",
        check=False,
    )
    if result.returncode:
        sys.exit(f"{name} failed: {result.stderr.strip().splitlines()[-1]}")
    record: dict[str, float] = json.loads(result.stdout)
    print(f"  idle {100 * idle:3.0f} %  {name:13} {record['seconds']:7.2f} s", flush=True)
    return record


def race(options: argparse.Namespace) -> None:
    names = installed()
    records: dict[str, list[dict[str, float]]] = {name: [] for name in names}
    for round_ in range(options.rounds):
        print(f"round {round_ + 1}")
        for name in names:
            records[name].append(leg(name, options.idle, iterations=options.iterations))
    ours = [record["seconds"] for record in records["nnfs"]]
    print(f"\n{'':13} seconds  ms/iteration  nnfs/peer  goal  import  first two  last loss")
    for name in names:
        seconds = [record["seconds"] for record in records[name]]
        middle = statistics.median(seconds)
        ratio = statistics.median(a / b for a, b in zip(ours, seconds, strict=True))
        goal = f"{GOALS[name]:.2f}" if name in GOALS else "   -"
        apart = [
            statistics.median(r[key] for r in records[name]) for key in ("import", "first two")
        ]
        print(
            f"{name:13} {middle:7.2f}  {1000 * middle / options.iterations:12.1f}  {ratio:9.2f}"
            f"  {goal}  {apart[0]:6.1f}  {apart[1]:9.1f}  {records[name][0]['loss']:9.4f}"
        )
    show_limits(1000 * statistics.median(ours) / options.iterations)


def show_limits(ours: float) -> None:
    """Print how far an iteration is from what the machine allows: two products, one reading."""
    flops, entries = 2 * 2 * 10 * 784 * 41_000, 784 * 41_000
    products = 1000 * flops / machine.peak_flops()
    reading = 1000 * 4 * entries / machine.read_bandwidth()
    print(
        f"limits of this machine, all pixels: products {products:.1f} ms, reading the images once "
        f"{reading:.1f} ms; an iteration takes {ours / max(products, reading):.1f} of the larger"
    )


def growth(options: argparse.Namespace) -> dict[str, dict[str, list[float]]]:
    """Return milliseconds an iteration by number of images and by width, for each library."""
    names = [name for name in installed() if name in ("nnfs", "PyTorch", "original")]
    found: dict[str, dict[str, list[float]]] = {"images": {}, "hidden": {}}
    for key, sizes in (("images", IMAGES), ("hidden", WIDTHS)):
        for size in sizes:
            print(f"{size} {key}")
            for name in names:
                images, width = (size, 10) if key == "images" else (10_000, size)
                iterations = max(30, 2_000_000 // (images * width))
                iterations = min(iterations, 200)
                record = leg(name, options.idle, images=images, hidden=width, iterations=iterations)
                found[key].setdefault(name, []).append(1000 * record["seconds"] / iterations)
    return found


def draw(found: dict[str, dict[str, list[float]]], path: Path) -> None:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(9, 3.6), layout="constrained")
    both = zip(np.atleast_1d(figure.subplots(1, 2)), found.items(), (IMAGES, WIDTHS), strict=True)
    for axes, (key, curves), sizes in both:
        for (name, values), mark in zip(curves.items(), "osv", strict=False):
            axes.loglog(sizes, values, marker=mark, label=name)
        axes.set(xlabel="images" if key == "images" else "hidden units, 10,000 images")
        axes.set_ylabel("milliseconds an iteration")
        axes.legend(frameon=False)
    figure.savefig(path, dpi=150)
    print(f"drawn to {path}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--iterations", type=int, default=750)
    parser.add_argument("--growth", action="store_true")
    parser.add_argument("--draw", type=Path, default=Path("race.png"), metavar="FILE")
    parser.add_argument("--idle", type=float, default=0.9, help="share of idle time to wait for")
    options = parser.parse_args()
    clock = time.perf_counter()
    race(options)
    if options.growth:
        draw(growth(options), options.draw)
    print(f"{time.perf_counter() - clock:.0f} s in all")


if __name__ == "__main__":
    main()
