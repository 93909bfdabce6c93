"""What is read from the code of a page's cells."""

import ast

import pytest

from sphinx_live_cells.browser.names import read_pages_names
from sphinx_live_cells.browser.origins import derived, modules
from sphinx_live_cells.browser.reach import left_out, needed, out_of_reach, writers


def needs(*sources: str) -> list[int]:
    """Return the cells that the last one needs."""
    return needed(writers(read_pages_names(sources)), len(sources) - 1)


@pytest.mark.parametrize(
    ("sources", "expected"),
    [
        (["a = 1", "b = 2", "a + 1"], [0]),
        (["a = 1", "b = a", "c = 3", "b"], [0, 1]),
        (["a = 1", "a = 2", "a"], [1]),
        (["a = [1]", "a.append(2)", "a.index(1)", "a"], [0, 1]),
        (["a = [1]", "a[0] = 2", "a"], [0, 1]),
        (["a = 1", "a += 1", "a"], [0, 1]),
        (["a = 1", "del a[0]", "a"], [0, 1]),
        (["import numpy as np", "np.zeros(3)", "np.ones(3)"], [0]),
        (["r = np.random.default_rng(0)", "r.normal()", "r"], [0, 1]),
        (["r = np.random.default_rng(0)", "b = draw(r)", "r"], [0, 1]),
        (["a = [1]", "def f(): return a", "x = 1", "f()"], [0, 1]),
        (["r = [1]", "def f(): r.append(2)", "f()", "r"], [0, 1, 2]),
        (["def f(): return g()", "def g(): return a", "a = 1", "f()"], [0, 1, 2]),
        (["a = 1", "[a for a in range(3)]"], []),
        (["a = 1", "lambda a: a"], []),
        (["a = 1", "def f(a): return a\nf(2)"], []),
        (["a = 1", "def f():\n    a = 2\n    return a\nf()"], []),
        (["a = 1", "a = 2\na"], []),
        (["a = 1", "a = a + 1"], [0]),
        (["a = 1", "for a in range(3): a"], []),
        (["a = 1", "class C:\n    b = a"], [0]),
        (["a = 1", "f'{a}'"], [0]),
        (["a = 1", "{x: a for x in range(3) if (y := x)}"], [0]),
        (["a = 1", "this is no Python", "a"], [0]),
        (["a = np.zeros(3)", "np.add(a, 1, out=a)", "a"], [0, 1]),
        (["a = np.zeros(3)", "np.copyto(a, 7)", "a"], [0, 1]),
        (["n = 1", "def f():\n    global n\n    n += 1", "f()", "n"], [0, 1, 2]),
        (["match [1, 2]:\n    case [a, *b]: pass", "a, b"], [0]),
        (["match {}:\n    case {**c}: pass", "c"], [0]),
        (["from math import *", "pi"], [0]),
        (["x = 1", "exec('x = 2')", "x"], [0, 1]),
        (["globals()['x'] = 2", "x"], [0]),
    ],
)
def test_a_cell_needs_what_makes_its_names(sources, expected):
    assert needs(*sources) == expected


def test_a_cell_that_is_no_python_needs_nothing():
    assert needs("a = 1", "a +") == []


def test_importing_a_module_is_no_use_of_it():
    sources = [
        "import sympy as s, numpy as np",
        "s.Symbol('x')",
        "np.ones(3)",
        "from pandas import DataFrame",
        "a +",
        "import sympy\nsympy.pi",
    ]
    assert modules(sources, ["sympy", "pandas"]) == [
        set(),
        {"sympy"},
        set(),
        {"pandas"},
        set(),
        {"sympy"},
    ]


def test_what_is_derived_is_followed_from_name_to_name():
    sources = [
        "import nnfs\nfrom kit.cells import glue, size\nIMAGES, STEPS = size(5), 3\nSEEDS = 1",
        "a = SEEDS + y.size",
        "x = nnfs.load_mnist(1)[:IMAGES]",
        "def f(): return x",
        "b = f()\nc = 3",
        "c",
        "b = 1",
        "b",
        "rows.append(x)",
        "rows",
        "a +",
        "import numpy as np\nnp.save(x)",
        "np.ones(3)",
        "size = 7",
        "size",
    ]
    assert derived(sources, {"size", "nnfs.load_mnist"}) == [
        *(True, False, True, True, True),
        *(False, False, False, True, True, False, True, *3 * [False]),
    ]


@pytest.mark.parametrize(
    ("sources", "away", "expected"),
    [
        (["a = [1]", "a.append(2)", "a", "3"], {1}, {2: 1}),
        (["a = [1]", "b = a", "b[0] = 5", "a"], {2}, {3: 2}),
        (["a = [1]", "b = [a]", "change(b)", "a"], {2}, {3: 2}),
        (["a = [1]", "change(a)", "a + 1", "4"], {1}, {2: 1}),
        (["a = [1]", "print(len(a) + 1)", "a + 1"], {1}, {}),
        (["rows = [[1]]", "for a in rows: change(a)", "rows"], {1}, {2: 1}),
        (["a = 1", "b = 2", "a + b"], {1}, {2: 1}),
        (["a = 1", "b = a + 1", "c = b", "c"], {1}, {2: 1, 3: 1}),
        (["import numpy as np\na = np.ones(3)", "np.copyto(a, 7)", "np.pi", "a"], {1}, {3: 1}),
    ],
)
def test_what_a_cell_that_does_not_run_may_have_changed_is_out_of_reach(sources, away, expected):
    assert out_of_reach(sources, away) == expected


def test_a_cell_that_is_known_to_change_nothing_leaves_what_was_there_in_reach():
    sources = ["a = [1]", "b = measure(a)", "a", "b"]
    assert out_of_reach(sources, [1]) == {2: 1, 3: 1}
    assert out_of_reach(sources, [1], [1]) == {3: 1}


def test_a_page_is_parsed_once_for_all_its_runs(monkeypatch):
    parse, read = ast.parse, []
    page = [f"y{n} = x{n}\nshow(y{n})\nx{n + 1} = y{n} + {n}" for n in range(40)]
    with monkeypatch.context() as patched:
        patched.setattr(ast, "parse", lambda source: read.append(source) or parse(source))
        found = left_out(page, 39, range(1, 39, 2))
        left_out(page, 38, [])
        once, before = sorted(read), page.copy()
        page[7] = "x8 = 'edited'"
        left_out(page, 39, [])
    assert found == set()
    assert once == sorted(before)
    assert read[40:] == page[7:8]
