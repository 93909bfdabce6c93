"""Whatever is run in whatever order, a cell shows what the whole page would show."""

import importlib
import io
import sys
import warnings
from contextlib import redirect_stdout
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sphinx_live_cells.browser.history import Settings, mentioned
from sphinx_live_cells.browser.kernel import Kernel, NewPythonError

OWN = """
CONFIG = {"rate": 1}
NUMBERS = [1, 2]
SCALE = 3

def area(x):
    return SCALE * x

class Shape:
    sides = 4
    def name(self):
        return "shape"
"""

PAGES = {
    "out=": ["import numpy as np\na = np.zeros(3)", "np.add(a, 1, out=a)", "print(a)"],
    "copyto": ["import numpy as np\na = np.zeros(3)", "np.copyto(a, 7)", "print(a)"],
    "another name": ["a = [1]", "b = a", "b[0] = 5", "print(a)", "a.append(len(a))", "print(b)"],
    "a view": [
        "import numpy as np\na = np.arange(6.0)\nb = a[::2]",
        "b *= -1",
        "print(a)",
        "a.sort()",
        "print(b)",
    ],
    "two views of what has no name": [
        "import numpy as np\na, b = np.arange(6.0).reshape(2, 3)",
        "a.base[:] += 1",
        "print(b)",
    ],
    "global": ["n = 0", "def f():\n    global n\n    n += 1", "f()", "print(n)", "f()", "print(n)"],
    "nonlocal": [
        "def counter():\n    n = 1000\n    def step():\n        nonlocal n\n        n += 1\n"
        "        return n\n    return step\nstep = counter()",
        "print(step())",
        "print(step())",
    ],
    "match": [
        "match [1, 2, 3]:\n    case [first, *rest]: pass",
        "first += 1",
        "print(first, rest)",
    ],
    "import *": ["from math import *", "pi = floor(pi)", "print(pi)"],
    "exec": ["x = 1", "exec('x += 1')", "print(x)", "globals()['x'] *= 5", "print(x)"],
    "an argument": ["def f(a): a[0] += 1", "x = [1]", "f(x)", "print(x)", "f(x)", "print(x)"],
    "an argument of a lambda": ["f = lambda a: a.append(1)", "x = []", "f(x)", "print(x)"],
    "a default": ["def f(a, kept=[]):\n    kept.append(a)\n    return kept", "f(1)", "print(f(2))"],
    "an attribute": [
        "class A: pass\na = A()\na.x = 1",
        "b = [a]",
        "b[0].x += 1",
        "print(a.x)",
        "del a.x",
        "print(hasattr(b[0], 'x'))",
    ],
    "slots": [
        "class A:\n    __slots__ = ('x',)\na = A()\na.x = 1",
        "a.x += 1",
        "print(a.x)",
    ],
    "an attribute of a class": ["class A: n = 0", "A.n += 1", "print(A.n)", "print(A().n)"],
    "a list of a class": ["class A: n = []", "A().n.append(1)", "print(A.n)"],
    "a method": [
        "class A:\n    def __init__(self): self.n = 0\n    def up(self): self.n += 1\na = A()",
        "up = a.up",
        "up()",
        "print(a.n)",
    ],
    "a generator": ["g = (i for i in range(9))", "print(next(g))", "print(next(g))"],
    "an iterator": ["g = iter([1, 2, 3])", "next(g)", "print(next(g))"],
    "a count": ["import itertools\nc = itertools.count()", "next(c)", "print(next(c))"],
    "a queue": ["from collections import deque\nq = deque([1, 2])", "q.rotate()", "print(q)"],
    "a counter": ["from collections import Counter\nc = Counter('ab')", "c['a'] += 1", "print(c)"],
    "a default dictionary": [
        "from collections import defaultdict\nd = defaultdict(list)",
        "d['a']",
        "print(dict(d))",
    ],
    "an ordered dictionary": [
        "from collections import OrderedDict\nd = OrderedDict(a=1, b=2)",
        "d.move_to_end('a')",
        "print(list(d))",
    ],
    "a set": ["s = {1}", "s.add(2)", "print(sorted(s))", "s -= {1}", "print(s)"],
    "bytes": ["b = bytearray(b'ab')", "b[0] = 99", "print(b)"],
    "augmented": ["a = [1]\nb = a", "a += [2]", "print(b)", "a = a + [3]", "print(b, a)"],
    "random numbers": [
        "import numpy as np\nnp.random.seed(0)",
        "print(np.random.rand())",
        "print(np.random.rand())",
    ],
    "random numbers of Python": [
        "import random\nrandom.seed(0)",
        "random.random()",
        "print(random.random())",
    ],
    "a generator of numbers": [
        "import numpy as np\nr = np.random.default_rng(0)",
        "print(r.normal())",
        "def draw(): return r.normal()",
        "print(draw())",
        "print(r.spawn(1)[0].normal())",
    ],
    "settings": [
        "import numpy as np\nnp.set_printoptions(precision=3)",
        "print(np.array([1 / 3]))",
        "np.set_printoptions(precision=1)",
        "print(np.array([1 / 3]))",
    ],
    "a style": [
        "import matplotlib.pyplot as plt\nplt.rcParams['font.size'] = 5",
        "print(plt.rcParams['font.size'])",
        "plt.rcParams.update({'font.size': 7})",
        "print(plt.rcParams['font.size'])",
    ],
    "a function of a module": [
        "import numpy as np\nold = np.cumsum",
        "print(np.cumsum([1, 2]))",
        "np.cumsum = lambda a: 0",
        "print(np.cumsum([1, 2]))",
        "np.cumsum = old",
    ],
    "a function of a module in a function": [
        "import own_of_a_book as own",
        "def patch(m): m.area = abs",
        "print(own.area(-2))",
        "patch(own)",
        "print(own.area(-2))",
    ],
    "a method of a class of a module": [
        "from own_of_a_book import Shape",
        "print(Shape().name())",
        "Shape.name = lambda self: 'round'",
        "print(Shape().name())",
    ],
    "a dictionary of a module": [
        "import own_of_a_book as own",
        "print(own.CONFIG)",
        "own.CONFIG['rate'] += 1",
        "print(own.CONFIG)",
    ],
    "a list from a module": [
        "from own_of_a_book import NUMBERS",
        "print(NUMBERS)",
        "NUMBERS.append(3)",
        "print(NUMBERS)",
    ],
    "a number of a module": [
        "import own_of_a_book as own",
        "print(own.area(2))",
        "own.SCALE = 7",
        "print(own.area(2))",
    ],
    "a name that is bound again": ["a = 1", "b = a", "a = 7", "print(a, b)", "del b", "print(a)"],
    "a loop's name": ["a = [[1], [2]]", "for x in a: x.append(0)", "print(a)", "print(x)"],
    "a name in a condition": ["a = [1]", "if a[0] > 1: a = [5]\na.append(2)", "print(a)"],
    "a try": [
        "a = [1]",
        "try:\n    a.append(2)\n    1 / 0\nexcept ZeroDivisionError: pass",
        "print(a)",
    ],
    "a with": ["import io\nf = io.StringIO()", "f.write('a')", "print(f.getvalue())"],
    "sorted in place": ["import numpy as np\na = np.array([3, 1, 2])", "a.sort()", "print(a)"],
    "swapped": ["a, b = [1], [2]", "a, b = b, a", "print(a, b)", "a[0] = 9", "print(a, b)"],
    "objects in an array": [
        "import numpy as np\na = np.array([[1], [2, 3]], dtype=object)",
        "a[0].append(5)",
        "print(a)",
    ],
    "a partial": [
        "from functools import partial\nx = []\nf = partial(x.append)",
        "f(1)",
        "print(x)",
    ],
    "a cache": [
        "from functools import cache\ncalls = []\n@cache\n"
        "def f(x):\n    calls.append(x)\n    return x",
        "f(1)",
        "print(calls)",
        "print(f(1), calls)",
    ],
    "an exception": ["e = ValueError([1])", "e.args[0].append(2)", "print(e.args)"],
    "a namedtuple": [
        "from collections import namedtuple\nP = namedtuple('P', 'a')\np = P([1])",
        "p.a.append(2)",
        "print(p)",
    ],
    "a dataclass": [
        "from dataclasses import dataclass, field\n@dataclass\nclass P:\n"
        "    a: list = field(default_factory=list)\np = P()",
        "p.a.append(1)",
        "print(p)",
    ],
    "results": ["1 + 1", "a = _", "3", "print(a, _)", "print(len(In), Out[1])"],
    "a file": ["from pathlib import Path\nf = open(0, closefd=False)", "print(f.closed)", "f = 3"],
    "numbers that look alike": ["a = [1]", "a[0] = True", "print(a)", "a[0] = 1.0", "print(a)"],
    "zeros": ["a = [0.0]", "a[0] = -0.0", "print(a)"],
}
NAMES = sorted(PAGES)


