"""Pages run side by side; those that measure time run alone, after the others."""

import json

import yaml

CELL = """```{{code-cell}} ipython3
import json, time
start = time.time()
time.sleep(3)
with open("{name}.json", "w") as file:
    json.dump([start, time.time()], file)
```
"""


def times(book, name):
    return json.loads((book.root / "book" / f"{name}.json").read_text())


def test_pages_run_side_by_side_and_timed_ones_alone(small_book):
    small_book.write(CELL.format(name="page"))
    small_book.add("other", CELL.format(name="other"))
    small_book.add("clock", CELL.format(name="clock"))
    config = small_book.root / "book" / "_config.yml"
    settings = yaml.safe_load(config.read_text("utf8"))
    settings["sphinx"]["config"]["execute_alone"] = ["clock"]
    config.write_text(yaml.safe_dump(settings), "utf8")
    result = small_book.build()
    assert result.returncode == 0, result.stderr
    (a, b), (c, d), (e, _) = (times(small_book, name) for name in ("page", "other", "clock"))
    assert a < d, "the two overlap"
    assert c < b, "the two overlap"
    assert e >= max(b, d), "the clock starts when the others have ended"


def test_a_failing_page_among_others_fails_the_build(small_book):
    small_book.write("```{code-cell} ipython3\nx = 1\n```\n")
    small_book.add("other", "```{code-cell} ipython3\n1 / 0\n```\n")
    for _ in range(2):
        result = small_book.build()
        assert result.returncode != 0
        assert "ZeroDivisionError" in result.stdout + result.stderr
