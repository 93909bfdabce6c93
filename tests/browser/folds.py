"""What a reader opens by hand before using what is in it."""

from playwright.sync_api import Locator

OPEN = """(cell) => {
  for (const fold of cell.querySelectorAll("details")) fold.open = true;
  for (let fold = cell.closest("details"); fold; fold = fold.parentElement.closest("details")) {
    fold.open = true;
  }
}"""


def unfold(cell: Locator) -> None:
    """Open all folds in which a cell is, and those within it."""
    cell.evaluate(OPEN)
