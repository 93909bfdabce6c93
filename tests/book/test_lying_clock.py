"""Pages that measure time hold whatever the clock says: their words follow its numbers.

They are executed as they are, by a kernel whose clocks lie from its first instruction on.
"""

import ast
import functools
import json
import os
import re
import statistics
from pathlib import Path

import nbformat
import numpy as np
import pytest
from nbclient import NotebookClient

from tests.book.pages import BOOK, Page, all_pages

CLOCKS = re.compile(r"\b(perf_counter|monotonic|process_time|thread_time|timeit|time\.time)\b")
COMPARISON = re.compile(
    r"\b(?:faster|slower|quicker) than\b|\b(?:twice|times|half) as (?:fast|slow|quick)\b"
    r"|\btakes? longer\b|\bin less time\b|\bspeeds? (?:it |things )?up\b|\bboth processors\b",
    re.IGNORECASE,
)

LIE = """
import json, math, os, random, threading, time

settings = json.loads(os.environ["LYING_CLOCK"])
rng = random.Random(settings["seed"])
low, high = map(math.log, settings["factors"])

usual = 0.03  # seconds

def factor(seconds):
    global usual
    if rng.random() < settings.get("stalls", 0):
        return 100
    if not settings["turned"] or seconds < 1e-3:
        return math.exp(rng.uniform(low, high))
    # What takes longer than usual seems to take less, and the other way round.
    usual *= (seconds / usual) ** 0.1
    return math.exp(min(high, max(low, 2 * math.log(usual / seconds))))

lock = threading.Lock()

def lying(honest, unit, tick):
    last = told = honest()

    def clock():
        nonlocal last, told
        with lock:
            now = honest()
            told += unit((now - last) * factor((now - last) * tick))
            last = now
            return told

    return clock

for name in settings["clocks"]:
    for suffix, unit, tick in ("", float, 1), ("_ns", int, 1e-9):
        if hasattr(time, name + suffix):
            setattr(time, name + suffix, lying(getattr(time, name + suffix), unit, tick))
"""

BEFORE = """
from kit.cells import shown

shown.size = lambda full, *, browser: browser
_said = []

def _recorded(function):
    def recorder(*arguments, **more):
        text = function(*arguments, **more)
        samples = [
            {name: list(map(float, ts)) for name, ts in one.items()}
            if isinstance(one, dict) else list(map(float, one))
            for one in arguments if not isinstance(one, str)
        ]
        _said.append([function.__name__, samples, text])
        return text
    return recorder

shown.pace, shown.quickest = _recorded(shown.pace), _recorded(shown.quickest)
"""

AFTER = "import json; print(json.dumps(_said))"

CLOCKS_OF_PYTHON = ["perf_counter", "monotonic", "process_time", "thread_time", "time"]
# Worker processes, and what waits for them, sleep by the others.
CLOCKS_BESIDE_WORKERS = ["perf_counter"]

CASES = {
    "each interval": {"seed": 1, "turned": False, "factors": [0.1, 10]},
    "each interval, again": {"seed": 2, "turned": False, "factors": [0.1, 10]},
    "the order turned round": {"seed": 3, "turned": True, "factors": [0.1, 10]},
    "hardly moves": {"seed": 4, "turned": False, "factors": [1e-4, 2e-4]},
    "stands still now and then": {"seed": 5, "turned": False, "factors": [1, 1.1], "stalls": 0.18},
}


@functools.cache
def measuring_functions() -> set[str]:
    """Names of the functions beside the pages that read a clock."""
    return {
        node.name
        for path in (BOOK / "kit").rglob("cells/*.py")
        for node in ast.parse(path.read_text("utf8")).body
        if isinstance(node, ast.FunctionDef) and CLOCKS.search(ast.unparse(node))
    }


def measures(page: Page) -> bool:
    imported = {
        name.name
        for node in ast.walk(ast.parse(page.code))
        if isinstance(node, ast.ImportFrom) and node.module == "kit.cells"
        for name in node.names
    }
    return bool(CLOCKS.search(page.code) or imported & measuring_functions())


MEASURING = [page for page in all_pages() if measures(page)]


