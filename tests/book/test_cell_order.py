"""What a cell needs of the earlier ones, and when they have to run again."""

import pytest

from cell_order import Ledger, derived, modules, needed, read_pages_names, writers
from tests.book.pages import chapters


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


class Page:
    """Cells that run for real when the ledger asks for them."""

    def __init__(self, *sources: str) -> None:
        self.sources = list(sources)
        self.ledger = Ledger()
        self.names: dict = {}

    def run(self, target: int) -> list[int]:
        order = self.ledger.plan(self.sources, target)
        for cell in order:
            try:
                exec(self.sources[cell], self.names)
            except ZeroDivisionError:
                self.ledger.note(self.sources, cell, succeeded=False)
                break
            self.ledger.note(self.sources, cell, succeeded=True)
        return order


def test_what_has_run_does_not_run_again():
    page = Page("a = 1", "b = a + 1", "c = b + 1")
    assert page.run(2) == [0, 1, 2]
    assert page.run(2) == [2]
    assert page.run(1) == [1]


def test_an_edited_cell_and_what_depends_on_it_run_again():
    page = Page("a = 1", "b = a + 1", "x = 0", "c = b + x")
    page.run(3)
    page.sources[0] = "a = 5"
    assert page.run(3) == [0, 1, 3]
    assert page.names["c"] == 6


def test_a_cell_run_by_hand_makes_its_dependents_stale():
    page = Page("a = 1", "b = a + 1", "c = b")
    page.run(2)
    page.run(0)
    assert page.run(2) == [1, 2]


def test_a_name_that_a_later_cell_rebinds_is_made_anew():
    page = Page("a = 1", "b = a", "a = 7", "d = a")
    page.run(1)
    page.run(3)
    assert page.run(1) == [0, 1]
    assert page.names["b"] == 1
    assert page.run(3) == [2, 3]
    assert page.names["d"] == 7


def test_a_cell_that_changes_an_object_finds_it_as_it_was():
    page = Page("a = []", "a.append(1)", "b = len(a)")
    for _ in range(3):
        page.run(2)
        assert page.names["b"] == 1
        assert page.run(1)[0] == 0
        assert page.names["a"] == [1]


def test_a_failed_cell_runs_again():
    page = Page("a = 0", "b = 1 / a", "c = b")
    assert page.run(2) == [0, 1, 2]
    assert "c" not in page.names
    page.sources[0] = "a = 4"
    assert page.run(2) == [0, 1, 2]
    assert page.names["c"] == 0.25


@pytest.mark.parametrize("page", chapters(), ids=lambda page: page.docname)
def test_the_cells_of_a_chapter_find_every_name_of_the_page(page):
    """Every name that the page binds and a cell uses is made by a cell before it."""
    found = read_pages_names([cell.code for cell in page.cells])
    made = set()
    for number, names in enumerate(found):
        later = set().union(*(other.bound for other in found[number + 1 :])) - made
        assert names.used & later == set()
        made |= names.bound
