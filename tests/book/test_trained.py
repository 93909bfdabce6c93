"""Pages that run side by side share a network: one trains it, the other waits for it."""

import os
import subprocess
import sys
from pathlib import Path

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