def executed(code: list[str], folder: Path, case: dict[str, object]) -> nbformat.NotebookNode:
    (folder / "sitecustomize.py").write_text(LIE, "utf8")
    path = os.pathsep.join(map(str, (folder, BOOK.parent, BOOK)))
    environment = {name: v for name, v in os.environ.items() if name != "BOOK_TRAINED_CACHE"}
    environment |= {
        "PYTHONPATH": path,
        "PYTHONWARNINGS": "error::RuntimeWarning",
        "LYING_CLOCK": json.dumps(case),
    }
    cells = [nbformat.v4.new_code_cell(text) for text in (BEFORE, *code, AFTER)]
    notebook = nbformat.v4.new_notebook(cells=cells)
    client = NotebookClient(notebook, timeout=None, resources={"metadata": {"path": folder}})
    client.execute(env=environment)
    return notebook


def glued(notebook: nbformat.NotebookNode) -> dict[str, str]:
    outputs = (output for cell in notebook.cells for output in cell.outputs)
    return {
        output.metadata.scrapbook.name: next(iter(output.data.values()))
        for output in outputs
        if "scrapbook" in output.get("metadata", {})
    }


def warnings_of(notebook: nbformat.NotebookNode) -> list[str]:
    """Return what cells write to stderr, such as that a figure has no room for its labels."""
    outputs = (output for cell in notebook.cells for output in cell.outputs)
    return [output.text for output in outputs if output.get("name") == "stderr"]


def agrees(now: list[float], before: list[float], text: str) -> bool:
    """Judge a comparison of two times without the function that made it."""
    ratio = statistics.median(now) / statistics.median(before)
    shown = re.search(r"\d[\d,]*(?:\.\d+)?(?:e[+-]\d+)?", text)
    assert shown is not None, text
    number = float(shown[0].replace(",", ""))
    assert number == pytest.approx(ratio, rel=0.5 if ratio < 0.1 else 0.06), text
    quicker = number < 1 and np.percentile(now, 75) < np.percentile(before, 25)
    slower = number > 1 and np.percentile(now, 25) > np.percentile(before, 75)
    if quicker or slower:
        return text.startswith(f"takes {shown[0]} times as long as ")
    return text.startswith("takes as long as ") and ", to within the spread " in text


def test_the_pages_that_measure_are_found():
    assert {page.docname for page in MEASURING} >= {"beyond/fast", "beyond/optimisers"}


@pytest.mark.parametrize("page", MEASURING, ids=lambda page: page.docname)
def test_no_sentence_typed_beforehand_compares_times(page: Page):
    described = re.findall(r"(?:alt|caption|description): .*", page.text)
    assert COMPARISON.findall("\n".join([page.prose, *described])) == []


@pytest.mark.exhaustive(share=1 / 16, fewest=1)
@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
@pytest.mark.parametrize("page", MEASURING, ids=lambda page: page.docname)
def test_a_page_holds_by_any_clock(page: Page, case: dict[str, object], tmp_path: Path):
    clocks = CLOCKS_BESIDE_WORKERS if "nnfs.cluster" in page.code else CLOCKS_OF_PYTHON
    used_there = re.findall(r"\btime\.(\w+)\(", page.code)
    assert set(used_there) <= {*clocks, "sleep"}
    notebook = executed([cell.code for cell in page.cells], tmp_path, {**case, "clocks": clocks})
    assert warnings_of(notebook) == []
    words, said = glued(notebook), json.loads(notebook.cells[-1].outputs[0].text)
    used = set(re.findall(r"\{glue:text\}`(\w+)", page.body))
    assert used <= words.keys()
    sentences = {words[name] for name in used}
    for function, samples, text in said:
        assert text in sentences, f"no sentence says: {text}"
        if function == "pace":
            assert agrees(*samples, text), (samples, text)
        else:
            medians = {name: statistics.median(times) for name, times in samples[0].items()}
            assert text.split(" or ")[0].startswith(min(medians, key=medians.__getitem__))
    if "harder" in words:
        memory = float(words["t_bytes"]) > float(words["t_flops"])
        assert words["harder"] == ("memory" if memory else "arithmetic")
    if "larger" in words:
        assert words["larger"].startswith("the two") == (float(words["share"]) > 50)
