"""Pages that run side by side share a network: one trains it, the other waits for it."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np

import nnfs
from kit.cells import trained

BOOK = Path(__file__).resolve().parents[2] / "book"

CODE = """
import os, time
from pathlib import Path
from kit.cells.trained import once

@once
def slow(seed):
    with Path(os.environ["BOOK_TRAINED_CACHE"], "calls").open("a") as file:
        file.write("x")
    time.sleep(2)
    return seed + 1

print(slow(seed=1))
"""


def test_two_kernels_compute_once(tmp_path):
    script = tmp_path / "page.py"
    script.write_text(CODE)
    path = os.pathsep.join([str(BOOK), str(BOOK.parent)])
    environment = {**os.environ, "BOOK_TRAINED_CACHE": str(tmp_path), "PYTHONPATH": path}
    kernels = [
        subprocess.Popen(
            [sys.executable, script], env=environment, stdout=subprocess.PIPE, text=True
        )
        for _ in range(2)
    ]
    assert [kernel.communicate(timeout=600)[0].strip() for kernel in kernels] == ["2", "2"]
    assert (tmp_path / "calls").read_text() == "x"


def test_the_original_job_keeps_its_moments(monkeypatch):
    monkeypatch.setattr(trained, "IMAGES", 60)
    monkeypatch.setattr(trained, "STEPS", 22)
    job = trained.original_job.__wrapped__(start=3, split=0)
    assert list(job.moments) == [1, 2, 5, 10, 20]
    digits = nnfs.load_mnist("bundled")
    for step in (1, 10, 20):
        run = nnfs.train(digits.x_train[:, :60], digits.y_train[:60], iterations=step, seed=3)
        assert all(map(np.array_equal, run.params, job.moments[step]))
