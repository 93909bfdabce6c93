"""The rules of a style sheet, as far as extensions rewrite them: heads, blocks and selectors.

Texts are cut and not parsed, so that what is not rewritten stays as it was to the last blank.
"""

import re
from collections.abc import Iterator

TOKEN = re.compile(
    r"""/\*.*?\*/ | "(?:\\.|[^"\\])*" | '(?:\\.|[^'\\])*' | url\([^)"']*\) | \\. | [{};]""",
    re.DOTALL | re.VERBOSE,
)
COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
GROUP = re.compile(r"@(media|supports|layer|container)\b")
"""What has rules within its braces."""


def rules(sheet: str) -> Iterator[tuple[str, str | None]]:
    """Yield the rules of a style sheet: what stands before the braces, and within them.

    A comment between rules, and a statement with a semicolon, have nothing (None) within. All that
    is yielded, with the braces, is the sheet.

    Raises
    ------
    ValueError
        If a brace has no counterpart.
    """
    begin = inside = depth = 0
    for token in TOKEN.finditer(sheet):
        sign = token[0]
        if sign == "{":
            if not depth:
                inside = token.end()
            depth += 1
        elif sign == "}":
            depth -= 1
            if not depth:
                yield sheet[begin : inside - 1], sheet[inside : token.start()]
                begin = token.end()
        elif not depth and (sign == ";" or _is_alone(sign, sheet[begin : token.start()])):
            yield sheet[begin : token.end()], None
            begin = token.end()
    if depth:
        raise ValueError(f"a brace without counterpart: {sheet[begin : begin + 60].strip()}")
    if rest := sheet[begin:]:
        yield rest, None


def _is_alone(sign: str, before: str) -> bool:
    return sign.startswith("/*") and not before.strip()


def selectors(head: str) -> list[str]:
    """Return the selectors of a list; the commas within brackets separate none."""
    found, depth, start = [], 0, 0
    for place, sign in enumerate(head):
        depth += (sign in "([") - (sign in ")]")
        if sign == "," and depth == 0:
            found.append(head[start:place])
            start = place + 1
    return [*found, head[start:]]
