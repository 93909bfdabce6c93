"""A module of the example, which its cells import."""

import csv
import sys
from pathlib import Path

import numpy as np

DATA = Path(__file__).parent / "data" / "springs.csv"


def measurements() -> tuple[np.ndarray, np.ndarray]:
    """Return stretch (m) and force (N) of a spring; in a browser the first of them."""
    with DATA.open(encoding="utf8") as file:
        rows = [(float(x), float(force)) for x, force in list(csv.reader(file))[1:]]
    kept = rows[:6] if sys.platform == "emscripten" else rows
    stretch, force = np.array(kept).T
    return stretch, force
