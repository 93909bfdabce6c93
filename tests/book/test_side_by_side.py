"""Pages run side by side; those that measure time run alone, after the others."""

import pytest
import yaml

from kit.cells.shown import processors

CELL = """```{{code-cell}} ipython3
import time
from pathlib import Path

Path("{name}.begun").touch()
patience = time.monotonic() + {patience}
while not Path("{other}.begun").exists() and time.monotonic() < patience:
    time.sleep(0.05)
seen = [path.name for ending in ("begun", "ended") for path in Path().glob("*." + ending)]
Path("{name}.ended").write_text(" ".join(seen), "utf8")
```
"""


def test_pages_run_side_by_side_and_timed_ones_alone(small_book):
    """Two pages wait for each other, so they end only if they run at once."""
    generous = 600 if processors() > 1 else 0  # seconds
    small_book.write(CELL.format(name="page", other="other", patience=generous))
    small_book.add("other", CELL.format(name="other", other="page", patience=generous))
    small_book.add("clock", CELL.format(name="clock", other="nobody", patience=0))
    config = small_book.root / "book" / "_config.yml"
    settings = yaml.safe_load(config.read_text("utf8"))
    settings["sphinx"]["config"]["execute_alone"] = ["clock"]
    config.write_text(yaml.safe_dump(settings), "utf8")
    result = small_book.build()
    assert result.returncode == 0, result.stderr
    seen = {
        name: (small_book.root / "book" / f"{name}.ended").read_text("utf8").split()
        for name in ("page", "other", "clock")
    }
    if processors() > 1:
        assert "other.begun" in seen["page"]
        assert "page.begun" in seen["other"]
    assert "clock.begun" not in seen["page"] + seen["other"]
    assert {"page.ended", "other.ended"} <= set(seen["clock"])


@pytest.mark.exhaustive(share=1)
def test_a_failing_page_among_others_fails_the_build(small_book):
    small_book.write("```{code-cell} ipython3\nx = 1\n```\n")
    small_book.add("other", "```{code-cell} ipython3\n1 / 0\n```\n")
    for _ in range(2):
        result = small_book.build()
        assert result.returncode != 0
        assert "ZeroDivisionError" in result.stdout + result.stderr
