"""Which tests a run takes, in which order, and on which processes.

What a test needs and where its file lies give it a subject, which is a marker. `python -m pytest`
takes the subjects of a contributor's day; `--all` adds those that need the built site or a browser,
and a sample of the exhaustive tests; `--exhaustive` takes everything. A file or a test that the
command line names runs whatever it is.
"""

import argparse
import functools
import hashlib
import math
import re
import subprocess
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from joblib import cpu_count
from xdist.scheduler import LoadScopeScheduling

from tests.book.pages import all_pages

ROOT = Path(__file__).resolve().parents[1]

SUBJECTS = {
    "unit": "the package nnfs",
    "book": "sources and extensions of the book, and small books that a test builds",
    "style": "the form of code, prose and repository, and the tools of the tests",
    "site": "the built site, read as files",
    "browser": "the built site in a browser",
}
EVERY_DAY = ("unit", "book", "style")
EXHAUSTIVE = (
    "exhaustive(share=1/8, of='test', fewest=2): builds the whole book again, runs every cell "
    "alone, races, or opens every page in every view; --all draws a share of its cases, the "
    "fewest at least: 0 for none, 1 for all, of what is only too slow for every day; with "
    "of='file' it draws among all tests of the file that say so, such as books under one "
    "condition each"
)

# Tests of prose among those of sources.
PROSE = {
    "test_no_number_of_a_result_is_typed",
    "test_the_prose_keeps_the_tone",
    "test_pages_are_referred_to_by_label",
    "test_a_line_of_code_fits_a_laptop",
    "test_every_symbol_is_in_the_table_of_notation",
}
FEWEST = 2
# A browser test that has this many pages among its cases is exhaustive: --all draws a part of them.
MANY_PAGES = 10
PART_OF_PAGES = {"share": 1 / 16}
# Of the other tests of a browser's file, with their widths and schemes, --all draws a part.
PART_OF_FILE = {"share": 1 / 6, "of": "file"}

# What builds takes longest and comes early, so that no process ends late; on one process the quick
# answers do.
SIDE_BY_SIDE = ("book", "style", "unit", "site", "browser")
ONE_BY_ONE = ("unit", "style", "book", "site", "browser")
MOST_PROCESSES = 8


def subject(path: str, function: str = "") -> str:
    """Return the subject of a test by its file, relative to the repository, and its function."""
    if function in PROSE:
        return "style"
    above, folder = path.split("/")[0], path.split("/")[-2]
    if above == "tests" and folder in SUBJECTS:
        return folder
    return "book" if above in ("book", "packages") else "unit"


def sample(
    cases: Sequence[str], pages: Sequence[str], seed: str, share: float, fewest: int = FEWEST
) -> set[str]:
    """Draw some cases of one test, about as many different pages as can be.

    Parameters
    ----------
    cases : sequence of str
        The ids of the cases.
    pages : sequence of str
        The page that each case is about.
    seed : str
        Any text; the same one draws the same cases on every machine.
    share : float
        The part of the cases to draw; 0 draws none.
    fewest : int
        As many cases are drawn at least, where any are.

    """

    def drawn(case: str) -> str:
        return hashlib.sha256(f"{seed}:{case}".encode()).hexdigest()

    rounds: list[tuple[int, str, str]] = []
    turns: Counter[str] = Counter()
    for case, page in sorted(zip(cases, pages, strict=True), key=lambda pair: drawn(pair[0])):
        rounds.append((turns[page], drawn(case), case))
        turns[page] += 1
    wanted = max(fewest, math.ceil(share * len(cases))) if share else 0
    return {case for *_, case in sorted(rounds)[:wanted]}


def seed_of_the_commit() -> str:
    """Return the commit's hash, so that each commit draws another sample, or `archive`."""
    try:
        result = subprocess.run(
            ["git", "rev-parse", "--short=12", "HEAD"],
            cwd=ROOT,
            capture_output=True,
            encoding="utf8",
            check=False,
        )
    except OSError:
        return "archive"
    return result.stdout.strip() or "archive"


def a_seed(text: str) -> str:
    if not text.strip():
        raise argparse.ArgumentTypeError("the seed of the sample is empty; give it any text")
    return text.strip()


def add_options(parser: pytest.Parser) -> None:
    group = parser.getgroup("subjects of the book's tests")
    group.addoption(
        "--all",
        action="store_true",
        help="also the tests of the built site, those in a browser, and a sample of the "
        "exhaustive ones",
    )
    group.addoption(
        "--exhaustive",
        action="store_true",
        help="every test: the whole book under other conditions, every page in every view",
    )
    group.addoption(
        "--sample-seed",
        metavar="TEXT",
        type=a_seed,
        help="draw the sample of the exhaustive tests by this text, not by the commit's hash",
    )


def seed(config: pytest.Config) -> str:
    return config.getoption("sample_seed") or seed_of_the_commit()


def describe(config: pytest.Config) -> str:
    """Return the line that says at the start of a run what it takes."""
    if config.getoption("exhaustive"):
        return "runs: every test"
    if config.getoption("all"):
        return (
            "runs: every subject, and of the exhaustive tests the sample of "
            f"--sample-seed={seed(config)} (all of them: --exhaustive)"
        )
    return (
        f"runs: {', '.join(EVERY_DAY)} (site and browser too: --all; every test: --exhaustive), "
        "and what is named"
    )


def place(item: pytest.Item) -> str:
    """Return the file of a test, relative to the repository."""
    return item.path.relative_to(ROOT).as_posix()


