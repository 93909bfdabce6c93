"""Which cells of a page need which, and which are out of reach since one of those does not run."""

from collections.abc import Collection, Sequence

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


def writers(cells: Sequence[Names]) -> list[Writers]:
    """Return for each cell, and each name that it uses, the earlier cells that make its object.

    The first of them binds the name, the others may change what is bound.
    """
    current: Writers = {}
    found = []
    for number, names in enumerate(cells):
        anything = current.get(ANY, [])
        made_by = {name: current.get(name, anything) for name in names.used}
        found.append({name: numbers for name, numbers in made_by.items() if numbers})
        for name in names.touched - names.bound:
            if name in current:
                current[name] = [*current[name], number]
        for name in names.bound - {ANY}:
            current[name] = [number]
        if ANY in names.bound:
            for name in {ANY, *current}:
                current[name] = [*current.get(name, []), number]
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
    above = sources[: target + 1]
    found = {number for number in aside if number < target}
    if any(LOOKS_ANYWHERE & names.mentioned for names in read_pages_names(above)):
        return set()
    while found:
        reached = out_of_reach(above, found)
        needed_all_the_same = found.intersection(reached.values())
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
    cells = read_pages_names(sources)
    fixed = {name for source in sources for tree in parsed(source) for name in names_fixed(tree)}
    imported = {
        name for source in sources for tree in parsed(source) for name in names_imported(tree)
    }
    gone = set(away)
    found: dict[int, int] = {}
    for number in range(len(cells)):
        if number in gone:
            trees = parsed(sources[number])
            same = other_names(sources[: number + 1])
            passed = {name for tree in trees for name in names_passed(tree, imported)} - fixed
            passed |= cells[number].touched
            if number in harmless:
                passed = cells[number].touched = set()
            cells[number].touched |= {other for name in passed for other in same.get(name, {name})}
            continue
        earlier = [n for n in needed(writers(cells[: number + 1]), number) if n in gone]
        if earlier:
            found[number] = earlier[0]
            gone.add(number)
    return found
