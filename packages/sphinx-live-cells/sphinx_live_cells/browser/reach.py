"""Which cells of a page need which, and which are out of reach since one of those does not run."""

import functools
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sphinx_live_cells.browser.aliases import (
    names_fixed,
    names_imported,
    names_passed,
    other_names,
    parsed,
)
from sphinx_live_cells.browser.names import ANY, BINDS_ANYTHING, Names, read_pages_names

LOOKS_ANYWHERE = BINDS_ANYTHING | {
    "eval",
    "locals",
    "vars",
    "__main__",
    "_getframe",
    "currentframe",
}
"""Words by which code may use a name that it does not mention."""

Writers = dict[str, list[int]]


class _Makers:
    """Which cells made the object of each name, as a page goes on."""

    def __init__(self) -> None:
        self._current: Writers = {}

    def of(self, used: Collection[str]) -> Writers:
        """Return for each name that a cell uses the earlier cells that make its object."""
        anything = self._current.get(ANY, [])
        made_by = {name: self._current.get(name, anything) for name in used}
        return {name: numbers for name, numbers in made_by.items() if numbers}

    def add(self, number: int, bound: Collection[str], touched: Collection[str]) -> None:
        """Go on past a cell that binds names and may change what others stand for."""
        current = self._current
        for name in set(touched) - set(bound):
            if name in current:
                current[name] = [*current[name], number]
        for name in set(bound) - {ANY}:
            current[name] = [number]
        if ANY in bound:
            for name in {ANY, *current}:
                current[name] = [*current.get(name, []), number]


@dataclass(frozen=True)
class _Page:
    """What the cells of a page do, read once.

    Attributes
    ----------
    cells : list of Names
    changed : list of set of str
        For each cell the names whose objects it may change, by calls and under other names too.
    """

    cells: list[Names]
    changed: list[set[str]]


@functools.lru_cache(maxsize=2)
def _read(sources: tuple[str, ...]) -> _Page:
    """Read a page, and keep it: to plan a run and to run ask for the same one."""
    trees = [tree for source in sources for tree in parsed(source)]
    fixed = {name for tree in trees for name in names_fixed(tree)}
    imported = {name for tree in trees for name in names_imported(tree)}
    cells = read_pages_names(sources)
    changed = []
    for source, names, same in zip(sources, cells, other_names(sources), strict=True):
        passed = {name for tree in parsed(source) for name in names_passed(tree, imported)}
        passed = (passed - fixed) | names.touched
        changed.append({other for name in passed for other in same.get(name, {name})})
    return _Page(cells, changed)


def writers(cells: Sequence[Names]) -> list[Writers]:
    """Return for each cell, and each name that it uses, the earlier cells that make its object.

    The first of them binds the name, the others may change what is bound.
    """
    makers = _Makers()
    found = []
    for number, names in enumerate(cells):
        found.append(makers.of(names.used))
        makers.add(number, names.bound, names.touched)
    return found


def needed(of_cell: Sequence[Writers], target: int) -> list[int]:
    """Return the numbers of all earlier cells that a cell needs, directly or not, in order."""
    waiting: list[int] = [target]
    found: set[int] = set()
    while waiting:
        for made_by in of_cell[waiting.pop()].values():
            waiting += set(made_by) - found
            found |= set(made_by)
    return sorted(found)


def left_out(sources: Sequence[str], target: int, aside: Collection[int]) -> set[int]:
    """Return the cells above one that need not run for it: they stand aside and are not needed.

    Parameters
    ----------
    sources : sequence of str
        The code of all cells of a page.
    target : int
        The cell that is asked for.
    aside : collection of int
        The numbers of the cells that only draw or check. One that binds what another cell uses, or
        that may change what was there before, runs all the same.
    """
    page = _read(tuple(sources[: target + 1]))
    found = {number for number in aside if number < target}
    if any(LOOKS_ANYWHERE & names.mentioned for names in page.cells):
        return set()
    while found:
        needed_all_the_same = found.intersection(_reached(page, found).values())
        if not needed_all_the_same:
            break
        found -= needed_all_the_same
    return found


def out_of_reach(
    sources: Sequence[str], away: Collection[int], harmless: Collection[int] = ()
) -> dict[int, int]:
    """Return the cells that need one that does not run, each with the first such cell.

    A cell that does not run counts as one that changes whatever it passes to a function of the page
    or a method, and all that may be the same object under another name.

    Parameters
    ----------
    sources : sequence of str
        The code of all cells of a page.
    away : collection of int
        The numbers of the cells that do not run.
    harmless : collection of int
        Those of them that are known to change nothing that was there before.
    """
    return _reached(_read(tuple(sources)), away, harmless)


def _reached(page: _Page, away: Collection[int], harmless: Collection[int] = ()) -> dict[int, int]:
    """Return the cells that need one that is away, each with the first such cell."""
    gone = set(away)
    found: dict[int, int] = {}
    makers = _Makers()
    needs: list[set[int]] = []
    for number, names in enumerate(page.cells):
        direct = {maker for made_by in makers.of(names.used).values() for maker in made_by}
        needs.append(direct.union(*(needs[maker] for maker in direct)))
        touched = names.touched
        if number in gone:
            touched = set() if number in harmless else touched | page.changed[number]
        elif earlier := needs[number] & gone:
            found[number] = min(earlier)
            gone.add(number)
        makers.add(number, names.bound, touched)
    return found