@pytest.fixture(autouse=True)
def own_module(tmp_path_factory, monkeypatch):
    folder = tmp_path_factory.mktemp("own")
    (folder / "own_of_a_book.py").write_text(OWN, "utf8")
    monkeypatch.syspath_prepend(str(folder))
    yield
    sys.modules.pop("own_of_a_book", None)


class Page:
    """Cells that run as in a browser; where that takes a new Python, what a cell did to it goes."""

    def __init__(self, sources):
        self.sources = list(sources)
        self.shown = []
        self.settings, self.cumsum = Settings(), np.cumsum
        self.kernel = self.begin()

    def begin(self):
        self.end()
        return Kernel(self.shown.append)

    def end(self):
        np.cumsum = self.cumsum
        self.settings.put_back()
        if sys.modules.pop("own_of_a_book", None):
            importlib.invalidate_caches()

    def run(self, target):
        """Return what the cell prints, and how many cells ran."""
        self.shown.clear()
        try:
            self.kernel.run_cells(self.sources, target)
        except NewPythonError:
            self.kernel = self.begin()
            self.kernel.run_cells(self.sources, target)
        ran = sum(message["kind"] == "started" for message in self.shown)
        printed = [m.get("text") for m in self.shown if m["cell"] == target and "text" in m]
        return printed, ran


