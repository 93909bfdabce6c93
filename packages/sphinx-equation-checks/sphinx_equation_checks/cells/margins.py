"""How near each statement comes to failing, written to a file for those who ask.

With the environment variable EQUATION_CHECKS_MARGINS, every check and claim adds a line to a file
in the folder that it names: an object of JSON with the page, the statement, both sides, and the
room to spare. Who compares machines or versions of a library sets `go_on` as well, so that a
statement that does not hold is recorded and the page goes on.
"""

import json
import os
import sys
from functools import cache
from pathlib import Path

FOLDER = "EQUATION_CHECKS_MARGINS"

go_on = False
"""Whether statements that do not hold are only recorded."""


def record(kind: str, statement: str, **content: object) -> None:
    """Add a line to this process's file, if somebody wants it.

    Parameters
    ----------
    kind : str
        "claim", or the kind of a check.
    statement : str
        The text of a claim, or the label of an equation.
    **content
        What JSON can hold.
    """
    folder = os.environ.get(FOLDER)
    if folder:
        line = {"page": _page(), "kind": kind, "statement": statement} | content
        Path(folder).mkdir(parents=True, exist_ok=True)
        with Path(folder, f"{os.getpid()}.jsonl").open("a", encoding="utf8") as file:
            file.write(json.dumps(line) + "\n")


def _page() -> str:
    """Return which file the running cell is in, or the script."""
    shell = sys.modules["IPython"].get_ipython() if sys.modules.get("IPython") else None
    if shell is None:
        return Path(sys.argv[0]).name
    return _page_with(shell.user_ns["In"][-1].strip(), Path.cwd())


@cache
def _page_with(cell: str, folder: Path) -> str:
    for path in sorted(folder.glob("*.md")):
        if cell in path.read_text(encoding="utf8"):
            return f"{folder.name}/{path.stem}"
    return folder.name
