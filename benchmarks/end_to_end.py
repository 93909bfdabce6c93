"""From Kaggle's train.csv to saved results: the command line against the original's form.

python benchmarks/end_to_end.py [--rounds 3] [--iterations 750]

Both are processes that read the same file, which is written from the bundled digits first. The
original's form reads it with pandas, shuffles, trains in double precision and draws its curve.
"""

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd

import nnfs

ROOT = Path(__file__).resolve().parents[1]

ORIGINAL = """
import sys
import numpy as np, pandas as pd, matplotlib
matplotlib.use("Agg")
import matplotlib.pyplot as plt
sys.path.insert(0, "benchmarks")
import legs, nnfs
table = np.array(pd.read_csv(sys.argv[1]))
np.random.default_rng(0).shuffle(table)
X, y = (table[1000:, 1:] / 255).T, table[1000:, 0]
print(legs.original(nnfs.init_params(), X, y)(int(sys.argv[3])))
plt.plot([0, 1])
plt.savefig(sys.argv[2] + "/curve.png")
"""


def write_csv(path: Path) -> None:
    digits = nnfs.load_mnist("bundled")
    X = np.hstack([digits.x_test, digits.x_train])
    y = np.concatenate([digits.y_test, digits.y_train])
    pixels = np.rint(255 * X.T).astype(int)
    table = pd.DataFrame(pixels, columns=[f"pixel{i}" for i in range(784)])
    table.insert(0, "label", y)
    table.to_csv(path, index=False)


def seconds(command: list[str]) -> float:
    clock = time.perf_counter()
    subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - clock


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--iterations", type=int, default=750)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        csv, count = Path(folder) / "train.csv", str(options.iterations)
        write_csv(csv)
        train = ["-m", "nnfs", "train", "--data", str(csv), "--out", folder, "--iterations", count]
        commands = {
            "python -m nnfs train": [sys.executable, *train],
            "original's form": [sys.executable, "-c", ORIGINAL, str(csv), folder, count],
        }
        times: dict[str, list[float]] = {name: [] for name in commands}
        for _ in range(options.rounds):
            for name, command in commands.items():
                times[name].append(seconds(command))
    for name, measured in times.items():
        print(f"{name:22} {statistics.median(measured):6.1f} s")
    pairs = zip(*times.values(), strict=True)
    print(f"ratio {statistics.median(ours / theirs for ours, theirs in pairs):.2f}")


if __name__ == "__main__":
    main()