@cache
def whole(sources, target):
    page = Page(sources)
    try:
        return page.run(target)[0]
    finally:
        page.end()


@pytest.mark.parametrize("name", NAMES)
def test_each_cell_alone_and_all_of_them_twice(name):
    sources = PAGES[name]
    expected = []
    for target in range(len(sources)):
        page = Page(sources)
        try:
            expected.append(page.run(target)[0])
            assert page.run(target)[0] == expected[target], "run again"
        finally:
            page.end()
    page = Page(sources)
    try:
        for number in [*range(len(sources)), *reversed(range(len(sources)))]:
            assert page.run(number)[0] == expected[number], number
    finally:
        page.end()


@settings(deadline=None, derandomize=True, max_examples=40)
@given(
    name=st.sampled_from(NAMES),
    steps=st.lists(
        st.tuples(st.integers(0, 5), st.sampled_from(["run", "edit", "break", "restore"])),
        min_size=2,
        max_size=7,
    ),
)
def test_runs_and_edits_in_any_order(name, steps):
    page = Page(PAGES[name])
    try:
        for number, what in steps:
            cell = number % len(page.sources)
            if what == "edit":
                page.sources[cell] += "\n'edited';"
            elif what == "break":
                page.sources[cell] += "\n1 / 0"
            elif what == "restore":
                page.sources[cell] = PAGES[name][cell]
            printed, _ = page.run(cell)
            page_again = whole(tuple(page.sources), cell)
            without_numbers = [
                [str(t).partition(", run ")[0] for t in p] for p in (printed, page_again)
            ]
            assert without_numbers[0] == without_numbers[1]
    finally:
        page.end()


