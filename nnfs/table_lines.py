"""What lines of a table hold beside their cells: comments, and marks after the last cell.

Spreadsheets and loops that write "a cell, a comma" leave a mark at the end of every line. Where all
lines have it there is no column behind it. Where only some have, nobody knows what was meant.
"""

import re
from collections.abc import Iterable, Iterator

COMMENT = re.compile(rb"[ \t]*(#|%|//)+[ \t]*")
LINE_END = re.compile(rb"\r\n|\r|\n")
# What pandas calls a column without a name.
NAMELESS = rb'(?:"?unnamed: \d+"?|"")?[ ]*'
NAMES_OF_MARKS = {",": "comma", ";": "semicolon", "\t": "tab"}


def without_comments(lines: Iterable[str]) -> Iterator[str]:
    """Yield the lines of a text, with an empty one in the place of each that is a comment."""
    for line in lines:
        # To look at one letter is quicker, and there may be many thousand lines.
        begins = line.lstrip(" \t")[:1]
        comment = begins in ("#", "%", "/") and COMMENT.match(line.encode(errors="replace"))
        yield "\n" if comment else line


def without_empty_columns(content: bytes, mark: str, line: int) -> tuple[bytes, str]:
    """Return a content without the marks that end all of its lines, with no cell behind them.

    Parameters
    ----------
    content : bytes
        From the first line of cells on.
    mark : str
        What stands between cells.
    line : int
        The number of the first line.

    Returns
    -------
    content : bytes
    differs : str
        If the first line ends with such a mark and another one does not, what to say of it.
    """
    if mark not in NAMES_OF_MARKS:
        return content, ""
    between = re.escape(mark.encode())
    first, *lines = LINE_END.split(content)
    ends = re.search(rb"(?:" + between + NAMELESS + rb")+$", first, re.IGNORECASE)
    if ends is None:
        return content, ""
    count = ends[0].count(mark.encode())
    empty = re.compile(rb"(?:" + between + rb' *(?:"")? *){%d}$' % count)
    kept = [first[: ends.start()]]
    for number, text in enumerate(lines, start=line + 1):
        cut = empty.search(text)
        if cut is None and text.strip() and not COMMENT.match(text):
            return content, _differs(line, number, mark, count, first.count(mark.encode()) + 1)
        kept.append(text[: cut.start()] if cut else text)
    return b"\n".join(kept), ""


def _differs(line: int, other: int, mark: str, count: int, columns: int) -> str:
    marks = f"{count} {NAMES_OF_MARKS[mark]}s" if count > 1 else f"a {NAMES_OF_MARKS[mark]}"
    places = (
        f"columns {columns - count + 1} to {columns} are" if count > 1 else f"column {columns} is"
    )
    return (
        f"line {line} has {marks} behind its last cell, but line {other} has not, so {places} "
        f"empty ({columns} columns found)"
    )