def function(item: pytest.Item) -> str:
    return getattr(item, "originalname", None) or item.name


@functools.cache
def names_of_pages() -> set[str]:
    return {page.docname for page in all_pages()}


def page_of(item: pytest.Item) -> str:
    """Return the page that a case is about, or nothing."""
    values = item.callspec.params.values() if hasattr(item, "callspec") else ()
    return next((v for v in values if isinstance(v, str) and v in names_of_pages()), "")


def drawn_together(items: Sequence[pytest.Item]) -> list[list[pytest.Item]]:
    """Return the groups of which samples are drawn: the cases of a test, or of a file's tests."""

    def group(item: pytest.Item) -> tuple[str, str]:
        exhaustive = item.get_closest_marker("exhaustive")
        if exhaustive is not None and exhaustive.kwargs.get("of") == "file":
            return place(item), f"of the file {exhaustive.kwargs.get('share')}"
        return place(item), function(item)

    return grouped(items, group)


def by_function(items: Sequence[pytest.Item]) -> list[list[pytest.Item]]:
    return grouped(items, lambda item: (place(item), function(item)))


def grouped(
    items: Sequence[pytest.Item], group: Callable[[pytest.Item], tuple[str, str]]
) -> list[list[pytest.Item]]:
    groups: defaultdict[tuple[str, str], list[pytest.Item]] = defaultdict(list)
    for item in items:
        groups[group(item)].append(item)
    return list(groups.values())


def mark(items: Sequence[pytest.Item]) -> None:
    """Give each test the marker of its subject, and those in a browser the part that is drawn."""
    for item in items:
        if not any(item.get_closest_marker(name) for name in SUBJECTS):
            asked = getattr(item, "fixturenames", ())
            by_file = subject(place(item), function(item))
            needed = next((name for name in ("browser", "site") if name in asked), by_file)
            item.add_marker("browser" if by_file == "browser" else needed)
    for cases in by_function(items):
        if cases[0].get_closest_marker("browser"):
            many = len({page_of(item) for item in cases} - {""}) >= MANY_PAGES
            exhaustive = pytest.mark.exhaustive(**(PART_OF_PAGES if many else PART_OF_FILE))
            for item in cases:
                if item.get_closest_marker("exhaustive") is None:
                    item.add_marker(exhaustive)


def chosen(items: Sequence[pytest.Item], config: pytest.Config) -> set[pytest.Item]:
    """Return the tests that the options and the places on the command line ask for."""
    expression = config.getoption("markexpr")
    if config.getoption("exhaustive"):
        return set(items)
    everything = config.getoption("all")
    files = set() if everything else named_files(config.args)
    taken: set[pytest.Item] = set()
    for cases in drawn_together(items):
        exhaustive = cases[0].get_closest_marker("exhaustive")
        if cases[0].path in files or (exhaustive and "exhaustive" in expression):
            taken |= set(cases)
        elif exhaustive and (everything or expression):
            ids = [item.nodeid for item in cases]
            share = exhaustive.kwargs.get("share", 1 / 8)
            fewest = exhaustive.kwargs.get("fewest", FEWEST)
            drawn = sample(ids, [page_of(item) for item in cases], seed(config), share, fewest)
            taken |= {item for item in cases if item.nodeid in drawn}
        elif not exhaustive:
            taken |= {
                item
                for item in cases
                if everything or expression or any(map(item.get_closest_marker, EVERY_DAY))
            }
    return taken


def named_files(args: Sequence[str]) -> set[Path]:
    """Return the test files that the command line names, as they are or for one of their tests."""
    files = {Path(arg.partition("::")[0]) for arg in args}
    return {path.resolve() for path in files if path.name.startswith("test_")}


def order(items: list[pytest.Item], config: pytest.Config) -> None:
    """Sort tests in place by subject; those that share what they prepare come first of theirs.

    Where processes share a run, the first of them begins with the site, which takes longest, while
    the others do what needs none.
    """
    distributed = hasattr(config, "workerinput")
    subjects = SIDE_BY_SIDE if distributed else ONE_BY_ONE

    def turn(item: pytest.Item) -> tuple[int, bool]:
        number = next(n for n, name in enumerate(subjects) if item.get_closest_marker(name))
        return number, not prepares_together(place(item))

    items.sort(key=turn)
    if distributed:
        opening = next((scope(i.nodeid) for i in items if i.get_closest_marker("site")), None)
        items.sort(key=lambda item: scope(item.nodeid) != opening)


def scope(nodeid: str) -> str:
    """Return what stays on one process: a file that prepares something, else the test alone."""
    path = nodeid.partition("::")[0]
    return path if prepares_together(path) else nodeid


@functools.cache
def prepares_together(path: str) -> bool:
    """Tell whether the tests of a file share what a fixture of theirs prepares once."""
    return bool(re.search(r"scope=.(module|session)", (ROOT / path).read_text("utf8")))


class Scheduling(LoadScopeScheduling):
    """Gives each process one test after another, and files that prepare something as a whole."""

    def _split_scope(self, nodeid: str) -> str:
        return scope(nodeid)


def processes(config: pytest.Config) -> int:
    """Return how many processes share a run: one for each processor that it may use.

    A single test runs in this process, where it can print and be stepped through.
    """
    if config.args and all("::" in arg for arg in config.args):
        return 0
    return min(cpu_count(), MOST_PROCESSES)