def test_what_changes_nothing_from_before_does_not_make_the_page_run_again():
    page = Page(
        [
            "import numpy as np\nX = np.arange(12.0).reshape(3, 4)\nrng = np.random.default_rng(0)",
            "W = rng.normal(size=(2, 3))",
            "def forward(W, X): return np.maximum(W @ X, 0)",
            "A = forward(W, X)\nprint(A.sum())",
            "history = [float(forward(k * W, X).sum()) for k in range(3)]",
            "print(history[-1], X.mean())",
        ]
    )
    assert page.run(5)[1] == 6
    assert page.run(5)[1] == 1
    page.sources[5] = "print(max(history))"
    assert page.run(5)[1] == 1
    page.sources[3] = "A = 2 * forward(W, X)\nprint(A.sum())"
    assert page.run(3)[1] == 1
    assert page.run(5)[1] == 2
    assert page.run(1)[1] == 2, "the generator has been drawn from since"


# What a module holds besides its functions, none of which a call changes.
TYPED = """
import threading
from collections.abc import Callable, Sequence
from typing import ParamSpec, TypeVar

LOCK, AGAIN = threading.Lock(), threading.RLock()
Kind, Given = TypeVar("Kind"), ParamSpec("Given")
Step = Callable[[int], float]
Steps = Sequence[Step]
Perhaps = int | None

def twice(x):
    with LOCK, AGAIN:
        return 2 * x
"""


def test_types_and_locks_of_a_module_that_is_used_do_not_make_the_page_run_again(tmp_path):
    (tmp_path / "own_of_a_book.py").write_text(TYPED, "utf8")
    sys.path.insert(0, str(tmp_path))  # put back by the page's end
    try:
        page = Page(
            ["import own_of_a_book as own", "a = own.twice(4)", "print(own.twice(a))", "print(a)"]
        )
        assert page.run(2) == (["16\n"], 3)
        kernel = page.kernel
        assert page.run(2) == (["16\n"], 1)
        page.sources[1] = "a = own.twice(5)"
        assert page.run(2) == (["20\n"], 2)
        assert page.run(3) == (["10\n"], 1)
        assert page.kernel is kernel, "it takes no new Python"
        page.sources[2] = "print(own.LOCK.acquire())"
        assert page.run(2) == (["True\n"], 1)
        assert page.kernel.plan(page.sources, 3) == [3]
        assert page.kernel.plan(page.sources, 2) != [2], "the lock was not held before"
    finally:
        page.end()
        sys.path.remove(str(tmp_path))


def test_figures_do_not_make_the_page_run_again():
    draw = "fig, ax = plt.subplots(figsize=(2, 1))\nax.plot(x);"
    page = Page(["import matplotlib.pyplot as plt\nx = [1, 2]", draw, draw, "print(x)"])
    assert page.run(3)[1] == 4
    assert page.run(3)[1] == 1
    assert page.run(2)[1] == 1
    assert page.run(1)[1] == 1
    page.sources[2] = "ax.plot(x)\nprint(len(ax.lines))"
    for _ in range(3):
        assert "2\n" in page.run(2)[0]


def test_a_cell_that_fails_runs_again_and_what_it_did_is_undone():
    page = Page(["a = []", "a.append(1)\nb = 1 / zero", "print(a)"])
    assert page.run(2)[1] == 2
    page.sources[1] = "a.append(1)"
    assert page.run(2) == (["[1]\n"], 3)


def test_a_cell_that_is_meant_to_fail_stops_nothing(capsys):
    shown = []
    kernel = Kernel(shown.append)
    sources = ["a = 1", "1 / 0", "print(a)"]
    assert not kernel.run_cells(sources, 2)
    assert kernel.run_cells(sources, 2, may_fail=[1])
    assert shown[-2]["text"] == "1\n"


STANDING_ASIDE = [1, 2, 3, 4, 5]
SOURCES = [
    "import numpy as np\na = [1]\nrng = np.random.default_rng(1)",
    "b = 2 * a[0]",
    "c = b + 1",
    "a.append(3)",
    "x = rng.random()",
    "print('a picture of', a)",
]


