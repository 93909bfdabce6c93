"""Which tests a run takes."""

import math
import re
import subprocess
import sys
from types import SimpleNamespace

import pytest

from tests import selection

CASES = [f"t[{page}-{view}]" for page in "abcdefgh" for view in range(4)]
PAGES = [case[2] for case in CASES]


@pytest.mark.parametrize(
    ("path", "function", "expected"),
    [
        ("tests/unit/test_data.py", "test_x", "unit"),
        ("nnfs/data.py", "nnfs.data.load_mnist", "unit"),
        ("tests/book/test_pages.py", "test_x", "book"),
        ("tests/book/test_pages.py", "test_the_prose_keeps_the_tone", "style"),
        ("packages/sphinx-x/tests/test_x.py", "test_x", "book"),
        ("tests/browser/test_x.py", "test_x", "browser"),
        ("tests/style/test_x.py", "test_x", "style"),
        ("tests/site/test_x.py", "test_x", "site"),
    ],
)
def test_the_place_of_a_test_is_its_subject(path, function, expected):
    assert selection.subject(path, function) == expected


def test_the_tests_of_prose_are_there():
    root = selection.ROOT / "tests"
    text = "".join(path.read_text("utf8") for path in root.rglob("test_*.py"))
    assert set(re.findall(r"^def (test_\w+)", text, re.MULTILINE)) >= selection.PROSE


def test_a_seed_draws_the_same_sample_and_another_seed_another():
    drawn = selection.sample(CASES, PAGES, "one", 1 / 4)
    assert drawn == selection.sample(CASES[::-1], PAGES[::-1], "one", 1 / 4)
    assert drawn != selection.sample(CASES, PAGES, "two", 1 / 4)


@pytest.mark.parametrize("seed", ["one", "two", "three"])
def test_every_page_is_drawn_before_one_is_drawn_twice(seed):
    drawn = selection.sample(CASES, PAGES, seed, 1 / 4)
    assert sorted(case[2] for case in drawn) == list("abcdefgh")
    some = selection.sample(CASES, PAGES, seed, 1 / 8)
    assert len({case[2] for case in some}) == len(some) == 4


def test_all_cases_come_in_turn():
    seeds = [str(number) for number in range(60)]
    drawn = [selection.sample(CASES, PAGES, seed, 1 / 4) for seed in seeds]
    assert set().union(*drawn) == set(CASES)


@pytest.mark.parametrize(("share", "expected"), [(0, 0), (0.01, 2), (0.25, 8), (1, 32)])
def test_two_are_drawn_at_least_or_none(share, expected):
    assert len(selection.sample(CASES, PAGES, "one", share)) == expected
    assert len(selection.sample(CASES[:2], PAGES[:2], "one", share)) == min(expected, 2)


def test_of_what_takes_long_one_is_drawn_and_each_in_its_turn():
    seeds = [str(number) for number in range(60)]
    drawn = [selection.sample(CASES[:5], PAGES[:5], seed, 1 / 16, fewest=1) for seed in seeds]
    assert {len(cases) for cases in drawn} == {1}
    assert set().union(*drawn) == set(CASES[:5])


class Case:
    """As much of pytest's item as a selection looks at."""

    def __init__(
        self, path: str, function: str, *fixtures: str, marker=None, **params: object
    ) -> None:
        self.path, self.originalname, self.fixturenames = selection.ROOT / path, function, fixtures
        self.nodeid = f"{path}::{function}[{'-'.join(map(str, params.values()))}]"
        self.callspec = SimpleNamespace(params=params)
        self.markers = {marker.name: marker} if marker else {}

    def add_marker(self, marker: str | pytest.MarkDecorator) -> None:
        mark = getattr(pytest.mark, marker) if isinstance(marker, str) else marker
        self.markers[mark.name] = mark

    def get_closest_marker(self, name: str) -> object:
        return self.markers.get(name)


def suite() -> list[Case]:
    pages = sorted(selection.names_of_pages())
    return [
        Case("tests/unit/test_data.py", "test_unit"),
        Case("tests/style/test_code.py", "test_style"),
        Case("tests/book/test_x.py", "test_book", "small_book"),
        Case("tests/book/test_x.py", "test_links", "site"),
        *(Case("tests/site/test_pages.py", "test_site", "site", name=name) for name in pages),
        Case("tests/browser/test_x.py", "test_browser", "browser"),
        *(
            Case("tests/browser/test_y.py", "test_views", "browser", name=name, view=view)
            for name in pages
            for view in range(4)
        ),
        *(Case("tests/browser/test_z.py", "test_schemes", "browser", n=n) for n in range(6)),
        *(Case("tests/browser/test_w.py", f"{ALONE}{n}", "browser") for n in range(6)),
        *(Case("tests/unit/test_z.py", "test_races", marker=RACES, n=n) for n in range(40)),
        *(Case("tests/unit/test_z.py", "test_whole", marker=WHOLE, n=n) for n in range(2)),
        *(Case("tests/unit/test_z.py", f"test_condition_{n}", marker=OF_FILE) for n in range(8)),
    ]


