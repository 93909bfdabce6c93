"""What readers see of the cells of each page: python -m tests.book.visible_cells prints a table.

A visible cell holds what a reader would write. Machinery is what only the build needs: checks,
claims, numbers for sentences, sizes and the style of figures.
"""

import re
from typing import NamedTuple

from .pages import FENCE, Cell, Page, all_pages, read_cell

CALLS = "check|check_zero|check_bound|check_symbols|claim|glue|size|figure_style"
MACHINERY = re.compile(rf"(?<![\w.])(?:{CALLS})\(")
FOLDED = {"check", "claim", "set-up", "figure"}
AWAY = {"check", "claim", "remove-cell"}
"""Tags of cells of which nothing is left at their place."""

LONGEST = 12
"""Lines that a visible cell has at most, without empty ones."""

MOST = 13
"""Visible cells that a page has at most, beside those in solutions of exercises."""


class Seen(NamedTuple):
    """What a page shows.

    Attributes
    ----------
    cells : list of Cell
        Those whose code is visible, in their order.
    machinery : list of Cell
        Those of them that hold machinery.
    """

    cells: list[Cell]
    machinery: list[Cell]

    @property
    def lines(self) -> int:
        """How many lines of code are visible."""
        return sum(map(length, self.cells))


def length(cell: Cell) -> int:
    """Return the number of lines that are not empty."""
    return sum(bool(line.strip()) for line in cell.code.splitlines())


def seen(page: Page) -> Seen:
    """Return what a page shows of its cells."""
    cells = [cell for cell in page.cells if cell.visible and not FOLDED & set(cell.tags)]
    return Seen(cells, [cell for cell in cells if MACHINERY.search(cell.code)])


def promises(page: Page) -> list[str]:
    """Return the last lines of paragraphs that announce a cell and are followed by none."""
    found = []
    for announced in re.finditer(r"([^\n]*[^\n:]:)\n\n(?=```\{code-cell\})", page.body):
        place, cell = announced.end(), None
        while (cell := FENCE.match(page.body, place)) and cell["kind"] == "code-cell":
            if not AWAY & set(read_cell(cell["body"]).tags):
                break
            place = (
                cell.end() + len(page.body[cell.end() :]) - len(page.body[cell.end() :].lstrip())
            )
        else:
            found.append(announced[1])
    return found


def main() -> None:
    """Print a line for each page with cells, and their sums."""
    print(f"{'page':28}{'visible':>9}{'machinery':>11}{'lines':>7}{'longest':>9}")
    found = {page.docname: seen(page) for page in all_pages() if page.cells}
    for name, page in found.items():
        longest = max(map(length, page.cells), default=0)
        machinery = len(page.machinery)
        print(f"{name:28}{len(page.cells):9}{machinery:11}{page.lines:7}{longest:9}")
    sums = [sum(len(page.cells) for page in found.values())]
    sums += [sum(len(page.machinery) for page in found.values())]
    print(f"{'all':28}{sums[0]:9}{sums[1]:11}{sum(page.lines for page in found.values()):7}")


if __name__ == "__main__":
    main()