@pytest.mark.parametrize(
    ("cell", "needed"),
    [
        ("print(1)", [0]),
        ("print(b)", [0, 1]),
        ("print(c)", [0, 1, 2]),
        ("print(len(a))", [0, 3]),
        ("print(rng.random())", [0, 4]),
        ("print(a, x)", [0, 3, 4]),
        ("print(eval('c'))", [0, 1, 2, 3, 4, 5]),
    ],
)
def test_a_cell_that_stands_aside_runs_only_where_it_is_needed(cell, needed):
    shown = {}
    for aside in (STANDING_ASIDE, []):
        said = shown[len(aside)] = []
        kernel = Kernel(said.append)
        plan = kernel.plan([*SOURCES, cell], 6, aside=aside)
        assert plan == ([*needed, 6] if aside else list(range(7)))
        assert kernel.run_cells([*SOURCES, cell], 6, aside=aside)
        assert [m["step"] for m in said if m["kind"] == "started"] == list(range(1, len(plan) + 1))
    last = [[m for m in said if m["kind"] == "stream"][-1] for said in shown.values()]
    assert last[0] == last[1]


def test_a_cell_that_stands_aside_and_has_run_is_kept():
    kernel = Kernel(lambda _: None)
    sources = [*SOURCES, "print(1)"]
    assert kernel.run_cells(sources, 5, aside=STANDING_ASIDE)
    assert kernel.plan(sources, 6, aside=STANDING_ASIDE) == [6]
    assert kernel.run_cells(sources, 6, aside=STANDING_ASIDE)
    assert kernel.plan(sources, 2, aside=STANDING_ASIDE) == [0, 1, 2], "a has changed"
    assert kernel.plan(sources, 6, aside=STANDING_ASIDE) == [6]


def test_code_that_is_no_cell_is_undone_before_the_next_cell_runs():
    shown = []
    kernel = Kernel(shown.append)
    kernel.run_cells(["a = [1]"], 0)
    kernel.run("a.append(2)")
    kernel.run("import numpy as np\nnp.random.seed(3)", space="exercises")
    kernel.run_cells(["a = [1]", "print(a)"], 1)
    assert [m["text"] for m in shown if "text" in m] == ["[1]\n"]


def test_other_code_that_changes_a_function_of_numpy_makes_for_a_new_python():
    kernel, cumsum = Kernel(print), np.cumsum
    with redirect_stdout(io.StringIO()):
        kernel.run_cells(["a = 1"], 0)
        kernel.run("import numpy as np\nnp.cumsum = abs", space="exercises")
    np.cumsum = cumsum
    assert kernel.plan(["a = 1", "a"], 1) is None


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("a = 1\nb = a", set()),
        ("b = a", {"a"}),
        ("a = a + 1", {"a"}),
        ("a[0] = 1", {"a"}),
        ("a += 1", {"a"}),
        ("if b: a = 1\na", {"a", "b"}),
        ("a, b = 1, 2\na + b", set()),
        ("def f(): return a\na = 1", {"a"}),
        ("b = [a for a in b]", {"a", "b"}),
        ("eval('a')", {"a", "b"}),
        ("a +", {"a", "b"}),
    ],
)
def test_the_names_that_lead_to_what_was_there_before(source, expected):
    assert mentioned(source, ["a", "b"]) & {"a", "b"} == expected


def test_settings_are_put_back():
    kept, filters = Settings(), list(warnings.filters)
    before = np.get_printoptions()["precision"]
    np.set_printoptions(precision=2)
    warnings.filters.insert(0, ("ignore", None, UserWarning, None, 0))
    kept.put_back()
    assert np.get_printoptions()["precision"] == before
    assert warnings.filters == filters


def test_a_cell_that_shows_what_it_has_changed_makes_the_page_run_again_and_no_more():
    page = Page(["import numpy as np\na = np.zeros(3)", "np.add(a, 1, out=a)", "print(a)"])
    page.run(2)
    assert page.kernel.plan(page.sources, 1) == [0, 1]