RACES, WHOLE = pytest.mark.exhaustive.mark, pytest.mark.exhaustive(share=0).mark
OF_FILE = pytest.mark.exhaustive(share=1 / 2, of="file").mark
CONDITION, ALONE = "test_condition_", "test_alone_"
DAILY = {"test_unit", "test_style", "test_book"}
SITE = {"test_links", "test_site"}
EVERYTHING = {
    *DAILY,
    *SITE,
    "test_browser",
    "test_schemes",
    "test_views",
    "test_races",
    "test_whole",
}


def chosen(*args: str, **options: object) -> list[Case]:
    settings = {"exhaustive": False, "all": False, "markexpr": "", "sample_seed": "s", **options}
    config = SimpleNamespace(getoption=settings.__getitem__, args=args)
    cases = suite()
    selection.mark(cases)
    return sorted(selection.chosen(cases, config), key=lambda case: case.nodeid)


@pytest.mark.parametrize(
    ("args", "options", "expected"),
    [
        ((), {}, DAILY),
        (("tests",), {}, DAILY),
        ((), {"all": True}, EVERYTHING - {"test_whole"}),
        ((), {"exhaustive": True}, EVERYTHING),
        ((), {"markexpr": "browser"}, EVERYTHING - {"test_whole"}),
        ((), {"markexpr": "exhaustive"}, EVERYTHING),
        (("tests/unit/test_z.py",), {}, {*DAILY, "test_races", "test_whole"}),
        (("tests/browser/test_y.py::test_views[x]",), {}, {*DAILY, "test_views"}),
    ],
)
def test_options_and_places_say_what_runs(args, options, expected):
    names = {case.originalname for case in chosen(*args, **options)}
    assert {name for name in names if not name.startswith((CONDITION, ALONE))} == expected


def test_of_tests_that_are_drawn_together_a_sample_has_some():
    def conditions(*args: str, **options: object) -> int:
        names = [case.originalname for case in chosen(*args, **options)]
        return sum(name.startswith(CONDITION) for name in names)

    assert conditions() == 0
    assert conditions(all=True) == 4
    assert conditions(exhaustive=True) == conditions("tests/unit/test_z.py") == 8


def test_a_sample_has_each_page_and_what_is_named_or_exhaustive_every_case():
    def counted(*args: str, **options: object) -> tuple[int, int, int]:
        names = [case.originalname for case in chosen(*args, **options)]
        return tuple(map(names.count, ("test_site", "test_views", "test_races")))

    pages = len(selection.names_of_pages())
    assert counted(all=True) == (pages, math.ceil(pages / 4), 5)
    assert counted(exhaustive=True) == (pages, 4 * pages, 40)
    assert counted("tests/browser/test_y.py") == (0, 4 * pages, 0)
    assert counted("tests/browser/test_y.py", all=True) == (pages, math.ceil(pages / 4), 5)


@pytest.mark.parametrize(("file", "names"), [("z", "test_schemes"), ("w", ALONE)])
def test_of_a_files_browser_tests_each_run_has_some_and_each_has_its_turn(file, names):
    def drawn(*args: str, **options: object) -> list[str]:
        return [c.nodeid for c in chosen(*args, **options) if c.originalname.startswith(names)]

    runs = [drawn(all=True, sample_seed=str(number)) for number in range(60)]
    assert {len(cases) for cases in runs} == {selection.FEWEST}
    assert len(set().union(*runs)) == 6
    assert len(drawn(exhaustive=True)) == len(drawn(f"tests/browser/test_{file}.py")) == 6
    assert drawn() == []


def test_a_test_of_a_browser_is_one_however_its_page_is_opened():
    case = Case("tests/browser/test_typing.py", "test_keys", "site", "page")
    selection.mark([case])
    assert case.get_closest_marker("browser")
    assert case.get_closest_marker("exhaustive")
    assert not case.get_closest_marker("site")


def test_one_process_begins_with_the_site_and_the_others_with_what_needs_none(monkeypatch):
    monkeypatch.setattr(selection, "prepares_together", lambda path: "site/" in path)
    cases = suite()
    selection.mark(cases)
    selection.order(cases, SimpleNamespace(workerinput={}))
    scopes = list(dict.fromkeys(selection.scope(case.nodeid) for case in cases))
    assert scopes[0] == "tests/site/test_pages.py"
    functions = list(dict.fromkeys(case.originalname for case in cases))
    assert functions[1:4] == ["test_book", "test_style", "test_unit"]
    assert functions.index("test_links") < functions.index("test_browser")
    selection.order(cases, SimpleNamespace())
    assert cases[0].originalname == "test_unit"


def test_a_run_says_what_it_takes_and_refuses_an_empty_seed():
    def run(*options: str) -> str:
        command = [
            sys.executable,
            "-m",
            "pytest",
            "-p",
            "no:cacheprovider",
            "--collect-only",
            "-n0",
        ]
        result = subprocess.run(
            [*command, *options, "tests/unit/test_package.py"],
            cwd=selection.ROOT,
            capture_output=True,
            encoding="utf8",
            check=False,
        )
        return result.stdout + result.stderr

    assert "of the exhaustive tests the sample of --sample-seed=a" in run(
        "--all", "--sample-seed=a"
    )
    assert "the seed of the sample is empty" in run("--sample-seed= ")
