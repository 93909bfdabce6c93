"""The source of functions and classes as it stands in a file, without docstrings."""

import ast
from pathlib import Path

from kit.folders import BOOK, ROOT

DOCUMENTED = ast.FunctionDef | ast.ClassDef
FOLDERS = (ROOT, BOOK)


def module_file(module: str) -> Path:
    """Return the file of a module such as nnfs.network."""
    for folder in FOLDERS:
        path = folder.joinpath(*module.split(".")).with_suffix(".py")
        if path.is_file():
            return path
    raise LookupError(f"no module {module} in the repository")


def source(path: Path, name: str) -> str:
    """Return the code of a function or class at the top level of a file, without docstrings.

    Raises
    ------
    LookupError
        If the file defines no such function.
    """
    text = path.read_text(encoding="utf8")
    for node in ast.parse(text).body:
        if isinstance(node, DOCUMENTED) and node.name == name:
            lines = text.splitlines()
            first = min([node.lineno, *(mark.lineno for mark in node.decorator_list)])
            kept = set(range(first, (node.end_lineno or node.lineno) + 1)) - _docstrings(
                node, lines
            )
            return "\n".join(lines[number - 1] for number in sorted(kept))
    raise LookupError(f"{path.name} defines no function {name}")


def _docstrings(node: ast.AST, lines: list[str]) -> set[int]:
    """Return the lines of all docstrings within a definition, with an empty line that follows."""
    found = set()
    for inner in ast.walk(node):
        if isinstance(inner, DOCUMENTED) and ast.get_docstring(inner):
            words = inner.body[0]
            end = words.end_lineno or words.lineno
            found |= set(range(words.lineno, end + (lines[end : end + 1] == [""]) + 1))
    return found
